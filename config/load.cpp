// SPDX-License-Identifier: Apache-2.0
#include "config/load.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>
#include <utility>

#include "acl/advice.hpp"
#include "acl/policy.hpp"
#include "config/checks.hpp"
#include "config/host_networks.hpp"
#include "config/keys.hpp"
#include "config/report.hpp"
#include "config/yaml.hpp"

namespace config {
namespace {

using Policy = std::shared_ptr<const acl::Policy>;

void protect(const Address& address, acl::PolicySpec& spec) {
  if (address.kind == Address::Kind::unix_socket) spec.protected_paths.push_back(address.path);
}

// No process has this uid: to chown(2) and setuid(2) it means "leave it".
constexpr std::uint32_t nobodys_uid = std::numeric_limits<std::uint32_t>::max();

acl::ClientRule rule_from(const ClientEntry& entry, const Accounts& accounts, bool is_sound) {
  acl::ClientRule rule{
      .address = entry.address, .certificate = entry.certificate, .profile = entry.profile};
  if (entry.uid) rule.uid = account_number(*entry.uid, accounts.uid_of).value_or(nobodys_uid);
  if (entry.gid) rule.gid = account_number(*entry.gid, accounts.gid_of).value_or(nobodys_uid);
  // Without a condition that could not be read it might seem to be for everybody.
  if (!is_sound) rule.uid = nobodys_uid;
  return rule;
}

acl::ListenerSpec listener_spec_from(const ListenerEntry& entry, const std::string& where,
                                     const Accounts& accounts, const Report& report) {
  acl::ListenerSpec spec{.profile = entry.profile.value_or("")};
  if (!entry.clients) return spec;
  for (const auto& client : *entry.clients) {
    const bool is_sound = !report.names(join(where + ".clients", spec.clients.size()));
    spec.clients.push_back(rule_from(client, accounts, is_sound));
  }
  return spec;
}

acl::PolicySpec spec_from(const FileEntry& file, const Accounts& accounts, const Report& report) {
  acl::PolicySpec spec;
  spec.profiles = file.profiles;
  protect(file.upstream, spec);
  for (const auto& listener : file.listeners) {
    const auto where = join("listeners", spec.listeners.size());
    spec.listeners.push_back(listener_spec_from(listener, where, accounts, report));
    if (listener.address) protect(*listener.address, spec);
  }
  if (file.admin) protect(file.admin->address, spec);
  return spec;
}

Policy compile(const acl::PolicySpec& spec, const YamlNode& root, Report& report) {
  auto policy = acl::compile(spec);
  if (policy) return *policy;
  for (auto& [where, message, hint] : policy.error()) {
    // A value that could not be read is reported; the policy has only its empty stand-in.
    if (report.names(where)) continue;
    report.add(line_of(root, where), where, std::move(message), std::move(hint));
  }
  return nullptr;
}

void warn(const std::vector<acl::Mistake>& advice, const YamlNode& root, Report& report) {
  for (const auto& [where, message, hint] : advice) {
    report.warn(line_of(root, where), where, message, hint);
  }
}

/// 0.1 answered under any name. Those of a certificate still pass.
void warn_of_names(const FileEntry& file, const YamlNode& root, Report& report) {
  for (std::size_t i = 0; i < file.listeners.size(); ++i) {
    const auto& listener = file.listeners[i];
    const bool on_tcp = listener.address && listener.address->kind == Address::Kind::tcp;
    if (!on_tcp || listener.tls || !listener.hosts.empty()) continue;
    const auto where = join("listeners", i);
    report.warn(line_of(root, where), join(where, "hosts"),
                "this listener no longer answers under names with a dot that are not listed, nor "
                "to web pages",
                "where clients use such a name write it, as `hosts: [gate.corp]`");
  }
}

void warn_of_names_of_admin(const FileEntry& file, const YamlNode& root, Report& report) {
  if (!file.admin || file.admin->address.kind != Address::Kind::tcp || !file.admin->hosts.empty())
    return;
  report.warn(line_of(root, "admin"), "admin.hosts",
              "`admin` no longer answers under names with a dot that are not listed, nor to web "
              "pages",
              "where a client uses such a name write it, as `hosts: [gate.corp]`");
}

/// A file without `version` was written for 0.1, where some entries meant something else.
void warn_of_changes(const FileEntry& file, const acl::PolicySpec& spec, const YamlNode& root,
                     Report& report) {
  if (file.version) return;
  report.warn(0, "version", "is missing: this file is read as version 1", "write `version: 1`");
  warn_of_names(file, root, report);
  warn_of_names_of_admin(file, root, report);
  warn(acl::changes_since_0_1(spec), root, report);
}

Listener listener_from(const ListenerEntry& entry) {
  Listener listener;
  listener.address = entry.address.value_or(Address{});
  listener.mode = entry.mode.value_or(listener.mode);
  listener.owner = entry.owner;
  listener.group = entry.group;
  listener.insecure = entry.insecure.value_or(false);
  listener.tls = entry.tls;
  listener.hosts = entry.hosts;
  listener.origins = entry.origins;
  return listener;
}

Settings settings_from(const FileEntry& file, acl::PolicySpec spec, Policy policy) {
  Settings settings;
  settings.upstream = file.upstream;
  settings.upstream_tls = file.upstream_tls;
  if (settings.upstream_tls && settings.upstream_tls->server_name.empty()) {
    settings.upstream_tls->server_name = file.upstream.host;
  }
  for (const auto& entry : file.listeners) settings.listeners.push_back(listener_from(entry));
  settings.policy_spec = std::move(spec);
  settings.policy = std::move(policy);
  settings.limits = file.limits;
  // Lowering `connections` alone is no mistake: the default of one client follows it.
  settings.limits.connections_per_client =
      std::min(file.limits.connections_per_client, file.limits.connections);
  settings.admin = file.admin;
  settings.audit = file.audit;
  settings.log = file.log;
  settings.workers = file.workers;
  return settings;
}

Loaded load(std::string_view text, const Accounts& accounts,
            const std::vector<acl::IpNetwork>& host_networks, Report& report) {
  const YamlNode root = read_yaml(text, report);
  if (root.kind == YamlNode::Kind::null && report.empty()) {
    report.add(0, "", "the configuration is empty",
               "it needs at least `listeners` and `profiles`: config/README.md has one to start "
               "from");
  }
  FileEntry file;
  acl::PolicySpec spec;
  Policy policy;
  if (root.kind == YamlNode::Kind::map) {
    read_map({root, ""}, file_keys(), file, report);
    check(file, root, accounts, report);
    spec = spec_from(file, accounts, report);
    spec.host_networks = host_networks;
    policy = compile(spec, root, report);
    warn_of_changes(file, spec, root, report);
    warn(acl::warnings(spec), root, report);
  } else if (root.kind != YamlNode::Kind::null) {
    expect({root, ""}, YamlNode::Kind::map, report);
  }
  if (!report.empty()) return report.take();
  auto settings = settings_from(file, std::move(spec), std::move(policy));
  settings.warnings = report.take_warnings();
  return settings;
}

}  // namespace

Loaded load_text(std::string_view text, const std::string& name, const Accounts& accounts,
                 const std::vector<acl::IpNetwork>& host_networks) {
  Report report(name);
  return load(text, accounts, host_networks, report);
}

Loaded load_file(const std::string& path) {
  Report report(path);
  const auto fail = [&report](std::string message, std::string hint) {
    report.add(0, "", std::move(message), std::move(hint));
    return Loaded(report.take());
  };
  const auto cannot_be = [](const char* done) {
    return std::string("cannot be ") + done + ": " + std::generic_category().message(errno);
  };
  namespace fs = std::filesystem;
  std::error_code error;
  const auto status = fs::status(path, error);
  // Opening a fifo would hold the start until someone writes to it.
  if (fs::exists(status) && !fs::is_regular_file(status))
    return fail("is no regular file", "write the path of a file");
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(cannot_be("opened"), "is this the path that you mean?");
  if ((status.permissions() & fs::perms::others_write) != fs::perms::none) {
    report.add(0, "",
               "every user of this machine can write to this file, and so decide who gets "
               "the engine",
               "run `chmod o-w " + path + "`");
  }
  // One byte more than is allowed, so that read_yaml sees what is too large.
  std::string text(most_file_bytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad()) return fail(cannot_be("read"), "");
  text.resize(static_cast<std::size_t>(file.gcount()));
  return load(text, system_accounts(), system_networks(), report);
}

Settings without_file(const Address& listen, const Address& upstream) {
  acl::PolicySpec spec;
  auto& profile = spec.profiles.emplace_back();
  profile.name = "default";
  profile.allow = {"@read"};
  profile.deny = {"@read-sensitive"};
  spec.listeners = {{profile.name}};
  protect(upstream, spec);
  protect(listen, spec);
  auto policy = acl::compile(spec);
  // The names above are tidegate's own: a test loads them. Without a policy nothing may be served.
  if (!policy) std::abort();
  Settings settings;
  settings.upstream = upstream;
  settings.listeners.emplace_back().address = listen;
  settings.policy_spec = std::move(spec);
  settings.policy = *policy;
  return settings;
}

}  // namespace config
