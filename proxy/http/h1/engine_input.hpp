// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "acl/reason.hpp"
#include "config/settings.hpp"
#include "proxy/buffer.hpp"
#include "proxy/http/head_reader.hpp"
#include "proxy/stream.hpp"

namespace proxy::http::h1 {

/// Reads bytes from the engine into a block that is lent for the time of one answer.
template <class Stream>
class EngineInput {
 public:
  /// \param first size of the block to begin with
  EngineInput(Stream& stream, BufferPool& pool, std::size_t first)
      : stream_(stream), in_(pool, first) {}

  LeasedBuffer& buffer() { return in_; }
  const LeasedBuffer& buffer() const { return in_; }
  Stream& stream() { return stream_; }
  /// Why the last read failed.
  error_code end() const { return end_; }
  /// False, since reads only happen inside of more().
  bool reading() const { return false; }
  /// Whether the engine has sent nothing at all so far.
  bool nothing_arrived() const { return !arrived_; }

  /// Holds no block while the engine is silent, as it may be for days.
  void be_patient() { patient_ = true; }
  /// Keeps the engine's chunks whole, as far as a block can hold them.
  void keep_chunks() { keeps_chunks_ = true; }
  std::size_t longest_chunk() const { return keeps_chunks_ ? in_.most() : 0; }

  /// Waits for more bytes. \returns false if none arrive.
  Task<bool> more() {
    if (patient_ && drained_ && in_.empty()) {
      in_.give_back();
      const auto [error] = co_await stream_.async_wait_readable(as_result);
      if (error) {
        end_ = error;
        co_return false;
      }
    }
    const auto room = in_.room();
    const auto into = net::buffer(room.data(), room.size());
    const auto [error, n] = co_await stream_.async_read_some(into, as_result);
    in_.added(n);
    arrived_ = arrived_ || n != 0;
    drained_ = n < room.size();
    end_ = error;
    co_return !error;
  }
  acl::Reason why_no_more() const { return acl::Reason::upstream_closed; }

 private:
  Stream& stream_;
  LeasedBuffer in_;
  error_code end_;
  bool arrived_ = false, patient_ = false, keeps_chunks_ = false;
  bool drained_ = true;  ///< the last read took all that had arrived
};

/// The parts of Connection that are specific to the engine; see ClientRole.
struct EngineRole {
  using Head = ResponseHead;
  template <class Stream>
  using Input = EngineInput<Stream>;
  static constexpr acl::Reason bad_body = acl::Reason::upstream_malformed;
  HeadReader& heads;

  std::optional<acl::Reason> hopeless(std::string_view begun, std::size_t seen,
                                      const config::Limits&) const;
  std::optional<acl::Reason> read(std::string_view bytes, const config::Limits&, Head&) const;

  bool answers_head = false;  ///< the request was a HEAD, so no body follows
};

}  // namespace proxy::http::h1
