// SPDX-License-Identifier: Apache-2.0
#include "proxy/engine_stub/answers.hpp"

#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>

#include "proxy/engine_stub/shapes.hpp"

namespace proxy::engine_stub {
namespace {

using acl::Operation;

Instead describe(Call& call) {
  utsname names{};
  ::uname(&names);
  const auto& containers = call.engine.all(Kind::container);
  const auto running = std::ranges::count_if(
      containers, [](const auto& container) { return container->process.running(); });
  const auto all = static_cast<std::ptrdiff_t>(containers.size());
  call.from.update({{"machine", names.machine},
                    {"kernel", names.release},
                    {"cpus", ::sysconf(_SC_NPROCESSORS_ONLN)},
                    {"images", call.engine.all(Kind::image).size()},
                    {"all", all},
                    {"running", running},
                    {"stopped", all - running}});
  return std::nullopt;
}

constexpr std::string_view object = R"("$/object")", all_listed = R"("$/list")",
                           none = R"("$/none|[]")";
constexpr std::string_view id = R"({"Id":"$/object/Id","Warnings":[]})";
constexpr std::string_view swarm_id = R"({"ID":"$/object/ID"})";
constexpr std::string_view pong = R"("OK")";
constexpr std::string_view pruned = R"({"ContainersDeleted":"$/ids","NetworksDeleted":"$/names",
    "VolumesDeleted":"$/ids","SpaceReclaimed":0})";
constexpr std::string_view no_file = R"({"message":"the stand-in engine has no files"})";
constexpr std::string_view version = R"json({
  "Platform":{"Name":"tidegate-engine-stub"},"Name":"tidegate-engine-stub",
  "Components":[{"Name":"tidegate-engine-stub","Version":"0 (tidegate stand-in)","Details":{
    "ApiVersion":"1.41","What":"it answers from memory and runs no programs"}}],
  "Version":"0 (tidegate stand-in)","ApiVersion":"1.41","MinAPIVersion":"1.24","GitCommit":"",
  "GoVersion":"none","Os":"linux","Arch":"$/machine","KernelVersion":"$/kernel","BuildTime":""
})json";
constexpr std::string_view info = R"json({
  "ID":"tidegate-engine-stub","Name":"tidegate-engine-stub",
  "ServerVersion":"0 (tidegate stand-in)","Containers":"$/all","ContainersRunning":"$/running",
  "ContainersPaused":0,"ContainersStopped":"$/stopped","Images":"$/images","Driver":"memory",
  "DriverStatus":[],"Plugins":{"Volume":["local"],"Network":["bridge"],"Log":["json-file"]},
  "LoggingDriver":"json-file","CgroupDriver":"none","CgroupVersion":"2","KernelVersion":"$/kernel",
  "OperatingSystem":"tidegate's stand-in engine: it answers from memory and runs no programs",
  "OSType":"linux","Architecture":"$/machine","NCPU":"$/cpus","MemTotal":0,"DockerRootDir":"",
  "IndexServerAddress":"","RegistryConfig":{},"Runtimes":{},"DefaultRuntime":"none",
  "Swarm":{"LocalNodeState":"inactive"},"SecurityOptions":[],"Labels":[],"Warnings":[]
})json";

constexpr std::array rows = {
    Row{Operation::SystemPing, Kind::none, nullptr, 200, pong},
    Row{Operation::SystemPingHead, Kind::none, nullptr, 200, pong},
    Row{Operation::SystemVersion, Kind::none, describe, 200, version},
    Row{Operation::SystemInfo, Kind::none, describe, 200, info},
    Row{Operation::SystemAuth, Kind::none, nullptr, 200,
        R"({"Status":"Login Succeeded","IdentityToken":""})"},
    Row{.operation = Operation::SystemEvents, .stream = events},

    Row{Operation::ContainerCreate, Kind::container, create_container, 201, id},
    Row{Operation::ContainerList, Kind::container, list, 200, all_listed},
    Row{Operation::ContainerInspect, Kind::container, nullptr, 200, object},
    Row{Operation::ContainerStart, Kind::container, start, 204},
    Row{Operation::ContainerStop, Kind::container, stop, 204},
    Row{Operation::ContainerRestart, Kind::container, restart, 204},
    Row{Operation::ContainerKill, Kind::container, kill, 204},
    Row{Operation::ContainerPause, Kind::container, pause, 204},
    Row{Operation::ContainerUnpause, Kind::container, pause, 204},
    Row{Operation::ContainerRename, Kind::container, rename, 204},
    Row{Operation::ContainerUpdate, Kind::container, nullptr, 200, R"({"Warnings":[]})"},
    Row{Operation::ContainerResize, Kind::container},
    Row{Operation::ContainerDelete, Kind::container, remove, 204},
    Row{Operation::ContainerPrune, Kind::container, prune, 200, pruned},
    Row{Operation::ContainerTop, Kind::container, nullptr, 200,
        R"({"Titles":["PID","CMD"],"Processes":[]})"},
    Row{Operation::ContainerChanges, Kind::container, nullptr, 200, none},
    Row{Operation::PutContainerArchive, Kind::container},
    Row{Operation::ContainerArchive, Kind::container, nullptr, 404, no_file},
    Row{Operation::ContainerArchiveInfo, Kind::container, nullptr, 404, no_file},
    Row{.operation = Operation::ContainerAttach, .kind = Kind::container, .stream = attach},
    Row{.operation = Operation::ContainerLogs, .kind = Kind::container, .stream = logs},
    Row{.operation = Operation::ContainerWait, .kind = Kind::container, .stream = wait},

    Row{Operation::ContainerExec, Kind::container, create_exec, 201, R"({"Id":"$/object/ID"})"},
    Row{Operation::ExecInspect, Kind::exec, nullptr, 200, object},
    Row{Operation::ExecResize, Kind::exec},
    Row{.operation = Operation::ExecStart, .kind = Kind::exec, .stream = exec_start},

    Row{Operation::ImageCreate, Kind::image, pull, 200,
        R"([{"status":"tidegate's stand-in engine pulls nothing","id":"latest"},
            {"status":"Status: {/tag} is said to be there"}])"},
    Row{Operation::ImageBuild, Kind::image, build, 200,
        R"([{"stream":"Step 1/1 : tidegate's stand-in engine builds nothing\n"},
            {"aux":{"ID":"$/object/Id"}},{"stream":"Successfully built {/short}\n"},
            {"stream":"{/tagged}"}])"},
    Row{Operation::ImageLoad, Kind::image, build, 200,
        R"([{"stream":"Loaded image ID: {/object/Id}\n"}])"},
    Row{Operation::ImageCommit, Kind::image, pull, 201, id},
    Row{Operation::ImageTag, Kind::image, tag, 201},
    Row{Operation::ImagePush, Kind::image, nullptr, 200,
        R"([{"status":"tidegate's stand-in engine pushes nothing"}])"},
    Row{Operation::ImageList, Kind::image, list, 200, all_listed},
    Row{Operation::ImageInspect, Kind::image, nullptr, 200, object},
    Row{Operation::ImageHistory, Kind::image, nullptr, 200, none},
    Row{Operation::ImageDelete, Kind::image, untag, 200, R"("$/records")"},
    Row{Operation::ImagePrune, Kind::image, prune, 200,
        R"({"ImagesDeleted":"$/records","SpaceReclaimed":0})"},
    Row{Operation::BuildPrune, Kind::none, nullptr, 200,
        R"({"CachesDeleted":[],"SpaceReclaimed":0})"},

    Row{Operation::NetworkCreate, Kind::network, create, 201,
        R"({"Id":"$/object/Id","Warning":""})"},
    Row{Operation::NetworkList, Kind::network, list, 200, all_listed},
    Row{Operation::NetworkInspect, Kind::network, nullptr, 200, object},
    Row{Operation::NetworkConnect, Kind::network, connect},
    Row{Operation::NetworkDisconnect, Kind::network, disconnect},
    Row{Operation::NetworkDelete, Kind::network, remove, 204},
    Row{Operation::NetworkPrune, Kind::network, prune, 200, pruned},

    Row{Operation::VolumeCreate, Kind::volume, create, 201, object},
    Row{Operation::VolumeList, Kind::volume, list, 200, R"({"Volumes":"$/list","Warnings":null})"},
    Row{Operation::VolumeInspect, Kind::volume, nullptr, 200, object},
    Row{Operation::VolumeDelete, Kind::volume, remove, 204},
    Row{Operation::VolumePrune, Kind::volume, prune, 200, pruned},

    Row{Operation::ServiceCreate, Kind::service, create, 201, swarm_id},
    Row{Operation::ServiceList, Kind::service, list, 200, all_listed},
    Row{Operation::ServiceInspect, Kind::service, nullptr, 200, object},
    Row{Operation::ServiceDelete, Kind::service, remove},
    Row{Operation::TaskList, Kind::none, nullptr, 200, none},
    Row{Operation::SecretCreate, Kind::secret, create, 201, swarm_id},
    Row{Operation::SecretList, Kind::secret, list, 200, all_listed},
    Row{Operation::SecretInspect, Kind::secret, nullptr, 200, object},
    Row{Operation::SecretDelete, Kind::secret, remove, 204},
    Row{Operation::ConfigCreate, Kind::config, create, 201, swarm_id},
    Row{Operation::ConfigList, Kind::config, list, 200, all_listed},
    Row{Operation::ConfigInspect, Kind::config, nullptr, 200, object},
    Row{Operation::ConfigDelete, Kind::config, remove, 204},
};

}  // namespace

bool Call::asks(std::string_view parameter) const {
  const auto value = request.parameter(parameter);
  return value == "1" || value == "true" || value == "True";
}

const Row* row_of(acl::Operation operation) {
  const auto* row = std::ranges::find(rows, operation, &Row::operation);
  return row != rows.end() ? row : nullptr;
}

Reply reply(Call& call) {
  const auto& row = call.row;
  if (auto instead = row.act != nullptr ? row.act(call) : std::nullopt) return *std::move(instead);
  if (call.object) call.from["object"] = call.object->whole;
  return {row.status, fill(row.answer, call.from), row.answer.starts_with('[')};
}

}  // namespace proxy::engine_stub
