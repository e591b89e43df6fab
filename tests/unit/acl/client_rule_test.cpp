// SPDX-License-Identifier: Apache-2.0
// Which profile a client gets from rules about who is asking.
#include "acl/client_rule.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <string>
#include <vector>

#include "acl/advice.hpp"
#include "acl/policy.hpp"
#include "tests/unit/told.hpp"

namespace {

using acl::AlternativeName;
using acl::CertificateMatch;
using acl::ClientRule;
using acl::NameKind;
using Rules = std::vector<ClientRule>;

const std::string key(64, 'a');

acl::PolicySpec spec(Rules rules) {
  acl::PolicySpec out;
  for (const auto* name : {"p", "q", "r"}) out.profiles.push_back({name, {"@read"}, {}});
  out.listeners = {{.clients = std::move(rules)}};
  return out;
}

acl::Identity by_unix(std::uint32_t uid, std::uint32_t gid) {
  return {.listener_name = "unix:///run/a.sock", .unix_peer = acl::UnixPeer{uid, gid, 1}};
}

acl::Identity by_tcp(const std::string& address) {
  return {.listener_name = "tcp://0.0.0.0:2376", .address = address};
}

acl::Identity with(acl::Certificate certificate, const std::string& address = "192.0.2.1") {
  auto identity = by_tcp(address);
  identity.certificate = std::move(certificate);
  return identity;
}

/// The profile that the client gets; "" for none.
std::string profile_of(const Rules& rules, const acl::Identity& identity) {
  const auto policy = acl::compile(spec(rules));
  EXPECT_TRUE(policy) << policy.error().front().where << ": " << policy.error().front().message;
  return policy ? std::string((*policy)->profile_of(identity).name()) : "no policy";
}

ClientRule for_certificate(CertificateMatch match) {
  return {.certificate = std::move(match), .profile = "p"};
}

bool accepts(const CertificateMatch& match, const acl::Certificate& certificate) {
  return profile_of({for_certificate(match)}, with(certificate)) == "p";
}

TEST(Clients, an_address_that_is_none_matches_nobody) {
  const acl::ClientConditions conditions({.address = "nonsense", .profile = "p"});
  for (const auto* address : {"192.0.2.1", "2001:db8::1", "nonsense", ""}) {
    const auto identity = by_tcp(address);
    EXPECT_FALSE(conditions.match(acl::Caller(identity))) << address;
    EXPECT_FALSE(conditions.may_match(acl::Caller(identity))) << address;
  }
}

TEST(Clients, the_first_rule_that_matches_decides) {
  const Rules rules{{.uid = 1000, .profile = "q"}, {.gid = 5, .profile = "r"}, {.profile = "p"}};
  EXPECT_EQ(profile_of(rules, by_unix(1000, 5)), "q");
  EXPECT_EQ(profile_of(rules, by_unix(1001, 5)), "r");
  EXPECT_EQ(profile_of(rules, by_unix(1001, 6)), "p");
}

TEST(Clients, whom_no_rule_matches_gets_no_profile) {
  EXPECT_EQ(profile_of({{.uid = 0, .profile = "p"}}, by_unix(1, 0)), "");
}

TEST(Clients, a_rule_without_conditions_is_for_everybody) {
  const Rules rules{{.profile = "p"}};
  EXPECT_EQ(profile_of(rules, by_unix(7, 7)), "p");
  EXPECT_EQ(profile_of(rules, by_tcp("")), "p");
}

TEST(Clients, all_conditions_of_a_rule_must_hold) {
  const Rules rules{{.uid = 1000, .gid = 1000, .profile = "p"}};
  EXPECT_EQ(profile_of(rules, by_unix(1000, 1000)), "p");
  EXPECT_EQ(profile_of(rules, by_unix(1000, 0)), "");
  EXPECT_EQ(profile_of(rules, by_unix(0, 1000)), "");
}

TEST(Clients, whose_account_or_address_is_not_known_match_no_rule_about_it) {
  EXPECT_EQ(profile_of({{.uid = 0, .profile = "p"}}, by_tcp("192.0.2.1")), "");
  EXPECT_EQ(profile_of({{.gid = 0, .profile = "p"}}, by_tcp("192.0.2.1")), "");
  EXPECT_EQ(profile_of({{.address = "0.0.0.0/0", .profile = "p"}}, by_unix(0, 0)), "");
  EXPECT_EQ(profile_of({{.address = "0.0.0.0/0", .profile = "p"}}, by_tcp("")), "");
}

TEST(Clients, are_known_by_their_network) {
  const Rules rules{{.address = "10.0.0.0/8", .profile = "p"},
                    {.address = "fe80::/10", .profile = "q"}};
  EXPECT_EQ(profile_of(rules, by_tcp("10.1.2.3")), "p");
  EXPECT_EQ(profile_of(rules, by_tcp("::ffff:10.1.2.3")), "p");
  EXPECT_EQ(profile_of(rules, by_tcp("11.1.2.3")), "");
  EXPECT_EQ(profile_of(rules, by_tcp("fe80::1%eth0")), "q");
}

TEST(Clients, are_known_by_their_common_name) {
  EXPECT_TRUE(accepts({.common_name = {"ops-*"}}, {.common_name = "ops-bob"}));
  EXPECT_FALSE(accepts({.common_name = {"ops-*"}}, {.common_name = "dev-bob"}));
  EXPECT_FALSE(accepts({.common_name = {"ops-*"}}, {.common_name = "ops-a/b"}));
  EXPECT_TRUE(accepts({.common_name = {"ops-**"}}, {.common_name = "ops-a/b"}));
}

TEST(Clients, are_known_by_any_of_their_alternative_names) {
  const acl::Certificate runner{.common_name = "x",
                                .sans = {{NameKind::dns, "ci.corp"},
                                         {NameKind::ip, "192.0.2.7"},
                                         {NameKind::uri, "spiffe://corp/ci/7"}}};
  EXPECT_TRUE(accepts({.san = {"spiffe://corp/ci/*"}}, runner));
  EXPECT_TRUE(accepts({.san = {"ci.corp"}}, runner));
  EXPECT_TRUE(accepts({.san = {"192.0.2.7"}}, runner));
  EXPECT_FALSE(accepts({.san = {"spiffe://corp/*"}}, runner));
  EXPECT_FALSE(accepts({.san = {"x"}}, runner));
}

bool name_fits(const std::string& san, NameKind kind, const std::string& value) {
  return accepts({.san = {san}}, {.sans = {{kind, value}}});
}

bool uri_fits(const std::string& san, const std::string& uri) {
  return name_fits(san, NameKind::uri, uri);
}

TEST(AlternativeNames, of_one_kind_never_match_a_rule_for_another) {
  const std::vector<std::pair<std::string, NameKind>> names{
      {"spiffe://corp/admin", NameKind::uri}, {"urn:corp:admin", NameKind::uri},
      {"mailto:root@corp", NameKind::uri},    {"192.0.2.7", NameKind::ip},
      {"2001:db8::7", NameKind::ip},          {"admin.corp", NameKind::dns}};
  for (const auto& [text, right] : names) {
    EXPECT_TRUE(name_fits(text, right, text)) << text;
    for (const auto wrong : {NameKind::dns, NameKind::ip, NameKind::uri}) {
      if (wrong == right) continue;
      EXPECT_FALSE(name_fits(text, wrong, text)) << text;
    }
  }
  EXPECT_FALSE(name_fits("spiffe://corp/**", NameKind::dns, "spiffe://corp/admin"));
  EXPECT_FALSE(name_fits("192.0.2.*", NameKind::dns, "192.0.2.7"));
  EXPECT_FALSE(name_fits("**.corp", NameKind::uri, "spiffe://admin.corp"));
  EXPECT_FALSE(name_fits("*.0.2.7", NameKind::dns, "192.0.2.7"));
}

TEST(AlternativeNames, that_are_addresses_match_in_every_spelling) {
  EXPECT_TRUE(name_fits("2001:DB8:0::7", NameKind::ip, "2001:db8::7"));
  EXPECT_TRUE(name_fits("192.0.2.*", NameKind::ip, "192.0.2.7"));
  EXPECT_TRUE(name_fits("2001:DB8:*", NameKind::ip, "2001:db8::7"));
  EXPECT_TRUE(name_fits("fe80:*", NameKind::ip, "fe80::1"));
  EXPECT_FALSE(name_fits("192.0.2.*", NameKind::ip, "192.0.3.7"));
}

TEST(AlternativeNames, of_hosts_match_whatever_their_case) {
  EXPECT_TRUE(name_fits("*.CI.corp", NameKind::dns, "Runner.ci.Corp"));
}

TEST(AlternativeNames, of_hosts_have_one_label_for_a_star_and_any_number_for_two) {
  EXPECT_TRUE(name_fits("*.corp", NameKind::dns, "ci.corp"));
  EXPECT_TRUE(name_fits("runner-*.*.corp", NameKind::dns, "runner-7.ci.corp"));
  EXPECT_FALSE(name_fits("*.corp", NameKind::dns, "a.ci.corp"));
  EXPECT_FALSE(name_fits("runner-*.corp", NameKind::dns, "runner-7.ci.corp"));
  EXPECT_TRUE(name_fits("**.corp", NameKind::dns, "a.ci.corp"));
  EXPECT_TRUE(name_fits("192.0.*", NameKind::ip, "192.0.2.7"));
}

TEST(AlternativeNames, of_hosts_with_a_lone_star_are_told_of_in_a_file_of_0_1) {
  const auto told = [](const char* san) {
    const auto changes = acl::changes_since_0_1(spec({for_certificate({.san = {san}})}));
    return std::ranges::count(changes, "listeners[0].clients[0].certificate.san",
                              &acl::Mistake::where) == 1;
  };
  for (const auto* lone : {"*.corp", "ci-*", "**.*.corp"}) EXPECT_TRUE(told(lone)) << lone;
  for (const auto* other : {"**.corp", "ci.corp", "spiffe://corp/*", "192.0.2.*"})
    EXPECT_FALSE(told(other)) << other;
}

TEST(UriNames, match_in_one_normal_form) {
  EXPECT_TRUE(uri_fits("spiffe://corp/ci/*", "SPIFFE://Corp/ci/7"));
  EXPECT_TRUE(uri_fits("Spiffe://CORP/ci/*", "spiffe://corp/ci/7"));
  EXPECT_TRUE(uri_fits("spiffe://corp/ci/*", "spiffe://corp/%63i/%37"));
  EXPECT_TRUE(uri_fits("spiffe://corp/%63i/7", "spiffe://corp/ci/7"));
  EXPECT_TRUE(uri_fits("spiffe://corp/a%c3%a4", "spiffe://corp/a%C3%A4"));
  EXPECT_TRUE(uri_fits("spiffe://%63orp/x", "spiffe://CORP/x"));
  EXPECT_FALSE(uri_fits("spiffe://corp/ci/*", "spiffe://corp/CI/7"));
  EXPECT_FALSE(uri_fits("spiffe://Ops@corp/x", "spiffe://ops@corp/x"));
}

TEST(UriNames, that_some_readers_take_for_others_match_nothing) {
  for (const auto* path :
       {"/ci/../admin", "/ci/..", "/ci/./7", "/ci/.", "/ci//7", "/ci/", "//ci", "/ci/%2e%2e/admin",
        "/ci/.%2E/admin", "/ci/%2e/7", "/ci/..%2fadmin", "/ci%2f7", "/ci/%2F/7", "/ci/%", "/ci/%2",
        "/ci/%zz", "/ci/a\\..\\b", "/ci/a b", "/ci/\xc3\xa4"})
    EXPECT_FALSE(uri_fits("spiffe://corp/**", std::string("spiffe://corp") + path)) << path;
  EXPECT_FALSE(uri_fits("urn:**", "urn:corp/../admin"));
  EXPECT_FALSE(uri_fits("**://**", "no-uri"));
  EXPECT_TRUE(uri_fits("spiffe://corp/**", "spiffe://corp/ci/..7/a..b/..."));
  EXPECT_TRUE(uri_fits("https://corp/**", "https://corp/a?next=/../b#//"));
  EXPECT_TRUE(uri_fits("**://**", "spiffe://corp"));
}

TEST(UriNames, that_are_in_order_match_beside_one_that_is_not) {
  EXPECT_TRUE(accepts({.san = {"https://corp/ci/**"}},
                      {.sans = {{NameKind::uri, "https://corp/ci/../admin"},
                                {NameKind::uri, "https://corp/ci/7"}}}));
}

TEST(UriNames, of_spiffe_match_nothing_beside_another_uri) {
  for (const auto* other : {"spiffe://corp/admin", "https://corp/x", "spiffe://corp/../x", "x"}) {
    const acl::Certificate shown{
        .sans = {{NameKind::uri, "SPIFFE://corp/ci/7"}, {NameKind::uri, other}}};
    EXPECT_FALSE(accepts({.san = {"spiffe://corp/ci/*"}}, shown)) << other;
    EXPECT_FALSE(accepts({.san = {"**://corp/ci/7"}}, shown)) << other;
  }
  EXPECT_TRUE(
      accepts({.san = {"spiffe://corp/ci/*"}}, {.sans = {{NameKind::uri, "spiffe://corp/ci/7"},
                                                         {NameKind::dns, "ci.corp"},
                                                         {NameKind::ip, "192.0.2.7"}}}));
}

TEST(Clients, are_known_by_any_of_their_units) {
  const acl::Certificate shown{.common_name = "x", .organizational_units = {"ops", "emea"}};
  EXPECT_TRUE(accepts({.organizational_unit = {"ops"}}, shown));
  EXPECT_TRUE(accepts({.organizational_unit = {"em*"}}, shown));
  EXPECT_FALSE(accepts({.organizational_unit = {"Ops"}}, shown));
  EXPECT_FALSE(accepts({.organizational_unit = {"x"}}, shown));
  EXPECT_FALSE(accepts({.organizational_unit = {"**"}}, {.common_name = "ops"}));
}

TEST(Clients, are_known_by_an_issuer_that_is_written_in_letters_or_as_openssl_prints_it) {
  const acl::Certificate shown{.issuer = R"(CN=Jürgen\, C\\C3,O=Größe)"};
  for (const auto* same : {R"(CN=Jürgen\, C\\C3,O=Größe)", R"(CN=J\C3\BCrgen**,O=Gr\c3\b6\C3\9Fe)",
                           R"(**,O=Gr\C3\B6ße)"})
    EXPECT_TRUE(accepts({.issuer = {same}}, shown)) << same;
  for (const auto* other : {"CN=Jurgen**", R"(CN=J\C3rgen**)", R"(**O=Größ\65)", R"(**\)"})
    EXPECT_FALSE(accepts({.issuer = {other}}, shown)) << other;
}

bool email_fits(const char* glob, const char* email) {
  return accepts({.email = {glob}}, {.sans = {{NameKind::email, email}}});
}

TEST(EmailAddresses, match_with_the_case_before_the_at_and_without_it_behind) {
  EXPECT_TRUE(email_fits("bob@Corp.example", "bob@corp.EXAMPLE"));
  EXPECT_FALSE(email_fits("bob@corp.example", "Bob@corp.example"));
  EXPECT_TRUE(email_fits("*@corp.example", "bob.b@corp.example"));
  EXPECT_FALSE(email_fits("*@corp.example", "bob@evil.corp.example"));
  EXPECT_TRUE(email_fits("*@*", "bob@evil.corp.example"));
  EXPECT_TRUE(email_fits("*@corp.example", "ops/bob@corp.example"));
}

TEST(EmailAddresses, that_are_none_or_of_another_kind_match_nothing) {
  for (const auto* text : {"bob", "@corp", "bob@", "evil@x@corp", "\"a b\"@corp", ""})
    EXPECT_FALSE(email_fits("**@**", text)) << text;
  for (const auto kind : {NameKind::dns, NameKind::uri, NameKind::ip})
    EXPECT_FALSE(accepts({.email = {"*@corp"}}, {.sans = {{kind, "bob@corp"}}}));
  EXPECT_FALSE(accepts({.san = {"*.corp"}}, {.sans = {{NameKind::email, "ci.corp"}}}));
}

TEST(Clients, match_one_of_the_values_of_every_condition) {
  const CertificateMatch match{.common_name = {"ops-*", "dev-*"},
                               .san = {"ci.corp", "spiffe://corp/*"}};
  const auto shown = [](const char* name, const char* uri) {
    return acl::Certificate{.common_name = name, .sans = {{NameKind::uri, uri}}};
  };
  EXPECT_TRUE(accepts(match, shown("ops-1", "spiffe://corp/a")));
  EXPECT_TRUE(accepts(match, shown("dev-1", "spiffe://corp/a")));
  EXPECT_FALSE(accepts(match, shown("qa-1", "spiffe://corp/a")));
  EXPECT_FALSE(accepts(match, shown("dev-1", "spiffe://evil/a")));
  const CertificateMatch keys{.issuer = {"CN=a", "CN=b"},
                              .key_sha256 = {std::string(64, 'B'), std::string(64, 'a')}};
  EXPECT_TRUE(accepts(keys, {.issuer = "CN=b", .key_sha256 = std::string(64, 'b')}));
  EXPECT_FALSE(accepts(keys, {.issuer = "CN=b", .key_sha256 = std::string(64, 'c')}));
}

TEST(Clients, are_known_by_their_issuer_and_key) {
  const acl::Certificate shown{.issuer = "CN=Corp CI CA,O=Corp", .key_sha256 = key};
  EXPECT_TRUE(accepts({.issuer = {"CN=Corp CI CA,O=Corp"}}, shown));
  EXPECT_TRUE(accepts({.issuer = {"**,O=Corp"}}, shown));
  EXPECT_FALSE(accepts({.issuer = {"CN=Corp CA,O=Corp"}}, shown));
  EXPECT_TRUE(accepts({.key_sha256 = {std::string(64, 'A')}}, shown));
  EXPECT_FALSE(accepts({.key_sha256 = {std::string(64, 'b')}}, shown));
}

TEST(Clients, must_meet_all_that_is_asked_of_a_certificate) {
  const acl::Certificate shown{.common_name = "ops-bob", .sans = {{NameKind::dns, "bob.corp"}}};
  EXPECT_TRUE(accepts({.common_name = {"ops-*"}, .san = {"*.corp"}}, shown));
  EXPECT_FALSE(accepts({.common_name = {"ops-*"}, .san = {"*.example"}}, shown));
  EXPECT_FALSE(accepts({.common_name = {"dev-*"}, .san = {"*.corp"}}, shown));
}

TEST(Clients, what_a_certificate_does_not_say_fits_nothing) {
  EXPECT_FALSE(accepts({.common_name = {"**"}}, {.sans = {{NameKind::dns, "a"}}}));
  EXPECT_FALSE(accepts({.san = {"a**"}}, {.common_name = "a"}));
  EXPECT_FALSE(accepts({.san = {"**://**"}}, {.common_name = "a"}));
  EXPECT_FALSE(accepts({.issuer = {"**"}}, {.common_name = "a"}));
  EXPECT_FALSE(accepts({.key_sha256 = {key}}, {.common_name = "a"}));
}

TEST(Clients, without_a_certificate_match_no_rule_about_it) {
  EXPECT_EQ(profile_of({for_certificate({.common_name = {"**"}})}, by_tcp("192.0.2.1")), "");
}

TEST(MayServe, lets_go_on_whom_a_certificate_could_still_help) {
  const auto policy = *acl::compile(spec({
      {.address = "10.0.0.0/8",
       .certificate = CertificateMatch{.common_name = {"a"}},
       .profile = "p"},
      {.address = "192.0.2.7", .profile = "q"},
  }));
  EXPECT_TRUE(policy->may_serve(by_tcp("10.1.2.3")));
  EXPECT_TRUE(policy->may_serve(by_tcp("192.0.2.7")));
  EXPECT_FALSE(policy->may_serve(by_tcp("192.0.2.8")));
  auto elsewhere = by_tcp("10.1.2.3");
  elsewhere.listener = 1;
  EXPECT_FALSE(policy->may_serve(elsewhere));
}

std::string refusal_of(const Rules& rules, const acl::Identity& identity) {
  const auto policy = *acl::compile(spec(rules));
  const auto decision = told(*policy, identity, "GET /containers/json");
  EXPECT_EQ(decision.verdict, acl::Verdict::deny);
  EXPECT_EQ(id(decision.reason), "client.unknown");
  EXPECT_EQ(decision.rule, "default deny");
  return decision.message;
}

TEST(UnknownClient, is_told_what_it_is_seen_as) {
  const Rules nobody{{.uid = 4'000'000'000, .profile = "p"}};
  EXPECT_EQ(refusal_of(nobody, with({.common_name = "ops-bob"})),
            "no rule under `clients` of tcp://0.0.0.0:2376 matches the certificate 'ops-bob' from "
            "192.0.2.1");
  EXPECT_EQ(refusal_of(nobody, with({.sans = {{NameKind::uri, "spiffe://corp/x"}}})),
            "no rule under `clients` of tcp://0.0.0.0:2376 matches the certificate "
            "'spiffe://corp/x' from 192.0.2.1");
  EXPECT_EQ(refusal_of(nobody, by_unix(1000, 100)),
            "no rule under `clients` of unix:///run/a.sock matches uid 1000, gid 100");
  EXPECT_EQ(refusal_of(nobody, by_tcp("192.0.2.1")),
            "no rule under `clients` of tcp://0.0.0.0:2376 matches 192.0.2.1");
}

TEST(UnknownClient, is_refused_with_a_body_too) {
  const auto policy = *acl::compile(spec({{.uid = 1, .profile = "p"}}));
  const auto client = by_unix(2, 2);
  EXPECT_EQ(told(*policy, client, "POST /containers/create", "{}").says(), "client.unknown");
  EXPECT_EQ(told(*policy, client, "PUT /containers/a/archive?path=/", "x").says(),
            "client.unknown");
}

/// "where: message; hint" of each mistake.
std::vector<std::string> mistakes(const acl::PolicySpec& written) {
  std::vector<std::string> out;
  const auto compiled = acl::compile(written);
  if (compiled) return out;
  for (const auto& each : compiled.error())
    out.push_back(each.where + ": " + each.message + "; " + each.hint);
  return out;
}

using testing::ElementsAre;

TEST(ClientMistake, an_unknown_profile) {
  EXPECT_THAT(mistakes({.profiles = {{"monitor", {}, {}}},
                        .listeners = {{.clients = {{.profile = "monitr"}}}}}),
              ElementsAre("listeners[0].clients[0].profile: no profile is named 'monitr'; did you "
                          "mean 'monitor'?"));
}

TEST(ClientMistake, an_address_that_is_none) {
  EXPECT_THAT(
      mistakes(
          spec({{.address = "10.1.2.3/8", .profile = "p"}, {.address = "10.0.0", .profile = "q"}})),
      ElementsAre("listeners[0].clients[0].address: '10.1.2.3/8' has bits set behind its "
                  "prefix; write `10.0.0.0/8`",
                  "listeners[0].clients[1].address: '10.0.0' is neither an IP address "
                  "nor a network; write it as `192.0.2.1`, `10.0.0.0/8` or `2001:db8::/32`"));
}

TEST(ClientMistake, a_key_that_is_no_sha256) {
  for (const auto& text :
       {std::string("AA:BB"), std::string(63, 'a'), std::string(64, 'g'), key + "a"}) {
    EXPECT_THAT(mistakes(spec({for_certificate({.key_sha256 = {text}})})),
                ElementsAre("listeners[0].clients[0].certificate.key_sha256: '" + text +
                            "' is not a SHA-256 hash; write 64 hex digits, without colons"));
  }
}

TEST(ClientMistake, a_certificate_of_which_nothing_is_asked) {
  EXPECT_THAT(mistakes(spec({for_certificate({})})),
              ElementsAre(testing::StartsWith("listeners[0].clients[0].certificate: asks for")));
}

TEST(ClientMistake, a_rule_behind_one_for_everybody) {
  EXPECT_THAT(
      mistakes(spec({{.profile = "p"}, {.uid = 1, .profile = "q"}})),
      ElementsAre("listeners[0].clients[1]: is never reached: listeners[0].clients[0] "
                  "matches everybody; the first match wins: put this rule before that one"));
}

TEST(ClientMistake, a_name_that_no_certificate_can_have_or_that_is_of_no_kind) {
  const auto mistake = [](const std::string& san) {
    const auto found = mistakes(spec({for_certificate({.san = {san}})}));
    return found.empty() ? "" : found.front();
  };
  const std::string where = "listeners[0].clients[0].certificate.san: ";
  EXPECT_EQ(mistake("spiffe://corp/ci/../admin"),
            where +
                "'spiffe://corp/ci/../admin' has a segment `.` or `..`, and no name with that can "
                "match; write a URI as `spiffe://corp/ci/*`, an IP address as `192.0.2.1`, "
                "or a DNS name as `*.ci.corp`");
  const std::vector<std::pair<std::string, std::string>> others{
      {"spiffe://corp/%2e%2e/x", "has a segment `.` or `..`"},
      {"spiffe://corp/./x", "has a segment `.` or `..`"},
      {"spiffe://corp//x", "has an empty segment"},
      {"spiffe://corp/ci/", "has an empty segment"},
      {"spiffe://corp/ci%2f7", "has an escaped slash"},
      {"spiffe://corp/%zz", "has a broken escape"},
      {"spiffe://corp/a b", "has a character that stands in no URI"},
      {"urn:a//b", "has an empty segment"},
      {"10.0.0.0/8", "is not an IP address"},
      {"fe80::/10", "is not an IP address"},
      {"10.0.0", "is not an IP address"},
      {"*", "matches every kind of name"},
      {"**", "matches every kind of name"},
      {"bob@corp", "is neither a DNS name nor an IP address nor a URI"},
      {"corp/ci", "is neither a DNS name nor an IP address nor a URI"},
      {"", "is neither a DNS name nor an IP address nor a URI"},
  };
  for (const auto& [san, why] : others) EXPECT_THAT(mistake(san), testing::HasSubstr(why)) << san;
  for (const auto* right : {"*.corp", "a_b.corp", "192.0.2.1", "10.*", "::1", "spiffe://corp/ci/**",
                            "**://corp/x", "urn:corp:ci", "mailto:bob@corp", "spiffe://corp"})
    EXPECT_EQ(mistake(right), "");
}

TEST(ClientMistake, one_of_several_values_with_its_place) {
  EXPECT_THAT(mistakes(spec({for_certificate({.san = {"ci.corp", "*"}})})),
              ElementsAre(testing::StartsWith("listeners[0].clients[0].certificate.san[1]: '*'")));
  for (const auto* text : {"bob", "*", "**", "a@b@c", "bob@corp example"})
    EXPECT_THAT(mistakes(spec({for_certificate({.email = {text}})})),
                ElementsAre(testing::StartsWith("listeners[0].clients[0].certificate.email: '" +
                                                std::string(text) + "' is not an e-mail address")));
}

TEST(ClientMistake, two_identical_rules) {
  const ClientRule rule{
      .gid = 1, .certificate = CertificateMatch{.key_sha256 = {key}}, .profile = "p"};
  auto same = rule;
  same.certificate->key_sha256 = {std::string(64, 'A')};
  same.profile = "q";
  EXPECT_THAT(mistakes(spec({rule, same})),
              ElementsAre("listeners[0].clients[1]: is never reached: listeners[0].clients[0] "
                          "matches whoever matches this rule; keep one of the two"));
}

std::size_t never_reached(const ClientRule& first, const ClientRule& second) {
  return mistakes(spec({first, second})).size();
}

TEST(ClientMistake, a_rule_that_an_earlier_one_leaves_nothing_to) {
  const auto name = [](const char* glob) { return for_certificate({.common_name = {glob}}); };
  const auto from = [](const char* network) {
    return ClientRule{.address = network, .profile = "p"};
  };
  EXPECT_EQ(never_reached(from("10.0.0.0/8"), from("10.1.0.0/16")), 1U);
  EXPECT_EQ(never_reached(from("10.1.0.0/16"), from("10.0.0.0/8")), 0U);
  EXPECT_EQ(never_reached(name("ops-*"), name("ops-bob")), 1U);
  EXPECT_EQ(never_reached(name("ops-bob"), name("ops-*")), 0U);
  EXPECT_EQ(never_reached(name("**"), name("a*")), 1U);
  EXPECT_EQ(never_reached(name("a*"), name("a**")), 0U);
  EXPECT_EQ(never_reached({.uid = 1, .profile = "p"}, {.uid = 1, .gid = 2, .profile = "q"}), 1U);
  EXPECT_EQ(never_reached({.uid = 1, .gid = 2, .profile = "p"}, {.uid = 1, .profile = "q"}), 0U);
  EXPECT_EQ(never_reached({.uid = 1, .profile = "p"}, {.gid = 1, .profile = "q"}), 0U);
  EXPECT_EQ(never_reached(name("a"), for_certificate({.san = {"a"}})), 0U);
  EXPECT_EQ(never_reached(for_certificate({.san = {"a"}}), for_certificate({.san = {"b"}})), 0U);
  EXPECT_EQ(never_reached(for_certificate({.common_name = {"a*", "b"}}),
                          for_certificate({.common_name = {"b", "ab"}})),
            1U);
  EXPECT_EQ(never_reached(for_certificate({.common_name = {"a*", "b"}}),
                          for_certificate({.common_name = {"b", "c"}})),
            0U);
  EXPECT_EQ(never_reached(for_certificate({.email = {"*@corp"}}),
                          for_certificate({.email = {"bob@Corp"}})),
            1U);
  EXPECT_EQ(never_reached(for_certificate({.email = {"*@corp"}}), for_certificate({.san = {"a"}})),
            0U);
  EXPECT_EQ(never_reached(for_certificate({.organizational_unit = {"a"}}),
                          for_certificate({.organizational_unit = {"b"}})),
            0U);
  EXPECT_EQ(never_reached(for_certificate({.san = {"URN:a"}}), for_certificate({.san = {"urn:a"}})),
            1U);
  EXPECT_EQ(never_reached(for_certificate({.san = {"a*"}}), for_certificate({.san = {"a:b"}})), 0U);
  EXPECT_EQ(never_reached(for_certificate({.issuer = {"a"}}), for_certificate({.issuer = {"b"}})),
            0U);
  EXPECT_EQ(never_reached(for_certificate({.key_sha256 = {key}}),
                          for_certificate({.key_sha256 = {std::string(64, 'b')}})),
            0U);
}

TEST(ClientMistake, a_listener_with_both_or_neither) {
  acl::PolicySpec both = spec({{.uid = 1, .profile = "p"}});
  both.listeners[0].profile = "p";
  EXPECT_THAT(mistakes(both),
              ElementsAre(testing::StartsWith("listeners[0].clients: is given together with")));
  EXPECT_THAT(mistakes(spec({})), ElementsAre(testing::StartsWith("listeners[0]: has neither")));
}

}  // namespace
