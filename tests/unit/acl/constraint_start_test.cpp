// SPDX-License-Identifier: Apache-2.0
// What a start, a checkpoint and an archive may bring along.
#include "tests/unit/acl/judge.hpp"

namespace {

using namespace std::string_view_literals;
using acl::Level;

constexpr auto start = "POST /containers/web/start";

TEST(ContainerStart, takes_no_body) {
  Judge judge;
  EXPECT_EQ(judge.says(start, R"({"Privileged":true})"), "body.top_level_host_config");
  EXPECT_EQ(judge.says(start, R"({"HostConfig":{"Binds":["/:/h"]}})"), "constraint.start_body");
  EXPECT_EQ(judge.says(start, R"({"Image":"x"})"), "constraint.start_body");
  EXPECT_EQ(judge.says(start, "privileged"), "body.not_json");
}

TEST(ContainerStart, drops_what_clients_send_without_meaning_it) {
  Judge judge;
  for (const auto* body : {"", "{}", R"({"detachKeys":"ctrl-p"})", R"({"HostConfig":null})"}) {
    EXPECT_EQ(judge.says(start, body), "passes") << body;
    EXPECT_EQ(judge.decision().body, "") << body;
  }
}

TEST(ContainerStart, restores_no_checkpoint) {
  Judge judge;
  EXPECT_EQ(judge.says("POST /containers/web/start?checkpoint=c"), "constraint.checkpoint");
  EXPECT_EQ(judge.says("POST /containers/web/start?checkpoint-dir=%2Fetc"),
            "constraint.checkpoint");
  EXPECT_EQ(judge.says("POST /containers/web/start?detachKeys=ctrl-p"), "passes");
}

TEST(Checkpoint, stays_in_the_engines_directory) {
  Judge judge;
  EXPECT_EQ(judge.says("GET /containers/web/checkpoints?dir=%2Fetc"), "constraint.checkpoint");
  EXPECT_EQ(judge.says("GET /containers/web/checkpoints"), "passes");
  EXPECT_EQ(judge.says("DELETE /containers/web/checkpoints/c?dir=%2Fetc"), "constraint.checkpoint");
  EXPECT_EQ(judge.says("DELETE /containers/web/checkpoints/c"), "passes");
  EXPECT_EQ(judge.says("POST /containers/web/checkpoints", R"({"CheckpointDir":"/etc"})"),
            "constraint.checkpoint");
  EXPECT_EQ(judge.says("POST /containers/web/checkpoints", R"({"CheckpointID":"c"})"), "passes");
}

TEST(PutContainerArchive, takes_plain_archives_only) {
  constexpr auto put = "PUT /containers/web/archive?path=%2F";
  Judge judge;
  for (const auto archive : {"\x1f\x8b\x08\0\0\0"sv, "BZh91A"sv, "\xfd\x37zXZ\0"sv,
                             "\x28\xb5\x2f\xfd\0\0"sv, "\x53\x2a\x4d\x18\0\0"sv}) {
    EXPECT_EQ(judge.says(put, archive), "constraint.archive");
    EXPECT_EQ(Judge(Level::unconfined).says(put, archive), "passes");
  }
  for (const auto archive : {"config"sv, "BZ"sv, ""sv, "\0\0\0\0\0\0"sv, "P*.txt"sv}) {
    EXPECT_EQ(judge.says(put, archive), "passes");
  }
}

}  // namespace
