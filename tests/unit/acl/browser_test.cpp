// SPDX-License-Identifier: Apache-2.0
#include "acl/browser.hpp"

#include <gmock/gmock.h>

#include <string>
#include <vector>

namespace acl {
namespace {

using testing::HasSubstr;

/// "passes", or the id of the reason for the refusal.
std::string said(const std::optional<Refusal>& refusal) {
  return refusal ? std::string(id(refusal->reason)) : "passes";
}

const WebRules plain{.on_tcp = true};
const WebRules listing{.on_tcp = true,
                       .hosts = {"gate.corp", "*.ci.corp"},
                       .origins = {"https://portal.corp", "http://10.0.0.5:9000"}};
const WebRules socket{.on_tcp = false, .origins = {"https://portal.corp"}};

std::string host(std::string_view value, const WebRules& rules = plain) {
  return said(check_sender({.hosts = 1, .host = value}, rules));
}

Sender page(std::string_view origin, std::string_view site = {}) {
  return {.hosts = 1,
          .origins = 1,
          .fetch_sites = site.empty() ? 0U : 1U,
          .host = "127.0.0.1:2375",
          .origin = origin,
          .fetch_site = site};
}

Sender silent_page(std::string_view site) {
  return {.hosts = 1, .fetch_sites = 1, .host = "127.0.0.1:2375", .fetch_site = site};
}

TEST(Browser, may_come_by_an_address_or_a_name_that_nobody_can_buy) {
  for (const auto* value : {"127.0.0.1",
                            "127.0.0.1:2375",
                            "10.0.0.5:2376",
                            "[::1]",
                            "[::1]:2375",
                            "[fe80::1]:2375",
                            "[2001:DB8::1]:1",
                            "localhost",
                            "localhost:2375",
                            "LOCALHOST",
                            "localhost.",
                            "tidegate:2375",
                            "socket-proxy:2375",
                            "socket_proxy",
                            "my_project-proxy-1:2375",
                            "docker",
                            "Docker:",
                            "d",
                            "host.docker.internal:2375",
                            "api.moby.localhost",
                            "nas.local",
                            "NAS.Local.:2375",
                            "tidegate.ci.svc",
                            "tidegate.ci.svc.cluster.local:2375"})
    EXPECT_EQ(host(value), "passes") << value;
}

TEST(Browser, may_not_come_by_a_name_that_a_page_can_have) {
  for (const auto* value :
       {"evil.example", "evil.example:2375", "EVIL.example.", "rebind.evil.example", "gate.corp",
        "127.0.0.1.nip.io:2375", "127.0.0.1.evil.example", "localhost.evil.example",
        "evil.example.local.evil.example", "local.example", "svc.example", "evillocal.example",
        "tidegate.ci", "127.1", "127.0.0.1.", "0x7f.1", "1.2.3", "256.0.0.1", "01.2.3.4"})
    EXPECT_EQ(host(value), "browser.host") << value;
}

TEST(Browser, may_not_come_by_what_is_no_host) {
  for (const auto* value : {":2375",
                            ".",
                            "..",
                            ".local",
                            "a..local",
                            "user@localhost",
                            "user:1@localhost:2375",
                            "localhost:x",
                            "localhost:2375:1",
                            "localhost:123456",
                            "localhost,evil.example",
                            "localhost evil.example",
                            "localhost/evil.example",
                            "localhost#.evil.example",
                            "::1",
                            "::1:2375",
                            "[::1",
                            "[localhost]",
                            "[127.0.0.1]",
                            "[::1]evil.example",
                            "[evil.example]",
                            "[::1%25eth0]",
                            "%2Fvar%2Frun%2Fdocker.sock",
                            "http://localhost",
                            "*.local"})
    EXPECT_EQ(host(value), "browser.host") << value;
}

TEST(Browser, may_come_by_a_name_that_the_listener_has) {
  for (const auto* value :
       {"gate.corp", "GATE.CORP:2375", "gate.corp.", "a.ci.corp", "b.a.ci.corp"})
    EXPECT_EQ(host(value, listing), "passes") << value;
  for (const auto* value : {"ci.corp", "evilci.corp", "a.gate.corp", "gate.corp.evil.example"})
    EXPECT_EQ(host(value, listing), "browser.host") << value;
}

TEST(Browser, may_not_connect_to_a_unix_socket_so_any_host_passes) {
  for (const auto* value : {"evil.example", "", "%2Fvar%2Frun%2Fdocker.sock", "a b"})
    EXPECT_EQ(host(value, socket), "passes") << value;
}

TEST(Browser, sends_no_request_without_a_host_or_with_an_empty_one) {
  EXPECT_EQ(said(check_sender({}, plain)), "passes");
  EXPECT_EQ(host(""), "passes");
}

TEST(Browser, is_told_which_name_and_what_to_do) {
  const auto refusal = check_sender({.hosts = 1, .host = "evil.example:1\x1b"}, plain);
  ASSERT_TRUE(refusal);
  EXPECT_THAT(refusal->message, HasSubstr("Host is 'evil.example:1?'"));
  EXPECT_THAT(refusal->message, HasSubstr("names without a dot"));
  EXPECT_THAT(refusal->message, HasSubstr("`hosts` (or TIDEGATE_HOSTS)"));
}

TEST(WebPage, is_not_what_a_program_on_a_unix_socket_makes_an_origin_up_for) {
  for (const auto* origin : {"http://d", "http://localhost", "http://docker:2375"}) {
    EXPECT_EQ(said(check_sender(page(origin), socket)), "passes") << origin;
    EXPECT_EQ(said(check_sender(page(origin), plain)), "browser.origin") << origin;
  }
  for (const auto* origin : {"https://d", "http://127.0.0.1:8000", "http://[::1]", "null",
                             "http://evil.example", "http://d.local", "file://d", ""}) {
    EXPECT_EQ(said(check_sender(page(origin), socket)), "browser.origin") << origin;
  }
}

TEST(WebPage, is_no_client) {
  for (const auto& rules : {plain, listing, socket}) {
    EXPECT_EQ(said(check_sender(page("http://evil.example"), rules)), "browser.origin");
    EXPECT_EQ(said(check_sender(page("https://evil.example", "cross-site"), rules)),
              "browser.origin");
    EXPECT_EQ(said(check_sender(page("null"), rules)), "browser.origin");
    EXPECT_EQ(said(check_sender(page(""), rules)), "browser.origin");
    for (const auto* site : {"cross-site", "same-site", "none", "", "Same-Origin", "x"})
      EXPECT_EQ(said(check_sender(silent_page(site), rules)), "browser.origin") << site;
  }
}

TEST(WebPage, may_ask_where_its_origin_is_listed) {
  for (const auto* origin :
       {"https://portal.corp", "HTTPS://Portal.Corp:443", "http://10.0.0.5:9000"})
    for (const auto* site : {"", "cross-site", "same-site"})
      EXPECT_EQ(said(check_sender(page(origin, site), listing)), "passes") << origin;
  for (const auto* origin :
       {"http://portal.corp", "https://portal.corp:8443", "https://portal.corp:80",
        "https://a.portal.corp", "https://portal.corp.", "https://portal.corp/",
        "https://portal.corp, https://evil.example", "https://portal.corp https://evil.example",
        "https://portal.corp@evil.example", "https://evil.example#https://portal.corp",
        "portal.corp", "//portal.corp", "http://10.0.0.5", "http://10.0.0.5:9000 "})
    EXPECT_EQ(said(check_sender(page(origin), listing)), "browser.origin") << origin;
}

TEST(WebPage, that_is_listed_comes_by_a_good_name_still) {
  auto sender = page("https://portal.corp");
  sender.host = "evil.example";
  EXPECT_EQ(said(check_sender(sender, listing)), "browser.host");
}

TEST(WebPage, says_once_who_it_is) {
  auto two_origins = page("https://portal.corp", "cross-site");
  two_origins.origins = 2;
  EXPECT_EQ(said(check_sender(two_origins, listing)), "browser.origin");
  auto two_sites = page("https://portal.corp", "cross-site");
  two_sites.fetch_sites = 2;
  EXPECT_EQ(said(check_sender(two_sites, listing)), "browser.origin");
  two_sites.fetch_site = "same-origin";
  two_sites.origin = "http://evil.example";
  EXPECT_EQ(said(check_sender(two_sites, socket)), "browser.origin");
}

TEST(WebPage, of_a_program_is_known_by_what_the_browser_says_and_on_its_socket_only) {
  EXPECT_EQ(said(check_sender(silent_page("same-origin"), socket)), "passes");
  EXPECT_EQ(said(check_sender(page("https://portainer.corp:9443", "same-origin"), socket)),
            "passes");
  EXPECT_EQ(said(check_sender(silent_page("same-origin"), plain)), "browser.origin");
  EXPECT_EQ(said(check_sender(page("http://127.0.0.1:2375", "same-origin"), plain)),
            "browser.origin");
}

TEST(WebPage, is_named_in_the_refusal_with_the_key_that_would_let_it_in) {
  const auto message = [](const Sender& sender) { return check_sender(sender, plain)->message; };
  EXPECT_THAT(message(page("http://evil.example")), HasSubstr("Origin is 'http://evil.example'"));
  EXPECT_THAT(message(page("http://u:hunter2@x.example")), HasSubstr("'http://***@x.example'"));
  EXPECT_THAT(message(page("http://evil.example")), HasSubstr("`origins` of the listener"));
  EXPECT_THAT(message(silent_page("none")), HasSubstr("Sec-Fetch-Site is 'none'"));
  EXPECT_LT(message(page(std::string(60'000, 'x'))).size(), 400U);
}

TEST(Origin, is_written_as_browsers_write_it) {
  EXPECT_EQ(normal_origin("https://portal.corp"), "https://portal.corp");
  EXPECT_EQ(normal_origin("HTTPS://PORTAL.corp:443"), "https://portal.corp");
  EXPECT_EQ(normal_origin("http://portal.corp:80"), "http://portal.corp");
  EXPECT_EQ(normal_origin("http://portal.corp:443"), "http://portal.corp:443");
  EXPECT_EQ(normal_origin("http://[::0001]:9000"), "http://[::1]:9000");
  EXPECT_EQ(normal_origin("http://127.0.0.1:9000"), "http://127.0.0.1:9000");
  EXPECT_EQ(normal_origin("app://portal"), "app://portal");
}

TEST(Origin, is_nothing_else) {
  for (const auto* text : {"",
                           "null",
                           "portal.corp",
                           "https://",
                           "://portal.corp",
                           "https:/portal.corp",
                           "https://portal.corp/",
                           "https://portal.corp/x",
                           "https://portal.corp?x",
                           "https://u@portal.corp",
                           "https://*.portal.corp",
                           "*",
                           "https://portal.corp:",
                           "https://portal.corp:0443",
                           "https://portal.corp:x",
                           "1s://portal.corp",
                           "s s://a",
                           "https://[portal.corp]",
                           "https://[127.0.0.1]",
                           "https://::1",
                           "https://portal corp"})
    EXPECT_EQ(normal_origin(text), std::nullopt) << text;
  EXPECT_EQ(normal_origin("https://" + std::string(600, 'a')), std::nullopt);
}

}  // namespace
}  // namespace acl
