// SPDX-License-Identifier: Apache-2.0
#include "acl/constraint/parts.hpp"
#include "acl/schema/schema.hpp"
#include "acl/text.hpp"

namespace acl::constraint {
namespace {

/// What the engine takes for a name; it becomes that of a directory.
bool is_plain_name(std::string_view name) {
  constexpr std::string_view allowed =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";
  return !name.starts_with('.') && name.find_first_not_of(allowed) == name.npos;
}

void want_no_parameter(Context& context, std::string_view name) {
  const auto value = context.request.parameter(name);
  if (value.empty()) return;
  context.refuse(Constraint::checkpoint, std::string(name), quoted(value), "nothing");
}

}  // namespace

/// The engine reads and writes the directory as root, on the host.
void check_checkpoint_dir(Context& context) {
  want_no_parameter(context, "dir");
}

void check_checkpoint_create(Context& context) {
  const auto dir = get(context.root(), schema::Field::CheckpointCreateRequest_CheckpointDir);
  if (!dir.is_zero()) context.refuse(Constraint::checkpoint, dir, "nothing");
  const auto id = get(context.root(), schema::Field::CheckpointCreateRequest_CheckpointID);
  if (!id.is_zero() && !is_plain_name(id.text())) {
    context.refuse(Constraint::checkpoint, id, "letters, digits, '_', '.' and '-'");
  }
}

void check_container_start_head(Context& context) {
  want_no_parameter(context, "checkpoint");
  want_no_parameter(context, "checkpoint-dir");
}

/// Engines up to 25 let the body of a start replace the container's HostConfig where the API
/// version is below 1.24. No version that is served here gives it a meaning, so it is an attempt or
/// a mistake.
void check_container_start(Context& context) {
  for (const auto member : context.root()) {
    if (!member.is_zero()) context.refuse(Constraint::start_body, member, "no body");
  }
}

}  // namespace acl::constraint
