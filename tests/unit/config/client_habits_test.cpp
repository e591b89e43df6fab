// SPDX-License-Identifier: Apache-2.0
// What real clients send beyond the Engine API, and what becomes of it.
#include <gmock/gmock.h>

#include <string>

#include "tests/unit/config/loading.hpp"
#include "tests/unit/told.hpp"

namespace config {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Not;

Told ask_profile(const std::string& profile, const std::string& request,
                 const std::string& body = "") {
  const auto loaded = load("profiles: {p: " + profile +
                           "}\nlisteners: [{address: unix:///run/a.sock, profile: p}]\n");
  EXPECT_TRUE(loaded) << testing::PrintToString(lines_of(loaded));
  return told(*loaded->policy, {}, request, body);
}

TEST(ClientHabits, go_dockerclient_starts_an_exec_with_its_own_options) {
  const std::string body =
      R"({"Detach":false,"Tty":true,"InputStream":{"x":1},"OutputStream":{},"ErrorStream":null,)"
      R"("RawTerminal":true})";
  const auto answer = ask_profile("{allow: [ExecStart]}", "POST /exec/a/start", body);
  EXPECT_EQ(answer.says(), "passes") << answer.message;
  EXPECT_EQ(answer.body, R"({"Detach":false,"Tty":true})");
}

TEST(ClientHabits, dockerode_writes_fields_that_no_engine_of_today_knows) {
  struct {
    const char *operation, *request, *body, *sent, *dropped;
  } const cases[] = {
      {"VolumeCreate", "POST /volumes/create",
       R"({"Name":"tardis","Driver":"local","Mountpoint":"/var/lib/docker/volumes/tardis"})",
       R"({"Name":"tardis","Driver":"local"})", "Mountpoint"},
      {"SwarmInit", "POST /swarm/init",
       R"({"ListenAddr":"0.0.0.0:4500","Spec":{"AcceptancePolicy":{"Policies":[{"Role":"MANAGER",)"
       R"("Autoaccept":false}]},"Orchestration":{}}})",
       R"({"ListenAddr":"0.0.0.0:4500","Spec":{"Orchestration":{}}})", "Spec.AcceptancePolicy"},
      {"ServiceCreate", "POST /services/create",
       R"({"Name":"redis","EndpointSpec":{"ExposedPorts":[{"Protocol":"tcp","Port":6379}]}})",
       R"({"Name":"redis","EndpointSpec":{}})", "EndpointSpec.ExposedPorts"},
      {"ServiceUpdate", "POST /services/redis/update?version=2",
       R"({"Name":"redis","EndpointSpec":{"ExposedPorts":[{"Protocol":"tcp","Port":6379}]}})",
       R"({"Name":"redis","EndpointSpec":{}})", "EndpointSpec.ExposedPorts"}};
  for (const auto& [operation, request, body, sent, dropped] : cases) {
    const auto profile = "{allow: [" + std::string(operation) + "], containers: {level: unconfined";
    const auto answer = ask_profile(profile + "}}", request, body);
    EXPECT_EQ(answer.says(), "passes") << answer.message;
    EXPECT_EQ(answer.body, sent);
    EXPECT_THAT(answer.dropped, ElementsAre(dropped));
    const auto kept = ask_profile(profile + ", client_habits: keep}}", request, body);
    EXPECT_EQ(kept.body, body);
  }
}

TEST(ClientHabits, credentials_in_a_create_go_nowhere) {
  const std::string body = R"({"Image":"a","authConfig":{"password":"s3cret"}})";
  for (const auto* containers : {"{}", "{client_habits: keep}", "{level: unconfined}"}) {
    const auto answer =
        ask_profile("{allow: [ContainerCreate], containers: " + std::string(containers) + "}",
                    "POST /containers/create", body);
    EXPECT_EQ(answer.says(), "passes") << answer.message;
    EXPECT_EQ(answer.body, R"({"Image":"a"})") << containers;
    EXPECT_THAT(answer.dropped, ElementsAre("authConfig"));
  }
}

TEST(ClientHabits, docker_py_sends_the_name_of_a_dockerfile_with_its_content_behind) {
  const auto answer = ask_profile("{allow: [ImageBuild]}",
                                  "POST /build?dockerfile=.dockerfile.ab&t=x&dockerfile=FROM+bb:1");
  EXPECT_EQ(answer.says(), "passes") << answer.message;
  EXPECT_EQ(answer.target, "/build?dockerfile=.dockerfile.ab&t=x");
}

TEST(ClientHabits, node_docker_api_sends_the_path_of_an_archive_twice) {
  const auto answer = ask_profile("{allow: [ContainerArchive]}",
                                  "GET /containers/a/archive?path=/var/log&path=%2Fvar%2Flog");
  EXPECT_EQ(answer.says(), "passes") << answer.message;
  EXPECT_EQ(answer.target, "/containers/a/archive?path=/var/log");
}

TEST(ClientHabits, seventy_images_are_saved_at_once) {
  std::string names;
  for (int i = 0; i < 70; ++i) names += "&names=i" + std::to_string(i);
  const auto answer = ask_profile("{allow: [ImageGetAll]}", "GET /images/get?" + names.substr(1));
  EXPECT_EQ(answer.says(), "passes") << answer.message;
  EXPECT_THAT(answer.target, HasSubstr("names=i69"));
}

TEST(ClientHabits, a_get_has_an_empty_body_at_most) {
  for (const auto* level : {"baseline", "unconfined"}) {
    const std::string profile =
        "{allow: [ContainerList], containers: {client_habits: keep, level: " + std::string(level) +
        "}}";
    for (const auto* body : {"{}", "{ }", " {\r\n}\n", "\n"}) {
      const auto empty = ask_profile(profile, "GET /containers/json", body);
      EXPECT_EQ(empty.says(), "passes");
      EXPECT_EQ(empty.body, "");
    }
    for (const auto* body :
         {"{", "}", "{}{}", "[]", R"({"all":true})", "GET /info HTTP/1.1\r\n\r\n"})
      EXPECT_EQ(ask_profile(profile, "GET /containers/json", body).says(), "body.unexpected");
    EXPECT_EQ(ask_profile("{allow: [SystemPingHead]}", "HEAD /_ping", "{}").says(),
              "body.unexpected");
  }
}

constexpr auto by_buildkit =
    "POST /v1.41/build?version=2&session=s&buildid=b&remote=client-session&outputs=%5B%5D"
    "&networkmode=default";

TEST(BuildKit, of_the_docker_command_before_23_is_allowed_where_its_own_protocol_is) {
  EXPECT_EQ(ask_profile("{allow: [ImageBuild, Session, Grpc]}", by_buildkit).says(), "passes");
  for (const auto* less :
       {"[ImageBuild]", "[ImageBuild, Session]", "[ImageBuild, Grpc]", "[\"*\"]"}) {
    const auto answer = ask_profile("{allow: " + std::string(less) + "}", by_buildkit);
    EXPECT_THAT(answer.says(), testing::StartsWith("constraint.")) << less;
    EXPECT_THAT(answer.message, HasSubstr("version is '2'"));
  }
}

TEST(BuildKit, keeps_the_limits_of_builds_that_its_parameters_show) {
  const std::string build =
      std::string(by_buildkit).substr(0, 27);  // "POST /v1.41/build?version=2"
  for (const auto* more : {"&networkmode=host", "&cgroupparent=%2Fx", "&securityopt=a%3Db",
                           "&remote=https%3A%2F%2Fx%2Fy.tar", "&remote=client-session2"})
    EXPECT_NE(ask_profile("{allow: [ImageBuild, Session, Grpc]}", build + more).says(), "passes")
        << more;
  const std::string profile = "{allow: [ImageBuild, Session, Grpc]}";
  EXPECT_EQ(ask_profile(profile, "POST /build?session=s").says(), "constraint.build");
  EXPECT_EQ(ask_profile(profile, "POST /build?version=1&session=s").says(), "constraint.build");
}

TEST(HostNamespaces, of_cgroups_are_the_engines_to_allow) {
  const auto with = [](const std::string& mode, const std::string& containers = "{}") {
    return ask_profile("{allow: [ContainerCreate], containers: " + containers + "}",
                       "POST /containers/create",
                       R"({"HostConfig":{"CgroupnsMode":")" + mode + R"("}})");
  };
  EXPECT_EQ(with("host").says(), "asks");
  EXPECT_THAT(with("host").asked, ElementsAre("/info"));
  EXPECT_EQ(with("Host").says(), "constraint.namespaces.cgroup");
  EXPECT_EQ(with("private").says(), "passes");
  EXPECT_THAT(with("host", "{waive: [namespaces.cgroup]}").asked, Not(Contains("/info")));
  EXPECT_EQ(with("host", "{level: unconfined}").says(), "passes");
}

TEST(KnownNetworks, say_nothing_about_a_node_of_the_same_name) {
  acl::KnownObjects known;
  const auto loaded = load(
      "profiles: {p: {allow: [NodeUpdate, NetworkConnect]}}\n"
      "listeners: [{address: unix:///run/a.sock, profile: p}]\n");
  ASSERT_TRUE(loaded);
  const std::string id(64, 'a');
  const auto engine = [&](const acl::Lookup& asked) -> std::optional<acl::Fact> {
    if (asked.kind == acl::Lookup::Kind::node)
      return acl::Fact{.id = std::string(25, 'b'), .version = "1"};
    return acl::Fact{.id = id, .name = "n", .driver = "bridge"};
  };
  EXPECT_EQ(told(*loaded->policy, {}, "POST /networks/" + id + "/connect", R"({"Container":"w"})",
                 engine, &known)
                .says(),
            "passes");
  EXPECT_EQ(told(*loaded->policy, {}, "POST /nodes/" + id + "/update?version=1",
                 R"({"Role":"manager"})", engine, &known)
                .says(),
            "constraint.nodes");
}

}  // namespace
}  // namespace config
