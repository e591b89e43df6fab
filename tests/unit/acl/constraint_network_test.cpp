// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/acl/judge.hpp"

namespace {

constexpr auto create = "POST /networks/create";
constexpr auto connect = "POST /networks/n/connect";
constexpr auto refused = "constraint.networks";

TEST(NetworkCreate, lets_ordinary_networks_pass) {
  Judge judge;
  for (
      const auto* body : {
          R"({"Name":"n"})",
          R"({"Driver":"overlay","Attachable":true,"Scope":"local","Options":{"encrypted":""}})",
          R"({"Driver":"bridge","Ingress":false,"ConfigOnly":false,"ConfigFrom":null})",
          R"({"ConfigFrom":{"Network":""},"Internal":true,"EnableIPv6":true,"CheckDuplicate":true})",
          R"({"IPAM":{"Driver":"default","Options":{},"Config":[{"Subnet":"172.28.9.0/24"}]}})",
          R"({"Options":{"com.docker.network.driver.mtu":"1400"}})",
      }) {
    EXPECT_EQ(judge.says(create, body), "passes") << body << judge.decision().message;
  }
}

TEST(NetworkCreate, is_refused_where_it_reaches_the_host) {
  Judge judge;
  for (const auto* body : {
           R"({"Driver":"macvlan"})",
           R"({"Driver":"ipvlan","Options":{"parent":"eth0"}})",
           R"({"Driver":"host"})",
           R"({"Driver":"weave:latest"})",
           R"({"Options":{"parent":"eth0"}})",
           R"({"Options":{"com.docker.network.bridge.name":"br0"}})",
           R"({"Options":{"com.docker.network.bridge.host_binding_ipv4":"0.0.0.0"}})",
           R"({"Options":{"com.docker.network.bridge.gateway_mode_ipv4":"nat-unprotected"}})",
           R"({"Options":{"com.docker.network.bridge.trusted_host_interfaces":"eth0"}})",
           R"({"Options":{"com.docker.network.bridge.tomorrow":"x"}})",
           R"({"Scope":"swarm"})",
           R"({"Driver":"overlay","Ingress":true})",
           R"({"ConfigOnly":true})",
           R"({"ConfigFrom":{"Network":"x"}})",
           R"({"IPAM":{"Driver":"plugin"}})",
           R"({"IPAM":{"Options":{"a":"b"}}})",
       }) {
    EXPECT_EQ(judge.says(create, body), refused) << body;
  }
  EXPECT_EQ(judge.says(create, R"({"Labels":{"com.docker.swarm.x":""}})"), "constraint.labels");
}

TEST(NetworkCreate, takes_the_drivers_and_addresses_that_the_profile_lists) {
  Judge judge("{network_drivers: [macvlan], ports: {addresses: [10.0.0.1]}}");
  EXPECT_EQ(judge.says(create, R"({"Driver":"macvlan"})"), "passes");
  EXPECT_EQ(judge.says(create, R"({"Driver":"overlay"})"), refused);
  constexpr auto binding =
      R"({"Options":{"com.docker.network.bridge.host_binding_ipv4":"10.0.0.1"}})";
  EXPECT_EQ(judge.says(create, binding), "passes");
}

TEST(NetworkConnect, lets_addresses_and_aliases_pass) {
  Judge judge;
  for (const auto* body : {
           R"({"Container":"web"})",
           R"({"Container":"web","EndpointConfig":{}})",
           R"({"EndpointConfig":{"Aliases":["db"],"IPAMConfig":{"IPv4Address":"10.1.0.5"},
               "DriverOpts":{},"Links":["a:b"],"GwPriority":0,"MacAddress":""}})",
       }) {
    EXPECT_EQ(judge.says(connect, body), "passes") << body << judge.decision().message;
  }
  EXPECT_EQ(judge.says("POST /networks/n/disconnect", R"({"Container":"web","Force":true})"),
            "passes");
}

TEST(NetworkConnect, joins_neither_the_host_nor_its_sysctls) {
  Judge judge;
  EXPECT_EQ(judge.says("POST /networks/host/connect", R"({"Container":"web"})"),
            "constraint.namespaces.network");
  EXPECT_EQ(judge.says(connect, R"({"EndpointConfig":{"DriverOpts":
      {"com.docker.network.endpoint.sysctls":"net.ipv4.conf.IFNAME.route_localnet=1"}}})"),
            "constraint.sysctls");
  EXPECT_EQ(judge.says(connect, R"({"EndpointConfig":{"DriverOpts":{"x":"y"}}})"),
            "constraint.risky_fields");
}

TEST(NetworkConnect, joins_listed_networks_only) {
  Judge judge("{networks: [n]}");
  EXPECT_EQ(judge.says(connect, R"({"Container":"web"})"), "passes");
  EXPECT_EQ(judge.says("POST /networks/m/connect", R"({"Container":"web"})"), refused);
}

TEST(NetworkConnect, makes_no_links_at_restricted) {
  Judge judge(acl::Level::restricted);
  EXPECT_EQ(judge.says(connect, R"({"EndpointConfig":{"Links":["a:b"]}})"), "constraint.links");
  EXPECT_EQ(judge.says(connect, R"({"EndpointConfig":{"Links":[]}})"), "passes");
}

}  // namespace
