// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "acl/constraint/checks.hpp"
#include "acl/constraint/host_path.hpp"
#include "acl/text/words.hpp"

namespace acl::constraint {
namespace {

using schema::Field;

// Modes of binds. Propagation to or from the host (shared, slave) is not allowed.
constexpr auto bind_modes = std::to_array<std::string_view>(
    {"rw", "z", "Z", "nocopy", "private", "rprivate", "cached", "delegated", "consistent"});

/// A template may expand to any path.
std::string mounted_path(const Context& context, std::string_view source) {
  return is_expanded(context, source) ? "/" : canonical_path(source);
}

/// \returns the rule that lists `source`, if `source` may be mounted at all
const BindRule* check_source(Context& context, json::Value where, std::string_view source) {
  const std::string path = mounted_path(context, source);
  if (context.rules.reaches_socket(path)) {
    context.refuse(Constraint::docker_socket, where, no_way_to_a_socket);
    if (context.checks(Constraint::docker_socket)) return nullptr;
  }
  const BindRule* rule = context.rules.bind_rule(path);
  if (rule == nullptr) {
    context.refuse(Constraint::binds, where,
                   context.spec().binds.empty()
                       ? "no host path: `binds` lists none"
                       : "a path that `binds` lists, which does not list what is below it");
  }
  return rule;
}

struct Bind {
  std::string_view source, modes;
};

/// Splits source, target and mode as the engine does. The engine refuses more than two colons.
Bind parse(std::string_view text) {
  const auto first = text.find(':');
  if (first == text.npos) return {};  // the target of an anonymous volume
  const auto second = text.find(':', first + 1);
  return {text.substr(0, first), second == text.npos ? "" : text.substr(second + 1)};
}

/// A new SELinux label is written to the directory and everything below it.
bool relabels(std::string_view mode) {
  return mode == "z" || mode == "Z";
}

void check_bind(Context& context, json::Value entry) {
  const Bind bind = parse(entry.text());
  if (!bind.source.starts_with('/')) return;  // the name of a volume
  const BindRule* rule = check_source(context, entry, bind.source);
  bool read_only = false;
  for_each_word(bind.modes, ',', [&](std::string_view mode) {
    if (mode == "ro") {
      read_only = true;
    } else if (!mode.empty() && !is_one_of(bind_modes, mode)) {
      context.refuse(Constraint::binds, entry, "private propagation");
    } else if (rule != nullptr && rule->read_only && relabels(mode)) {
      context.refuse(Constraint::binds, entry,
                     "it without z or Z, which write labels onto what is listed read-only; or "
                     "`read_only: false` in its rule of `containers.binds`");
    }
  });
  if (rule != nullptr && rule->read_only && !read_only) {
    context.refuse(Constraint::binds, entry, "it read-only (:ro)");
  }
}

void check_bind_mount(Context& context, json::Value mount) {
  const json::Value source = get(mount, Field::Mount_Source);
  const BindRule* rule = check_source(context, source.exists() ? source : mount, source.text());
  const bool read_only = rule != nullptr && rule->read_only;
  if (read_only && !get(mount, Field::Mount_ReadOnly).truth()) {
    context.refuse_missing(Constraint::binds, mount, "ReadOnly", "true for this path");
  }
  // Mounts below a read-only mount would be writable.
  const json::Value options = get(mount, Field::Mount_BindOptions);
  const json::Value shallow = get(options, Field::BindOptions_ReadOnlyNonRecursive);
  if (read_only && shallow.truth()) context.refuse(Constraint::binds, shallow, "false");
}

void check_mount(Context& context, json::Value mount) {
  const json::Value type = get(mount, Field::Mount_Type);
  const json::Value source = get(mount, Field::Mount_Source);
  if (type.text() == "bind") return check_bind_mount(context, mount);
  // A volume's name may contain a template, but not begin with one.
  const bool is_path = source.text().starts_with('/') || source.text().starts_with("{{");
  if (is_path && context.rules.reaches_socket(mounted_path(context, source.text()))) {
    context.refuse(Constraint::docker_socket, source, no_way_to_a_socket);
  }
  if (type.text() == "image") return check_image(context, source, source.text());
  if (type.text() == "tmpfs") return require_tmpfs_size(context, mount);
  if (type.text() == "volume") return;
  if (type.exists()) {
    context.refuse(Constraint::mounts_other, type, "'bind', 'volume', 'tmpfs' or 'image'");
  } else {
    context.refuse_missing(Constraint::mounts_other, mount, "Type",
                           "'bind', 'volume', 'tmpfs' or 'image'");
  }
}

}  // namespace

void check_binds(Context& context, json::Value list) {
  for (const json::Value entry : list) check_bind(context, entry);
}

void check_mounts(Context& context, json::Value list) {
  for (const json::Value mount : list) {
    if (!mount.is_null()) check_mount(context, mount);
  }
}

/// The other container may have the engine's socket, so every level requires explicit consent.
void check_volumes_from(Context& context, json::Value list) {
  if (context.spec().volumes_from) return;
  if (context.checks(Constraint::volumes_from)) {
    context.refuse(Constraint::volumes_from, list, "no other container's volumes");
  } else if (context.spec().level == Level::unconfined) {
    context.refuse(Constraint::docker_socket, list, "`volumes_from: allow` in the profile");
  }
}

}  // namespace acl::constraint
