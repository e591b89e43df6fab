// SPDX-License-Identifier: Apache-2.0
// Operations that no group allows, builds beside a list of images, and what is said about it.
#include <tuple>

#include "tests/unit/config/loading.hpp"
#include "tests/unit/told.hpp"

namespace config {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

Loaded with(const std::string& profile) {
  return load("version: 1\nprofiles: {p: " + profile + "}\n" + listeners);
}

std::string says(const Loaded& loaded, std::string_view request) {
  const auto answer = told(*loaded->policy, {}, request);
  const bool asks = answer.planned == acl::Plan::Body::whole;
  return answer.verdict == acl::Verdict::deny && !asks ? answer.message : "passes";
}

constexpr const char* beyond[] = {
    "GET /containers/a/archive?path=/",
    "HEAD /containers/a/archive?path=/",
    "PUT /containers/a/archive?path=/",
    "GET /containers/a/export",
    "GET /containers/a/attach/ws?stdin=1",
    "POST /containers/prune",
    "POST /build",
    "GET /images/a/get",
    "GET /images/get?names=a",
    "POST /images/a/push",
    "POST /images/prune",
    "POST /build/prune",
    "POST /networks/prune",
    "POST /volumes/prune",
};

TEST(Restricted, takes_the_name_of_what_it_cannot_look_into) {
  const auto groups = with(
      "{allow: [\"*\", \"@container\", \"@image\", \"@network\", \"@volume\"], containers: {level: "
      "restricted}}");
  ASSERT_TRUE(groups);
  for (const auto* request : beyond) {
    EXPECT_THAT(says(groups, request),
                HasSubstr("level restricted allows it only by its name, not by \"*\" or a group"))
        << request;
  }
  EXPECT_EQ(says(groups, "GET /containers/json"), "passes");
  EXPECT_EQ(says(groups, "POST /containers/a/attach?stdin=1"), "passes");
  const auto named = with(
      "{allow: [ContainerArchive, ContainerArchiveInfo, PutContainerArchive, ContainerExport, "
      "ContainerAttachWebsocket, ContainerPrune, ImageBuild, ImageGet, ImageGetAll, ImagePush, "
      "ImagePrune, BuildPrune, NetworkPrune, VolumePrune], containers: {level: restricted}}");
  ASSERT_TRUE(named);
  for (const auto* request : beyond) EXPECT_THAT(says(named, request), Not(HasSubstr("named")));
}

TEST(Restricted, is_what_asks_for_the_name_and_not_baseline) {
  const auto loaded = with("{allow: [\"*\"]}");
  ASSERT_TRUE(loaded);
  EXPECT_EQ(says(loaded, "POST /build"), "passes");
  EXPECT_EQ(says(loaded, "POST /containers/prune"), "passes");
}

TEST(Credentials, that_lead_to_the_host_are_allowed_by_their_names_alone) {
  for (const std::string level : {"baseline", "restricted", "unconfined"}) {
    const auto at_level = [&](const std::string& entries) {
      return with("{allow: [" + entries + "], containers: {level: " + level + "}}");
    };
    const auto groups = at_level("\"*\", \"@read\", \"@read-sensitive\", \"@swarm\"");
    const auto named = at_level("SwarmInspect, SwarmUnlockkey");
    ASSERT_TRUE(groups && named);
    const auto refused =
        level == "unconfined"
            ? HasSubstr("passes")
            : HasSubstr("allow it only by its name, not by \"*\" or a group: it shows the");
    for (const auto* request : {"GET /swarm", "GET /v1.41/swarm/unlockkey"}) {
      EXPECT_THAT(says(groups, request), refused) << level;
      EXPECT_EQ(says(named, request), "passes") << level;
    }
    EXPECT_EQ(says(groups, "GET /nodes"), "passes");
    EXPECT_EQ(says(groups, "POST /swarm/leave"), "passes");
  }
}

TEST(Builds, are_no_part_of_a_group_where_images_are_listed) {
  const auto loaded = with("{allow: [\"*\", \"@image\"], containers: {images: [a]}}");
  ASSERT_TRUE(loaded);
  EXPECT_THAT(says(loaded, "POST /build"), HasSubstr("`build: {images: any}`"));
  const auto any = with("{allow: [\"@image\"], containers: {images: [a], build: {images: any}}}");
  ASSERT_TRUE(any);
  EXPECT_EQ(says(any, "POST /build"), "passes");
}

TEST(Builds, by_name_beside_a_list_of_images_are_a_mistake_unless_any_image_will_do) {
  for (const std::string operation : {"ImageBuild", "Grpc"}) {
    const auto loaded = with("{allow: [" + operation + "], containers: {images: [a]}}");
    ASSERT_FALSE(loaded);
    EXPECT_EQ(loaded.error().front().where, "profiles.p.allow[0]");
    EXPECT_THAT(loaded.error().front().hint, HasSubstr("build: {images: any}"));
    for (const std::string rest :
         {"{images: [a], build: {images: any}}", "{images: [a], level: unconfined}",
          "{images: [a], waive: [images]}", "{}"}) {
      EXPECT_TRUE(with("{allow: [" + operation + "], containers: " + rest + "}")) << rest;
    }
  }
}

std::vector<std::string> advice(const std::string& version, const std::string& profile) {
  return warnings_of(load(version + "profiles: {p: " + profile + "}\n" + listeners));
}

TEST(ChangesSince01, name_the_operations_that_a_group_no_longer_allows) {
  const std::string profile = "{allow: [\"@image\"], containers: {level: restricted}}";
  EXPECT_THAT(advice("", profile),
              Contains(HasSubstr("profiles.p.allow: no longer allows ImageBuild by a group")));
  EXPECT_THAT(advice("version: 1\n", profile), IsEmpty());
  EXPECT_THAT(advice("", "{allow: [ImageBuild], containers: {level: restricted}}"),
              Not(Contains(HasSubstr("no longer"))));
  EXPECT_THAT(advice("", "{allow: [\"@image\"]}"), Not(Contains(HasSubstr("by a group"))));
}

TEST(ChangesSince01, name_the_lists_of_images_that_no_longer_say_what_may_be_written) {
  EXPECT_THAT(advice("", "{allow: [ImageTag], containers: {images: [a]}}"),
              Contains(HasSubstr("images_write")));
  EXPECT_THAT(advice("", "{allow: [ImageLoad], containers: {images: [a]}}"),
              Contains(HasSubstr("image_load: true")));
  EXPECT_THAT(advice("", "{allow: [ImageTag], containers: {images: [a], images_write: [b]}}"),
              Not(Contains(HasSubstr("no longer"))));
}

TEST(ChangesSince01, name_the_credentials_that_a_group_no_longer_shows) {
  for (const std::string group : {"*", "@read", "@read-sensitive", "@swarm"}) {
    const auto lines = advice("", "{allow: [\"" + group + "\"]}");
    EXPECT_THAT(lines, Contains(HasSubstr("no longer allows SwarmInspect by a group"))) << group;
    EXPECT_THAT(lines, Contains(HasSubstr("no longer allows SwarmUnlockkey by a group"))) << group;
  }
  EXPECT_THAT(advice("", "{allow: [\"@read\"], deny: [\"@read-sensitive\"]}"),
              Not(Contains(HasSubstr("Swarm"))));
  EXPECT_THAT(advice("", "{allow: [\"*\"], containers: {level: unconfined}}"),
              Not(Contains(HasSubstr("Swarm"))));
}

TEST(Warnings, tell_of_credentials_that_are_the_host) {
  EXPECT_THAT(advice("version: 1\n", "{allow: [SystemPing, SwarmInspect, SwarmUnlockkey]}"),
              testing::ElementsAre(
                  testing::AllOf(HasSubstr("profiles.p.allow[1]"),
                                 HasSubstr("shows the manager's join token, which is the host")),
                  testing::AllOf(HasSubstr("profiles.p.allow[2]"),
                                 HasSubstr("shows the key that unlocks a manager"))));
  EXPECT_THAT(advice("version: 1\n", "{allow: [SwarmInspect], containers: {level: unconfined}}"),
              IsEmpty());
}

TEST(Warnings, tell_of_a_user_whose_group_level_restricted_will_ask_for) {
  const auto lines = [](const std::string& user) {
    return advice("version: 1\n",
                  "{allow: [ContainerCreate], containers: {level: restricted, "
                  "enforce: {user: \"" +
                      user + "\"}}}");
  };
  EXPECT_THAT(lines("1000"), Contains(HasSubstr("user: \"1000:1000\"")));
  EXPECT_THAT(lines("1000:1000"), IsEmpty());
}

TEST(Warnings, tell_of_a_user_that_is_root_and_refused_by_level_restricted) {
  for (const std::string user : {"0:0", "root", "0", "root:root", "1000:0", "0:1000"}) {
    EXPECT_THAT(advice("version: 1\n",
                       "{allow: [ContainerCreate], containers: {level: restricted, "
                       "enforce: {user: \"" +
                           user + "\"}}}"),
                ElementsAre(HasSubstr("containers.enforce.user: '" + user + "' is root")));
  }
}

TEST(Warnings, tell_of_loads_by_name_beside_a_list_of_images) {
  const auto lines = [](const std::string& containers) {
    return advice("version: 1\n",
                  "{allow: [ImageList, ImageLoad], containers: {" + containers + "}}");
  };
  EXPECT_THAT(lines("images: [a]"),
              ElementsAre(HasSubstr("profiles.p.allow[1]: ImageLoad is refused all the same")));
  for (const std::string rest :
       {"images: [a], image_load: true", "images: [a], waive: [images]", "level: baseline"}) {
    EXPECT_THAT(lines(rest), IsEmpty()) << rest;
  }
}

TEST(Enforced, limits_above_the_profiles_own_maxima_are_mistakes_that_name_both_keys) {
  for (const auto& [key, less, more] :
       {std::tuple("memory", "1g", "2g"), std::tuple("cpus", "1", "2"),
        std::tuple("pids", "10", "20")}) {
    const std::string name = key;
    const auto limits = [&](const std::string& most, const std::string& written) {
      return with("{allow: [ContainerCreate], containers: {" + name + ": {max: " + most +
                  "}, enforce: {" + name + ": " + written + "}}}");
    };
    const auto loaded = limits(less, more);
    ASSERT_FALSE(loaded) << name;
    EXPECT_EQ(loaded.error().front().where, "profiles.p.containers.enforce." + name);
    EXPECT_THAT(loaded.error().front().message, HasSubstr("containers." + name + ".max"));
    EXPECT_TRUE(limits(more, less)) << name;
    EXPECT_TRUE(limits(less, less)) << name;
  }
}

TEST(Images, that_no_reference_can_match_are_mistakes) {
  const std::string digits(64, 'a');
  for (const std::string list : {"images", "images_write"}) {
    const auto loads = [&](const std::string& glob) {
      return with("{allow: [ImageTag], containers: {" + list + ": [\"" + glob + "\"]}}");
    };
    for (const std::string& glob : std::vector<std::string>{
             "registry.corp/a b", "Alpine", "registry.corp/Team/*", "https://registry.corp/a",
             "alpine@sha256:abc", "alpine@" + digits, "alpine:1 2", "alpine:a!"}) {
      const auto loaded = loads(glob);
      ASSERT_FALSE(loaded) << glob;
      EXPECT_EQ(loaded.error().front().where, "profiles.p.containers." + list + "[0]");
      EXPECT_THAT(loaded.error().front().message, HasSubstr("can match no image"));
    }
    for (const std::string& glob :
         std::vector<std::string>{"**", "*", "alpine:3.2*", "localhost:5000/a/b:V1",
                                  "Registry.corp/a", "registry.corp/**", "alpine@sha256:*",
                                  "alpine:1@sha256:" + digits, "**/a", "[::1]:5000/a"}) {
      EXPECT_TRUE(loads(glob)) << glob;
    }
  }
}

}  // namespace
}  // namespace config
