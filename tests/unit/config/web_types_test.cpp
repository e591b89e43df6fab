// SPDX-License-Identifier: Apache-2.0

#include "config/effective.hpp"
#include "tests/unit/config/loading.hpp"

namespace config {
namespace {

using testing::ElementsAre;

std::string tcp(const std::string& keys) {
  return "listeners: [{address: tcp://127.0.0.1:2375, insecure: true, profile: p, " + keys +
         "}]\nadmin: {address: tcp://127.0.0.1:9180, " + keys + "}\n" + profiles;
}

std::string on_listener(const std::string& keys) {
  return "listeners: [{address: tcp://127.0.0.1:2375, insecure: true, profile: p, " + keys +
         "}]\n" + profiles;
}

TEST(WebTypes, are_read_into_one_form_and_printed_in_it) {
  const auto loaded =
      load(tcp("hosts: [Gate.Corp, \"*.CI.corp\", socket_proxy.net], origins: "
               "[\"HTTPS://Portal.corp:443\"]"));
  ASSERT_TRUE(loaded) << testing::PrintToString(lines_of(loaded));
  for (const auto& listener : {loaded->listeners.at(0), *loaded->admin}) {
    EXPECT_THAT(listener.hosts, ElementsAre("gate.corp", "*.ci.corp", "socket_proxy.net"));
    EXPECT_THAT(listener.origins, ElementsAre("https://portal.corp"));
  }
  const auto again = load(effective_text(*loaded));
  ASSERT_TRUE(again) << testing::PrintToString(lines_of(again));
  EXPECT_EQ(effective_text(*again), effective_text(*loaded));
}

TEST(WebTypes, say_what_is_wrong_with_an_entry) {
  const std::string no_host = "is not a host name; write it as `gate.corp`";
  const std::string no_origin = "is not an origin; write the scheme, the host";
  expect_one_mistake_each({
      {on_listener("hosts: [\"gate.corp:2375\"]"), 1, "listeners[0].hosts[0]", no_host},
      {on_listener("hosts: [a.corp, \"tcp://b.corp\"]"), 1, "listeners[0].hosts[1]", no_host},
      {on_listener("hosts: [\"*\"]"), 1, "listeners[0].hosts[0]", no_host},
      {on_listener("hosts: [\"::1\"]"), 1, "listeners[0].hosts[0]", no_host},
      {on_listener("origins: [portal.corp]"), 1, "listeners[0].origins[0]", no_origin},
      {on_listener("origins: [\"null\"]"), 1, "listeners[0].origins[0]", no_origin},
      {on_listener("origins: [\"*\"]"), 1, "listeners[0].origins[0]", no_origin},
      {on_listener("origins: [\"https://portal.corp/\"]"), 1, "listeners[0].origins[0]", no_origin},
      {on_listener("hosts: gate.corp"), 1, "listeners[0].hosts", "a single value where a list"},
  });
}

std::string list_of_hosts(int count) {
  std::string list = "hosts: [";
  for (int i = 0; i < count; ++i) list += "h" + std::to_string(i) + ".corp, ";
  return list + "]";
}

TEST(WebTypes, are_at_most_64) {
  EXPECT_TRUE(load(on_listener(list_of_hosts(64))));
  expect_one_mistake_each(
      {{on_listener(list_of_hosts(65)), 1, "listeners[0].hosts", "at most 64"}});
}

TEST(WebTypes, of_a_unix_socket_are_pages_only) {
  const std::string begin = "listeners: [{address: unix:///run/a.sock, profile: p, ";
  EXPECT_TRUE(load(begin + "origins: [\"http://10.0.0.5:9000\"]}]\n" + profiles));
  expect_one_mistake_each({
      {begin + "hosts: [gate.corp]}]\n" + profiles, 1, "listeners[0].hosts",
       "only a tcp listener has 'hosts', and this one is a unix socket; remove it"},
      {std::string(listeners) + "admin: {address: unix:///run/b.sock, hosts: [a.corp]}\n" +
           profiles,
       2, "admin.hosts", "only a tcp listener has 'hosts'"},
  });
}

}  // namespace
}  // namespace config
