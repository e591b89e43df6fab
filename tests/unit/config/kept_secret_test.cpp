// SPDX-License-Identifier: Apache-2.0
// Refusals are printed by clients, and shadow mode writes them into records: they repeat no value
// that may be a password.
#include <gtest/gtest.h>

#include <array>
#include <set>
#include <string>
#include <string_view>

#include "acl/constraint/rules.hpp"
#include "acl/schema/schema.hpp"
#include "tests/unit/config/asked.hpp"

namespace config {
namespace {

using acl::constraint::rule_of;
using acl::schema::Field;
using acl::schema::Scalar;
using acl::schema::Shape;

struct Request {
  std::string_view target, body = "";
};

constexpr auto with_secrets = std::to_array<Request>({
    {"POST /volumes/create",
     R"({"DriverOpts":{"type":"cifs","o":"username=a,password=hunter2","device":"//nas/a"}})"},
    {"POST /volumes/create", R"({"DriverOpts":{"type":"tmpfs","o":"password=hunter2"}})"},
    {"POST /volumes/create", R"({"Driver":"x","DriverOpts":{"key":"/run/hunter2"}})"},
    {"POST /volumes/create", R"({"Labels":{"com.docker.swarm.a":"hunter2"}})"},
    {"POST /containers/create",
     R"({"Image":"a","HostConfig":{"Mounts":[{"Type":"volume","Target":"/a","VolumeOptions":
        {"DriverConfig":{"Options":{"o":"password=hunter2"}}}}]}})"},
    {"POST /containers/create",
     R"({"Image":"a","HostConfig":{"LogConfig":{"Config":{"splunk-token":"hunter2"}}}})"},
    {"POST /containers/create",
     R"({"Image":"a","HostConfig":{"LogConfig":{"Config":{"max-size":"hunter2"}}}})"},
    {"POST /containers/create",
     R"({"Image":"a","HostConfig":{"StorageOpt":{"password":"hunter2"}}})"},
    {"POST /containers/create", R"({"Image":"a","HostConfig":{"StorageOpt":{"size":"hunter2"}}})"},
    {"POST /containers/create",
     R"({"Image":"a","HostConfig":{"SecurityOpt":["credentialspec=raw://hunter2"]}})"},
    {"POST /containers/create",
     R"({"Image":"a","HostConfig":{"SecurityOpt":["seccomp={\"a\":\"hunter2\"}"]}})"},
    {"POST /containers/create",
     R"({"Image":"a","HostConfig":{"SecurityOpt":["seccomp:hunter2"]}})"},
    {"POST /containers/create",
     R"({"Image":"a","HostConfig":{"SecurityOpt":["apparmor=hunter2"]}})"},
    {"POST /containers/create", R"({"Image":"a","HostConfig":{"SecurityOpt":["label=hunter2"]}})"},
    {"POST /containers/create", R"({"Image":"a","HostConfig":{"SecurityOpt":["hunter2"]}})"},
    {"POST /containers/create",
     R"({"Image":"a","HostConfig":{"SecurityOpt":["no-new-privileges=hunter2"]}})"},
    {"POST /containers/create", R"({"Image":"a","HostConfig":{"Annotations":{"a":"hunter2"}}})"},
    {"POST /containers/create", R"({"Image":"a","Labels":{"com.docker.swarm.a":"hunter2"}})"},
    {"POST /containers/create",
     R"({"Image":"a","NetworkingConfig":{"EndpointsConfig":{"n":{"DriverOpts":{"a":"hunter2"}}}}})"},
    {"POST /networks/create", R"({"Name":"n","Options":{"parent":"hunter2"}})"},
    {"POST /networks/create",
     R"({"Name":"n","Options":{"com.docker.network.bridge.host_binding_ipv4":"hunter2"}})"},
    {"POST /networks/create", R"({"Name":"n","IPAM":{"Options":{"password":"hunter2"}}})"},
    {"POST /services/create",
     R"({"Name":"s","TaskTemplate":{"ContainerSpec":{"Image":"a","Env":["A={{hunter2}}"]}}})"},
    {"POST /services/create",
     R"({"Name":"s","TaskTemplate":{"ContainerSpec":{"Image":"a"},
        "LogDriver":{"Options":{"splunk-token":"hunter2"}}}})"},
    {"POST /services/create",
     R"({"Name":"s","TaskTemplate":{"ContainerSpec":{"Image":"a","Mounts":[{"Type":"volume",
        "Target":"/a","VolumeOptions":{"DriverConfig":{"Options":{"o":"{{hunter2}}"}}}}]}}})"},
    {"POST /services/create",
     R"({"Name":"s","TaskTemplate":{"ContainerSpec":{"Image":"a"},
        "Networks":[{"Target":"n","DriverOpts":{"a":"{{hunter2}}"}}]}})"},
    {"POST /swarm/update?version=1", R"({"CAConfig":{"SigningCAKey":"hunter2"}})"},
    {"POST /plugins/p/set", R"(["TOKEN=/hunter2"])"},
    {"POST /plugins/p/set", R"(["TOKEN=../hunter2"])"},
    {"POST /build?remote=https%3A%2F%2Fa%3Ahunter2%40git.example%2Fa.git"},
    {"POST /build?labels=hunter2"},
    {"POST /build?labels=%7B%22com.docker.swarm.a%22%3A%22hunter2%22%7D"},
    {"POST /build?outputs=hunter2"},
    {"POST /images/create?fromSrc=http%3A%2F%2Fa%3Ahunter2%40files.example%2Fa.tar"},
    {"POST /build?securityopt=%5B%22credentialspec%3Draw%3A%2F%2Fhunter2%22%5D"},
    {"POST /commit?container=a&changes=ENV%20A%3Dhunter2%20%5C", "{}"},
});

TEST(KeptSecret, is_what_an_option_a_label_or_a_url_holds) {
  for (const auto& [target, body] : with_secrets) {
    SCOPED_TRACE(std::string(target) + " " + std::string(body));
    Asked asked;
    EXPECT_TRUE(asked.says(target, body).starts_with("constraint.")) << asked.says(target, body);
    EXPECT_EQ(asked.message().find("hunter2"), std::string::npos) << asked.message();
  }
}

TEST(KeptSecret, is_an_environment_at_level_restricted) {
  Asked asked("{level: restricted}");
  EXPECT_EQ(asked.says("POST /containers/x/exec",
                       R"({"User":"1:1","Cmd":["a"],"Env":["DB_PASSWORD=hunter2"]})"),
            "constraint.env");
  EXPECT_NE(asked.message().find("'DB_PASSWORD'"), std::string::npos) << asked.message();
  EXPECT_EQ(asked.message().find("hunter2"), std::string::npos) << asked.message();
}

TEST(KeptSecret, is_an_environment_without_an_equals_sign) {
  Asked asked("{level: restricted}");
  for (const std::string text : {"PASSWORD: hunter2", "PASSWORD hunter2", "PASSWORD: hunter2=="}) {
    SCOPED_TRACE(text);
    const auto env = R"("Env":[")" + text + R"("])";
    EXPECT_EQ(asked.says("POST /containers/x/exec", R"({"User":"1:1","Cmd":["a"],)" + env + "}"),
              "constraint.env");
    EXPECT_NE(asked.message().find("Env[0] is set"), std::string::npos) << asked.message();
    EXPECT_EQ(asked.message().find("hunter2"), std::string::npos) << asked.message();
    asked.says("POST /containers/create", R"({"Image":"a",)" + env + "}");
    EXPECT_NE(asked.message().find("Env[0] is set"), std::string::npos) << asked.message();
    EXPECT_EQ(asked.message().find("hunter2"), std::string::npos) << asked.message();
  }
  asked.says("POST /containers/x/exec", R"({"User":"1:1","Cmd":["a"],"Env":["DB_PASSWORD"]})");
  EXPECT_NE(asked.message().find("'DB_PASSWORD'"), std::string::npos) << asked.message();
}

constexpr auto references_with_passwords = std::to_array<Request>({
    {"POST /containers/create", R"({"Image":"https://user:hunter2@reg/x"})"},
    {"POST /containers/create", R"({"Image":"https://user:hunter2@reg/x@sha256:ab"})"},
    {"POST /containers/create", R"({"Image":"user:hunter2@reg/x:1"})"},
    {"POST /containers/create", R"({"Image":"https://user:hun/ter2:hunter2@reg/x"})"},
    {"POST /containers/create",
     R"({"Image":"a","HostConfig":{"Mounts":[{"Type":"image","Target":"/a",
        "Source":"https://user:hunter2@reg/x"}]}})"},
    {"POST /images/create?fromImage=https%3A%2F%2Fuser%3Ahunter2%40reg%2Fx&tag=1"},
    {"POST /images/create?fromSrc=-&repo=https%3A%2F%2Fuser%3Ahunter2%40reg%2Fx&tag=1"},
    {"POST /plugins/pull?remote=https%3A%2F%2Fuser%3Ahunter2%40reg%2Fx", "[]"},
    {"POST /build?t=https%3A%2F%2Fuser%3Ahunter2%40reg%2Fx"},
});

TEST(KeptSecret, is_the_password_in_an_images_reference) {
  Asked asked("{build: {images: any}, images: [a], images_write: [a], image_import: true}");
  for (const auto& [target, body] : references_with_passwords) {
    SCOPED_TRACE(std::string(target) + " " + std::string(body));
    EXPECT_EQ(asked.says(target, body), "constraint.images");
    EXPECT_NE(asked.message().find("***@reg/x"), std::string::npos) << asked.message();
    EXPECT_EQ(asked.message().find("hunter2"), std::string::npos) << asked.message();
    EXPECT_EQ(asked.message().find("images: ["), std::string::npos) << asked.message();
  }
}

TEST(KeptSecret, is_no_digest_of_an_image) {
  Asked asked("{build: {images: any}, images: [a]}");
  asked.says("POST /containers/create", R"({"Image":"b:1@sha256:ab"})");
  EXPECT_NE(asked.message().find("'b:1@sha256:ab'"), std::string::npos) << asked.message();
}

TEST(KeptSecret, is_an_escaped_query) {
  Asked asked;
  for (const std::string_view target :
       {"GET /nope%3Fpassword=hunter2", "GET /nope/%3fpassword=hunter2", "GET /nope%23hunter2",
        "GET //nope%3Fpassword=hunter2", "GET //user:hunter2%40docker/info"}) {
    SCOPED_TRACE(target);
    EXPECT_NE(asked.says(target), "passes");
    EXPECT_EQ(asked.message().find("hunter2"), std::string::npos) << asked.message();
  }
}

TEST(KeptSecret, still_names_a_security_option_and_the_engines_own_words_for_it) {
  Asked asked;
  asked.says(
      "POST /containers/create",
      R"({"Image":"a","HostConfig":{"SecurityOpt":["seccomp=unconfined","apparmor=mine"]}})");
  EXPECT_NE(asked.message().find("'seccomp=unconfined'"), std::string::npos) << asked.message();
  EXPECT_NE(asked.message().find("'apparmor' set"), std::string::npos) << asked.message();
}

TEST(KeptSecret, is_the_second_line_of_a_quoted_value) {
  Asked asked;
  EXPECT_EQ(asked.says("POST /commit?container=a&changes=ENV%20A%3D%22x%0Ahunter%20two%22", "{}"),
            "constraint.changes");
  EXPECT_EQ(asked.message().find("hunter"), std::string::npos) << asked.message();
}

TEST(KeptSecret, still_says_which_instruction_is_refused) {
  Asked asked;
  asked.says("POST /commit?container=a&changes=RUN%20hunter2", "{}");
  EXPECT_NE(asked.message().find("'run'"), std::string::npos) << asked.message();
}

TEST(KeptSecret, still_says_which_option_is_meant) {
  Asked asked;
  asked.says("POST /volumes/create", R"({"DriverOpts":{"o":"password=hunter2"}})");
  EXPECT_NE(asked.message().find("DriverOpts.o is set, level baseline wants a tmpfs's options"),
            std::string::npos)
      << asked.message();
}

/// A new field with text that clients name themselves is kept secret or stands here.
TEST(KeptSecret, is_every_field_that_may_hold_one) {
  const std::set<Field> harmless{Field::IPAMConfig_AuxiliaryAddresses, Field::HostConfig_Tmpfs,
                                 Field::HostConfig_Sysctls, Field::ContainerSpec_Sysctls,
                                 Field::Topology_Segments};
  const std::set<std::string_view> telling{
      "Env",           "Data",          "password",  "auth",         "Secret",
      "identitytoken", "registrytoken", "JoinToken", "SigningCAKey", "UnlockKey"};
  for (const auto& field : acl::schema::all_fields()) {
    const auto id = static_cast<Field>(&field - acl::schema::all_fields().data());
    if (field.name.empty() || harmless.contains(id)) continue;
    const bool is_text_by_name =
        field.type.shape == Shape::map && field.type.scalar == Scalar::string;
    if (is_text_by_name || telling.contains(field.name)) {
      EXPECT_TRUE(rule_of(id).secret) << name(field.owner) << "." << field.name;
    }
  }
}

}  // namespace
}  // namespace config
