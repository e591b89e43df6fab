// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
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

/// Returns whether a rule for `path` is a way to the host, so that no message may suggest it. A
/// rule below a path that clients may write is a mistake in a configuration.
bool is_the_host(const Context& context, std::string_view path, bool read_only) {
  return path == "/" || place_to_name(path) != nullptr || context.rules.reaches_socket(path) ||
         (!read_only && place_not_to_write(path) != nullptr) ||
         std::ranges::any_of(context.spec().binds, [path](const BindRule& rule) {
           return !rule.read_only && path != rule.path && is_at_or_below(path, rule.path);
         });
}

/// Names the rule that would allow a mount of `path`.
void opened_by_bind(const Context& context, Told told, std::string_view path, bool read_only,
                    std::string_view after) {
  constexpr std::string_view before = "containers.binds: [{path: ";
  if (!told.is_reported() || path.find('*') != path.npos) return;
  if (is_the_host(context, path, read_only))
    told.opened_in_the_last_resort_by(before, path, after);
  else
    told.opened_by(before, path, after);
}

void refuse_source(Context& context, json::Value where, std::string_view path, bool read_only) {
  const auto told = context.refuse(Constraint::binds, where,
                                   context.spec().binds.empty() ? "no host path" : "a listed path");
  opened_by_bind(context, told, path, read_only, read_only ? ", read_only: true}]" : "}]");
}

/// \param read_only whether the request asks for no more
/// \returns the rule that lists `source`, if `source` may be mounted at all
const BindRule* check_source(Context& context, json::Value where, std::string_view source,
                             bool read_only) {
  const std::string path = mounted_path(context, source);
  if (context.rules.reaches_socket(path)) {
    context.refuse(Constraint::docker_socket, where, no_way_to_a_socket);
    if (context.checks(Constraint::docker_socket)) return nullptr;
  }
  const BindRule* rule = context.rules.bind_rule(path);
  if (rule == nullptr) refuse_source(context, where, path, read_only);
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

/// Names the key that lets clients write to what `rule` lists.
void opened_for_writing(const Context& context, Told told, const BindRule& rule) {
  opened_by_bind(context, told, rule.path, false, ", read_only: false}]");
}

bool is_read_only(std::string_view modes) {
  return modes == "ro" || !all_words(modes, ',', [](auto mode) { return mode != "ro"; });
}

/// \param rule the rule that lists the bind's source, or null
void check_modes(Context& context, json::Value entry, std::string_view modes,
                 const BindRule* rule) {
  if (modes.empty() || modes == "ro") return;  // as nearly all
  for_each_word(modes, ',', [&](std::string_view mode) {
    if (!mode.empty() && mode != "ro" && !is_one_of(bind_modes, mode)) {
      context.refuse(Constraint::binds, entry, "private propagation");
    } else if (rule != nullptr && rule->read_only && relabels(mode)) {
      const auto told =
          context.refuse(Constraint::binds, entry,
                         "it without z or Z, which write labels onto what is listed read-only");
      opened_for_writing(context, told, *rule);
    }
  });
}

void check_bind(Context& context, json::Value entry) {
  const Bind bind = parse(entry.text());
  if (!bind.source.starts_with('/')) return;  // the name of a volume
  const bool read_only = is_read_only(bind.modes);
  const BindRule* rule = check_source(context, entry, bind.source, read_only);
  check_modes(context, entry, bind.modes, rule);
  if (rule != nullptr && rule->read_only && !read_only) {
    const auto told = context.refuse(Constraint::binds, entry, "it read-only (:ro)");
    opened_for_writing(context, told, *rule);
  }
}

void check_bind_mount(Context& context, json::Value mount) {
  const json::Value source = get(mount, Field::Mount_Source);
  const bool asks_to_read = get(mount, Field::Mount_ReadOnly).truth();
  const BindRule* rule =
      check_source(context, source.exists() ? source : mount, source.text(), asks_to_read);
  const bool read_only = rule != nullptr && rule->read_only;
  if (read_only && !asks_to_read) {
    const auto told =
        context.refuse_missing(Constraint::binds, mount, "ReadOnly", "true for this path");
    opened_for_writing(context, told, *rule);
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
    context.refuse(Constraint::volumes_from, list, "no other container's volumes")
        .opened_by("containers.volumes_from: true");
  } else if (context.spec().level == Level::unconfined) {
    context.refuse(Constraint::docker_socket, list, "no other container's volumes")
        .opened_by("containers.volumes_from: true");
  }
}

}  // namespace acl::constraint
