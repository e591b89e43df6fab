// SPDX-License-Identifier: Apache-2.0
#include "proxy/engine_stub/shapes.hpp"

#include <fmt/format.h>
#include <sys/utsname.h>

namespace proxy::engine_stub {
namespace {

constexpr std::string_view of_swarm_whole =
    R"({"ID":"$/id","Version":{"Index":1},"CreatedAt":"$/now","UpdatedAt":"$/now",
        "Spec":"$/body"})";
constexpr std::string_view of_swarm_facts =
    R"({"id":"$/object/ID","name":"$/object/Spec/Name","label":"$/object/Spec/Labels|{}"})";

/// In the order of Kind.
constexpr std::array shapes = {
    Shape{
        .type = "container",
        .missing = R"({"message":"No such container: {/name}"})",
        .whole = R"({"Id":"$/id","Created":"$/now","Path":"$/path","Args":"$/arguments",
          "State":{"Status":"created","Running":false,"Paused":false,"Restarting":false,
            "OOMKilled":false,"Dead":false,"Pid":0,"ExitCode":0,"Error":"",
            "StartedAt":"0001-01-01T00:00:00Z","FinishedAt":"0001-01-01T00:00:00Z"},
          "Image":"$/image","Name":"/{/name}","RestartCount":0,"Driver":"memory",
          "Platform":"linux","Mounts":"$/mounts","Config":"$/config","HostConfig":"$/host",
          "NetworkSettings":{"Ports":{},"Networks":{}}})",
        .listed = R"({"Id":"$/object/Id","Names":["$/object/Name"],"Image":"$/object/Config/Image",
          "ImageID":"$/object/Image","Command":"$/command","Created":"$/created","Ports":[],
          "Labels":"$/object/Config/Labels|{}","State":"$/object/State/Status","Status":"$/status",
          "HostConfig":{"NetworkMode":"$/object/HostConfig/NetworkMode|default"},
          "NetworkSettings":{"Networks":"$/object/NetworkSettings/Networks"},
          "Mounts":"$/object/Mounts"})",
        .facts = R"({"id":"$/object/Id","name":"$/object/Name","label":"$/object/Config/Labels|{}",
          "status":"$/object/State/Status","exited":"$/object/State/ExitCode","is-task":false,
          "ancestor":["$/object/Config/Image","$/object/Image"],"network":"$/networks",
          "volume":"$/volumes","health":"$/object/State/Health/Status|none"})",
    },
    Shape{
        .type = "exec",
        .missing = R"({"message":"No such exec instance: {/name}"})",
        .whole = R"({"ID":"$/id","ContainerID":"$/object/Id","Running":false,"ExitCode":null,
          "OpenStdin":"$/body/AttachStdin|false","OpenStdout":true,"OpenStderr":true,"Pid":0,
          "ProcessConfig":{"tty":"$/body/Tty|false","arguments":"$/body/Cmd|[]"}})",
    },
    Shape{
        .type = "image",
        .missing = R"({"message":"No such image: {/name}"})",
        .whole = R"({"Id":"$/id","RepoTags":[],"RepoDigests":[],"Parent":"",
          "Architecture":"$/arch","Os":"linux","Created":"1970-01-01T00:00:00Z","Size":0,
          "VirtualSize":0,
          "Config":{"Cmd":["echo"],"Env":[],"Labels":"$/labels|{}"},
          "RootFS":{"Type":"layers","Layers":[]},"GraphDriver":{"Name":"memory","Data":null}})",
        .listed = R"({"Id":"$/object/Id","ParentId":"","RepoTags":"$/object/RepoTags",
          "RepoDigests":"$/object/RepoDigests","Created":0,"Size":0,"SharedSize":-1,
          "VirtualSize":0,"Labels":"$/object/Config/Labels","Containers":-1})",
        .facts = R"({"reference":"$/object/RepoTags","label":"$/object/Config/Labels",
          "dangling":"$/nameless"})",
    },
    Shape{
        .type = "network",
        .missing = R"({"message":"network {/name} not found"})",
        .whole = R"({"Name":"$/name","Id":"$/id","Created":"$/now","Scope":"local",
          "Driver":"$/body/Driver|bridge","EnableIPv6":"$/body/EnableIPv6|false",
          "IPAM":{"Driver":"$/body/IPAM/Driver|default","Config":"$/body/IPAM/Config|[]"},
          "Internal":"$/body/Internal|false","Attachable":"$/body/Attachable|false",
          "Ingress":false,"ConfigOnly":false,"Containers":{},"Options":"$/body/Options|{}",
          "Labels":"$/body/Labels|{}"})",
        .facts = R"({"id":"$/object/Id","name":"$/object/Name","driver":"$/object/Driver",
          "scope":"local","type":"$/network_type","label":"$/object/Labels",
          "dangling":"$/unused"})",
    },
    Shape{
        .type = "volume",
        .missing = R"({"message":"get {/name}: no such volume"})",
        .whole = R"({"Name":"$/name","Driver":"$/body/Driver|local","Mountpoint":"",
          "CreatedAt":"$/now","Labels":"$/body/Labels|{}","Options":"$/body/DriverOpts|{}",
          "Scope":"local"})",
        .facts = R"({"name":"$/object/Name","driver":"$/object/Driver","label":"$/object/Labels",
          "dangling":"$/unused"})",
    },
    Shape{.type = "service",
          .missing = R"({"message":"service {/name} not found"})",
          .whole = of_swarm_whole,
          .facts = of_swarm_facts},
    Shape{.type = "secret",
          .missing = R"({"message":"secret {/name} not found"})",
          .whole = of_swarm_whole,
          .facts = of_swarm_facts},
    Shape{.type = "config",
          .missing = R"({"message":"config {/name} not found"})",
          .whole = of_swarm_whole,
          .facts = of_swarm_facts},
    Shape{},
};

std::string status_of(const Object& container) {
  const auto status = text(member(container.whole, "State"), "Status");
  if (status == "created") return "Created";
  if (status == "paused") return "Up (Paused)";
  return container.process.running() ? "Up"
                                     : fmt::format("Exited ({})", container.process.exit_code());
}

}  // namespace

const Shape& shape(Kind kind) {
  return shapes[static_cast<std::size_t>(kind)];
}

Object make(Kind kind, std::string name, Json from) {
  Object object{.kind = kind, .id = new_id(), .created = std::time(nullptr)};
  if (kind == Kind::image) object.id.insert(0, "sha256:");
  if (name.empty() && kind == Kind::container) name = "stand_in_" + object.id.substr(0, 6);
  if (name.empty()) name = object.id;
  if (kind == Kind::volume) object.id = name;
  from["id"] = object.id;
  from["name"] = name;
  from["now"] = time_text(object.created);
  object.whole = fill(shape(kind).whole, from);
  object.names = {std::move(name)};
  return object;
}

Object make_image(const std::string& name, const Json& labels) {
  utsname machine{};
  ::uname(&machine);
  const std::string_view kernel = machine.machine;
  const auto arch = kernel == "x86_64" ? "amd64" : kernel == "aarch64" ? "arm64" : kernel;
  auto image = make(Kind::image, name, {{"labels", labels}, {"arch", arch}});
  if (name.empty()) image.names.clear();
  show_names(image);
  return image;
}

void show_names(Object& image) {
  for (const auto* key : {"RepoTags", "RepoDigests"}) image.whole[key] = Json::array();
  for (const auto& name : image.names)
    image.whole[name.find('@') == name.npos ? "RepoTags" : "RepoDigests"].push_back(name);
}

Json listed(const Object& object) {
  if (shape(object.kind).listed.empty()) return object.whole;
  return fill(shape(object.kind).listed,
              {{"object", object.whole},
               {"created", object.created},
               {"command", fmt::format("{}", fmt::join(object.process.command, " "))},
               {"status", status_of(object)}});
}

Json facts(const Object& object, bool in_use) {
  auto networks = Json::array();
  for (const auto& [name, endpoint] :
       members(member(member(object.whole, "NetworkSettings"), "Networks")))
    networks.insert(networks.end(), {name, member(endpoint, "NetworkID")});
  auto volumes = Json::array();
  for (const auto& mount : member(object.whole, "Mounts"))
    volumes.insert(volumes.end(), {member(mount, "Name"), member(mount, "Destination")});
  return fill(shape(object.kind).facts, {{"object", object.whole},
                                         {"networks", networks},
                                         {"volumes", volumes},
                                         {"nameless", object.names.empty()},
                                         {"network_type", built_in(object) ? "builtin" : "custom"},
                                         {"unused", !in_use}});
}

}  // namespace proxy::engine_stub
