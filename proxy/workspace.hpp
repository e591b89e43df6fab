// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "acl/request.hpp"
#include "acl/scratch.hpp"
#include "proxy/answer.hpp"

namespace proxy {

/// What a request needs while it is served. Used again, so that the next one allocates nothing.
struct Workspace {
  acl::Request request;
  acl::Scratch scratch;
  std::string head;  ///< for the engine
  AnswerStorage answer;
};

/// The workspaces of one worker, lent for a request's time: the one that is still warm goes out
/// first, and a connection that is idle holds none.
class Workspaces {
 public:
  class Lease {
   public:
    explicit Lease(Workspaces& from) : from_(from), lent_(from.take()) {}
    ~Lease() { from_.give_back(std::move(lent_)); }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    Workspace& operator*() { return *lent_; }

   private:
    Workspaces& from_;
    std::unique_ptr<Workspace> lent_;
  };

 private:
  static constexpr std::size_t most_kept = 32;
  /// Reading a body takes some thirty times its size.
  static constexpr std::size_t large_body = 64 * 1024;

  std::unique_ptr<Workspace> take() {
    if (free_.empty()) return std::make_unique<Workspace>();
    auto last = std::move(free_.back());
    free_.pop_back();
    last->request.clear();
    return last;
  }
  void give_back(std::unique_ptr<Workspace> done) {
    const bool large = done->scratch.body.capacity() > large_body;
    if (!large && free_.size() < most_kept) free_.push_back(std::move(done));
  }

  std::vector<std::unique_ptr<Workspace>> free_;
};

}  // namespace proxy
