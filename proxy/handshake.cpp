// SPDX-License-Identifier: Apache-2.0
#include "proxy/handshake.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <array>

#include "acl/text/shown.hpp"
#include "proxy/log.hpp"

namespace proxy {
namespace {

using acl::Reason;

acl::Certificate certificate_of(tls::Certificate from) {
  acl::Certificate certificate{.common_name = std::move(from.common_name),
                               .organizational_units = std::move(from.organizational_units),
                               .issuer = std::move(from.issuer),
                               .key_sha256 = std::move(from.key_sha256),
                               .serial = std::move(from.serial)};
  const auto add = [&certificate](acl::NameKind kind, std::vector<std::string>& names) {
    for (auto& name : names) certificate.sans.push_back({kind, std::move(name)});
  };
  add(acl::NameKind::dns, from.dns);
  add(acl::NameKind::ip, from.ip);
  add(acl::NameKind::uri, from.uri);
  add(acl::NameKind::email, from.email);
  return certificate;
}

/// " (shown: 'ops-1', serial 1000; what failed is its authority at depth 1: 'CN=CI CA', serial 1F)"
std::string said_of(const std::optional<tls::Certificate>& shown,
                    const std::optional<tls::Culprit>& culprit) {
  if (!shown) return {};
  const auto peer =
      fmt::format("shown: {}, serial {}", acl::quoted(shown->common_name), shown->serial);
  if (!culprit || culprit->depth == 0) return " (" + peer + ")";
  return fmt::format(" ({}; what failed is its authority at depth {}: {}, serial {})", peer,
                     culprit->depth, acl::quoted(culprit->subject), culprit->serial);
}

/// Logs the certificate that was shown. It proves nothing, but tells the operator whom to ask.
void log_refusal(const acl::Identity& identity, Reason reason, const tls::Stream& stream) {
  if (!may_log(acl::id(reason))) return;
  spdlog::info("{}: {} is not served: {}: {}{}", identity.listener_name, identity.address,
               acl::id(reason),
               stream.failure_text().empty() ? acl::meaning(reason) : stream.failure_text(),
               said_of(stream.peer(), stream.culprit()));
}

/// Says what dockerd says, so that `docker -H` without `--tls` gets to know its mistake.
void explain_to_plain_http(Socket& socket) {
  constexpr std::string_view sentence =
      "HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n";
  error_code ignored;  // nothing has been sent so far, so there is room
  socket.write_some(net::buffer(sentence), ignored);
}

/// Reads what the client still sends: closing with unread input would reset the connection, and the
/// client might lose the alert that says why.
Task<void> let_alert_arrive(Socket& socket, Deadline& deadline) {
  constexpr std::size_t enough = 64 * 1024;  // for a request that the client has already sent
  error_code ignored;
  socket.shutdown(Socket::shutdown_send, ignored);
  deadline.arm(std::chrono::seconds(1));
  std::array<char, 4096> rest;
  for (std::size_t size = 0; size < enough;) {
    const auto [error, n] = co_await socket.async_read_some(net::buffer(rest), as_result);
    if (error) break;
    size += n;
  }
  deadline.disarm();
}

}  // namespace

Reason reason_of(tls::Failure failure) {
  switch (failure) {
    case tls::Failure::no_certificate: return Reason::tls_no_certificate;
    case tls::Failure::untrusted: return Reason::tls_untrusted;
    case tls::Failure::expired: return Reason::tls_expired;
    case tls::Failure::not_yet_valid: return Reason::tls_not_yet_valid;
    case tls::Failure::revoked: return Reason::tls_revoked;
    case tls::Failure::wrong_purpose: return Reason::tls_wrong_purpose;
    case tls::Failure::list_unusable: return Reason::tls_list_unusable;
    case tls::Failure::version: return Reason::tls_version;
    case tls::Failure::plain_http:
    case tls::Failure::not_tls: return Reason::tls_plaintext;
    case tls::Failure::refused_by_peer: return Reason::tls_refused_by_client;
    case tls::Failure::none:
    case tls::Failure::broken_off:
    case tls::Failure::protocol: break;
  }
  return Reason::tls_failed;
}

Task<std::optional<Reason>> shake_hands(Stream& stream, Deadline& deadline,
                                        std::chrono::milliseconds limit, acl::Identity& identity) {
  deadline.arm(limit);
  const bool done = co_await stream.handshake();
  const bool late = deadline.expired();
  deadline.disarm();
  if (!done) {
    const auto reason = late ? Reason::tls_timeout : reason_of(stream.tls()->failure());
    log_refusal(identity, reason, *stream.tls());
    if (stream.tls()->failure() == tls::Failure::plain_http) explain_to_plain_http(stream.socket());
    if (stream.tls()->failure() != tls::Failure::none)
      co_await let_alert_arrive(stream.socket(), deadline);
    co_return reason;
  }
  if (auto certificate = stream.tls()->peer())
    identity.certificate = certificate_of(std::move(*certificate));
  co_return std::nullopt;
}

}  // namespace proxy
