// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "tests/unit/config/judging.hpp"

namespace config {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

constexpr auto create = "POST /containers/create";
constexpr auto update = "POST /containers/c/update";
constexpr auto service = "POST /v1.44/services/create";

constexpr auto maxima = "{memory: {max: 1GiB}, cpus: {max: 2}, pids: {max: 100}}";
constexpr auto enforced = "{enforce: {memory: 1GiB, cpus: 2, pids: 100}}";

struct Row {
  std::string fields;
  std::string verdict = "passes";
};

const std::string memory = "constraint.resources.memory", cpus = "constraint.resources.cpus",
                  pids = "constraint.resources.pids";

/// Ways to ask for more than the profile has, and the most that may be asked for.
std::vector<Row> other_spellings() {
  return {
      {R"("MemorySwap":-1)", memory},
      {R"("MemorySwap":-2)", memory},
      {R"("MemorySwap":2147483648)"},
      {R"("KernelMemory":-1)", memory},
      {R"("KernelMemory":1073741825)", memory},
      {R"("KernelMemory":1073741824)"},
      {R"("KernelMemoryTCP":1073741825)", memory},
      {R"("CpuQuota":-1)", cpus},
      {R"("CpuQuota":10000000,"CpuPeriod":100000)", cpus},
      {R"("CpuQuota":200001,"CpuPeriod":100000)", cpus},
      {R"("CpuQuota":200000,"CpuPeriod":100000)"},
      {R"("CpuQuota":2001,"CpuPeriod":1000)", cpus},
      {R"("CpuRealtimeRuntime":950000)", "constraint.risky_fields"},
      {R"("CpuCount":3)", cpus},
      {R"("CpuCount":2)"},
      {R"("CpuPercent":100)", cpus},
  };
}

void expect(Judge& judge, const std::string& request, const std::string& before,
            const std::vector<Row>& rows, const std::string& after) {
  for (const auto& [fields, verdict] : rows) {
    EXPECT_EQ(judge.says(request, before + fields + after), verdict)
        << request << " " << fields << ": " << judge.decision().message;
  }
}

TEST(Limits, a_maximum_bounds_each_field_that_says_the_same_quantity) {
  Judge judge(maxima);
  const std::string set = R"("Memory":1073741824,"PidsLimit":100,)";
  expect(judge, create, R"({"HostConfig":{"NanoCpus":0,)" + set, {{R"("CpuQuota":-1)", cpus}},
         "}}");
  expect(judge, create, R"({"HostConfig":{)" + set,
         {{R"("NanoCpus":2000000000)"},
          {R"("NanoCpus":2000000001)", cpus},
          {R"("NanoCpus":1,"ShmSize":1073741825)", memory},
          {R"("NanoCpus":1,"ShmSize":1073741824)"},
          {R"("NanoCpus":1,"MemorySwap":2147483650)", memory}},
         "}}");
  expect(judge, update, "{", other_spellings(), "}");
}

TEST(Limits, what_is_enforced_is_not_lifted_by_another_field) {
  Judge judge(enforced);
  expect(judge, create, R"({"HostConfig":{)", other_spellings(), "}}");
  expect(judge, create, R"({"HostConfig":{)", {{R"("ShmSize":1073741825)", memory}}, "}}");
  expect(judge, update, "{", other_spellings(), "}");
}

TEST(Limits, what_is_enforced_holds_at_every_level) {
  Judge judge("{level: unconfined, enforce: {memory: 1GiB, cpus: 2, pids: 100}}");
  expect(judge, create, R"({"HostConfig":{)",
         {{R"("MemorySwap":-1)", memory}, {R"("CpuQuota":-1)", cpus}, {R"("Privileged":true)"}},
         "}}");
  expect(judge, update, "{", {{R"("PidsLimit":-1)", pids}, {R"("OomKillDisable":true)"}}, "}");
}

TEST(Limits, of_a_maximum_and_what_is_enforced_the_lesser_counts) {
  Judge judge("{memory: {max: 2GiB}, cpus: {max: 1}, enforce: {memory: 1GiB, cpus: 0.5}}");
  expect(
      judge, update, "{",
      {{R"("KernelMemory":1073741825)", memory}, {R"("CpuQuota":50001,"CpuPeriod":100000)", cpus}},
      "}");
}

TEST(Limits, an_update_lifts_nothing) {
  for (const auto* profile : {maxima, enforced}) {
    Judge judge(profile);
    expect(judge, update, "{",
           {{R"("PidsLimit":0)", pids},
            {R"("PidsLimit":-1)", pids},
            {R"("PidsLimit":null)"},
            {R"("PidsLimit":100)"},
            {R"("Memory":-1)", memory},
            {R"("Memory":1073741824)"},
            {R"("NanoCpus":-1)", cpus},
            // 0 leaves these as they are.
            {R"("Memory":0,"MemorySwap":0,"NanoCpus":0,"CpuQuota":0,"CpuPeriod":0)"},
            // With the period, or the quota, that the container has it may be more.
            {R"("CpuQuota":100000)", cpus},
            {R"("CpuPeriod":1000)", cpus}},
           "}");
  }
}

TEST(Limits, an_update_is_refused_above_a_maximum_and_lowered_to_what_is_enforced) {
  Judge bounded(maxima);
  expect(bounded, update, "{",
         {{R"("Memory":1073741825)", memory},
          {R"("NanoCpus":2000000001)", cpus},
          {R"("PidsLimit":101)", pids}},
         "}");
  Judge lowered(enforced);
  ASSERT_EQ(lowered.says(update, R"({"Memory":9073741824,"MemorySwap":9073741824,)"
                                 R"("NanoCpus":9000000000,"PidsLimit":900})"),
            "passes")
      << lowered.decision().message;
  EXPECT_EQ(lowered.decision().body, R"({"Memory":1073741824,"MemorySwap":2147483648,)"
                                     R"("NanoCpus":2000000000,"PidsLimit":100})");
  EXPECT_THAT(lowered.decision().enforced,
              testing::ElementsAre("Memory", "MemorySwap", "NanoCpus", "PidsLimit"));
}

TEST(Limits, an_update_gets_nothing_added) {
  Judge judge(enforced);
  ASSERT_EQ(judge.says(update, R"({"RestartPolicy":{"Name":"always"}})"), "passes");
  EXPECT_EQ(judge.decision().body, R"({"RestartPolicy":{"Name":"always"}})");
  EXPECT_THAT(judge.decision().enforced, IsEmpty());
}

TEST(Limits, swap_and_reservation_follow_a_memory_that_is_lowered) {
  Judge judge(enforced);
  ASSERT_EQ(judge.says(create, R"({"HostConfig":{"Memory":4294967296,"MemorySwap":4294967296,)"
                               R"("MemoryReservation":2147483648}})"),
            "passes")
      << judge.decision().message;
  const std::string body(judge.decision().body);
  EXPECT_THAT(body, HasSubstr(R"("Memory":1073741824,"MemorySwap":2147483648)"));
  EXPECT_THAT(body, HasSubstr(R"("MemoryReservation":1073741824)"));
}

TEST(Limits, no_field_counts_where_no_limit_is_written) {
  Judge judge("{}");
  for (auto [fields, verdict] : other_spellings()) {
    if (verdict != "constraint.risky_fields") verdict = "passes";
    expect(judge, update, "{", {{fields, verdict}}, "}");
  }
  expect(judge, create, R"({"HostConfig":{)", {{R"("ShmSize":9073741824)"}}, "}}");
}

TEST(Limits, of_tmpfs_bound_shared_memory_where_they_are_written) {
  Judge judge("{tmpfs: {max: 2GiB}}");
  expect(judge, create, R"({"HostConfig":{)",
         {{R"("ShmSize":2147483649)", "constraint.tmpfs"},
          {R"("ShmSize":2147483648)"},
          {R"("ShmSize":0)"}},
         "}}");
  Judge both("{tmpfs: {max: 2GiB}, memory: {max: 1GiB}}");
  expect(both, create, R"({"HostConfig":{"Memory":1073741824,)",
         {{R"("ShmSize":1073741825)", memory}, {R"("ShmSize":1073741824)"}}, "}}");
}

TEST(Limits, bound_the_tasks_of_services) {
  Judge judge(enforced);
  const std::string before = R"({"TaskTemplate":{"ContainerSpec":{"Image":"a"},"Resources":{)";
  expect(judge, service, before,
         {{R"("SwapBytes":-1)", memory},
          {R"("SwapBytes":1073741825)", memory},
          {R"("SwapBytes":1073741824)"},
          {R"("SwapBytes":0)"}},
         "}}}");
  ASSERT_EQ(judge.says(service, before + R"("Limits":{"MemoryBytes":9073741824,"NanoCPUs":-1,)" +
                                    R"("Pids":0}}}})"),
            "passes");
  EXPECT_THAT(std::string(judge.decision().body),
              HasSubstr(R"("Limits":{"MemoryBytes":1073741824,"NanoCPUs":2000000000,"Pids":100})"));
}

TEST(Limits, of_memory_bound_what_a_build_asks_for) {
  for (const std::string profile : {"{memory: {max: 1GiB}}", "{enforce: {memory: 1GiB}}",
                                    "{memory: {max: 2GiB}, enforce: {memory: 1GiB}}"}) {
    Judge judge(profile);
    for (const std::string query :
         {"memory=1073741825", "memory=-1", "shmsize=1073741825", "shmsize=-1", "shmsize=1e3",
          "memswap=-1", "memswap=2147483650"}) {
      EXPECT_EQ(judge.says("POST /v1.44/build?" + query), memory) << profile << query;
      EXPECT_THAT(judge.decision().message, HasSubstr("1073741824, by `containers."));
    }
    for (const std::string query : {"memory=1073741824&memswap=2147483648&shmsize=1073741824",
                                    "memory=0&memswap=0&shmsize=0", "memory=&memswap=&shmsize="}) {
      EXPECT_EQ(judge.says("POST /v1.44/build?" + query), "passes") << profile << query;
    }
  }
  EXPECT_EQ(Judge("{}").says("POST /v1.44/build?memswap=-1&shmsize=9073741824"), "passes");
}

TEST(Limits, on_pids_of_tasks_are_asked_for_where_the_engine_reads_them) {
  Judge judge(enforced);
  const std::string body = R"({"TaskTemplate":{"ContainerSpec":{"Image":"a"}}})";
  EXPECT_EQ(judge.says("POST /v1.40/services/create", body), pids);
  EXPECT_EQ(judge.says("POST /v1.41/services/create", body), "passes");
}

TEST(Limits, are_named_with_their_key_in_refusals) {
  Judge judge(enforced);
  judge.says(update, R"({"PidsLimit":0,"MemorySwap":-1})");
  EXPECT_THAT(judge.decision().message, HasSubstr("at most 100, by `enforce.pids`"));
  EXPECT_THAT(judge.decision().message, HasSubstr("of `enforce.memory`"));
}

TEST(Limits, that_mean_more_than_in_0_1_are_told) {
  EXPECT_THAT(
      changes_for(
          "{allow: [SystemPing], containers: {memory: {max: 1g}, enforce: {cpus: 1, pids: 9}}}"),
      testing::ElementsAre(HasSubstr("p.containers.memory.max: bounds KernelMemory and ShmSize"),
                           HasSubstr("p.containers.enforce.cpus: holds in updates as well"),
                           HasSubstr("p.containers.enforce.pids: holds in updates as well")));
  EXPECT_THAT(changes_for("{allow: [SystemPing], containers: {cpus: {max: 1}, pids: {max: 9}}}"),
              IsEmpty());
}

}  // namespace
}  // namespace config
