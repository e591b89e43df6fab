// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "proxy/deadline.hpp"
#include "proxy/held_body.hpp"
#include "proxy/http/h1/connection.hpp"

namespace proxy {

extern template class http::h1::ClientInput<Stream>;
extern template class http::h1::Connection<http::h1::ClientRole>;

/// Why no request came.
struct NoRequest {
  bool left = false;  ///< the client went away between requests: nothing to answer or to record
  acl::Reason reason = acl::Reason::head_malformed;
};

/// The client's side of a session: one request after the other.
class Client : public http::h1::Connection<http::h1::ClientRole> {
 public:
  /// `on_end` is called when the client's side ends while nobody waits for its bytes. `held` counts
  /// what the buffer has beyond what every connection may have.
  Client(Socket, const config::Limits&, HeldBytes& held, http::HeadReader&,
         std::function<void()> on_end);

  /// Waits for a request and reads its head, within idle_time and head_time. The views of `head`
  /// are valid until consume_head().
  Task<acl::Result<std::monostate, NoRequest>> read_head(Deadline&, http::RequestHead& head);
  /// Forgets the head's bytes and gets ready for the body that it announces.
  void consume_head(const http::RequestHead&);

  /// Reads what is left of the body into `body`, up to `most` bytes, without a time limit of its
  /// own. \returns why it is not there.
  Task<std::optional<acl::Reason>> read_body(std::size_t most, HeldBody& body) {
    return read(&body, most, all);
  }
  /// The same of the body's beginning: at least `least` bytes, or all of a shorter one, and at most
  /// a buffer's worth more.
  Task<std::optional<acl::Reason>> read_first(std::size_t least, HeldBody& body) {
    return read(&body, all, least);
  }
  /// Reads what is left of the body, up to `most` bytes, and keeps nothing of it.
  Task<std::optional<acl::Reason>> drop_body(std::size_t most) { return read(nullptr, most, all); }
  /// Bytes of the body are here already, so the client does not wait for a 100 (Continue).
  bool body_begun() const { return !buffer().empty(); }

  void read_ahead();
  /// Reads and forgets until the client's end, an error, or more than `most` bytes.
  Task<void> discard(std::size_t most);

 private:
  static constexpr auto all = static_cast<std::size_t>(-1);

  Task<std::optional<acl::Reason>> read(HeldBody*, std::size_t most, std::size_t least);

  const config::Limits& limits_;
  http::h1::Body body_;
};

}  // namespace proxy
