// SPDX-License-Identifier: Apache-2.0
#include "proxy/explain/caller.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "acl/text/ascii.hpp"
#include "acl/text/distinguished_name.hpp"
#include "acl/text/ip.hpp"
#include "acl/text/shown.hpp"
#include "config/accounts.hpp"

namespace proxy::explain {
namespace {

using Problem = std::optional<std::string>;

/// All that was written, before it is compared with the listener.
struct Written {
  std::optional<std::uint32_t> uid, gid;
  std::string address;
  std::optional<acl::Certificate> certificate;

  acl::Certificate& shown() { return certificate ? *certificate : certificate.emplace(); }
};

Problem set_account(std::string_view kind, const std::string& value,
                    const config::Accounts::Lookup& lookup, std::optional<std::uint32_t>& to) {
  to = config::account_number(value, lookup);
  if (to) return std::nullopt;
  return "there is no " + std::string(kind) + " " + acl::quoted(value);
}

Problem set(std::string_view key, const std::string& value, Written& to) {
  static const auto accounts = config::system_accounts();
  if (key == "uid") return set_account("user", value, accounts.uid_of, to.uid);
  if (key == "gid") return set_account("group", value, accounts.gid_of, to.gid);
  if (key == "address") {
    const auto address = acl::parse_ip(value);
    if (!address) return acl::quoted(value) + " is not an IP address";
    to.address = address->to_string();
  } else if (key == "cn") {
    to.shown().common_name = value;
  } else if (key == "ou") {
    to.shown().organizational_units.push_back(value);
  } else if (key == "san") {
    to.shown().sans.push_back(acl::written_name(value));
  } else if (key == "email") {
    to.shown().sans.push_back({acl::NameKind::email, value});
  } else if (key == "issuer") {
    to.shown().issuer = acl::with_plain_letters(value);
  } else if (key == "key_sha256") {
    to.shown().key_sha256 = acl::lower_case(value);
  } else {
    return acl::quoted(key) + " does not identify a client; write " + std::string(client_keys) +
           ", for example uid=1000,gid=1000";
  }
  return std::nullopt;
}

Problem read(std::string_view text, Written& to) {
  while (!text.empty()) {
    const auto end = text.starts_with("issuer=") ? text.npos : text.find(',');
    const auto pair = text.substr(0, end);
    const auto equals = std::min(pair.find('='), pair.size());
    const auto value = pair.substr(std::min(equals + 1, pair.size()));
    if (auto problem = set(pair.substr(0, equals), std::string(value), to)) return problem;
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
  }
  return std::nullopt;
}

/// Checks that a client of this listener can have these properties, and has all that it must have.
Problem check(const Written& written, const config::Listener& listener) {
  const auto name = listener.address.to_string();
  if (listener.address.kind == config::Address::Kind::unix_socket) {
    if (!written.address.empty() || written.certificate)
      return "clients of " + name + " are known by uid and gid only: write --as uid=1000,gid=1000";
    if (!written.uid || !written.gid)
      return "a client of " + name + " needs both uid and gid: write --as uid=1000,gid=1000";
    return std::nullopt;
  }
  if (written.uid || written.gid)
    return "clients of " + name + " have no uid or gid: write --as address=192.0.2.1";
  if (written.certificate && !listener.tls)
    return "clients of " + name + " have no certificate, since the listener has no `tls`";
  return std::nullopt;
}

}  // namespace

acl::Result<acl::Identity, std::string> identity_from(const std::vector<std::string>& texts,
                                                      const config::Listener& listener,
                                                      std::size_t index) {
  Written written;
  for (const auto& text : texts)
    if (auto problem = read(text, written)) return *problem;
  if (auto problem = check(written, listener)) return *problem;
  acl::Identity identity{.listener = index, .listener_name = listener.address.to_string()};
  if (written.uid) identity.unix_peer = acl::UnixPeer{*written.uid, *written.gid, 0};
  identity.address = std::move(written.address);
  identity.certificate = std::move(written.certificate);
  return identity;
}

}  // namespace proxy::explain
