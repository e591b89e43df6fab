// SPDX-License-Identifier: Apache-2.0
#include "acl/constraint/image_reference.hpp"
#include "acl/constraint/listed_images.hpp"
#include "tests/unit/acl/judge.hpp"

namespace {

using acl::Level;
using acl::constraint::complete;
using acl::constraint::ListedImages;

constexpr auto digest = "sha256:dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd";

TEST(ImageReference, is_completed_as_the_engine_does) {
  struct Case {
    const char* given;
    const char* repository;
    const char* tag;
  };
  for (const auto& [given, repository, tag] : {
           Case{"alpine", "docker.io/library/alpine", "latest"},
           Case{"alpine:3", "docker.io/library/alpine", "3"},
           Case{"a/b", "docker.io/a/b", "latest"},
           Case{"docker.io/alpine", "docker.io/library/alpine", "latest"},
           Case{"index.docker.io/a/b:1", "docker.io/a/b", "1"},
           Case{"localhost/a", "localhost/a", "latest"},
           Case{"host:5000/a/b", "host:5000/a/b", "latest"},
           Case{"host:5000/a:1", "host:5000/a", "1"},
           Case{"a@sha256:1", "docker.io/library/a", ""},
       }) {
    EXPECT_EQ(complete(given).repository, repository) << given;
    EXPECT_EQ(complete(given).tag, tag) << given;
  }
}

TEST(ListedImages, fit_globs_at_component_borders) {
  struct Case {
    const char* glob;
    const char* reference;
    bool fits;
  };
  for (const auto& [glob, reference, fits] : {
           Case{"alpine", "docker.io/library/alpine:3", true},
           Case{"alpine", "alpine2", false},
           Case{"alpine", "evil/alpine", false},
           Case{"alpine:3.*", "alpine:3.19", true},
           Case{"alpine:3.*", "alpine:4", false},
           Case{"docker.io/library/*", "alpine", true},
           Case{"docker.io/library/*", "a/b", false},
           Case{"registry.corp/**", "registry.corp/team/app:1", true},
           Case{"registry.corp/*", "registry.corp/team/app:1", false},
           Case{"registry.corp/**", "registry.corp.evil.org/app", false},
           Case{"registry.corp/**", "evil.org/registry.corp/app", false},
           Case{"registry.corp/**/app", "registry.corp/a/b/app", true},
           Case{"registry.corp/**/app", "registry.corp/a/b/app2", false},
           Case{"registry.corp/*/app*", "registry.corp/a/app-x", true},
           Case{"**", "anything.org:5000/a/b@sha256:1", true},
       }) {
    EXPECT_EQ(ListedImages({glob}).have(reference), fits) << glob << " " << reference;
  }
}

TEST(ListedImages, are_found_whatever_else_is_listed) {
  const std::vector<std::string> globs = {
      "**/tools:1", "registry.corp/a*/b", "registry.corp/ab/**", "registry.corp/ab/c:2*",
      "alpine",     "x.y/z@sha256:1*"};
  const ListedImages images(globs);
  for (const auto* reference :
       {"registry.corp/a/tools:1", "registry.corp/abc/b", "registry.corp/ab/d",
        "registry.corp/ab/c:3", "alpine:3", "x.y/z@sha256:12"}) {
    EXPECT_TRUE(images.have(reference)) << reference;
  }
  for (const auto* reference : {"tools:2", "registry.corp/b/b", "registry.corp/ab", "alpine2",
                                "library/alpine/x", "x.y/z", "x.y/z@sha256:2"}) {
    EXPECT_FALSE(images.have(reference)) << reference;
  }
}

TEST(ListedImages, are_matched_in_bounded_time) {
  const std::string stars = "a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b";
  EXPECT_FALSE(ListedImages({"x.y/" + stars}).have("x.y/" + std::string(4096, 'a')));
}

/// \param more keys of the profile's `containers`, with a comma in front
std::string listed(const std::string& more = "") {
  return "{images: [registry.corp/**, alpine], build: {images: any}" + more + "}";
}

TEST(ImageCreate, pulls_what_is_listed) {
  Judge judge(listed());
  EXPECT_EQ(judge.says("POST /images/create?fromImage=alpine&tag=3"), "passes");
  EXPECT_EQ(judge.says("POST /images/create?fromImage=registry.corp%2Fa%2Fb"), "passes");
  EXPECT_EQ(judge.says("POST /images/create?fromImage=evil%2Falpine&tag=3"), "constraint.images");
}

TEST(ImageCreate, pulls_by_digest_where_that_is_demanded) {
  Judge judge("{require_digest: true}");
  EXPECT_EQ(judge.says("POST /images/create?fromImage=alpine&tag=3"), "constraint.images");
  EXPECT_EQ(judge.says("POST /images/create?fromImage=alpine&tag=" + std::string(digest)),
            "passes");
  EXPECT_EQ(judge.says("POST /images/create?fromImage=alpine@" + std::string(digest)), "passes");
}

TEST(ImageCreate, imports_from_the_client_but_from_no_url) {
  Judge judge;
  EXPECT_EQ(judge.says("POST /images/create?fromSrc=-&repo=x"), "passes");
  EXPECT_EQ(judge.says("POST /images/create?fromSrc="), "passes");
  for (const auto* source : {"http%3A%2F%2F169.254.169.254%2F", "example.org%2Fx.tar", "%20-"}) {
    EXPECT_EQ(judge.says("POST /images/create?fromSrc=" + std::string(source)),
              "constraint.image_import");
  }
  EXPECT_EQ(judge.says("POST /images/create?fromImage=a&fromSrc=http%3A%2F%2Fx"),
            "constraint.image_import");
}

TEST(ImageCreate, imports_nothing_at_restricted) {
  Judge judge(Level::restricted);
  EXPECT_EQ(judge.says("POST /images/create?fromSrc=-&repo=x"), "constraint.image_import");
  EXPECT_EQ(judge.says("POST /images/create?fromImage=x"), "passes");
  EXPECT_EQ(judge.says("POST /images/load"), "constraint.image_import");
  EXPECT_EQ(Judge(Level::baseline).says("POST /images/load"), "passes");
}

TEST(ImageCreate, imports_anything_where_the_profile_says_so) {
  Judge judge("{level: restricted, image_import: true}");
  EXPECT_EQ(judge.says("POST /images/create?fromSrc=http%3A%2F%2Fx"), "passes");
  EXPECT_EQ(judge.says("POST /images/load"), "passes");
}

constexpr const char* writing[] = {
    "POST /images/abc/tag?repo=",
    "POST /commit?container=c&repo=",
    "POST /images/create?fromSrc=-&repo=",
    "POST /build?t=registry.corp%2Fmade&t=",
};

TEST(ImageNames, of_listed_images_are_given_to_nothing_else) {
  Judge judge(listed());
  for (const std::string request : writing) {
    EXPECT_EQ(judge.says(request + "registry.corp%2Fx", "{}"), "constraint.images") << request;
    EXPECT_EQ(judge.says(request + "docker.io%2Flibrary%2Falpine", "{}"), "constraint.images");
    EXPECT_EQ(judge.says(request + "evil%2Fx", "{}"), "constraint.images") << request;
  }
  EXPECT_EQ(judge.says("POST /images/registry.corp/x/push?tag=1"), "passes");
  EXPECT_EQ(judge.says("POST /images/evil/x/push?tag=1"), "constraint.images");
}

TEST(ImageNames, are_given_where_a_list_has_them_whatever_may_run) {
  Judge judge(listed(", images_write: [registry.corp/made, own/*]"));
  for (const std::string request : writing) {
    EXPECT_EQ(judge.says(request + "registry.corp%2Fmade", "{}"), "passes") << request;
    EXPECT_EQ(judge.says(request + "own%2Fx", "{}"), "passes") << request;
    EXPECT_EQ(judge.says(request + "registry.corp%2Fx", "{}"), "constraint.images") << request;
  }
  EXPECT_EQ(judge.says("POST /containers/create", R"({"Image":"own/x"})"), "constraint.images");
  EXPECT_EQ(judge.says("POST /images/own/x/push?tag=1"), "passes");
}

TEST(ImageNames, are_free_without_any_list) {
  Judge judge;
  for (const std::string request : writing) {
    EXPECT_EQ(judge.says(request + "registry.corp%2Fx", "{}"), "passes") << request;
  }
}

TEST(ImageNames, with_capitals_in_front_are_of_a_registry_and_not_of_the_hub) {
  Judge judge("{images: [docker.io/**], build: {images: any}}");
  EXPECT_EQ(judge.says("POST /images/create?fromImage=evil%2Falpine"), "passes");
  for (const std::string name : {"EVIL", "Evil", "eviL"}) {
    EXPECT_EQ(judge.says("POST /images/create?fromImage=" + name + "%2Falpine"),
              "constraint.images");
  }
}

TEST(ImageLoad, takes_a_key_of_its_own_where_images_are_listed) {
  const auto load = [](const std::string& containers) {
    return Judge(containers).says("POST /images/load");
  };
  EXPECT_EQ(load(listed()), "constraint.images");
  EXPECT_EQ(load(listed(", image_import: true")), "constraint.images");
  EXPECT_EQ(load(listed(", image_import: true, image_load: true")), "passes");
  EXPECT_EQ(load("{level: restricted, image_load: true}"), "passes");
}

TEST(ImageCommit, has_its_labels_and_secrets_looked_at) {
  constexpr auto commit = "POST /commit?container=c";
  EXPECT_EQ(Judge().says(commit, R"({"Labels":{"com.docker.swarm.x":""}})"), "constraint.labels");
  EXPECT_EQ(Judge().says(commit, R"({"Env":["DB_PASSWORD=x"],"Labels":{"a":"b"}})"), "passes");
  Judge judge(Level::restricted);
  EXPECT_EQ(judge.says(commit, R"({"Env":["DB_PASSWORD=x"]})"), "constraint.env");
  EXPECT_EQ(judge.decision().message.find("x\""), std::string::npos);
  EXPECT_EQ(judge.says(commit, R"({"Env":["DB_PASSWORD_FILE=/run/secrets/db","A=b"]})"), "passes");
}

}  // namespace
