// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace acl {

/// One name per operation of the Docker Engine API, as its reference spells them.
enum class Operation : std::uint8_t {
#define OPERATION(id, ...) id,
#include "acl/operations.inc"
#undef OPERATION
  unknown,  ///< no operation has this method and path: always refused
};

inline constexpr std::size_t operation_count = static_cast<std::size_t>(Operation::unknown);

enum class Method : std::uint8_t { get, head, post, put, delete_, options, unknown };

/// The section of the Engine API reference that describes an operation.
enum class Tag : std::uint8_t {
  system,
  container,
  exec,
  image,
  network,
  volume,
  swarm,
  node,
  service,
  task,
  secret,
  config,
  plugin,
  distribution,
  session,
  checkpoint,
  debug,
};

/// The effect of an operation on the engine: the coarse side of a policy.
enum class Effect : std::uint8_t { read, read_sensitive, egress, write, exec, delete_, admin };

/// The kind of request body that an operation takes.
enum class BodyKind : std::uint8_t { none, json, opaque };

inline constexpr std::uint8_t no_flags = 0;
inline constexpr std::uint8_t hijacks = 1;       ///< may turn the connection into a raw stream
inline constexpr std::uint8_t lasting = 2;       ///< its answer has no time limit
inline constexpr std::uint8_t by_name = 4;       ///< belongs to no group, not even "*"
inline constexpr std::uint8_t old_versions = 8;  ///< also served for API 1.12 to 1.23

/// One row of the operation table. Columns are explained in operations.inc.
struct OperationInfo {
  Operation id;
  std::string_view name;
  Method method;
  std::string_view path;
  Tag tag;
  Effect effect;
  BodyKind body;
  std::uint8_t flags;
  unsigned since_minor;
  std::string_view query;

  constexpr bool has(std::uint8_t flag) const { return (flags & flag) != 0; }
};

/// The whole table, in the order of the enum.
std::span<const OperationInfo> all_operations();

/// The row of `operation`. `unknown` has a row named "unknown" without flags.
const OperationInfo& info(Operation operation);

/// Finds an operation by its exact reference name, "ContainerList".
std::optional<Operation> operation_by_name(std::string_view name);

std::string_view to_string(Method);
std::string_view to_string(Tag);
std::string_view to_string(Effect);

/// Methods are matched exactly and with their case, as in the engine; others are Method::unknown.
Method method_from(std::string_view text);

}  // namespace acl
