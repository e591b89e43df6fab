// SPDX-License-Identifier: Apache-2.0
#include "acl/operation.hpp"

#include <algorithm>

#include "acl/operation_table.hpp"

namespace acl {
namespace {

constexpr OperationInfo unknown_operation = {
    Operation::unknown, "unknown",        Method::unknown, "", Tag::system,
    Effect::admin,      BodyKind::opaque, no_flags,        0,  ""};

}  // namespace

std::span<const OperationInfo> all_operations() {
  return operation_table;
}

const OperationInfo& info(Operation operation) {
  const auto index = static_cast<std::size_t>(operation);
  return index < operation_count ? operation_table[index] : unknown_operation;
}

std::optional<Operation> operation_by_name(std::string_view name) {
  const auto* row = std::ranges::find(operation_table, name, &OperationInfo::name);
  if (row == operation_table.end()) return std::nullopt;
  return row->id;
}

std::string_view to_string(Method method) {
  switch (method) {
    case Method::get: return "GET";
    case Method::head: return "HEAD";
    case Method::post: return "POST";
    case Method::put: return "PUT";
    case Method::delete_: return "DELETE";
    case Method::options: return "OPTIONS";
    case Method::unknown: break;
  }
  return "unknown";
}

std::string_view to_string(Tag tag) {
  switch (tag) {
    case Tag::system: return "system";
    case Tag::container: return "container";
    case Tag::exec: return "exec";
    case Tag::image: return "image";
    case Tag::network: return "network";
    case Tag::volume: return "volume";
    case Tag::swarm: return "swarm";
    case Tag::node: return "node";
    case Tag::service: return "service";
    case Tag::task: return "task";
    case Tag::secret: return "secret";
    case Tag::config: return "config";
    case Tag::plugin: return "plugin";
    case Tag::distribution: return "distribution";
    case Tag::session: return "session";
    case Tag::checkpoint: return "checkpoint";
    case Tag::debug: return "debug";
  }
  return "unknown";
}

std::string_view to_string(Effect effect) {
  switch (effect) {
    case Effect::read: return "read";
    case Effect::read_sensitive: return "read-sensitive";
    case Effect::egress: return "egress";
    case Effect::write: return "write";
    case Effect::exec: return "exec";
    case Effect::delete_: return "delete";
    case Effect::admin: return "admin";
  }
  return "unknown";
}

Method method_from(std::string_view text) {
  if (text == "GET") return Method::get;
  if (text == "POST") return Method::post;
  if (text == "HEAD") return Method::head;
  if (text == "DELETE") return Method::delete_;
  if (text == "PUT") return Method::put;
  if (text == "OPTIONS") return Method::options;
  return Method::unknown;
}

}  // namespace acl
