// SPDX-License-Identifier: Apache-2.0
#include "tls/stream.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <array>
#include <cerrno>
#include <new>
#include <system_error>
#include <utility>

#include "tls/failure.hpp"
#include "tls/openssl.hpp"
#include "tls/tickets.hpp"
#include "tls/validity.hpp"
#include "tls/verify.hpp"

namespace tls {

void Stream::Free::operator()(SSL* ssl) const {
  SSL_free(ssl);
}

Stream::Stream(std::shared_ptr<const Context> context, int socket)
    : context_(std::move(context)), ssl_(SSL_new(context_->native())) {
  if (ssl_ != nullptr) wire_ = Wire::connect(ssl_.get(), socket);
  if (wire_ == nullptr) throw std::bad_alloc();
  if (SSL_is_server(ssl_.get()) == 1) {
    SSL_set_accept_state(ssl_.get());
    return;
  }
  SSL_set_connect_state(ssl_.get());
  // Null if the server is known by its address, which RFC 6066 does not allow in server_name.
  const auto* host = X509_VERIFY_PARAM_get0_host(SSL_get0_param(ssl_.get()), 0);
  if (host != nullptr) SSL_set_tlsext_host_name(ssl_.get(), host);
}

Stream::~Stream() = default;
Stream::Stream(Stream&&) noexcept = default;
Stream& Stream::operator=(Stream&&) noexcept = default;

/// \param call one call into OpenSSL; returns its result and the bytes it moved
template <class Attempt>
Step Stream::attempt(Attempt call) {
  // After a failure OpenSSL must not be called. But a peer that has closed may have sent a reason
  // before, which can still be read.
  if (failure_ != Failure::none && !reads_no_more_) return {Progress::failed};
  ERR_clear_error();
  errno = 0;
  std::size_t bytes = 0;
  const int result = call(ssl_.get(), bytes);
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_NONE: return {Progress::done, bytes};
    case SSL_ERROR_WANT_READ: return {Progress::want_read};
    case SSL_ERROR_WANT_WRITE: return {Progress::want_write};
    case SSL_ERROR_ZERO_RETURN: return {Progress::end};
    default: break;
  }
  auto cause = cause_of(ssl_.get());
  return fail(cause.failure, std::move(cause.text));
}

Step Stream::fail(Failure failure, std::string text) {
  failure_ = failure;
  failure_text_ = std::move(text);
  return {Progress::failed};
}

Step Stream::handshake() {
  const auto step = attempt([](SSL* ssl, std::size_t&) { return SSL_do_handshake(ssl); });
  if (step.progress != Progress::end) return step;
  return fail(Failure::broken_off, "the peer closed during the handshake");
}

Step Stream::read(std::span<char> into) {
  if (into.empty()) return {Progress::done};
  auto step = read_record(into);
  // Reads the rest of what has arrived, without asking the socket again.
  wire_->receive_no_more(true);
  while (step.progress == Progress::done && step.bytes < into.size() && wire_->holds_received()) {
    const auto next = read_record(into.subspan(step.bytes));
    if (next.progress != Progress::done)
      break;  // an end or a failure is reported again by the next call
    step.bytes += next.bytes;
  }
  wire_->receive_no_more(false);
  return step;
}

Step Stream::read_record(std::span<char> into) {
  return attempt([into](SSL* ssl, std::size_t& bytes) {
    return SSL_read_ex(ssl, into.data(), into.size(), &bytes);
  });
}

Step Stream::write(std::string_view from, bool more_follows) {
  if (from.empty()) return {Progress::done};
  if (reads_no_more_ || taken_ > from.size()) return {Progress::failed};
  auto step = write_records(from);
  if (step.progress == Progress::done && !more_follows) step = flush();
  reads_no_more_ = failure_ == Failure::broken_off;
  if (step.progress == Progress::done) step.bytes = std::exchange(taken_, 0);
  return step;
}

/// OpenSSL takes one record at a time.
Step Stream::write_records(std::string_view from) {
  Step step{Progress::done};
  while (taken_ < from.size() && step.progress == Progress::done) {
    step = attempt([rest = from.substr(taken_)](SSL* ssl, std::size_t& bytes) {
      return SSL_write_ex(ssl, rest.data(), rest.size(), &bytes);
    });
    taken_ += step.bytes;
  }
  return step;
}

Step Stream::flush() {
  if (wire_->flush()) return {Progress::done};
  const int error = errno;
  if (error == EAGAIN || error == EINTR) return {Progress::want_write};
  return fail(Failure::broken_off, std::generic_category().message(error));
}

Step Stream::shutdown_send() {
  if (!end_queued_) {
    if (reads_no_more_) return {Progress::failed};
    // 0 means that our close_notify is sent and the peer's has not arrived. Another call would wait
    // for it, and treat data as an error.
    const auto step = attempt([](SSL* ssl, std::size_t&) {
      const int result = SSL_shutdown(ssl);
      return result == 0 ? 1 : result;
    });
    if (step.progress != Progress::done) return step;
    end_queued_ = true;
  }
  return flush();
}

void Stream::allow_end_without_notice(bool allow) {
  if (allow)
    SSL_set_options(ssl_.get(), SSL_OP_IGNORE_UNEXPECTED_EOF);
  else
    SSL_clear_options(ssl_.get(), SSL_OP_IGNORE_UNEXPECTED_EOF);
}

Step Stream::peek() {
  return attempt([](SSL* ssl, std::size_t& bytes) {
    std::array<char, 1> first{};
    return SSL_peek_ex(ssl, first.data(), first.size(), &bytes);
  });
}

std::optional<Certificate> Stream::peer() const {
  auto* peer = SSL_get0_peer_certificate(ssl_.get());
  if (peer == nullptr) peer = refused_peer(ssl_.get()).shown;
  if (peer == nullptr) return std::nullopt;
  return read_certificate(peer);
}

std::optional<Culprit> Stream::culprit() const {
  const auto refused = refused_peer(ssl_.get());
  if (refused.failed == nullptr) return std::nullopt;
  return Culprit{.depth = refused.depth,
                 .subject = openssl::text_of(X509_get_subject_name(refused.failed)),
                 .serial = read_certificate(refused.failed).serial};
}

std::chrono::system_clock::time_point Stream::holds_until() const {
  auto* ssl = ssl_.get();
  if (const auto* chain = SSL_get0_verified_chain(ssl); chain != nullptr && sk_X509_num(chain) != 0)
    return chain_holds_until(chain, SSL_CTX_get_cert_store(context_->native()));
  const auto times = times_of(SSL_get_session(ssl));  // resumed: no chain was verified
  return times ? std::chrono::system_clock::from_time_t(times->until)
               : std::chrono::system_clock::time_point();
}

Validity Stream::verify_again(const Context& in_force) const {
  return tls::verify_again(ssl_.get(), in_force);
}

void Stream::release_buffers(bool idle) {
  if (!idle) {
    // Releasing the buffer after each record would make a busy stream half as expensive again.
    SSL_clear_mode(ssl_.get(), SSL_MODE_RELEASE_BUFFERS);
    return;
  }
  SSL_set_mode(ssl_.get(), SSL_MODE_RELEASE_BUFFERS);
  SSL_free_buffers(ssl_.get());  // keeps them if bytes are left
}

}  // namespace tls
