// SPDX-License-Identifier: Apache-2.0
#include "config/effective.hpp"

#include <algorithm>
#include <cstddef>

#include "config/yaml_text.hpp"

namespace config {
namespace {

std::optional<std::string> text_of(std::optional<std::uint32_t> number) {
  if (!number) return std::nullopt;
  return std::to_string(*number);
}

ClientEntry entry_of(const acl::ClientRule& rule) {
  return {.uid = text_of(rule.uid),
          .gid = text_of(rule.gid),
          .address = rule.address,
          .certificate = rule.certificate,
          .profile = rule.profile};
}

void add_clients(const acl::ListenerSpec& spec, ListenerEntry& to) {
  if (!spec.profile.empty()) to.profile = spec.profile;
  if (spec.clients.empty()) return;
  to.clients.emplace();
  for (const auto& rule : spec.clients) to.clients->push_back(entry_of(rule));
}

/// Only a unix socket has a mode, and the loader refuses it elsewhere.
void drop_mode_of_tcp(const Settings& settings, YamlNode& root) {
  if (!settings.admin || settings.admin->address.kind == Address::Kind::unix_socket) return;
  const auto admin = std::ranges::find(root.entries, "admin", &YamlNode::Entry::key);
  std::erase_if(admin->value.entries, [](const auto& entry) { return entry.key == "mode"; });
}

}  // namespace

ListenerEntry entry_of(const Listener& listener) {
  ListenerEntry entry;
  entry.address = listener.address;
  if (listener.address.kind == Address::Kind::unix_socket) entry.mode = listener.mode;
  entry.owner = listener.owner;
  entry.group = listener.group;
  entry.insecure = listener.insecure;
  entry.tls = listener.tls;
  entry.hosts = listener.hosts;
  entry.origins = listener.origins;
  return entry;
}

FileEntry entry_of(const Settings& settings) {
  FileEntry entry;
  entry.version = 1;
  entry.upstream = settings.upstream;
  entry.upstream_tls = settings.upstream_tls;
  for (std::size_t i = 0; i < settings.listeners.size(); ++i) {
    entry.listeners.push_back(entry_of(settings.listeners[i]));
    add_clients(settings.policy_spec.listeners[i], entry.listeners.back());
  }
  entry.profiles = settings.policy_spec.profiles;
  entry.limits = settings.limits;
  entry.admin = settings.admin;
  entry.audit = settings.audit;
  entry.log = settings.log;
  entry.workers = settings.workers;
  return entry;
}

std::string effective_text(const Settings& settings) {
  auto root = print_map(file_keys(), entry_of(settings));
  drop_mode_of_tcp(settings, root);
  return yaml_text(root);
}

}  // namespace config
