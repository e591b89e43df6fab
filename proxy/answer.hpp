// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/buffer.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "acl/capacity.hpp"
#include "acl/reason.hpp"
#include "acl/request.hpp"
#include "config/settings.hpp"
#include "proxy/audit.hpp"
#include "proxy/buffer.hpp"
#include "proxy/deadline.hpp"
#include "proxy/http/chunks.hpp"
#include "proxy/http/head_reader.hpp"
#include "proxy/http/writer.hpp"
#include "proxy/splice.hpp"
#include "proxy/stream.hpp"

namespace proxy {

/// What becomes of a client's connection after a request.
enum class Next { keep_alive, close, tunnel };

/// What a session keeps from one answer to the next, so that a warm one allocates nothing.
struct AnswerStorage {
  http::Chunks chunks;
  http::ResponseHead head;
  std::string head_out, chunk_line;
  std::vector<std::string_view> pieces;
  std::vector<net::const_buffer> out;

  std::size_t capacity() const {
    return acl::capacity_of(head.fields) + head_out.capacity() + chunk_line.capacity() +
           acl::capacity_of(pieces) + acl::capacity_of(out);
  }
};

/// The question that an answer belongs to.
struct Question {
  const acl::Request& request;
  bool http_1_0 = false;   ///< the client knows neither chunks nor interim answers
  bool upgrades = false;   ///< an upgrade was asked for
  bool keep_alive = true;  ///< the client's connection may live on
};

/// The engine's answer on its way to the client.
class Answer {
 public:
  Answer(Stream& upstream, Stream& client, Deadline&, const config::Limits&, BufferPool&, PipePool&,
         http::HeadReader&, AnswerStorage&, const Question&);

  /// Reads up to the end of the final head; interim answers (1xx) are passed on.
  /// \returns why there is no head to pass on.
  Task<std::optional<acl::Reason>> read_head();
  /// The engine has sent nothing at all so far.
  bool nothing_arrived() const { return !arrived_; }
  unsigned status() const { return storage_.head.status; }

  /// Sends head and body to the client. Afterwards `failure` says whether it went wrong on the way:
  /// the client then sees a broken answer, never a shortened one that looks whole.
  Task<Next> pass_on(bool close_after);
  std::optional<acl::Reason> failure() const { return failure_; }
  /// Bytes of body sent to the client.
  std::uint64_t sent() const { return sent_; }

  /// The engine's connection is fit for another request.
  bool upstream_reusable() const { return reusable_; }
  /// After Next::tunnel: what the engine sent right behind its head.
  std::string_view behind_head() const { return arrived(); }

 private:
  std::string_view arrived() const { return {block_.data() + begin_, end_ - begin_}; }
  std::optional<std::size_t> head_size(std::size_t& scanned) const;
  Task<bool> read_more();
  void make_room();
  Task<bool> pass_on_interim();
  bool opens_tunnel() const;
  http::OutgoingBody outgoing() const;
  Task<void> relay_length();
  Task<bool> splice(std::uint64_t& remaining);
  Task<void> relay_chunked();
  Task<void> relay_until_end();
  Task<bool> flush();
  acl::Reason client_reason() const;
  void add(std::string_view text) { storage_.out.emplace_back(text.data(), text.size()); }
  void fail(acl::Reason reason) {
    if (!failure_) failure_ = reason;
  }

  Stream& upstream_;
  Stream& client_;
  Deadline& deadline_;
  const config::Limits& limits_;
  BufferPool::Lease lease_;
  PipePool& pipes_;
  http::HeadReader& heads_;
  AnswerStorage& storage_;
  Question question_;
  std::span<char> block_;
  std::size_t begin_ = 0, end_ = 0;
  bool arrived_ = false;
  bool reusable_ = false;
  std::optional<acl::Reason> failure_;
  std::uint64_t sent_ = 0;
};

}  // namespace proxy
