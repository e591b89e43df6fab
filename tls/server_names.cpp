// SPDX-License-Identifier: Apache-2.0
#include "tls/server_names.hpp"

#include "tls/certificate.hpp"
#include "tls/pem.hpp"

namespace tls {

std::vector<std::string> server_names(X509* x509) {
  auto certificate = read_certificate(x509);
  if (certificate.dns.empty() && !certificate.common_name.empty())
    certificate.dns.push_back(std::move(certificate.common_name));
  return std::move(certificate.dns);
}

Result<std::vector<std::string>> server_names(const std::string& file) {
  const auto chain = read_certificates(file);
  if (!chain) return chain.error();
  return server_names(chain->front().get());
}

}  // namespace tls
