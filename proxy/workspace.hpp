// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "acl/case.hpp"
#include "acl/scratch.hpp"
#include "proxy/answer.hpp"
#include "proxy/held_bytes.hpp"

namespace proxy {

/// Memory that a request needs until it is over. Reused, so that the next request allocates
/// nothing.
struct Workspace {
  acl::Case::Memory deciding;
  std::string head;  ///< the head that is sent to the engine
  AnswerStorage answer;

  /// Memory of the request's head on both sides; large if the target was long.
  std::size_t asked() const { return deciding.capacity() + head.capacity(); }
};

/// Memory for deciding about a body. A decision never waits, so one per worker serves all
/// connections. The memory of a large document is freed at once.
class Deciding {
 public:
  acl::Scratch& scratch() { return *scratch_; }
  void done() {
    if (scratch_->capacity() > large) scratch_.emplace();
  }

 private:
  static constexpr std::size_t large = std::size_t{256} * 1024;
  std::optional<acl::Scratch> scratch_{std::in_place};
};

/// The workspaces of one worker, lent for the time of a request. The one used last is lent first,
/// because it is still in the cache. An idle connection holds none.
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
  static constexpr std::size_t large_answer = 16 * 1024;

  std::unique_ptr<Workspace> take() {
    if (free_.empty()) return std::make_unique<Workspace>();
    auto last = std::move(free_.back());
    free_.pop_back();
    last->deciding.clear();
    return last;
  }
  void give_back(std::unique_ptr<Workspace> done) {
    const bool large = done->asked() > Charge::uncounted || done->answer.capacity() > large_answer;
    if (large || free_.size() == most_kept) return;
    free_.push_back(std::move(done));
  }

  std::vector<std::unique_ptr<Workspace>> free_;
};

}  // namespace proxy
