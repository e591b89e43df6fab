// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "tests/unit/config/judging.hpp"

namespace config {
namespace {

using testing::HasSubstr;

const std::string subnets = "constraint.subnets", names = "constraint.names",
                  host_network = "constraint.namespaces.network";

std::string pool(const std::string& config) {
  return R"({"Name":"n","IPAM":{"Config":[{)" + config + "}]}}";
}

constexpr auto create = "POST /networks/create";

TEST(Subnets, of_172_16_and_of_ula_pass_with_all_that_lies_in_them) {
  Judge judge("{}");
  for (const auto* config :
       {R"("Subnet":"172.28.0.0/16")", R"("Subnet":"172.16.0.0/12")", R"("Subnet":"fd00:1::/64")",
        R"("Subnet":"172.28.0.0/16","IPRange":"172.28.5.0/24","Gateway":"172.28.5.254",
           "AuxiliaryAddresses":{"a":"172.28.1.5","b":""})",
        R"("Subnet":"fd00:1::/64","Gateway":"fd00:1::1")", R"("Subnet":"")", R"("Subnet":null)",
        R"("Subnet":"172.28.9.9/16","Gateway":"172.28.0.1")", R"("Gateway":"","IPRange":null)"}) {
    EXPECT_EQ(judge.says(create, pool(config)), "passes") << config << judge.decision().message;
  }
}

TEST(Subnets, of_others_are_refused) {
  Judge judge("{}");
  for (const auto* subnet : {"198.51.100.0/24",
                             "169.254.169.0/24",
                             "10.20.0.0/16",
                             "192.168.1.0/24",
                             "0.0.0.0/0",
                             "0.0.0.0/1",
                             "128.0.0.0/1",
                             "127.0.0.0/8",
                             "172.0.0.0/8",
                             "172.16.0.0/11",
                             "2001:db8::/64",
                             "fe80::/64",
                             "::/0",
                             "f000::/4",
                             "::ffff:172.28.0.0/112",
                             "172.28.0.0",
                             "172.28.0.0/",
                             "172.28.0.0/33",
                             "172.028.0.0/16",
                             " 172.28.0.0/16",
                             "172.28.0.0/16 ",
                             "x"}) {
    EXPECT_EQ(judge.says(create, pool("\"Subnet\":\"" + std::string(subnet) + "\"")), subnets)
        << subnet;
  }
  EXPECT_THAT(judge.decision().message, HasSubstr("IPAM.Config[0].Subnet is 'x'"));
  judge.says(create, pool(R"("Subnet":"10.20.0.0/16")"));
  EXPECT_THAT(judge.decision().message, HasSubstr("`containers.subnets: ["));
}

TEST(Subnets, hold_their_gateway_their_range_and_their_reserved_addresses) {
  Judge judge("{}");
  for (const auto* config :
       {R"("Subnet":"172.28.0.0/16","Gateway":"8.8.8.8")",
        R"("Subnet":"172.28.0.0/16","Gateway":"172.29.0.1")",
        R"("Subnet":"172.28.0.0/16","Gateway":"fd00::1")",
        R"("Subnet":"172.28.0.0/16","Gateway":"x")",
        R"("Subnet":"172.28.0.0/16","IPRange":"172.28.0.0/15")",
        R"("Subnet":"172.28.0.0/16","IPRange":"10.0.0.0/24")",
        R"("Subnet":"172.28.0.0/16","AuxiliaryAddresses":{"DefaultGatewayIPv4":"10.0.0.1"})",
        R"("Subnet":"fd00:1::/64","Gateway":"fd00:2::1")", R"("Gateway":"172.28.0.1")",
        R"("IPRange":"172.28.0.0/16")", R"("AuxiliaryAddresses":{"a":"172.28.0.1"})"}) {
    EXPECT_EQ(judge.says(create, pool(config)), subnets) << config;
  }
}

TEST(Subnets, each_of_a_network_is_looked_at) {
  Judge judge("{}");
  EXPECT_EQ(judge.says(create, R"({"IPAM":{"Config":[{"Subnet":"172.28.0.0/16"},{},
      {"Subnet":"10.0.0.0/24"}]}})"),
            subnets);
  EXPECT_THAT(judge.decision().message, HasSubstr("IPAM.Config[2].Subnet"));
}

TEST(Subnets, that_a_profile_lists_pass_beside_the_level_s) {
  Judge judge("{subnets: [10.20.0.0/16, \"2001:DB8:1::/48\"]}");
  for (const auto* subnet :
       {"10.20.0.0/16", "10.20.7.0/24", "2001:db8:1:2::/64", "172.20.0.0/16"}) {
    EXPECT_EQ(judge.says(create, pool("\"Subnet\":\"" + std::string(subnet) + "\"")), "passes")
        << subnet;
  }
  for (const auto* subnet : {"10.0.0.0/8", "10.21.0.0/16", "2001:db8::/32"}) {
    EXPECT_EQ(judge.says(create, pool("\"Subnet\":\"" + std::string(subnet) + "\"")), subnets)
        << subnet;
  }
}

TEST(Subnets, that_overlap_a_network_of_the_host_are_refused_even_where_listed) {
  Judge judge("{subnets: [10.0.0.0/8]}",
              {*acl::parse_network("172.31.16.0/20"), *acl::parse_network("10.1.0.0/16")});
  for (const auto* subnet : {"172.31.0.0/16", "172.31.16.0/24", "172.31.16.0/20", "10.1.2.0/24"}) {
    EXPECT_EQ(judge.says(create, pool("\"Subnet\":\"" + std::string(subnet) + "\"")), subnets)
        << subnet;
  }
  for (const auto* subnet : {"172.31.0.0/20", "172.31.32.0/20", "172.28.0.0/16", "10.2.0.0/16"}) {
    EXPECT_EQ(judge.says(create, pool("\"Subnet\":\"" + std::string(subnet) + "\"")), "passes")
        << subnet;
  }
}

TEST(Subnets, are_not_looked_at_where_waived_or_unconfined) {
  for (const auto* profile : {"{level: unconfined}", "{waive: [subnets]}"}) {
    EXPECT_EQ(Judge(profile).says(create, pool(R"("Subnet":"10.0.0.0/8")")), "passes");
  }
}

TEST(Subnets, a_container_gets_no_address_outside_of_its_network_s) {
  Judge judge("{}");
  EXPECT_EQ(judge.says("POST /networks/n/connect", R"({"EndpointConfig":{"IPAMConfig":
      {"LinkLocalIPs":["169.254.169.254"]}}})"),
            subnets);
  EXPECT_EQ(judge.says("POST /networks/n/connect", R"({"EndpointConfig":{"IPAMConfig":
      {"IPv4Address":"172.28.0.9","LinkLocalIPs":null}}})"),
            "passes");
}

TEST(Names, that_are_a_container_s_id_are_refused) {
  Judge judge("{}");
  const std::string whole(64, 'a');
  for (const auto& name :
       std::vector<std::string>{"0123456789ab", "%2F0123456789ab", "abcdefabcdefabcd", whole}) {
    EXPECT_EQ(judge.says("POST /containers/create?name=" + name, "{}"), names) << name;
    EXPECT_EQ(judge.says("POST /containers/x/rename?name=" + name), names) << name;
  }
  EXPECT_THAT(judge.decision().message, HasSubstr("a name that is not an id"));
}

TEST(Names, of_other_kinds_pass) {
  Judge judge("{}");
  for (const auto& name :
       std::vector<std::string>{"web", "deadbeef", "0123456789a", "0123456789abg",
                                "0123456789ab_web", "ABCDEFABCDEF", std::string(65, 'a'), ""}) {
    EXPECT_EQ(judge.says("POST /containers/create?name=" + name, "{}"), "passes") << name;
    EXPECT_EQ(judge.says("POST /containers/x/rename?name=" + name), "passes") << name;
  }
}

TEST(Names, that_are_the_id_of_a_network_service_secret_or_config_are_refused) {
  Judge judge("{}");
  const std::string swarm_id = R"({"Name":"alfpvgglfvu1hv69pepw9qbe0"})";
  EXPECT_EQ(judge.says(create, R"({"Name":")" + std::string(64, 'a') + "\"}"), names);
  for (const auto* request :
       {create, "POST /services/create", "POST /secrets/create", "POST /configs/create"}) {
    EXPECT_EQ(judge.says(request, swarm_id), names) << request;
    EXPECT_EQ(judge.says(request, R"({"Name":"alfpvgglfvu1hv69pepw9qbe_"})"), "passes") << request;
  }
}

TEST(Names, that_begin_like_an_id_are_given_to_networks_by_testcontainers) {
  const std::string short_id = R"({"Name":"9d577290ee9a"})";
  EXPECT_EQ(Judge("{}").says(create, short_id), "passes");
  EXPECT_EQ(Judge("{level: restricted}").says(create, short_id), names);
}

TEST(Names, that_are_the_id_of_an_image_are_not_given_to_images) {
  Judge judge("{}");
  for (const auto* request :
       {"POST /images/a/tag?repo=0123456789ab", "POST /commit?container=a&repo=0123456789ab",
        "POST /images/a/tag?repo=docker.io/library/0123456789ab&tag=latest",
        "POST /build?t=0123456789ab"}) {
    EXPECT_EQ(judge.says(request), names) << request;
  }
  for (const auto* request : {"POST /images/a/tag?repo=0123456789ab&tag=1",
                              "POST /images/a/tag?repo=corp/0123456789ab", "POST /build?t=app"}) {
    EXPECT_EQ(judge.says(request), "passes") << request;
  }
}

std::string service_on(const std::string& target) {
  return R"({"TaskTemplate":{"ContainerSpec":{"Image":"a"},"Networks":[{)" + target + "}]}}";
}

TEST(ServiceNetworks, are_not_named_by_what_may_be_the_beginning_of_an_id) {
  Judge judge("{}");
  const std::string local = "ca0fea9d7291ea9bf33e9b11ceba575f30220588c797748e727b3af7bdd1e418";
  for (const auto& target : {std::string("alfpvg"), std::string("mzr8d"), std::string("a"), local,
                             local.substr(0, 26), local.substr(0, 32), local.substr(0, 6)}) {
    EXPECT_EQ(judge.says("POST /services/create", service_on(R"("Target":")" + target + "\"")),
              host_network)
        << target;
  }
  EXPECT_THAT(judge.decision().message, HasSubstr("`containers.networks: ["));
  EXPECT_EQ(
      judge.says("POST /services/s/update?version=1", R"({"Networks":[{"Target":"alfpvg"}]})"),
      host_network);
  EXPECT_EQ(
      judge.says("POST /services/create", service_on(R"("Target":"alfpvgglfvu1hv69pepw9qbe0")")),
      "asks");
  for (const auto* target : {"stack_default", "traefik-public", "App"}) {
    EXPECT_EQ(judge.says("POST /services/create",
                         service_on(R"("Target":")" + std::string(target) + "\"")),
              "passes")
        << target;
  }
}

TEST(ServiceNetworks, have_a_name) {
  Judge judge("{}");
  EXPECT_EQ(judge.says("POST /services/create", service_on(R"("Target":"")")), host_network);
  EXPECT_EQ(judge.says("POST /services/create", service_on("")), host_network);
}

TEST(ServiceNetworks, that_are_listed_pass_as_they_are_written) {
  Judge judge("{networks: [web, alfpvgglfvu1hv69pepw9qbe0]}");
  const auto on = [&](const std::string& target) {
    return judge.says("POST /services/create", service_on(R"("Target":")" + target + "\""));
  };
  EXPECT_EQ(on("web"), "passes");
  EXPECT_EQ(on("alfpvgglfvu1hv69pepw9qbe0"), "passes");
  EXPECT_EQ(on("alfpvg"), "constraint.networks");
  EXPECT_EQ(on("stack_default"), "constraint.networks");
}

std::string endpoint(const std::string& key, const std::string& settings) {
  return R"({"NetworkingConfig":{"EndpointsConfig":{")" + key + R"(":{)" + settings + "}}}}";
}

TEST(Endpoints, are_looked_at_whatever_network_they_name) {
  Judge judge("{}");
  for (const auto* key : {"none", "default", "bridge", "web"}) {
    EXPECT_EQ(judge.says("POST /containers/create", endpoint(key, R"("Aliases":["a"])")), "passes");
    EXPECT_EQ(
        judge.says("POST /containers/create",
                   endpoint(key, R"("DriverOpts":{"com.docker.network.endpoint.sysctls":"x"})")),
        "constraint.sysctls")
        << key;
  }
}

TEST(Endpoints, name_a_network) {
  Judge judge("{}");
  for (const auto* key : {"", "host", "ns:/proc/1/ns/net", "a b"}) {
    EXPECT_EQ(judge.says("POST /containers/create", endpoint(key, "")), host_network) << key;
  }
}

TEST(Endpoints, of_no_network_need_not_be_listed) {
  Judge judge("{networks: [web]}");
  EXPECT_EQ(judge.says("POST /containers/create", R"({"HostConfig":{"NetworkMode":"none"},
      "NetworkingConfig":{"EndpointsConfig":{"none":{}}}})"),
            "passes");
  EXPECT_EQ(judge.says("POST /containers/create", endpoint("bridge", "")), "constraint.networks");
}

TEST(NetworkMode, is_a_network_s_name_or_a_mode_that_does_not_lead_to_the_host) {
  Judge judge("{}");
  const auto mode = [&](const std::string& text) {
    return judge.says("POST /containers/create",
                      R"({"HostConfig":{"NetworkMode":")" + text + "\"}}");
  };
  for (const auto* text : {"ns:/proc/1/ns/net", "host", "host:x", "container:a",
                           "container:", "slirp4netns:allow_host_loopback=true", "pasta:-T,auto",
                           " host", "host ", "/proc/1/ns/net", "bridge:ip=10.0.0.1"}) {
    EXPECT_EQ(mode(text), host_network) << text;
  }
  for (const auto* text : {"", "default", "bridge", "none", "nat", "private", "web"}) {
    EXPECT_EQ(mode(text), "passes") << text;
  }
}

TEST(Subnets, that_a_file_of_0_1_allowed_are_told) {
  const auto told = testing::Contains(HasSubstr("p.containers.subnets: is not set"));
  EXPECT_THAT(changes_for("{allow: [\"*\"]}"), told);
  EXPECT_THAT(changes_for("{allow: [NetworkCreate], containers: {level: restricted}}"), told);
  for (const auto* profile : {"{allow: [\"*\"], deny: [NetworkCreate]}", "{allow: [\"@read\"]}",
                              "{allow: [\"*\"], containers: {level: unconfined}}",
                              "{allow: [\"*\"], containers: {waive: [subnets]}}",
                              "{allow: [\"*\"], containers: {subnets: [10.0.0.0/8]}}"}) {
    EXPECT_THAT(changes_for(profile), testing::Not(told)) << profile;
  }
}

TEST(ServiceNetworks, that_a_file_of_0_1_allowed_are_told) {
  const auto told = testing::Contains(HasSubstr("p.containers.networks: is not set"));
  EXPECT_THAT(changes_for("{allow: [\"@service\"]}"), told);
  EXPECT_THAT(changes_for("{allow: [\"@service\"], containers: {networks: [web]}}"),
              testing::Not(told));
}

}  // namespace
}  // namespace config
