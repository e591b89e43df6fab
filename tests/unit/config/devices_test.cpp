// SPDX-License-Identifier: Apache-2.0
// GPUs and CDI devices that a profile lists.
#include <gmock/gmock.h>

#include <string>

#include "tests/unit/acl/judge.hpp"
#include "tests/unit/config/loading.hpp"

namespace config {
namespace {

using testing::Contains;

constexpr auto create = "POST /v1.44/containers/create";

std::string host(const std::string& members) {
  return R"({"Image":"a","HostConfig":{)" + members + "}}";
}

/// \param members of the one DeviceRequest
std::string request(const std::string& members) {
  return host(R"("DeviceRequests":[{)" + members + "}]");
}

/// As `docker run --gpus all` sends it.
const std::string all_gpus =
    request(R"("Driver":"","Count":-1,"DeviceIDs":null,"Capabilities":[["gpu"]],"Options":{})");

std::string says(const std::string& devices, const std::string& body) {
  return Judge("{devices: [" + devices + "]}").says(create, body);
}

std::string mistake(const std::string& device) {
  const auto loaded = load("profiles: {p: {allow: [], containers: {devices: [" + device +
                           "]}}}\nlisteners: [{address: unix:///run/a.sock, profile: p}]\n");
  return loaded ? "" : lines_of(loaded).front();
}

TEST(Gpus, are_all_given_where_all_are_listed) {
  EXPECT_EQ(says("{gpu: all}", all_gpus), "passes");
  EXPECT_EQ(says("{gpu: all}", request(R"("Count":2,"Capabilities":[["compute","utility"]])")),
            "passes");
  EXPECT_EQ(says("{gpu: all}", request(R"("Driver":"nvidia","DeviceIDs":["0","GPU-3a23"])")),
            "passes");
  for (const auto* devices : {"", "{gpu: 0}", "{path: /dev/fuse}", "{cdi: vendor.com/gpu=all}"})
    EXPECT_EQ(says(devices, all_gpus), "constraint.devices") << devices;
}

TEST(Gpus, are_given_by_index_and_uuid_where_these_are_listed) {
  const auto with = [](const std::string& members) {
    return says("{gpu: 0}, {gpu: GPU-3a23c669}", request(R"("Capabilities":[["gpu"]],)" + members));
  };
  EXPECT_EQ(with(R"("DeviceIDs":["0","GPU-3a23c669"])"), "passes");
  EXPECT_EQ(with(R"("DeviceIDs":["1"])"), "constraint.devices");
  EXPECT_EQ(with(R"("DeviceIDs":["0,1"])"), "constraint.devices");
  EXPECT_EQ(with(R"("DeviceIDs":["all"])"), "constraint.devices");
  EXPECT_EQ(with(R"("DeviceIDs":["0"],"Count":-1)"), "constraint.devices");
  EXPECT_EQ(with(R"("Count":1)"), "constraint.devices");
}

TEST(Gpus, bring_no_other_driver_capability_option_or_device) {
  for (const auto* members :
       {R"("Driver":"evil","Count":-1)", R"("Count":-1,"Capabilities":[["disk"]])",
        R"("Count":-1,"Capabilities":[["gpu"],[]])", R"("Count":-1,"Options":{"a":"b"})",
        R"("DeviceIDs":["vendor.com/disk=all"])", R"("DeviceIDs":["/dev/sda"])",
        R"("DeviceIDs":["0,/dev/sda"])", R"("DeviceIDs":[""])"})
    EXPECT_EQ(says("{gpu: all}", request(members)), "constraint.devices") << members;
}

TEST(CdiDevices, are_given_by_their_listed_names) {
  constexpr auto listed = "{cdi: vendor.com/gpu=0}, {cdi: vendor.com/gpu=1}";
  // As `docker run --device vendor.com/gpu=0` sends it from 25 on, and before.
  EXPECT_EQ(says(listed, request(R"("Driver":"cdi","DeviceIDs":["vendor.com/gpu=0"])")), "passes");
  EXPECT_EQ(says(listed, host(R"("Devices":[{"PathOnHost":"vendor.com/gpu=1",)"
                              R"("PathInContainer":"","CgroupPermissions":"rwm"}])")),
            "passes");
  EXPECT_EQ(says(listed, request(R"("DeviceIDs":["vendor.com/gpu=2"])")), "constraint.devices");
  EXPECT_EQ(says(listed, request(R"("DeviceIDs":["vendor.com/gpu=0","0"])")), "constraint.devices");
  EXPECT_EQ(says(listed, request(R"("Driver":"cdi","Count":-1)")), "constraint.devices");
  EXPECT_EQ(says(listed, host(R"("Devices":[{}])")), "constraint.devices");
  EXPECT_EQ(says("{gpu: all}", host(R"("Devices":[{"PathOnHost":"all"}])")), "constraint.devices");
}

TEST(CdiDevices, and_gpus_are_nothing_that_a_plugin_may_have) {
  Judge judge("{devices: [{gpu: all}, {cdi: vendor.com/gpu=0}]}");
  EXPECT_EQ(judge.says("POST /plugins/pull?remote=x", R"([{"Name":"device","Value":["/dev/x"]}])"),
            "constraint.plugins");
}

TEST(Gpus, have_an_index_or_the_uuid_of_a_vendor) {
  for (const auto* gpu : {"12", "0:1", "MIG-GPU-3a23c669/1/2", "0xEF2C1799A1F3E2ED"})
    EXPECT_EQ(says("{gpu: \"" + std::string(gpu) + "\"}",
                   request(R"("DeviceIDs":[")" + std::string(gpu) + R"("])")),
              "passes")
        << gpu;
}

TEST(DeviceKeys, name_each_device_in_one_way) {
  constexpr auto one = "a device has one of the keys `path`, `gpu` and `cdi`";
  EXPECT_THAT(mistake("{}"), HasSubstr(one));
  EXPECT_THAT(mistake("{permissions: r}"), HasSubstr(one));
  EXPECT_THAT(mistake("{path: /dev/x, gpu: all}"), HasSubstr(one));
  EXPECT_THAT(mistake("{gpu: all, permissions: r}"), HasSubstr("only a device with a `path`"));
  for (const auto* gpu : {"/dev/nvidia0", "ALL", "1.5", "true", "GPU", "-1", "\"0:\""})
    EXPECT_THAT(mistake("{gpu: " + std::string(gpu) + "}"), HasSubstr("is not a GPU")) << gpu;
  EXPECT_THAT(mistake("{gpu: nvidia.com/gpu=0}"), HasSubstr("write `{cdi: nvidia.com/gpu=0}`"));
  EXPECT_THAT(mistake("{cdi: vendor.com/gpu}"), HasSubstr("write it as `vendor.com/gpu=0`"));
  EXPECT_THAT(mistake("{cdi: /gpu=0}"), HasSubstr("is not the name of a CDI device"));
}

TEST(DeviceKeys, are_suggested_for_devices_as_docker_writes_them) {
  EXPECT_THAT(mistake("/dev/fuse"), HasSubstr("write `{path: /dev/fuse}`"));
  EXPECT_THAT(mistake("\"/dev/fuse:/dev/fuse:rw\""), HasSubstr("write `{path: /dev/fuse}`"));
  EXPECT_THAT(mistake("vendor.com/gpu=0"), HasSubstr("write `{cdi: vendor.com/gpu=0}`"));
  EXPECT_THAT(mistake("all"), HasSubstr("write `{gpu: all}`"));
}

}  // namespace
}  // namespace config
