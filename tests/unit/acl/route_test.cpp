// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <ostream>
#include <string_view>

#include "acl/request.hpp"

namespace {

using acl::Operation;

struct Routed {
  std::string_view method;
  std::string_view target;
  Operation operation;
  std::string_view name;
};

void PrintTo(const Routed& row, std::ostream* out) {
  *out << row.method << " " << row.target;
}

class Route : public testing::TestWithParam<Routed> {};

TEST_P(Route, leads_to_one_operation_and_its_object) {
  acl::Request request;
  const auto refusal = acl::understand(GetParam().method, GetParam().target, {}, request);
  ASSERT_FALSE(refusal) << refusal->message;
  EXPECT_EQ(acl::info(request.operation).name, acl::info(GetParam().operation).name);
  EXPECT_EQ(request.name(), GetParam().name);
}

INSTANTIATE_TEST_SUITE_P(
    ObjectsNamedLikeEndpoints, Route,
    testing::Values(Routed{"GET", "/containers/json/json", Operation::ContainerInspect, "json"},
                    Routed{"GET", "/containers/json/export", Operation::ContainerExport, "json"},
                    Routed{"POST", "/containers/create/start", Operation::ContainerStart, "create"},
                    Routed{"DELETE", "/containers/prune", Operation::ContainerDelete, "prune"},
                    Routed{"DELETE", "/images/json", Operation::ImageDelete, "json"},
                    Routed{"POST", "/images/json/push", Operation::ImagePush, "json"},
                    Routed{"GET", "/images/get/get", Operation::ImageGet, "get"},
                    Routed{"GET", "/images/a/json/json", Operation::ImageInspect, "a/json"},
                    Routed{"GET", "/networks/create", Operation::NetworkInspect, "create"},
                    Routed{"GET", "/plugins/privileges", Operation::GetPluginPrivileges, ""},
                    Routed{"GET", "/plugins/json", Operation::PluginInspectLegacy, "json"},
                    Routed{"GET", "/services/create", Operation::ServiceInspect, "create"}));

INSTANTIATE_TEST_SUITE_P(
    FirstRouterWins, Route,
    testing::Values(Routed{"DELETE", "/containers/web/checkpoints/c1", Operation::CheckpointDelete,
                           "web"},
                    Routed{"DELETE", "/containers/web", Operation::ContainerDelete, "web"},
                    Routed{"GET", "/debug/pprof/trace", Operation::DebugPprofTrace, ""},
                    Routed{"GET", "/debug/pprof/heap", Operation::DebugPprofNamed, "heap"},
                    Routed{"GET", "/v1.44/debug/vars", Operation::DebugVars, ""},
                    Routed{"OPTIONS", "/containers/web/json", Operation::OptionsAny, ""},
                    Routed{"OPTIONS", "/", Operation::OptionsAny, ""}));

INSTANTIATE_TEST_SUITE_P(NamesWithSlashes, Route,
                         testing::Values(Routed{"GET", "/images/reg.corp:5000/a/b/c:1/json",
                                                Operation::ImageInspect, "reg.corp:5000/a/b/c:1"},
                                         Routed{"DELETE", "/images/a/b", Operation::ImageDelete,
                                                "a/b"},
                                         Routed{"POST", "/plugins/vieux/sshfs/enable",
                                                Operation::PluginEnable, "vieux/sshfs"},
                                         Routed{"GET", "/distribution/a/b/json",
                                                Operation::DistributionInspect, "a/b"}));

INSTANTIATE_TEST_SUITE_P(
    Nowhere, Route,
    testing::Values(Routed{"GET", "/", Operation::unknown, ""},
                    Routed{"GET", "/v1.41", Operation::unknown, ""},
                    Routed{"GET", "/vx.41/info", Operation::unknown, ""},
                    Routed{"GET", "/V1.41/info", Operation::unknown, ""},
                    Routed{"GET", "/Info", Operation::unknown, ""},
                    Routed{"get", "/info", Operation::unknown, ""},
                    Routed{"FOO", "/debug/vars", Operation::unknown, ""},
                    Routed{"HEAD", "/version", Operation::unknown, ""},
                    Routed{"POST", "/debug/vars", Operation::unknown, ""},
                    Routed{"GET", "/containers/web", Operation::unknown, ""},
                    Routed{"GET", "/nodes/a/b", Operation::unknown, ""},
                    Routed{"POST", "/networks/", Operation::unknown, ""},
                    // The docker CLI 20.10 sends this where a plugin's name is missing.
                    Routed{"POST", "/v1.41/plugins/enable?timeout=0", Operation::unknown, ""},
                    Routed{"GET", "/libpod/containers/json", Operation::unknown, ""}));

// What docker CLI 20.10 and 28, docker-py, docker-compose 1.29, dockerode and buildx send.
INSTANTIATE_TEST_SUITE_P(
    RealClients, Route,
    testing::Values(
        Routed{"HEAD", "/_ping", Operation::SystemPingHead, ""},
        Routed{"POST", "/v1.50/containers/create?name=x", Operation::ContainerCreate, ""},
        Routed{"POST", "/containers/create?Image=alpine&HostConfig=%7B%7D&name=x",
               Operation::ContainerCreate, ""},
        Routed{"POST", "/v1.41/containers/4f1d/attach?stderr=1&stdin=1&stdout=1&stream=1",
               Operation::ContainerAttach, "4f1d"},
        Routed{"POST", "/v1.41/containers/4f1d/wait?condition=next-exit", Operation::ContainerWait,
               "4f1d"},
        Routed{"GET", "/v1.41/containers/json?limit=-1&all=1&size=0&trunc_cmd=0",
               Operation::ContainerList, ""},
        Routed{"GET", "/v1.41/images/json?only_ids=0&all=0", Operation::ImageList, ""},
        Routed{"POST", "/v1.41/exec/77aa/start", Operation::ExecStart, "77aa"},
        Routed{"PUT", "/v1.41/containers/web/archive?noOverwriteDirNonDir=true&path=%2Ftmp",
               Operation::PutContainerArchive, "web"},
        Routed{"POST", "/v1.41/build?buildargs=%7B%7D&t=a&t=b&ulimits=null&version=1",
               Operation::ImageBuild, ""},
        Routed{"GET", "/v1.41/images/a:b@sha256:00ff/json", Operation::ImageInspect,
               "a:b@sha256:00ff"},
        Routed{"POST", "/session", Operation::Session, ""},
        Routed{"POST", "/grpc", Operation::Grpc, ""},
        Routed{"POST", "/v1.41/services/s1/update?registryAuthFrom=spec&version=12",
               Operation::ServiceUpdate, "s1"}));

INSTANTIATE_TEST_SUITE_P(LinksToBeRemoved, Route,
                         testing::Values(Routed{"DELETE", "/v1.41/containers/web/db?link=1",
                                                Operation::ContainerDelete, "web/db"},
                                         Routed{"DELETE",
                                                "/containers/web/db?v=False&link=True&force=False",
                                                Operation::ContainerDelete, "web/db"}));

class NameOfSeveralSegments : public testing::TestWithParam<Routed> {};

TEST_P(NameOfSeveralSegments, is_refused_where_a_link_alias_could_hide) {
  acl::Request request;
  const auto refusal = acl::understand(GetParam().method, GetParam().target, {}, request);
  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->reason, acl::Reason::name_several_segments);
  EXPECT_NE(refusal->message.find(GetParam().name), std::string::npos) << refusal->message;
  EXPECT_NE(refusal->message.find(acl::info(GetParam().operation).name), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(
    Legacy, NameOfSeveralSegments,
    testing::Values(
        Routed{"POST", "/containers/web/restart/exec", Operation::ContainerExec, "'web/restart'"},
        Routed{"POST", "/containers/web/kill/restart", Operation::ContainerRestart, "'web/kill'"},
        Routed{"GET", "/containers/a/b/json", Operation::ContainerInspect, "'a/b'"},
        Routed{"DELETE", "/containers/a/b", Operation::ContainerDelete, "'a/b'"},
        Routed{"DELETE", "/containers/a/b?link=0&force=1", Operation::ContainerDelete, "'a/b'"},
        Routed{"DELETE", "/containers/a/b?link=%20False", Operation::ContainerDelete, "'a/b'"},
        Routed{"DELETE", "/containers/a/b/c?link=1", Operation::ContainerDelete, "'a/b/c'"},
        Routed{"POST", "/containers/a/b/kill?link=1", Operation::ContainerKill, "'a/b'"},
        Routed{"DELETE", "/containers/a/b/checkpoints/c", Operation::ContainerDelete,
               "'a/b/checkpoints/c'"},
        Routed{"GET", "/volumes/a/b", Operation::VolumeInspect, "'a/b'"},
        Routed{"GET", "/networks/a/b", Operation::NetworkInspect, "'a/b'"},
        Routed{"POST", "/exec/a/b/start", Operation::ExecStart, "'a/b'"}));

}  // namespace
