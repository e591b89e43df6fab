// SPDX-License-Identifier: Apache-2.0
// Listeners that ask who their clients are, with TLS and without.
#include "config/checks.hpp"

#include "tests/unit/config/loading.hpp"

namespace config {
namespace {

constexpr const char* tls = "tls: {cert: /c.pem, key: /k.pem, client_ca: /ca.pem}";

/// Each in a line of its own: the listener begins in line 3.
std::string with_listener(const std::vector<std::string>& keys) {
  std::string text = std::string(profiles) + "listeners:\n";
  for (const auto& key : keys) text += (&key == &keys.front() ? "  - " : "    ") + key + "\n";
  return text;
}

std::string on_unix(const std::string& clients) {
  return with_listener({"address: unix:///run/a.sock", "clients: " + clients});
}

std::string on_tcp(const std::string& clients, const std::string& more = tls) {
  return with_listener({"address: tcp://0.0.0.0:2376", more, "clients: " + clients});
}

std::string_view profile_of(const Loaded& loaded, const acl::Identity& identity) {
  return loaded->policy->profile_of(identity).name();
}

TEST(ListenerClients, are_read_with_every_condition) {
  const auto loaded = load(R"(
profiles: {admin: {allow: []}, ci: {allow: []}}
listeners:
  - address: unix:///run/a.sock
    clients:
      - {uid: root, profile: admin}
      - {uid: 1000, gid: docker, profile: ci}
  - address: tcp://0.0.0.0:2376
    tls: {cert: /c.pem, key: /k.pem, client_ca: /ca.pem, crl: [/a.crl, /b.crl], min_version: 1.2}
    clients:
      - address: 10.0.0.0/8
        certificate: {common_name: "ops-*", san: "b*", issuer: "**", key_sha256: )" +
                           std::string(64, 'a') + R"(}
        profile: admin
)");
  ASSERT_TRUE(loaded) << testing::PrintToString(lines_of(loaded));
  const auto& tls_read = loaded->listeners[1].tls;
  ASSERT_TRUE(tls_read);
  EXPECT_EQ(tls_read->cert, "/c.pem");
  EXPECT_EQ(tls_read->key, "/k.pem");
  EXPECT_EQ(tls_read->client_ca, "/ca.pem");
  EXPECT_THAT(tls_read->crl, testing::ElementsAre("/a.crl", "/b.crl"));
  EXPECT_EQ(tls_read->min_version, "1.2");
  EXPECT_FALSE(loaded->listeners[0].tls);

  acl::Identity identity{.listener = 0, .unix_peer = acl::UnixPeer{0, 7, 1}};
  EXPECT_EQ(profile_of(loaded, identity), "admin");
  identity.unix_peer = acl::UnixPeer{1000, 999, 1};
  EXPECT_EQ(profile_of(loaded, identity), "ci");
  identity.unix_peer = acl::UnixPeer{1000, 7, 1};
  EXPECT_EQ(profile_of(loaded, identity), "");
  identity = {.listener = 1,
              .address = "10.1.2.3",
              .certificate = acl::Certificate{.common_name = "ops-bob",
                                              .sans = {{acl::NameKind::dns, "bob"}},
                                              .issuer = "CN=x",
                                              .key_sha256 = std::string(64, 'a')}};
  EXPECT_EQ(profile_of(loaded, identity), "admin");
}

TEST(ListenerClients, of_tls_speak_1_3_where_nothing_else_is_written) {
  const auto loaded = load(on_tcp("[{profile: p}]"));
  ASSERT_TRUE(loaded) << testing::PrintToString(lines_of(loaded));
  EXPECT_EQ(loaded->listeners[0].tls->min_version, "1.3");
  EXPECT_TRUE(loaded->listeners[0].tls->crl.empty());
}

TEST(ListenerClients, stand_in_the_place_of_a_profile) {
  expect_one_mistake_each({
      {with_listener({"address: unix:///run/a.sock"}), 3, "listeners[0].profile",
       "or `clients` with rules"},
      {with_listener({"address: unix:///run/a.sock", "profile: p", "clients: [{profile: p}]"}), 5,
       "listeners[0].clients", "is given together with `profile`", "keep one of the two"},
      {on_unix("[]"), 4, "listeners[0].clients", "is empty, so nobody would be served"},
      {on_unix("{profile: p}"), 4, "listeners[0].clients", "a map where a list belongs"},
      {on_unix("[{uid: 0}]"), 4, "listeners[0].clients[0].profile", "is missing"},
      {on_unix("[{uid: 0, profile: q}]"), 4, "listeners[0].clients[0].profile",
       "no profile is named 'q'"},
      {on_unix("[{user: 0, profile: p}]"), 4, "listeners[0].clients[0].user", "unknown key"},
  });
}

TEST(ListenerClients, are_at_most_1024_rules) {
  std::string rules;
  for (int i = 0; i < 1024; ++i) rules += "{uid: " + std::to_string(i) + ", profile: p}, ";
  EXPECT_TRUE(load(on_unix("[" + rules + "]")));
  expect_one_mistake_each({{on_unix("[" + rules + "{profile: p}]"), 4, "listeners[0].clients",
                            "has 1025 entries; write at most 1024"}});
}

TEST(ListenerClients, are_asked_only_for_what_the_listener_can_tell) {
  const std::string insecure = "insecure: true";
  const std::string certificate = "[{certificate: {common_name: a}, profile: p}]";
  expect_one_mistake_each({
      {on_tcp("[{uid: 0, profile: p}]"), 5, "listeners[0].clients[0].uid", "only a unix socket"},
      {on_tcp("[{gid: 0, profile: p}]"), 5, "listeners[0].clients[0].gid", "only a unix socket"},
      {on_unix("[{address: 10.0.0.1, profile: p}]"), 4, "listeners[0].clients[0].address",
       "clients of a unix socket have no 'address'"},
      {on_unix(certificate), 4, "listeners[0].clients[0].certificate",
       "clients of a unix socket show no certificate"},
      {on_tcp(certificate, insecure), 5, "listeners[0].clients[0].certificate",
       "give the listener `tls`"},
  });
  EXPECT_TRUE(load(on_tcp(certificate)));
  EXPECT_TRUE(load(on_tcp("[{address: 10.0.0.1, profile: p}]", insecure)));
}

TEST(ListenerClients, name_accounts_that_there_are) {
  expect_one_mistake_each({
      {on_unix("[{uid: nemo, profile: p}]"), 4, "listeners[0].clients[0].uid", "no user 'nemo'"},
      {on_unix("[{gid: nemo, profile: p}]"), 4, "listeners[0].clients[0].gid", "no group 'nemo'"},
      {on_unix("[{uid: 4294967295, profile: p}]"), 4, "listeners[0].clients[0].uid", "no user"},
  });
}

TEST(ListenerClients, show_mistakes_of_their_conditions_at_their_lines) {
  expect_one_mistake_each({
      {on_tcp("\n      - {address: 10.0.0.1/8, profile: p}"), 6, "listeners[0].clients[0].address",
       "'10.0.0.1/8' has bits set behind its prefix", "write `10.0.0.0/8`"},
      {on_tcp("\n      - certificate:\n          key_sha256: \"12\"\n        profile: p"), 7,
       "listeners[0].clients[0].certificate.key_sha256", "'12' is not a SHA-256 hash"},
      {on_tcp("[{certificate: {common_name: [], san: a}, profile: p}]"), 5,
       "listeners[0].clients[0].certificate.common_name", "is empty; name a value"},
      {on_tcp("\n      - certificate:\n          san:\n            - ci.corp\n            - \"*\"\n"
              "        profile: p"),
       9, "listeners[0].clients[0].certificate.san[1]", "'*' matches every kind of name"},
      {on_tcp("[{certificate: {}, profile: p}]"), 5, "listeners[0].clients[0].certificate",
       "asks for nothing"},
      {on_unix("\n      - {profile: p}\n      - {uid: 0, profile: p}"), 6,
       "listeners[0].clients[1]", "is never reached: listeners[0].clients[0] matches everybody"},
  });
}

TEST(ListenerClients, list_as_many_values_for_a_condition_as_there_may_be) {
  const auto with = [](std::size_t count) {
    std::string names;
    for (std::size_t i = 0; i < count; ++i) names += "n" + std::to_string(i) + ", ";
    return on_tcp("[{certificate: {san: a, common_name: [" + names + "]}, profile: p}]");
  };
  EXPECT_TRUE(load(with(64)));
  expect_one_mistake_each({{with(65), 5, "listeners[0].clients[0].certificate.common_name",
                            "has 65 entries; write at most 64"}});
}

TEST(ListenerClients, a_condition_that_cannot_be_read_makes_no_rule_for_everybody) {
  expect_one_mistake_each({
      {on_unix("[{uid: [0], profile: p}, {uid: 1, profile: p}]"), 4, "listeners[0].clients[0].uid",
       "a list where a single value belongs"},
      {on_unix("[{uid: nemo, profile: p}, {uid: 1, profile: p}]"), 4, "listeners[0].clients[0].uid",
       "no user 'nemo'"},
      {on_unix("[{uidd: 0, profile: p}, {uid: 1, profile: p}]"), 4, "listeners[0].clients[0].uidd",
       "unknown key"},
  });
}

TEST(ListenerTls, belongs_on_tcp_and_is_not_insecure) {
  expect_one_mistake_each({
      {with_listener({"address: unix:///run/a.sock", tls, "profile: p"}), 4, "listeners[0].tls",
       "only a tcp listener has 'tls'"},
      {with_listener({"address: tcp://0.0.0.0:1", tls, "insecure: true", "profile: p"}), 5,
       "listeners[0].insecure", "nothing insecure about a listener with `tls`"},
      {with_listener({"address: tcp://0.0.0.0:1", "profile: p"}), 3, "listeners[0].address",
       "give it a certificate under `tls`"},
  });
  EXPECT_TRUE(
      load(with_listener({"address: tcp://0.0.0.0:1", tls, "insecure: false", "profile: p"})));
}

TEST(ListenerTls, names_files_and_a_version) {
  const auto with = [](const std::string& keys) {
    return with_listener({"address: tcp://0.0.0.0:1", "tls: {" + keys + "}", "profile: p"});
  };
  const std::string all = "cert: /c.pem, key: /k.pem, client_ca: /ca.pem";
  expect_one_mistake_each({
      {with("key: /k.pem, client_ca: /ca.pem"), 4, "listeners[0].tls.cert", "is missing"},
      {with("cert: /c.pem, client_ca: /ca.pem"), 4, "listeners[0].tls.key", "is missing"},
      {with("cert: /c.pem, key: /k.pem"), 4, "listeners[0].tls.client_ca", "is missing"},
      {with("cert: c.pem, key: /k.pem, client_ca: /ca.pem"), 4, "listeners[0].tls.cert",
       "'c.pem' is not an absolute path of a file"},
      {with(all + ", crl: /a.crl"), 4, "listeners[0].tls.crl", "a list belongs"},
      {with(all + ", crl: [a.crl]"), 4, "listeners[0].tls.crl[0]", "not an absolute path"},
      {with(all + ", min_version: 1.1"), 4, "listeners[0].tls.min_version", "unknown value '1.1'",
       "1.2"},
      {with(all + ", min_version: TLSv1.3"), 4, "listeners[0].tls.min_version",
       "unknown value 'TLSv1.3'", "known here: 1.2, 1.3"},
  });
}

std::string with_upstream(const std::string& upstream, const std::string& tls_keys) {
  return std::string(profiles) + listeners + "upstream: " + upstream + "\nupstream_tls: {" +
         tls_keys + "}\n";
}

TEST(UpstreamTls, is_for_the_host_of_the_upstream_where_it_names_no_other) {
  const auto plain = load(with_upstream("tcp://Engine.corp:2376", "ca: /ca.pem"));
  ASSERT_TRUE(plain) << testing::PrintToString(lines_of(plain));
  EXPECT_EQ(plain->upstream.host, "engine.corp");
  EXPECT_EQ(plain->upstream_tls->server_name, "engine.corp");
  EXPECT_EQ(plain->upstream_tls->cert, "");
  const auto named = load(with_upstream(
      "tcp://10.0.0.1:2376", "ca: /ca.pem, cert: /c.pem, key: /k.pem, server_name: engine"));
  ASSERT_TRUE(named) << testing::PrintToString(lines_of(named));
  EXPECT_EQ(named->upstream_tls->server_name, "engine");
  EXPECT_EQ(named->upstream_tls->cert, "/c.pem");
  EXPECT_EQ(named->upstream_tls->key, "/k.pem");
}

TEST(UpstreamTls, is_told_what_is_wrong) {
  const std::string tcp = "tcp://engine:2376";
  expect_one_mistake_each({
      {with_upstream("unix:///run/e.sock", "ca: /ca.pem"), 4, "upstream_tls",
       "only an engine on tcp has TLS"},
      {with_upstream(tcp, "server_name: engine"), 4, "upstream_tls.ca", "is missing"},
      {with_upstream(tcp, "ca: /ca.pem, cert: /c.pem"), 4, "upstream_tls.key",
       "is missing: `cert` is of no use without it"},
      {with_upstream(tcp, "ca: /ca.pem, key: /k.pem"), 4, "upstream_tls.cert",
       "is missing: `key` is of no use without it"},
      {with_upstream(tcp, "ca: /ca.pem, server_name: \"a:1\""), 4, "upstream_tls.server_name",
       "'a:1' is neither a host name nor an IP address"},
      {with_upstream("tcp://a_b:1", "ca: /ca.pem"), 3, "upstream", "'a_b' is neither"},
  });
}

TEST(UpstreamTls, a_listener_on_all_addresses_is_no_loop_to_an_engine_with_a_name) {
  EXPECT_TRUE(load(std::string(profiles) + "upstream: tcp://engine:2375\n" +
                   "listeners: [{address: tcp://0.0.0.0:2375, insecure: true, profile: p}]\n"));
}

TEST(ListenerClients, are_told_of_if_all_of_them_get_a_profile_that_allows_nothing) {
  constexpr const char* refused = "every request is refused here: profile 'n' allows nothing";
  const auto warned = [](const std::string& profile, const std::string& listener) {
    return warnings_of(load("version: 1\nprofiles: {n: " + profile +
                            ", p: {allow: [SystemPing]}}\n" +
                            "listeners:\n  - address: unix:///run/a.sock\n    " + listener + "\n" +
                            "  - {address: unix:///run/b.sock, profile: p}\n"));
  };
  for (const auto* nothing : {"{allow: []}", "{allow: [\"@read\"], deny: [\"*\"]}"})
    EXPECT_THAT(warned(nothing, "profile: n"),
                testing::ElementsAre(testing::AllOf(HasSubstr("t.yaml:5: listeners[0].profile: "),
                                                    HasSubstr(refused), HasSubstr("allow: ["))))
        << nothing;
  EXPECT_THAT(warned("{allow: []}", "clients: [{uid: 0, profile: n}, {profile: n}]"),
              testing::ElementsAre(
                  testing::AllOf(HasSubstr("listeners[0].clients: "), HasSubstr(refused))));
  EXPECT_THAT(warned("{allow: []}", "clients: [{uid: 0, profile: n}, {profile: p}]"),
              testing::IsEmpty());
  EXPECT_THAT(warned("{allow: [], mode: shadow}", "profile: n"), testing::IsEmpty());
}

TEST(ListenerClients, of_a_loopback_address_are_on_this_machine) {
  const auto warned = [](const std::string& address, const std::string& clients) {
    return warnings_of(
        load("version: 1\nprofiles: {p: {allow: [SystemPing]}}\n"
             "listeners:\n  - address: tcp://" +
             address + "\n    insecure: true\n    clients: [" + clients + "]\n"));
  };
  const auto nobody = testing::ElementsAre(testing::AllOf(
      HasSubstr("t.yaml:6: listeners[0].clients: nobody is served here: only this machine"),
      HasSubstr("address: 127.0.0.0/8")));
  const std::string far = "{address: 10.0.0.0/8, profile: p}";
  for (const auto* address : {"127.0.0.1:2375", "[::1]:2375"})
    EXPECT_THAT(warned(address, far), nobody) << address;
  EXPECT_THAT(warned("0.0.0.0:2375", far), testing::IsEmpty());
  for (const auto* near : {"127.0.0.1", "127.0.0.0/8", "0.0.0.0/0"})
    EXPECT_THAT(warned("127.0.0.1:2375", far + ", {address: " + near + ", profile: p}"),
                testing::IsEmpty())
        << near;
  EXPECT_THAT(warned("127.0.0.1:2375", "{profile: p}"), testing::IsEmpty());
}

}  // namespace
}  // namespace config
