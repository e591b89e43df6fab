// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <iterator>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "acl/schema/schema.hpp"

/// The room's tables as constants: everything derived from them is computed at compile time.
namespace acl::schema::tables {

// The vocabulary of the `type` column.
inline constexpr Type boolean{Shape::one, Scalar::boolean, {}};
inline constexpr Type string{Shape::one, Scalar::string, {}};
inline constexpr Type bytes{Shape::one, Scalar::bytes, {}};
inline constexpr Type int64{Shape::one, Scalar::int64, {}};
inline constexpr Type uint64{Shape::one, Scalar::uint64, {}};
inline constexpr Type uint32{Shape::one, Scalar::uint32, {}};
inline constexpr Type uint16{Shape::one, Scalar::uint16, {}};
inline constexpr Type float32{Shape::one, Scalar::float32, {}};
inline constexpr Type ignored{Shape::one, Scalar::ignored, {}};
inline constexpr Type string_or_list{Shape::string_or_list, Scalar::string, {}};
inline constexpr Type Empty{Shape::one, Scalar::object, Struct::Empty};
#define STRUCT(name) inline constexpr Type name{Shape::one, Scalar::object, Struct::name};
#include "acl/schema/structs.inc"

consteval Type within(Shape plain, Shape of_lists, Type inner) {
  if (inner.shape == Shape::one) return {plain, inner.scalar, inner.object};
  if (inner.shape == Shape::list) return {of_lists, inner.scalar, inner.object};
  throw std::logic_error("no such shape");
}
consteval Type list_of(Type inner) {
  return within(Shape::list, Shape::list_of_lists, inner);
}
consteval Type map_of(Type inner) {
  return within(Shape::map, Shape::map_of_lists, inner);
}
consteval Type pair_of(Type inner) {
  return {Shape::pair, inner.scalar, inner.object};
}

/// Fields in the order of the enum. The first and an extra last row are Field::none.
inline constexpr FieldInfo fields[] = {
    {Struct::Empty, "", {}, 0, Risk::none},
#define FIELD(owner, name, type, since, risk, ...) {Struct::owner, #name, type, since, Risk::risk},
#include "acl/schema/structs.inc"
    {Struct::Empty, "", {}, 0, Risk::none},
};

inline constexpr std::string_view structs[] = {
    "Empty",
#define STRUCT(name) #name,
#include "acl/schema/structs.inc"
};

inline constexpr std::pair<Struct, Struct> embeds[] = {
#define EMBED(object, other) {Struct::object, Struct::other},
#include "acl/schema/structs.inc"
};

struct Body {
  Operation operation;
  Type type;
  bool optional = false;  ///< whether the engine also takes a request without a body
};

/// The struct that the engine decodes each operation's body into.
inline constexpr Body bodies[] = {
    {Operation::SystemAuth, AuthConfig, true},
    {Operation::ContainerCreate, ContainerCreateRequest},
    // replaces the HostConfig on API < 1.24 and engine <= 25
    {Operation::ContainerStart, ContainerCreateRequest, true},
    {Operation::ContainerUpdate, ContainerUpdateConfig},
    {Operation::ContainerCopy, CopyConfig, true},  // has answered with an error since API 1.24
    {Operation::ContainerExec, ExecCreateRequest},
    {Operation::ExecStart, ExecStartRequest, true},
    {Operation::ImageCommit, CommitRequest, true},
    {Operation::ImagePush, AuthConfig, true},  // instead of X-Registry-Auth, engine <= 23
    {Operation::NetworkCreate, NetworkCreateRequest},
    {Operation::NetworkConnect, NetworkConnectRequest},
    {Operation::NetworkDisconnect, NetworkDisconnectRequest},
    {Operation::VolumeCreate, VolumeCreateRequest},
    {Operation::VolumeUpdate, VolumeUpdateOptions},
    {Operation::SwarmInit, SwarmInitRequest},
    {Operation::SwarmJoin, SwarmJoinRequest},
    {Operation::SwarmUnlock, SwarmUnlockRequest},
    {Operation::SwarmUpdate, SwarmSpec},
    {Operation::NodeUpdate, NodeSpec},
    {Operation::ServiceCreate, ServiceSpec},
    {Operation::ServiceUpdate, ServiceSpec},
    {Operation::SecretCreate, SecretSpec},
    {Operation::SecretUpdate, SecretSpec},
    {Operation::ConfigCreate, ConfigSpec},
    {Operation::ConfigUpdate, ConfigSpec},
    {Operation::PluginPull, list_of(PluginPrivilege), true},
    {Operation::PluginSet, list_of(string), true},
    {Operation::PluginUpgrade, list_of(PluginPrivilege), true},
    {Operation::CheckpointCreate, CheckpointCreateRequest, true},
};

}  // namespace acl::schema::tables
