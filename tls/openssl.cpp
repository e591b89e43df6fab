// SPDX-License-Identifier: Apache-2.0
#include "tls/openssl.hpp"

#include <openssl/err.h>

#include <ctime>
#include <utility>

namespace tls::openssl {
namespace {

std::string printed(const X509_NAME* name, unsigned long flags) {
  const Bio bio(BIO_new(BIO_s_mem()));
  if (X509_NAME_print_ex(bio.get(), name, 0, flags) < 0) return {};
  return text_of(bio.get());
}

}  // namespace

Bio reader_of(std::string_view text) {
  return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

std::string text_of(BIO* bio) {
  char* data = nullptr;
  const auto size = BIO_get_mem_data(bio, &data);
  return size > 0 ? std::string(data, static_cast<std::size_t>(size)) : std::string();
}

std::string last_error() {
  const auto* reason = ERR_reason_error_string(ERR_peek_last_error());
  ERR_clear_error();
  return reason != nullptr ? reason : "unknown error";
}

std::chrono::system_clock::time_point time_of(const ASN1_TIME* time) {
  using Clock = std::chrono::system_clock;
  std::tm broken_down{};
  if (time == nullptr || ASN1_TIME_to_tm(time, &broken_down) != 1) return {};
  const std::chrono::seconds seconds(::timegm(&broken_down));
  const auto last = std::chrono::floor<std::chrono::seconds>(Clock::time_point::max());
  return seconds < last.time_since_epoch() ? Clock::time_point(seconds) : last;
}

std::string text_of(const X509_NAME* name) {
  return printed(name, XN_FLAG_RFC2253);
}

std::string plain_text_of(const X509_NAME* name) {
  return printed(name, XN_FLAG_RFC2253 & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB));
}

std::vector<std::string> values_of(const X509_NAME* name, int nid) {
  std::vector<std::string> values;
  for (int at = -1; (at = X509_NAME_get_index_by_NID(name, nid, at)) >= 0;) {
    unsigned char* utf8 = nullptr;
    const int size =
        ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
    if (size < 0) continue;
    values.emplace_back(utf8, utf8 + size);
    OPENSSL_free(utf8);
  }
  return values;
}

std::string common_name_of(const X509_NAME* name) {
  const int at = X509_NAME_get_index_by_NID(name, NID_commonName, -1);
  if (at < 0 || X509_NAME_get_index_by_NID(name, NID_commonName, at) >= 0) return {};
  auto values = values_of(name, NID_commonName);
  return values.empty() ? std::string() : std::move(values.front());
}

std::string shown(const X509_NAME* name) {
  auto common_name = common_name_of(name);
  return common_name.empty() ? text_of(name) : common_name;
}

bool has_signed(X509* issuer, X509* cert) {
  const bool is_signed = X509_check_issued(issuer, cert) == X509_V_OK &&
                         X509_verify(cert, X509_get0_pubkey(issuer)) == 1;
  ERR_clear_error();
  return is_signed;
}

}  // namespace tls::openssl
