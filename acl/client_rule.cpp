// SPDX-License-Identifier: Apache-2.0
#include "acl/client_rule.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "acl/text/ascii.hpp"
#include "acl/text/glob.hpp"
#include "acl/text/shown.hpp"

namespace acl {
namespace {

constexpr std::size_t key_digits = 64;

/// Stands for an invalid address: no client has the unspecified address.
constexpr IpNetwork nobodys{{}, 128};

bool is_key(std::string_view text) {
  return text.size() == key_digits &&
         text.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
}

/// What a `*` does not pass in names of a kind: one label of a host name, one segment of a URI.
char separator_of(NameKind kind) {
  return kind == NameKind::dns ? '.' : '/';
}

bool fits_any(const AlternativeName& glob, const std::vector<AlternativeName>& names) {
  return std::ranges::any_of(names, [&](const AlternativeName& name) {
    return glob.kind == name.kind && fits(glob.value, name.value, separator_of(glob.kind));
  });
}

bool is_spiffe(const AlternativeName& name) {
  return name.kind == NameKind::uri && name.value.starts_with("spiffe:");
}

/// A SPIFFE id proves nothing beside another URI: validators must refuse such a certificate
/// (X509-SVID, section 5.2), since its readers may each take another one for the id.
std::vector<AlternativeName> comparable_names(const std::vector<AlternativeName>& names) {
  const bool has_several_uris =
      std::ranges::count(names, NameKind::uri, &AlternativeName::kind) > 1;
  std::vector<AlternativeName> out;
  for (const auto& name : names) {
    auto one = comparable(name);
    if (one && !(has_several_uris && is_spiffe(*one))) out.push_back(std::move(*one));
  }
  return out;
}

/// True if nothing is asked, or it is asked and holds. Missing names do not match even `**`.
bool holds(const std::optional<std::string>& glob, const std::string& name) {
  return !glob || (!name.empty() && fits(*glob, name));
}

bool matches(const WantedCertificate& wanted, const Certificate& shown,
             const std::vector<AlternativeName>& names) {
  const auto& match = wanted.match;
  return holds(match.common_name, shown.common_name) && holds(match.issuer, shown.issuer) &&
         (!wanted.name || fits_any(*wanted.name, names)) &&
         (!match.key_sha256 || *match.key_sha256 == shown.key_sha256);
}

/// Returns whether a condition holds wherever `other` does. `implied` compares given ones.
template <class Condition, class Implied>
bool covers(const Condition& condition, const Condition& other, Implied implied) {
  return !condition || (other && implied(*condition, *other));
}

bool same(const auto& a, const auto& b) {
  return a == b;
}

/// Detects only the easy cases of one glob covering another.
bool covers_text(const std::string& glob, const std::string& other, char separator) {
  const bool is_plain = other.find('*') == std::string::npos;
  return glob == "**" || glob == other || (is_plain && fits(glob, other, separator));
}

bool glob_covers(const std::string& glob, const std::string& other) {
  return covers_text(glob, other, '/');
}

bool name_covers(const AlternativeName& glob, const AlternativeName& other) {
  return glob.kind == other.kind && covers_text(glob.value, other.value, separator_of(glob.kind));
}

bool certificate_covers(const WantedCertificate& wanted, const WantedCertificate& others) {
  const auto& match = wanted.match;
  const auto& other = others.match;
  return covers(match.common_name, other.common_name, glob_covers) &&
         covers(wanted.name, others.name, name_covers) &&
         covers(match.issuer, other.issuer, glob_covers) &&
         covers(match.key_sha256, other.key_sha256, same<std::string, std::string>);
}

/// Returns whether there is a `*` that is no part of a `**`.
bool has_lone_star(std::string_view glob) {
  for (auto at = glob.find('*'); at != glob.npos; at = glob.find('*', at + 2))
    if (at + 1 == glob.size() || glob[at + 1] != '*') return true;
  return false;
}

void check_address(const std::string& text, std::string where, std::vector<Mistake>& mistakes) {
  const auto network = parse_network(text);
  if (!network) {
    mistakes.push_back({std::move(where), quoted(text) + " is neither an IP address nor a network",
                        "write it as `192.0.2.1`, `10.0.0.0/8` or `2001:db8::/32`"});
  } else if (const auto right = lowest(*network); right.first != network->first) {
    mistakes.push_back({std::move(where), quoted(text) + " has bits set behind its prefix",
                        "write `" + right.to_string() + "`"});
  }
}

void check_san(const std::string& text, std::string where, std::vector<Mistake>& mistakes) {
  if (const auto flaw = flaw_of(written_name(text)))
    mistakes.push_back({std::move(where), quoted(text, 128) + " " + *flaw,
                        "write a URI as `spiffe://corp/ci/*`, an IP address as `192.0.2.1`, or a "
                        "DNS name as `*.ci.corp`"});
}

void check_certificate(const CertificateMatch& match, const std::string& where,
                       std::vector<Mistake>& mistakes) {
  if (!match.common_name && !match.san && !match.issuer && !match.key_sha256) {
    mistakes.push_back({where, "asks for nothing",
                        "give it a common_name, san, issuer or key_sha256, or remove it"});
  }
  if (match.san) check_san(*match.san, where + ".san", mistakes);
  if (match.key_sha256 && !is_key(*match.key_sha256)) {
    mistakes.push_back({where + ".key_sha256",
                        quoted(*match.key_sha256, 128) + " is not a SHA-256 hash",
                        "write 64 hex digits, without colons"});
  }
}

}  // namespace

void check(const ClientRule& rule, const std::string& where, std::vector<Mistake>& mistakes) {
  if (rule.address) check_address(*rule.address, where + ".address", mistakes);
  if (rule.certificate) check_certificate(*rule.certificate, where + ".certificate", mistakes);
}

void tell_changes(const ClientRule& rule, const std::string& where, std::vector<Mistake>& changes) {
  if (!rule.certificate || !rule.certificate->san) return;
  const auto glob = written_name(*rule.certificate->san);
  if (glob.kind != NameKind::dns || !has_lone_star(glob.value)) return;
  changes.push_back(
      {where + ".certificate.san",
       "no longer matches names with more labels: a `*` is one label, or a part of one",
       "write `**` where it may be several"});
}

// The zone of a link-local address ("fe80::1%eth0") is this machine's own name for the link.
Caller::Caller(const Identity& who)
    : identity(who),
      address(parse_ip(std::string_view(who.address).substr(0, who.address.find('%')))) {
  if (who.certificate) names = comparable_names(who.certificate->sans);
}

WantedCertificate::WantedCertificate(CertificateMatch wanted) : match(std::move(wanted)) {
  if (match.key_sha256) match.key_sha256 = lower_case(*match.key_sha256);
  if (match.san)  // what cannot be compared fits nothing: no name is empty
    name = comparable(written_name(*match.san)).value_or(AlternativeName{});
}

ClientConditions::ClientConditions(ClientRule rule) : uid_(rule.uid), gid_(rule.gid) {
  if (rule.address) network_ = parse_network(*rule.address).value_or(nobodys);
  if (!rule.certificate) return;
  certificate_ = std::make_unique<const WantedCertificate>(*std::move(rule.certificate));
}

bool ClientConditions::is_from(const Caller& caller) const {
  return !network_ || (caller.address && network_->holds(*caller.address));
}

bool ClientConditions::has_shown(const Caller& caller) const {
  const auto& shown = caller.identity.certificate;
  return certificate_ == nullptr || (shown && matches(*certificate_, *shown, caller.names));
}

bool ClientConditions::match_everybody() const {
  return !uid_ && !gid_ && !network_ && certificate_ == nullptr;
}

bool ClientConditions::cover(const ClientConditions& other) const {
  const auto holds_network = [](const IpNetwork& a, const IpNetwork& b) { return a.holds(b); };
  return covers(uid_, other.uid_, same<std::uint32_t, std::uint32_t>) &&
         covers(gid_, other.gid_, same<std::uint32_t, std::uint32_t>) &&
         covers(network_, other.network_, holds_network) &&
         covers(certificate_, other.certificate_, certificate_covers);
}

}  // namespace acl
