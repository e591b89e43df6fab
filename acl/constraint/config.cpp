// SPDX-License-Identifier: Apache-2.0
// Settings of images and containers: environment, labels and working directory.
#include <algorithm>
#include <array>
#include <string>

#include "acl/constraint/checks.hpp"
#include "acl/text/ascii.hpp"
#include "acl/text/path.hpp"
#include "acl/text/shown.hpp"
#include "acl/text/words.hpp"

namespace acl::constraint {
namespace {

constexpr auto secret_words =
    std::to_array<std::string_view>({"password", "passwd", "secret", "token", "credential",
                                     "api_key", "apikey", "private_key", "access_key"});

/// "DB_PASSWORD" looks like a secret; "DB_PASSWORD_FILE" does not, since files are the right way.
bool looks_secret(std::string_view name) {
  const auto lower = lower_case(name);
  return !lower.ends_with("_file") && std::ranges::any_of(secret_words, [&](std::string_view word) {
    return lower.find(word) != lower.npos;
  });
}

// The engine takes containers with com.docker.swarm.* for tasks of its services. Other labels with
// com.docker belong to clients: compose and stacks put them on everything they make.
constexpr auto reserved = std::to_array<std::string_view>({"com.docker.swarm.", "tidegate."});

constexpr std::string_view variable_bytes =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
constexpr std::string_view dotted_variable_bytes =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";

constexpr std::string_view wanted_label = "no label with a reserved prefix";

bool is_reserved(std::string_view key) {
  return std::ranges::any_of(reserved,
                             [&](std::string_view prefix) { return key.starts_with(prefix); });
}

}  // namespace

void check_env(Context& context, json::Value list) {
  for (const auto variable : list) {
    const auto text = variable.text();
    const auto name = text.substr(0, text.find('='));
    // "NAME: value" and "NAME value" are mistakes, whose value may be in front of the first `=`.
    const bool has_value = name.size() != text.size();
    const bool is_name = is_made_of(name, has_value ? dotted_variable_bytes : variable_bytes);
    check_env_name(context, variable, name, is_name);
  }
}

/// No message shows a value.
void check_env_name(Context& context, const Place& where, std::string_view name, bool is_name) {
  if (!context.restricted() || !looks_secret(name)) return;
  context.refuse(Constraint::env, where, is_name ? quoted(name) : std::string(kept_secret),
                 "a secret in a file, as a mount or a swarm secret");
}

void check_labels(Context& context, json::Value labels) {
  for (const auto label : labels) {
    if (!is_reserved(label.key())) continue;
    context.refuse(Constraint::labels, label, std::string(kept_secret), wanted_label);
  }
}

void check_label_key(Context& context, const Place& where, std::string_view key) {
  if (!is_reserved(key)) return;
  context.refuse(Constraint::labels, where, Quoted{key}, wanted_label);
}

/// /dev/fd is a link to /proc/self/fd.
bool is_plain_directory(std::string_view path) {
  const auto absolute = cleaned("/" + std::string(path));  // a relative one the engine refuses
  return !is_at_or_below(absolute, "/proc") && !is_at_or_below(absolute, "/dev/fd");
}

void check_working_dir(Context& context, json::Value directory) {
  if (is_plain_directory(directory.text())) return;
  context.refuse(Constraint::working_dir, directory, working_dir_wanted);
}

}  // namespace acl::constraint
