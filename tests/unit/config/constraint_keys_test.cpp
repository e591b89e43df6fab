// SPDX-License-Identifier: Apache-2.0
#include "config/constraint_keys.hpp"

#include <gmock/gmock.h>

#include <string>

#include "config/load.hpp"

namespace config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

/// `containers: {…}` as the daemon would read it.
acl::Result<acl::ConstraintSpec, std::vector<Diagnostic>> read(const std::string& containers) {
  const auto loaded = load_text("profiles:\n  p:\n    allow: []\n    containers: " + containers +
                                    "\nlisteners: [{address: unix:///run/a.sock, profile: p}]\n",
                                "t.yaml");
  if (!loaded) return loaded.error();
  return loaded->policy_spec.profiles.at(0).constraints;
}

std::string mistake(const std::string& containers) {
  const auto spec = read(containers);
  return spec ? "" : to_string(spec.error().front());
}

TEST(ConstraintKeys, mean_baseline_where_nothing_is_said) {
  const auto spec = read("{}");
  ASSERT_TRUE(spec);
  EXPECT_EQ(spec->level, acl::Level::baseline);
  EXPECT_FALSE(spec->docker_socket);
  EXPECT_EQ(spec->unknown_fields, acl::UnknownFields::refuse);
  EXPECT_FALSE(spec->images);
}

TEST(ConstraintKeys, read_what_the_design_shows) {
  const auto spec = read(
      "{level: restricted, images: [\"registry.corp/**\", \"docker.io/library/*\"], "
      "binds: [{path: /srv/ci-cache, read_only: true}], memory: {max: 4g}, cpus: {max: 1.5}, "
      "pids: {max: 100}, ports: {addresses: [127.0.0.1]}, capabilities: {add: []}, "
      "ulimits: {nofile: 4096}, docker_socket: allow, unknown_fields: drop}");
  ASSERT_TRUE(spec) << to_string(spec.error().front());
  EXPECT_EQ(spec->level, acl::Level::restricted);
  EXPECT_THAT(*spec->images, ElementsAre("registry.corp/**", "docker.io/library/*"));
  ASSERT_EQ(spec->binds.size(), 1U);
  EXPECT_EQ(spec->binds[0].path, "/srv/ci-cache");
  EXPECT_TRUE(spec->binds[0].read_only);
  EXPECT_EQ(spec->memory_max, std::int64_t{4} << 30);
  EXPECT_EQ(spec->nano_cpus_max, 1'500'000'000);
  EXPECT_EQ(spec->pids_max, 100);
  EXPECT_THAT(*spec->port_addresses, ElementsAre("127.0.0.1"));
  EXPECT_TRUE(spec->capabilities && spec->capabilities->empty());
  EXPECT_THAT(spec->ulimits_max, ElementsAre(Pair("nofile", 4096)));
  EXPECT_TRUE(spec->docker_socket);
  EXPECT_EQ(spec->unknown_fields, acl::UnknownFields::drop);
}

TEST(ConstraintKeys, read_what_is_enforced) {
  const auto spec = read(
      "{enforce: {labels: {team: ci}, no_new_privileges: true, drop_all_capabilities: true, "
      "read_only_rootfs: true, memory: 512MiB, cpus: 2, pids: 256, user: \"1000\", "
      "log_driver: local}}");
  ASSERT_TRUE(spec) << to_string(spec.error().front());
  const auto& enforce = spec->enforce;
  EXPECT_THAT(enforce.labels, ElementsAre(Pair("team", "ci")));
  EXPECT_TRUE(enforce.no_new_privileges && enforce.drop_all_capabilities &&
              enforce.read_only_rootfs);
  EXPECT_EQ(enforce.memory, 512 << 20);
  EXPECT_EQ(enforce.nano_cpus, 2'000'000'000);
  EXPECT_EQ(enforce.pids, 256);
  EXPECT_EQ(enforce.user, "1000");
  EXPECT_EQ(enforce.log_driver, "local");
}

TEST(ConstraintKeys, refuse_what_they_do_not_know_and_say_what_would_be_right) {
  EXPECT_THAT(mistake("{level: strict}"), HasSubstr("unknown value 'strict'"));
  EXPECT_THAT(mistake("{levle: baseline}"), HasSubstr("level"));
  EXPECT_THAT(mistake("{docker_socket: true}"), HasSubstr("allow"));
  EXPECT_THAT(mistake("{memory: 4g}"), HasSubstr("memory"));
  EXPECT_THAT(mistake("{memory: {}}"), HasSubstr("containers.memory.max: is missing"));
  EXPECT_THAT(mistake("{memory: {max: 1k}}"), HasSubstr("out of range"));
  EXPECT_THAT(mistake("{cpus: {max: -1}}"), HasSubstr("is not a number of CPUs"));
  EXPECT_THAT(mistake("{binds: [{read_only: true}]}"), HasSubstr("binds[0].path: is missing"));
  EXPECT_THAT(mistake("{binds: [{path: /srv/../etc}]}"), HasSubstr("canonical"));
  EXPECT_THAT(mistake("{devices: [{path: /dev/fuse, permissions: x}]}"),
              HasSubstr("'x' is not a permission"));
  EXPECT_THAT(mistake("{waive: [seccomp]}"), HasSubstr("there is no constraint 'seccomp'"));
  EXPECT_THAT(mistake("{waive: [docker_socket]}"), HasSubstr("docker_socket: allow"));
}

TEST(ConstraintKeys, refuse_values_that_would_silently_mean_nothing) {
  EXPECT_THAT(mistake("{ports: {addresses: [localhost]}}"), HasSubstr("is not an IP address"));
  EXPECT_THAT(mistake("{capabilities: {add: [net-admin]}}"), HasSubstr("write it as `NET_ADMIN`"));
  EXPECT_THAT(mistake("{ulimits: {nofiles: 1}}"), HasSubstr("did you mean 'nofile'?"));
  EXPECT_THAT(mistake("{binds: [{path: srv}]}"), HasSubstr("begin it with `/`"));
  for (const auto* path : {"/srv/", "/srv//a", "/srv/.", "/./srv", "/srv/.."}) {
    EXPECT_THAT(mistake("{devices: [{path: " + std::string(path) + "}]}"),
                HasSubstr("is not canonical"));
  }
  for (const auto* letters : {"rr", "rwx", "\"\""}) {
    EXPECT_THAT(mistake("{devices: [{path: /dev/x, permissions: " + std::string(letters) + "}]}"),
                HasSubstr("is not a permission"));
  }
}

TEST(ConstraintKeys, take_subnets_in_one_spelling) {
  const auto spec = read("{subnets: [10.20.0.0/16, \"2001:db8:1::/48\"]}");
  ASSERT_TRUE(spec) << to_string(spec.error().front());
  EXPECT_EQ(spec->subnets.at(1).to_string(), "2001:db8:1::/48");
  const auto upper_case = read("{subnets: [\"2001:DB8:1::/48\"]}");
  ASSERT_TRUE(upper_case);
  EXPECT_EQ(upper_case->subnets.at(0).to_string(), "2001:db8:1::/48");
  for (const auto* text :
       {"10.20.0.1/16", "10.20.0.0", "::ffff:10.20.0.0/112", "10.020.0.0/16", "lan"}) {
    EXPECT_THAT(mistake("{subnets: [\"" + std::string(text) + "\"]}"),
                HasSubstr("is not a network"))
        << text;
  }
  for (const auto* text : {"0.0.0.0/0", "128.0.0.0/1", "::/0", "fc00::/7"}) {
    EXPECT_THAT(mistake("{subnets: [\"" + std::string(text) + "\"]}"),
                HasSubstr("write a network of /8 or smaller"))
        << text;
  }
}

TEST(ConstraintKeys, tell_all_mistakes_at_once_and_each_once) {
  const auto spec = read("{level: x, binds: [{}], pids: {max: 0}, waive: [none, privileged]}");
  ASSERT_FALSE(spec);
  std::vector<std::string> places;
  for (const auto& mistake : spec.error()) places.push_back(mistake.where);
  EXPECT_THAT(places, testing::UnorderedElementsAre(
                          "profiles.p.containers.level", "profiles.p.containers.binds[0].path",
                          "profiles.p.containers.pids.max", "profiles.p.containers.waive[0]"));
}

}  // namespace
}  // namespace config
