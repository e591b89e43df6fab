// SPDX-License-Identifier: Apache-2.0
#include "acl/by_name.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "acl/written.hpp"

namespace acl {
namespace {

// Operations that level restricted cannot check: builds, files on their way into and out of
// containers and images, another container's standard input, and pruning.
constexpr auto beyond_restricted = std::to_array<Operation>({
    Operation::ContainerArchive,
    Operation::ContainerArchiveInfo,
    Operation::PutContainerArchive,
    Operation::ContainerCopy,
    Operation::ContainerExport,
    Operation::ContainerAttachWebsocket,
    Operation::ContainerPrune,
    Operation::ImageBuild,
    Operation::ImageGet,
    Operation::ImageGetAll,
    Operation::ImagePush,
    Operation::ImagePrune,
    Operation::BuildPrune,
    Operation::NetworkPrune,
    Operation::VolumePrune,
});

// Operations that make their reader a manager, if it reaches port 2377 or a manager's disk.
struct Credential {
  Operation operation;
  std::string_view why;  ///< that it must be named, and what it shows
};

constexpr auto credentials = std::to_array<Credential>({
    {Operation::SwarmInspect,
     "levels baseline and restricted allow it only by its name, not by \"*\" or a group: it "
     "shows the manager's join token, which is the host"},
    {Operation::SwarmUnlockkey,
     "levels baseline and restricted allow it only by its name, not by \"*\" or a group: it "
     "shows the key that unlocks a manager, which is the host"},
});

const Credential* credential_of(Operation operation) {
  const auto found = std::ranges::find(credentials, operation, &Credential::operation);
  return found == credentials.end() ? nullptr : &*found;
}

/// Returns whether only listed images may run, and the profile does not let builds use others.
bool holds_builds(const ConstraintSpec& spec) {
  return spec.level != Level::unconfined && spec.images && !spec.build.any_image &&
         !waives(spec, "images");
}

}  // namespace

std::string_view why_by_name(const ConstraintSpec& spec, Operation operation) {
  const bool beyond = std::ranges::find(beyond_restricted, operation) != beyond_restricted.end();
  if (operation == Operation::ImageBuild && holds_builds(spec)) {
    return "with `images` it needs `build: {images: any}`, since tidegate does not read FROM lines";
  }
  if (spec.level == Level::restricted && beyond) {
    return "level restricted allows it only by its name, not by \"*\" or a group";
  }
  const Credential* credential = credential_of(operation);
  return credential != nullptr && spec.level != Level::unconfined ? credential->why : "";
}

std::string key_by_name(const ConstraintSpec& spec, Operation operation) {
  const OperationInfo& known = info(operation);
  if (known.effect == Effect::admin || credential_of(operation) != nullptr) return "";
  constexpr std::size_t usual_length = 64;
  std::string key;
  key.reserve(usual_length);
  key.append("`allow: [").append(known.name).append("]`");
  if (operation == Operation::ImageBuild && holds_builds(spec))
    key += " with `containers.build: {images: any}`";
  return key;
}

std::string_view shown_credential(Operation operation) {
  const Credential* credential = credential_of(operation);
  return credential == nullptr ? "" : credential->why.substr(credential->why.find("shows"));
}

std::vector<Mistake> unlisted_builds(const ProfileSpec& profile, const std::string& where) {
  std::vector<Mistake> mistakes;
  if (!holds_builds(profile.constraints)) return mistakes;
  for (std::size_t i = 0; i < profile.allow.size(); ++i) {
    const std::string& entry = profile.allow[i];
    if (entry != "ImageBuild" && entry != "Grpc") continue;
    mistakes.push_back(
        {where + ".allow[" + std::to_string(i) + "]",
         "'" + entry +
             "' builds from any image although `images` is set: tidegate does not read the "
             "FROM lines of a Dockerfile",
         "build: {images: any} under `containers`, or leave it out"});
  }
  return mistakes;
}

}  // namespace acl
