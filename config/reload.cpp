// SPDX-License-Identifier: Apache-2.0
#include "config/reload.hpp"

#include <cstddef>
#include <optional>
#include <string>

#include "config/effective.hpp"
#include "config/keys.hpp"
#include "config/yaml.hpp"

namespace config {
namespace {

using Changes = std::vector<std::string>;

/// Maps and lists have no text: their keys are compared one by one.
template <class Struct>
void compare(const Table<Struct>& table, const Struct& running, const Struct& wanted,
             const std::string& where, Changes& changes) {
  for (const auto& field : table) {
    if (field.reloadable || field.print(running).text == field.print(wanted).text) continue;
    changes.push_back(join(where, field.name));
  }
}

template <class Struct>
void compare(const Table<Struct>& table, const std::optional<Struct>& running,
             const std::optional<Struct>& wanted, const std::string& where, Changes& changes) {
  if (running.has_value() != wanted.has_value()) {
    changes.push_back(where);
  } else if (running) {
    compare(table, *running, *wanted, where, changes);
  }
}

void compare_listeners(const Settings& running, const Settings& wanted, Changes& changes) {
  if (running.listeners.size() != wanted.listeners.size()) return changes.push_back("listeners");
  for (std::size_t i = 0; i < running.listeners.size(); ++i) {
    const auto where = join("listeners", i);
    const auto& now = running.listeners[i];
    const auto& then = wanted.listeners[i];
    compare(listener_keys(), entry_of(now), entry_of(then), where, changes);
    compare(listener_tls_keys(), now.tls, then.tls, join(where, "tls"), changes);
  }
}

}  // namespace

std::vector<std::string> fixed_changes(const Settings& running, const Settings& wanted) {
  Changes changes;
  compare(file_keys(), entry_of(running), entry_of(wanted), "", changes);
  compare(upstream_tls_keys(), running.upstream_tls, wanted.upstream_tls, "upstream_tls", changes);
  compare_listeners(running, wanted, changes);
  compare(limit_keys(), running.limits, wanted.limits, "limits", changes);
  compare(admin_keys(), running.admin, wanted.admin, "admin", changes);
  compare(audit_keys(), running.audit, wanted.audit, "audit", changes);
  compare(log_keys(), running.log, wanted.log, "log", changes);
  return changes;
}

}  // namespace config
