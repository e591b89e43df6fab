// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/types.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "tls/certificate.hpp"
#include "tls/context.hpp"
#include "tls/wire.hpp"

namespace tls {

/// The result of one attempt.
enum class Progress : std::uint8_t {
  done,
  want_read,   ///< try again when the socket is readable
  want_write,  ///< try again when the socket is writable
  end,         ///< the peer has sent close_notify: it sends no more, and may still read
  failed,      ///< see failure()
};

struct Step {
  Progress progress = Progress::failed;
  std::size_t bytes = 0;  ///< read or written, if done
};

inline bool waits(const Step& step) {
  return step.progress == Progress::want_read || step.progress == Progress::want_write;
}

/// Why a stream ended without a proper close.
enum class Failure : std::uint8_t {
  none,
  no_certificate,  ///< the client showed no certificate
  untrusted,       ///< not signed by a trusted CA, or not for this host
  expired,
  not_yet_valid,
  revoked,
  wrong_purpose,    ///< a server's certificate shown by a client, or the other way round
  list_unusable,    ///< the issuer's revocation list is missing, expired or not yet valid
  version,          ///< no TLS version in common
  plain_http,       ///< the peer speaks HTTP without TLS
  not_tls,          ///< the peer speaks neither
  refused_by_peer,  ///< the peer sent an alert: it does not trust our certificate
  broken_off,       ///< the connection ended without close_notify
  protocol,         ///< any other failure
};

/// The certificate of a peer's chain that failed verification. Nobody has verified what it says.
struct Culprit {
  int depth = 0;        ///< 0 for the peer's own certificate, 1 for that of its issuer, and so on
  std::string subject;  ///< its distinguished name (RFC 2253): "CN=Corp CI CA,O=Corp"
  std::string serial;   ///< hex digits, as openssl prints it
};

/// Whether a peer's certificate holds, and until when.
struct Validity {
  Failure failure = Failure::none;                ///< why it does not hold
  std::chrono::system_clock::time_point until{};  ///< it holds unless another list comes
};

/// TLS over a connected, non-blocking socket that somebody else owns. It never waits: each call
/// makes one attempt and says what to wait for. asio::ssl::stream cannot half-close, since its
/// shutdown waits for the peer's; `docker run -i` needs that (see proxy/README.md, Why).
class Stream {
 public:
  /// Acts as server or client, as the context says. The socket must outlive the stream.
  Stream(std::shared_ptr<const Context>, int socket);
  ~Stream();
  Stream(Stream&&) noexcept;
  Stream& operator=(Stream&&) noexcept;

  Step handshake();
  /// Fills the buffer with as many records as have arrived.
  Step read(std::span<char>);
  /// Done once the socket has taken all bytes or, where more follows at once, OpenSSL has. After
  /// want_* the same bytes must be passed again. Once the peer has closed, writes fail, and what it
  /// sent before can still be read.
  Step write(std::string_view, bool more_follows = false);
  /// The number of encrypted bytes that the socket has taken so far.
  std::uint64_t sent() const { return wire_->sent(); }
  /// Sends close_notify; the peer's data can still be read. Repeated calls do no harm.
  Step shutdown_send();
  /// Done if data can be read without waiting; the end and failures show as in read(). Processes
  /// records without data, such as session tickets.
  Step peek();
  bool readable() { return !waits(peek()); }

  /// Whether from now on the end of the connection is the peer's end, even without close_notify.
  /// For raw streams only: without it anybody on the way can cut off what the peer sends.
  void allow_end_without_notice(bool);
  /// Whether the peer's end came so.
  bool ended_without_notice() const { return wire_->ended(); }

  Failure failure() const { return failure_; }
  /// The failure for people: "certificate has expired", "wrong version number"; empty without one.
  const std::string& failure_text() const { return failure_text_; }
  /// The peer's own certificate. If verification failed, nobody has verified it.
  std::optional<Certificate> peer() const;
  /// What verification failed at, such as an intermediate authority that has expired.
  std::optional<Culprit> culprit() const;
  /// Until when a client that has finished its handshake may go on: as long as its certificate,
  /// those above it and the lists of their issuers last.
  std::chrono::system_clock::time_point holds_until() const;
  /// Verifies the client's certificate again, by the authorities and lists of `in_force` and by the
  /// time. Takes as long as in a handshake.
  Validity verify_again(const Context& in_force) const;
  /// Lets an idle stream release its record buffers while no data is under way.
  void release_buffers(bool idle);

 private:
  struct Free {
    void operator()(SSL*) const;
  };
  template <class Attempt>
  Step attempt(Attempt);
  Step read_record(std::span<char>);
  Step write_records(std::string_view);
  Step flush();
  Step fail(Failure, std::string text);

  std::shared_ptr<const Context> context_;
  std::unique_ptr<SSL, Free> ssl_;
  Wire* wire_ = nullptr;        ///< owned by the SSL
  std::size_t taken_ = 0;       ///< bytes that OpenSSL has taken of those that must be passed again
  bool end_queued_ = false;     ///< close_notify has been written, and may still be in the wire
  bool reads_no_more_ = false;  ///< the peer has stopped reading: a write has failed
  Failure failure_ = Failure::none;
  std::string failure_text_;
};

}  // namespace tls
