// SPDX-License-Identifier: Apache-2.0
#include "config/address.hpp"

#include <gmock/gmock.h>

#include <string>
#include <utility>

#include "acl/text/ip.hpp"

namespace config {
namespace {

using testing::HasSubstr;

TEST(Address, reads_the_path_of_a_unix_socket) {
  const auto address = parse_address("unix:///run/tidegate/docker.sock");
  ASSERT_TRUE(address);
  EXPECT_EQ(address->kind, Address::Kind::unix_socket);
  EXPECT_EQ(address->path, "/run/tidegate/docker.sock");
}

TEST(Address, reads_literal_addresses_and_localhost) {
  const auto v4 = parse_address("tcp://127.0.0.1:2375");
  ASSERT_TRUE(v4);
  EXPECT_EQ(v4->host, "127.0.0.1");
  EXPECT_EQ(v4->port, 2375);

  const auto v6 = parse_address("tcp://[::1]:65535");
  ASSERT_TRUE(v6);
  EXPECT_EQ(v6->host, "::1");
  EXPECT_EQ(v6->port, 65535);

  const auto local = parse_address("tcp://localhost:1");
  ASSERT_TRUE(local);
  EXPECT_EQ(local->host, "127.0.0.1");
}

TEST(Address, prints_canonically_what_it_read) {
  for (const std::string text :
       {"unix:///run/x.sock", "tcp://127.0.0.1:2375", "tcp://[::1]:2375", "tcp://[::]:80"}) {
    const auto address = parse_address(text);
    ASSERT_TRUE(address) << text;
    EXPECT_EQ(address->to_string(), text);
  }
  const auto spelled_out = parse_address("tcp://[0:0:0:0:0:0:0:1]:2375");
  ASSERT_TRUE(spelled_out);
  EXPECT_EQ(spelled_out->to_string(), "tcp://[::1]:2375");
}

TEST(Address, says_what_is_wrong_and_what_would_be_right) {
  const std::pair<std::string, std::string> rows[] = {
      {"", "write unix:///path/to.sock or tcp://"},
      {"http://127.0.0.1:2375", "'http://127.0.0.1:2375' is not an address"},
      {"UNIX:///run/x.sock", "is not an address"},
      {"/run/x.sock", "has no scheme; write `unix:///run/x.sock`"},
      {"unix://", "names no path"},
      {"unix://run/x.sock", "write `unix:///run/x.sock`, with three slashes"},
      {"unix:///", "not canonical"},
      {"unix:///run//x.sock", "not canonical"},
      {"unix:///run/../x.sock", "not canonical"},
      {"unix:///run/./x.sock", "not canonical"},
      {"unix:///run/x.sock/", "not canonical"},
      {"unix:///run/..", "not canonical"},
      {"unix:///run/a\nb", "control character"},
      {"tcp://", "write tcp://127.0.0.1:2375"},
      {"tcp://gate.corp", "host names are refused"},
      {"unix://~/x.sock", "write the full path, as unix:///run/tidegate.sock"},
      {"tcp://127.0.0.1", "has no port; write `tcp://127.0.0.1:2375`"},
      {"tcp://[::1]", "has no port; write `tcp://[::1]:2375`"},
      {"tcp://:2375", "tcp://0.0.0.0:2375 for every network"},
      {"tcp://::1:2375", "stands in brackets"},
      {"tcp://[::g]:2375", "is not an IPv6 address"},
      {"tcp://[127.0.0.1]:2375", "is not an IPv6 address"},
      {"tcp://docker.example.com:2375", "host names are refused"},
      {"tcp://127.1:2375", "is not a literal address"},
      {"tcp://0x7f.0.0.1:2375", "is not a literal address"},
      {"tcp://127.0.0.1:0", "from 1 to 65535"},
      {"tcp://127.0.0.1:65536", "from 1 to 65535"},
      {"tcp://127.0.0.1:", "from 1 to 65535"},
      {"tcp://127.0.0.1:+1", "from 1 to 65535"},
      {"tcp://127.0.0.1:2375/", "nothing after it"},
  };
  for (const auto& [text, message] : rows) {
    const auto address = parse_address(text);
    ASSERT_FALSE(address) << text;
    EXPECT_THAT(address.error(), HasSubstr(message)) << text;
  }
}

TEST(Upstream, may_have_a_host_name) {
  for (const std::string name :
       {"engine", "engine-1.corp.example", "4engine", "127.0.0.1.nip.io"}) {
    const auto address = parse_upstream("tcp://" + name + ":2376");
    ASSERT_TRUE(address) << name;
    EXPECT_EQ(address->host, name);
    EXPECT_FALSE(acl::parse_ip(address->host));
    EXPECT_EQ(address->to_string(), "tcp://" + name + ":2376");
  }
  EXPECT_EQ(parse_upstream("tcp://Engine.CORP:2376")->host, "engine.corp");
}

TEST(Upstream, is_an_address_as_of_a_listener_otherwise) {
  EXPECT_EQ(parse_upstream("unix:///run/x.sock")->path, "/run/x.sock");
  EXPECT_EQ(parse_upstream("tcp://localhost:1")->host, "127.0.0.1");
  for (const auto* text : {"tcp://10.0.0.1:1", "tcp://[::1]:1"}) {
    EXPECT_TRUE(acl::parse_ip(parse_upstream(text)->host)) << text;
  }
}

TEST(Upstream, refuses_what_is_no_host_name) {
  const std::string label(63, 'a');
  EXPECT_TRUE(parse_host_name(label + "." + label + "." + label + "." + std::string(61, 'a')));
  for (const std::string& name :
       {std::string("a_b"), std::string("-a"), std::string("a-"), std::string("a..b"),
        std::string("a."), std::string(".a"), std::string("a b"), std::string("\xc3\xbc"),
        label + "a", label + "." + label + "." + label + "." + std::string(62, 'a'),
        std::string("127.1"), std::string("0x7f.1"), std::string("2130706433"),
        std::string("1.2.3.4.5"), std::string("a.0x7f")}) {
    EXPECT_FALSE(parse_host_name(name)) << name;
    const auto address = parse_upstream("tcp://" + name + ":2376");
    ASSERT_FALSE(address) << name;
    EXPECT_THAT(address.error(), HasSubstr("neither a literal address nor a host name"));
  }
}

TEST(Address, holds_a_path_as_long_as_the_kernel_takes_and_no_longer) {
  const std::string longest = "/" + std::string(106, 'a');
  EXPECT_TRUE(parse_address("unix://" + longest));
  const auto longer = parse_address("unix://" + longest + "a");
  ASSERT_FALSE(longer);
  EXPECT_THAT(longer.error(), HasSubstr("108 bytes long"));
  EXPECT_THAT(longer.error(), HasSubstr("at most 107"));
}

}  // namespace
}  // namespace config
