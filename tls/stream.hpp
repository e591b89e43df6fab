// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/types.h>

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

/// What one attempt came to.
enum class Progress : std::uint8_t {
  done,
  want_read,   ///< try again when the socket is readable
  want_write,  ///< try again when the socket is writable
  end,         ///< the peer has sent close_notify: it will send no more, and may still read
  failed,      ///< see failure()
};

struct Step {
  Progress progress = Progress::failed;
  std::size_t bytes = 0;  ///< read or written, where done
};

inline bool waits(const Step& step) {
  return step.progress == Progress::want_read || step.progress == Progress::want_write;
}

/// Why a stream ended without a proper close.
enum class Failure : std::uint8_t {
  none,
  no_certificate,  ///< the client showed none
  untrusted,       ///< not signed by the CA that is trusted, or not for this host
  expired,
  not_yet_valid,
  revoked,
  wrong_purpose,    ///< a server's certificate shown by a client, or the other way round
  list_unusable,    ///< the issuer's revocation list is missing, expired or not yet valid
  version,          ///< no version of TLS in common
  not_tls,          ///< what arrived is no TLS: plain HTTP, most likely
  refused_by_peer,  ///< the peer sent an alert: it does not trust us
  broken_off,       ///< the connection ended without close_notify
  protocol,         ///< anything else
};

/// TLS over a connected, non-blocking socket that somebody else owns. Never waits: each call makes
/// one attempt and says what to wait for. asio::ssl::stream cannot half-close, as its shutdown
/// waits for the peer's; `docker run -i` needs it (see proxy/README.md, Why).
class Stream {
 public:
  /// Serves or connects as the context says. The socket must outlive the stream.
  Stream(std::shared_ptr<const Context>, int socket);
  ~Stream();
  Stream(Stream&&) noexcept;
  Stream& operator=(Stream&&) noexcept;

  Step handshake();
  /// Fills the room with as many records as have arrived.
  Step read(std::span<char>);
  /// Done once the socket has taken all of it; or, where more follows at once, OpenSSL. After
  /// want_* the same bytes must come again. Where the peer has closed the write fails, and what it
  /// had sent before can still be read.
  Step write(std::string_view, bool more_follows = false);
  /// What the socket has taken of all that was to be sent, in encrypted bytes.
  std::uint64_t sent() const { return wire_->sent(); }
  /// Sends close_notify; what the peer sends can still be read. Once is enough, more does no harm.
  Step shutdown_send();
  /// Whether bytes, the end or a failure can be read without waiting. Reads what is no data
  /// (session tickets) away.
  bool readable();

  Failure failure() const { return failure_; }
  /// For people: "certificate has expired", "wrong version number"; empty without a failure.
  const std::string& failure_text() const { return failure_text_; }
  /// The peer's certificate, verified; where it failed to verify, the one that did.
  std::optional<Certificate> peer() const;
  /// Without data under way an idle stream gives its record buffers back.
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
  Wire* wire_ = nullptr;        ///< the SSL's
  std::size_t taken_ = 0;       ///< by OpenSSL, of the bytes that must come again
  bool end_queued_ = false;     ///< close_notify has been written, and may wait in the wire
  bool reads_no_more_ = false;  ///< the peer: a write has failed
  Failure failure_ = Failure::none;
  std::string failure_text_;
};

}  // namespace tls
