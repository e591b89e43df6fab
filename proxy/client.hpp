// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "proxy/deadline.hpp"
#include "proxy/held_body.hpp"
#include "proxy/http/h1/connection.hpp"

namespace proxy {

extern template class http::h1::ClientInput<Stream>;
extern template class http::h1::Connection<http::h1::ClientRole>;

/// Why no request arrived.
struct NoRequest {
  bool left = false;  ///< the client left between requests: there is nothing to answer or record
  acl::Reason reason = acl::Reason::head_malformed;
};

/// The client's side of a session: one request after the other.
class Client : public http::h1::Connection<http::h1::ClientRole> {
 public:
  /// \param held is charged for a buffer that is larger than every connection may have
  /// \param on_end is called if the client's side ends while no read is awaited
  Client(Socket, const config::Limits&, HeldBytes& held, http::HeadReader&,
         std::function<void()> on_end);

  /// Waits for a request for at most `idle_time`, and reads its head within limits.head_time. The
  /// views in `head` are valid until consume_head().
  Task<acl::Result<std::monostate, NoRequest>> read_head(Deadline&,
                                                         std::chrono::milliseconds idle_time,
                                                         http::RequestHead& head);
  /// The same within limits.idle_time.
  Task<acl::Result<std::monostate, NoRequest>> read_head(Deadline& deadline,
                                                         http::RequestHead& head) {
    return read_head(deadline, limits_.idle_time, head);
  }
  /// Discards the head's bytes and prepares to read its body.
  void consume_head(const http::RequestHead&);

  /// Reads the rest of the body into `body`, up to `most` bytes. The caller sets the time limit.
  /// \returns why it could not be read.
  Task<std::optional<acl::Reason>> read_body(std::size_t most, HeldBody& body) {
    return read(&body, most, all);
  }
  /// Reads the beginning of the body: at least `least` bytes, or all of a shorter one, and at most
  /// one buffer more.
  Task<std::optional<acl::Reason>> read_first(std::size_t least, HeldBody& body) {
    return read(&body, all, least);
  }
  /// Reads the rest of the body, up to `most` bytes, and discards it.
  Task<std::optional<acl::Reason>> drop_body(std::size_t most) { return read(nullptr, most, all); }
  /// Whether bytes of the body have arrived, so that the client does not wait for a 100 (Continue).
  bool body_begun() const { return !buffer().empty(); }

  /// Lets the client's side end without close_notify, if its request `hijacks` and has been read:
  /// it may end the stream's input so before the engine opens the stream.
  void permit_bare_end(bool hijacks) {
    if (auto* tls = stream().tls()) tls->allow_end_without_notice(hijacks && body_complete());
  }

  /// Looks whether the client has left. To be called repeatedly while nothing is awaited from it,
  /// and no piece of its body is in use.
  void look_out();
  /// The same while pieces of its body are in use: reads nothing.
  void look_for_break() { ClientInput::look_for_break(missing()); }
  /// Reads and discards until the client's end, an error, or more than `most` bytes.
  Task<void> discard(std::size_t most);

 private:
  static constexpr auto all = static_cast<std::size_t>(-1);

  Task<void> stop_reading_behind_bytes();
  Task<std::optional<acl::Reason>> read(HeldBody*, std::size_t most, std::size_t least);
  std::uint64_t missing() const;

  const config::Limits& limits_;
  http::h1::Body body_;
};

}  // namespace proxy
