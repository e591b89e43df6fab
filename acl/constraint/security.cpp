// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <string>

#include "acl/constraint/checks.hpp"
#include "acl/constraint/level_lists.hpp"
#include "acl/text/ascii.hpp"
#include "acl/text/shown.hpp"
#include "acl/text/words.hpp"

namespace acl::constraint {
namespace {

using schema::Field;

// Capabilities that take a container over its edge: no message suggests them.
constexpr auto the_host =
    std::to_array<std::string_view>({"ALL", "BPF", "DAC_READ_SEARCH", "MAC_ADMIN", "PERFMON",
                                     "SYS_ADMIN", "SYS_BOOT", "SYS_MODULE", "SYS_RAWIO"});

/// Reads a name as the engine does: any case, with or without CAP_. The engine also upper-cases
/// U+017F to S; here such a name stays unchanged and so is in no list.
std::string capability(std::string_view text) {
  std::string name(text);
  for (char& c : name) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return name.starts_with("CAP_") ? name.substr(4) : name;
}

bool may_add(const Context& context, std::string_view text) {
  const std::string name = capability(text);
  if (const auto& listed = context.spec().capabilities) {
    return std::any_of(listed->begin(), listed->end(),
                       [&](const std::string& entry) { return capability(entry) == name; });
  }
  return context.restricted() ? is_one_of(hardened_set, name) : is_one_of(default_set, name);
}

std::string_view addable(const Context& context) {
  if (context.spec().capabilities) return "a listed capability";
  return context.restricted() ? "NET_BIND_SERVICE only" : "one of Docker's default set";
}

constexpr std::string_view no_new_privileges = "no-new-privileges";
constexpr std::string_view option_letters = "abcdefghijklmnopqrstuvwxyz-";

struct SecurityOption {
  std::string_view key, value;
};

/// Splits an option as the engine does: "k=v", or "k:v" where there is no "=". Two old ones are
/// bare words.
SecurityOption parse(std::string_view text) {
  if (text == no_new_privileges) return {text, "true"};
  if (text == "disable") return {"label", text};
  const auto equals = text.find('=');
  const auto at = equals != text.npos ? equals : text.find(':');
  if (at == text.npos) return {text, ""};
  return {text.substr(0, at), text.substr(at + 1)};
}

/// Go's strconv.ParseBool.
bool is_true(std::string_view text) {
  constexpr auto words = std::to_array<std::string_view>({"1", "t", "T", "true", "TRUE", "True"});
  return is_one_of(words, text);
}

/// A value may be a whole profile, or credentials: only the engine's own words are shown.
std::string shown_option(std::string_view text) {
  constexpr auto words =
      std::to_array<std::string_view>({"disable", "false", "true", "unconfined"});
  const auto [key, value] = parse(text);
  if (!is_made_of(key, option_letters)) return std::string(kept_secret);
  if (value.empty() || is_one_of(words, value)) return quoted(text);
  return quoted(key) + " set";
}

void check_option(Context& context, json::Value entry, const SecurityOption& option) {
  const auto refuse = [&](Constraint constraint, std::string_view wanted) {
    context.refuse(constraint, entry, shown_option(entry.text()), wanted);
  };
  if (option.key == "seccomp") {
    if (option.value != "builtin") refuse(Constraint::seccomp, "seccomp=builtin");
  } else if (option.key == "apparmor") {
    if (option.value != "docker-default") {
      refuse(Constraint::apparmor, "apparmor=docker-default");
    }
  } else if (option.key == "label") {
    refuse(Constraint::label, "the engine's own label");
  } else if (option.key == "systempaths") {
    refuse(Constraint::systempaths, "the engine's system paths");
  } else if (option.key != no_new_privileges) {
    refuse(Constraint::security_opt_other, "no such option");
  }
}

/// Returns the entry that counts.
json::Value last_about_privileges(json::Value list) {
  json::Value last;
  for (const json::Value entry : list) {
    if (parse(entry.text()).key == no_new_privileges) last = entry;
  }
  return last;
}

// Paths that every engine since 18.09 masks and makes read-only (moby oci/defaults.go); newer ones
// add more.
constexpr auto masked = std::to_array<std::string_view>(
    {"/proc/asound", "/proc/acpi", "/proc/kcore", "/proc/keys", "/proc/latency_stats",
     "/proc/timer_list", "/proc/timer_stats", "/proc/sched_debug", "/proc/scsi", "/sys/firmware"});
constexpr auto read_only = std::to_array<std::string_view>(
    {"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"});

bool has(json::Value list, std::string_view path) {
  return std::any_of(list.begin(), list.end(),
                     [path](json::Value entry) { return entry.text() == path; });
}

/// null keeps the engine's list, [] empties it, and another must have all of the engine's paths.
template <class Paths>
void check_paths(Context& context, json::Value list, const Paths& defaults) {
  for (const std::string_view path : defaults) {
    if (has(list, path)) continue;
    context.refuse(Constraint::systempaths, list,
                   "null, or a list with all of the engine's own paths");
    return;
  }
}

}  // namespace

void check_capabilities_added(Context& context, json::Value list) {
  for (const json::Value entry : list) {
    if (!may_add(context, entry.text())) {
      auto told = context.refuse(Constraint::capabilities_add, entry, addable(context));
      const std::string name = capability(entry.text());
      constexpr std::string_view before = "containers.capabilities: {add: [";
      if (is_one_of(the_host, name))
        told.opened_in_the_last_resort_by(before, name, "]}");
      else
        told.opened_by(before, name, "]}");
    }
  }
}

void require_capabilities_dropped(Context& context, json::Value object, Field field) {
  if (!context.restricted()) return;
  const json::Value list = get(object, field);
  const bool all = std::any_of(list.begin(), list.end(), [](json::Value entry) {
    return capability(entry.text()) == "ALL" && entry.text().size() == 3;
  });
  if (all) return;
  auto told = list.is_null() ? context.refuse_missing(Constraint::capabilities_drop, object,
                                                      info(field).name, "ALL in it")
                             : context.refuse(Constraint::capabilities_drop, list, "ALL in it");
  told.opened_by("containers.enforce: {drop_all_capabilities: true}");
}

void check_security_opt(Context& context, json::Value list) {
  for (const json::Value entry : list) check_option(context, entry, parse(entry.text()));
  const json::Value last = last_about_privileges(list);
  if (last.exists() && !is_true(parse(last.text()).value)) {
    context.refuse(Constraint::no_new_privileges, last, shown_option(last.text()),
                   "no-new-privileges=true");
  }
}

void require_no_new_privileges(Context& context, json::Value host_config) {
  if (last_about_privileges(get(host_config, Field::HostConfig_SecurityOpt)).exists()) return;
  context
      .refuse_missing(Constraint::no_new_privileges, host_config, "SecurityOpt",
                      "no-new-privileges=true in it")
      .opened_by("containers.enforce: {no_new_privileges: true}");
}

void check_masked_paths(Context& context, json::Value list) {
  check_paths(context, list, masked);
}

void check_read_only_paths(Context& context, json::Value list) {
  check_paths(context, list, read_only);
}

}  // namespace acl::constraint
