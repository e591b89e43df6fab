// SPDX-License-Identifier: Apache-2.0
#include "acl/client_rule.hpp"

#include <algorithm>
#include <span>
#include <string_view>
#include <utility>

#include "acl/text/ascii.hpp"
#include "acl/text/distinguished_name.hpp"
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

/// What a `*` does not pass in names of a kind: one label of a host name, one segment of a URI, one
/// side of an e-mail address.
char separator_of(NameKind kind) {
  if (kind == NameKind::email) return '@';
  return kind == NameKind::dns ? '.' : '/';
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

bool same(const auto& a, const auto& b) {
  return a == b;
}

/// Returns whether nothing is asked, or one of the names fits one of the globs.
template <class Name, class Fits>
bool holds(const std::vector<Name>& globs, std::span<const Name> names, Fits fits_one) {
  return globs.empty() || std::ranges::any_of(globs, [&](const Name& glob) {
           return std::ranges::any_of(names,
                                      [&](const Name& name) { return fits_one(glob, name); });
         });
}

/// Missing names do not match even `**`.
bool fits_text(const std::string& glob, const std::string& name) {
  return !name.empty() && fits(glob, name);
}

bool fits_name(const AlternativeName& glob, const AlternativeName& name) {
  return glob.kind == name.kind && fits(glob.value, name.value, separator_of(glob.kind));
}

bool matches(const WantedCertificate& wanted, const Certificate& shown,
             const std::vector<AlternativeName>& names) {
  const auto& match = wanted.match;
  const auto one = [](const std::string& name) { return std::span(&name, 1); };
  const std::span<const AlternativeName> all(names);
  return holds(match.common_name, one(shown.common_name), fits_text) &&
         holds(match.organizational_unit, std::span(shown.organizational_units), fits_text) &&
         holds(match.issuer, one(shown.issuer), fits_text) && holds(wanted.names, all, fits_name) &&
         holds(wanted.emails, all, fits_name) &&
         holds(match.key_sha256, one(shown.key_sha256), same<std::string, std::string>);
}

/// Returns whether a condition holds wherever `other` does. `implied` compares given ones.
template <class Condition, class Implied>
bool covers(const Condition& condition, const Condition& other, Implied implied) {
  return !condition || (other && implied(*condition, *other));
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

/// Returns whether each value that is asked for is covered by one of these.
template <class Name, class Covers>
bool list_covers(const std::vector<Name>& globs, const std::vector<Name>& others,
                 Covers covers_one) {
  if (globs.empty()) return true;
  return !others.empty() && std::ranges::all_of(others, [&](const Name& other) {
    return std::ranges::any_of(globs, [&](const Name& glob) { return covers_one(glob, other); });
  });
}

bool certificate_covers(const WantedCertificate& wanted, const WantedCertificate& others) {
  const auto& match = wanted.match;
  const auto& other = others.match;
  return list_covers(match.common_name, other.common_name, glob_covers) &&
         list_covers(match.organizational_unit, other.organizational_unit, glob_covers) &&
         list_covers(wanted.names, others.names, name_covers) &&
         list_covers(wanted.emails, others.emails, name_covers) &&
         list_covers(match.issuer, other.issuer, glob_covers) &&
         list_covers(match.key_sha256, other.key_sha256, same<std::string, std::string>);
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

/// Calls `act` with each value and its place; a single one may have been written without a list.
void for_each_value(const CertificateMatch::AnyOf& values, const std::string& where,
                    const auto& act) {
  for (std::size_t i = 0; i < values.size(); ++i)
    act(values[i], values.size() == 1 ? where : where + "[" + std::to_string(i) + "]");
}

void check_name(const AlternativeName& glob, const std::string& where, const char* right,
                std::vector<Mistake>& mistakes) {
  if (const auto flaw = flaw_of(glob))
    mistakes.push_back({where, quoted(glob.value, 128) + " " + *flaw, right});
}

bool asks_for_nothing(const CertificateMatch& match) {
  return match.common_name.empty() && match.organizational_unit.empty() && match.san.empty() &&
         match.email.empty() && match.issuer.empty() && match.key_sha256.empty();
}

void check_certificate(const CertificateMatch& match, const std::string& where,
                       std::vector<Mistake>& mistakes) {
  if (asks_for_nothing(match)) {
    mistakes.push_back({where, "asks for nothing",
                        "give it a common_name, organizational_unit, san, email, issuer or "
                        "key_sha256, or remove it"});
  }
  for_each_value(match.san, where + ".san", [&](const std::string& san, const std::string& place) {
    check_name(written_name(san), place,
               "write a URI as `spiffe://corp/ci/*`, an IP address as `192.0.2.1`, or a DNS name "
               "as `*.ci.corp`",
               mistakes);
  });
  for_each_value(match.email, where + ".email",
                 [&](const std::string& email, const std::string& place) {
                   check_name({NameKind::email, email}, place,
                              "write it as `ops@corp.example` or `*@corp.example`", mistakes);
                 });
  for_each_value(match.key_sha256, where + ".key_sha256",
                 [&](const std::string& key, const std::string& place) {
                   if (is_key(key)) return;
                   mistakes.push_back({place, quoted(key, 128) + " is not a SHA-256 hash",
                                       "write 64 hex digits, without colons"});
                 });
}

}  // namespace

void check(const ClientRule& rule, const std::string& where, std::vector<Mistake>& mistakes) {
  if (rule.address) check_address(*rule.address, where + ".address", mistakes);
  if (rule.certificate) check_certificate(*rule.certificate, where + ".certificate", mistakes);
}

void tell_changes(const ClientRule& rule, const std::string& where, std::vector<Mistake>& changes) {
  if (!rule.certificate) return;
  for_each_value(
      rule.certificate->san, where + ".certificate.san",
      [&](const std::string& san, const std::string& place) {
        const auto glob = written_name(san);
        if (glob.kind != NameKind::dns || !has_lone_star(glob.value)) return;
        changes.push_back(
            {place,
             "no longer matches names with more labels: a `*` is one label, or a part of one",
             "write `**` where it may be several"});
      });
}

// The zone of a link-local address ("fe80::1%eth0") is this machine's own name for the link.
Caller::Caller(const Identity& who)
    : identity(who),
      address(parse_ip(std::string_view(who.address).substr(0, who.address.find('%')))) {
  if (who.certificate) names = comparable_names(who.certificate->sans);
}

WantedCertificate::WantedCertificate(CertificateMatch wanted) : match(std::move(wanted)) {
  // What cannot be compared fits nothing: no name is empty.
  const auto ready = [](const AlternativeName& glob) {
    return comparable(glob).value_or(AlternativeName{});
  };
  for (auto& key : match.key_sha256) key = lower_case(key);
  for (auto& issuer : match.issuer) issuer = with_plain_letters(issuer);
  for (const auto& san : match.san) names.push_back(ready(written_name(san)));
  for (const auto& email : match.email) emails.push_back(ready({NameKind::email, email}));
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
