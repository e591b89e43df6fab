// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/acl/judge.hpp"

namespace {

std::string build(const std::string& query) {
  return "POST /build?" + query;
}

TEST(ImageBuild, lets_the_classic_clients_pass_with_every_parameter_that_they_know) {
  Judge judge;
  for (const auto* query : {
           // docker 20.10
           "buildargs=%7B%22X%22%3A%22Y%22%7D&cachefrom=%5B%5D&cgroupparent=&cpuperiod=0&cpuquota=0"
           "&cpusetcpus=&cpusetmems=&cpushares=0&dockerfile=Dockerfile&labels=%7B%22q%22%3A%22r%22%"
           "7D"
           "&memory=0&memswap=0&networkmode=none&rm=1&shmsize=0&t=a%3A1&target=&ulimits=null&"
           "version=1",
           // docker 28
           "dockerfile=Dockerfile&labels=%7B%7D&networkmode=default&t=a%3A1&version=1",
           // docker-py 7
           "t=a&q=False&nocache=False&rm=True&forcerm=False&pull=False&buildargs=%7B%7D",
           "extrahosts=a%3A1.2.3.4&squash=0&remote=&securityopt=&outputs=%5B%5D&session=",
           "squash=False&isolation=default&platform=linux%2Farm64&pull=1&nocache=1",
       }) {
    EXPECT_EQ(judge.says(build(query)), "passes") << query << judge.decision().message;
  }
}

TEST(ImageBuild, is_refused_where_it_leaves_its_sandbox) {
  Judge judge;
  for (const auto* query : {
           "networkmode=host",
           "networkmode=h%6Fst",
           "networkmode=container%3Avictim",
           "networkmode=bridge",
           "cgroupparent=%2Fx",
           "securityopt=seccomp%3Dunconfined",
           "securityopt=&securityopt=apparmor%3Dunconfined",
           "session=abc",
           "version=3",
           "outputs=%5B%7B%22Type%22%3A%22local%22%7D%5D",
           "squash=1",
           "squash=off",
           "isolation=process",
       }) {
    EXPECT_EQ(judge.says(build(query)), "constraint.build") << query;
  }
}

TEST(ImageBuild, fetches_nothing_from_a_url) {
  EXPECT_EQ(Judge().says(build("remote=git%3A%2F%2Fx%2Fy.git")), "constraint.image_import");
  EXPECT_EQ(Judge("{image_import: true}").says(build("remote=git%3A%2F%2Fx%2Fy.git")), "passes");
}

TEST(ImageBuild, runs_on_the_networks_that_the_profile_lists) {
  Judge judge("{build: {networks: [builders]}}");
  EXPECT_EQ(judge.says(build("networkmode=builders")), "passes");
  EXPECT_EQ(judge.says(build("networkmode=default")), "constraint.build");
}

TEST(ImageBuild, keeps_the_profiles_limits) {
  Judge judge("{memory: {max: 6MiB}, ulimits: {nofile: 100}}");
  EXPECT_EQ(judge.says(build("memory=6291456")), "passes");
  for (const auto* memory : {"6291457", "-1", "1e3", "99999999999999999999"}) {
    EXPECT_EQ(judge.says(build("memory=" + std::string(memory))), "constraint.resources.memory");
  }
  const std::string ulimits = "ulimits=%5B%7B%22Name%22%3A%22nofile%22%2C%22Hard%22%3A";
  EXPECT_EQ(judge.says(build(ulimits + "100%7D%5D")), "passes");
  EXPECT_EQ(judge.says(build(ulimits + "101%7D%5D")), "constraint.ulimits");
  EXPECT_EQ(judge.says(build("ulimits=%5B%7B%22name%22%3A%22nofile%22%7D%5D")),
            "constraint.ulimits");
}

TEST(ImageBuild, has_its_labels_looked_at) {
  Judge judge;
  EXPECT_EQ(judge.says(build("labels=%7B%22com.docker.swarm.x%22%3A%22%22%7D")),
            "constraint.labels");
  EXPECT_EQ(judge.says(build("labels=%7B%22x")), "constraint.build");
}

}  // namespace
