// SPDX-License-Identifier: Apache-2.0
// Networks that a request names by an id or the beginning of one: only the engine can tell which
// that is.
#include <gmock/gmock.h>

#include <map>
#include <string>
#include <vector>

#include "config/load.hpp"
#include "tests/unit/told.hpp"

namespace config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string host_id = "c0ffee" + std::string(58, '0');
const std::string own_id = "beef" + std::string(60, '1');

Loaded with(const std::string& containers, const std::string& more = "") {
  return load_text(
      "version: 1\nlisteners: [{address: unix:///run/t.sock, profile: p}]\nprofiles: {p: {allow: "
      "[\"@container\", \"@network\", \"@service\", NetworkConnect], containers: {" +
          containers + "}" + more + "}}\n",
      "t.yaml");
}

/// An engine with its host network and one that somebody has made.
std::optional<acl::Fact> engine(const acl::Lookup& asked) {
  if (host_id.starts_with(asked.reference))
    return acl::Fact{.id = host_id, .name = "host", .driver = "host"};
  if (own_id.starts_with(asked.reference))
    return acl::Fact{.id = own_id, .name = "front", .driver = "bridge"};
  return std::nullopt;
}

std::optional<acl::Fact> read(std::string_view answer) {
  return acl::read_fact(acl::Lookup::Kind::network, answer);
}

Told ask(const std::string& containers, const std::string& request, const std::string& body) {
  const auto loaded = with(containers);
  EXPECT_TRUE(loaded) << to_string(loaded.error().front());
  return told(*loaded->policy, {}, request, body, engine);
}

Told run(const std::string& network, const std::string& containers = "") {
  return ask(containers, "POST /v1.41/containers/create",
             R"({"Image":"a","HostConfig":{"NetworkMode":")" + network + R"("}})");
}

TEST(NetworksById, are_asked_about_before_a_container_is_made) {
  EXPECT_THAT(run(host_id).asked, ElementsAre("/networks/" + host_id));
  EXPECT_THAT(run("c0ffee").asked, ElementsAre("/networks/c0ffee"));
  EXPECT_THAT(run("front").asked, IsEmpty());
  EXPECT_THAT(run("none").asked, IsEmpty());
}

TEST(NetworksById, are_refused_where_they_are_the_hosts) {
  for (const auto& reference : {host_id, std::string("c0ffee"), std::string("c")}) {
    const auto answer = run(reference);
    EXPECT_EQ(answer.says(), "constraint.namespaces.network");
    EXPECT_THAT(answer.message, HasSubstr("HostConfig.NetworkMode is '" + reference));
  }
  EXPECT_EQ(run(own_id).says(), "passes");
  EXPECT_EQ(run("beef").says(), "passes");
}

TEST(NetworksById, stay_as_they_are_written_in_what_is_sent) {
  EXPECT_THAT(run("beef").body, HasSubstr(R"("NetworkMode":"beef")"));
}

TEST(NetworksById, are_asked_about_once_however_often_they_are_named) {
  const auto answer =
      ask("", "POST /containers/create",
          R"({"HostConfig":{"NetworkMode":"beef"},"NetworkingConfig":{"EndpointsConfig":)"
          R"({"beef":{"NetworkID":"beef"}}}})");
  EXPECT_THAT(answer.asked, ElementsAre("/networks/beef"));
  EXPECT_EQ(answer.says(), "passes");
}

TEST(NetworksById, are_refused_wherever_a_container_may_join_them) {
  for (const auto* config : {R"({"c0ffee":{}})", R"({"x":{"NetworkID":"c0ffee"}})"})
    EXPECT_EQ(ask("", "POST /containers/create",
                  R"({"NetworkingConfig":{"EndpointsConfig":)" + std::string(config) + "}}")
                  .says(),
              "constraint.namespaces.network");
  EXPECT_EQ(ask("", "POST /networks/c0ffee/connect", R"({"Container":"web"})").says(),
            "constraint.namespaces.network");
}

TEST(NetworksById, are_connected_to_by_the_whole_id_that_was_looked_at) {
  const auto answer = ask("", "POST /v1.41/networks/beef/connect", R"({"Container":"web"})");
  EXPECT_EQ(answer.says(), "passes");
  EXPECT_EQ(answer.target, "/v1.41/networks/" + own_id + "/connect");
}

TEST(NetworksById, count_by_their_names_where_networks_are_listed) {
  EXPECT_EQ(run("beef", "networks: [front]").says(), "passes");
  EXPECT_EQ(run("beef", "networks: [back]").says(), "constraint.networks");
  EXPECT_EQ(run("front", "networks: [back]").says(), "constraint.networks");
  EXPECT_THAT(run("beef", "networks: [beef]").asked, IsEmpty());
}

TEST(NetworksById, of_services_are_looked_for_among_swarms) {
  const auto answer = ask("", "POST /services/create",
                          R"({"Name":"s","TaskTemplate":{"ContainerSpec":{"Image":"a"},)"
                          R"("Networks":[{"Target":"zfr21xbeuy8kalfpvgglfvu1h"}]}})");
  EXPECT_THAT(answer.asked, ElementsAre("/networks/zfr21xbeuy8kalfpvgglfvu1h?scope=swarm"));
}

TEST(NetworksById, are_nobodys_business_where_every_network_is_allowed) {
  EXPECT_THAT(run("c0ffee", "level: unconfined").asked, IsEmpty());
  EXPECT_THAT(run("c0ffee", "waive: [namespaces.network]").asked, IsEmpty());
}

TEST(NetworksById, beyond_a_number_are_not_asked_about) {
  std::string endpoints;
  for (int i = 100; i < 165; ++i)
    endpoints += (endpoints.empty() ? "\"a" : ",\"a") + std::to_string(i) + "\":{}";
  const auto answer = ask("", "POST /containers/create",
                          R"({"NetworkingConfig":{"EndpointsConfig":{)" + endpoints + "}}}");
  EXPECT_EQ(answer.says(), "object.too_many");
  EXPECT_THAT(answer.message, HasSubstr("limits.lookups"));
}

TEST(NetworksById, that_the_engine_says_nothing_about_are_refused) {
  EXPECT_EQ(run("dead").says(), "object.unavailable");
}

TEST(NetworksById, are_not_asked_about_again_once_they_are_known_by_their_whole_id) {
  const auto loaded = with("");
  acl::KnownObjects known;
  const auto ask_for = [&](const std::string& network) {
    return told(*loaded->policy, {}, "POST /containers/create",
                R"({"HostConfig":{"NetworkMode":")" + network + R"("}})", engine, &known);
  };
  EXPECT_EQ(ask_for("beef").asked.size(), 1U);
  EXPECT_THAT(ask_for(own_id).asked, IsEmpty());
  EXPECT_EQ(ask_for(own_id).says(), "passes");
  EXPECT_EQ(ask_for("beef").asked.size(), 1U) << "what a beginning stands for may change";
  EXPECT_EQ(ask_for(host_id).says(), "constraint.namespaces.network");
  EXPECT_EQ(ask_for(host_id).says(), "constraint.namespaces.network");
}

TEST(NetworksById, are_only_reported_in_shadow_mode) {
  const auto loaded = with("", ", mode: shadow");
  ASSERT_TRUE(loaded) << to_string(loaded.error().front());
  const std::string body = R"({"HostConfig":{"NetworkMode":"c0ffee"}})";
  const auto answer = told(*loaded->policy, {}, "POST /containers/create", body, engine);
  EXPECT_TRUE(answer.would_deny);
  EXPECT_EQ(id(answer.reason), "constraint.namespaces.network");
  const auto silent = told(*loaded->policy, {}, "POST /containers/create", body,
                           [](const acl::Lookup&) { return std::nullopt; });
  EXPECT_TRUE(silent.would_deny);
  EXPECT_EQ(id(silent.reason), "object.unavailable");
}

TEST(NetworksById, with_something_new_about_them_pass_below_restricted_alone) {
  const auto strange = [](const acl::Lookup&) {
    return acl::Fact{.id = own_id, .name = "front", .driver = "bridge", .unknown = "Reach"};
  };
  for (const auto& [level, says] : std::map<std::string, std::string>{
           {"baseline", "passes"}, {"restricted", "object.unknown_member"}}) {
    const auto loaded = with("level: " + level);
    EXPECT_EQ(
        told(*loaded->policy, {}, "POST /networks/beef/connect", R"({"Container":"w"})", strange)
            .says(),
        says);
  }
}

TEST(Facts, are_read_out_of_what_the_engine_says) {
  const auto fact = read(
      R"({"Name":"a\u002db","Id":")" + own_id +
      R"(","Created":"x","Scope":"local","Driver":"macvlan","IPAM":{"Config":[{"a":"}"}]},)"
      R"("Ingress":false,"Containers":{"x":{"Name":"host"}},"Options":null,"New":{ },"Newer":[1]})");
  ASSERT_TRUE(fact);
  EXPECT_EQ(fact->id, own_id);
  EXPECT_EQ(fact->name, "a-b");
  EXPECT_EQ(fact->driver, "macvlan");
  EXPECT_FALSE(fact->ingress);
  EXPECT_EQ(fact->unknown, "Newer");
}

TEST(Facts, are_none_where_the_answer_is_no_network) {
  const std::string id = R"("Id":")" + own_id + "\"";
  EXPECT_FALSE(read(""));
  EXPECT_FALSE(read("[]"));
  EXPECT_FALSE(read("{" + id + "}"));
  EXPECT_FALSE(read(R"({"Name":"a"})"));
  EXPECT_FALSE(read(R"({"Name":"a","Id":"short"})"));
  EXPECT_FALSE(read(R"({"Name":1,)" + id + "}"));
  EXPECT_FALSE(read(R"({"Name":"a",)" + id));
  EXPECT_FALSE(read(R"({"Name":"a",)" + id + R"(,"IPAM":{)"));
  EXPECT_TRUE(read(R"({"Name":"a",)" + id + "}"));
}

}  // namespace
}  // namespace config
