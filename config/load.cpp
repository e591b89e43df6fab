// SPDX-License-Identifier: Apache-2.0
#include "config/load.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <memory>
#include <optional>
#include <utility>

#include "acl/advice.hpp"
#include "acl/policy.hpp"
#include "config/checks.hpp"
#include "config/host_networks.hpp"
#include "config/keys.hpp"
#include "config/limit_checks.hpp"
#include "config/report.hpp"
#include "config/yaml.hpp"

namespace config {
namespace {

// No process has this uid: to chown(2) and setuid(2) it means "leave it".
constexpr std::uint32_t nobodys_uid = std::numeric_limits<std::uint32_t>::max();

/// If a condition could not be read, the rule might seem to match everybody.
void close_unsound_rules(std::vector<Listener>& listeners, Report& report) {
  for (std::size_t i = 0; i < listeners.size(); ++i) {
    auto& clients = listeners[i].clients;
    for (std::size_t j = 0; j < clients.size(); ++j) {
      if (report.is_reported(join(join("listeners", i) + ".clients", j)))
        clients[j].uid = nobodys_uid;
    }
  }
}

/// Completes a policy that has only profiles with the listeners and addresses.
void complete_policy(Settings& settings) {
  auto& spec = settings.policy_spec;
  const auto protect = [&spec](const Address& address) {
    if (!address.path.empty()) spec.protected_paths.push_back(address.path);
  };
  protect(settings.upstream);
  for (const auto& listener : settings.listeners) {
    spec.listeners.push_back({listener.profile, listener.clients});
    protect(listener.address);
  }
  if (settings.admin) protect(settings.admin->address);
}

void compile(Settings& settings, Report& report) {
  const auto policy = acl::compile(settings.policy_spec);
  if (policy) {
    settings.policy = *policy;
    return;
  }
  for (const auto& [where, message, hint] : policy.error()) {
    // An unreadable value has been reported; the policy has an empty value instead.
    if (!report.is_reported(where)) report.mistake(where, message, hint);
  }
}

void warn(const std::vector<acl::Mistake>& advice, Report& report) {
  for (const auto& [where, message, hint] : advice) report.warn(where, message, hint);
}

/// 0.1 answered to any name. The names in a certificate are still accepted.
void warn_of_names(const Listener& listener, const std::string& where, const std::string& subject,
                   const std::string& user, Report& report) {
  if (!listener.on_tcp() || listener.tls || !listener.hosts.empty()) return;
  report.warn(join(where, "hosts"),
              subject +
                  " no longer answers under names with a dot that are not listed, "
                  "nor to web pages",
              "where " + user + " such a name write it, as `hosts: [gate.corp]`");
}

/// A file without `version` was written for 0.1, where some entries meant something else.
void warn_of_changes(const Settings& settings, Report& report) {
  if (settings.version) return;
  report.warn("version", "is missing: this file is read as version 1", "write `version: 1`");
  for (std::size_t i = 0; i < settings.listeners.size(); ++i) {
    warn_of_names(settings.listeners[i], join("listeners", i), "this listener", "clients use",
                  report);
  }
  if (settings.admin) warn_of_names(*settings.admin, "admin", "`admin`", "a client uses", report);
  warn(acl::changes_since_0_1(settings.policy_spec), report);
}

/// Sets defaults that depend on other values.
void fill_in(Settings& settings) {
  settings.version = 1;
  auto& tls = settings.upstream_tls;
  if (tls && tls->server_name.empty()) tls->server_name = settings.upstream.host;
  follow(settings.limits);
}

using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

File open_file(const std::string& path) {
  // Without O_NONBLOCK a fifo would block the start until someone writes to it.
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  return {fd < 0 ? nullptr : fdopen(fd, "r"), std::fclose};
}

/// Reads at most one byte more than allowed, so that read_yaml notices a file that is too large.
std::optional<std::string> read_whole(std::FILE& file) {
  std::string text(most_file_bytes + 1, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), &file));
  return std::ferror(&file) == 0 ? std::optional(std::move(text)) : std::nullopt;
}

std::string reason_of(int error) {
  return std::strerror(error);  // NOLINT(concurrency-mt-unsafe): before any thread, or on reload
}

Loaded only(std::string message, std::string hint, Report& report) {
  report.add(0, "", std::move(message), std::move(hint));
  return report.take();
}

/// Adds `admin` to a file that lacks it. \returns whether it did
bool add_admin(YamlNode& root, const std::string& address) {
  if (address.empty() || root.kind != YamlNode::Kind::map || root.find("admin") != nullptr)
    return false;
  YamlNode admin(YamlNode::Kind::map);
  admin.set("address", scalar_node(address));
  root.set("admin", std::move(admin));
  return true;
}

/// Words what is said of an `admin` that the file does not have.
void name_variable(std::vector<Diagnostic>& said) {
  for (auto& each : said)
    if (each.where == "admin" || each.where.starts_with("admin.")) each.where = admin_variable;
}

Loaded load_stream(std::FILE& file, Checked checked, const std::string& admin, Report& report) {
  const auto text = read_whole(file);
  if (!text) return only("cannot be read: " + reason_of(errno), "", report);
  const bool here = checked == Checked::here;
  auto root = read_yaml(*text, report);
  const bool is_added = add_admin(root, admin);
  auto loaded = load_tree(root, here ? system_accounts() : any_accounts(),
                          here ? system_networks() : std::vector<acl::IpNetwork>(), report);
  if (!is_added) return loaded;
  if (loaded) {
    name_variable(loaded->warnings);
    return loaded;
  }
  auto mistakes = loaded.error();
  name_variable(mistakes);
  return mistakes;
}

}  // namespace

Loaded load_tree(const YamlNode& root, const Accounts& accounts,
                 const std::vector<acl::IpNetwork>& host_networks, Report& report) {
  if (root.kind == YamlNode::Kind::null && report.empty()) {
    report.add(0, "", "the configuration is empty",
               "it needs at least `listeners` and `profiles`: config/README.md has one to start "
               "from");
  }
  Settings settings;
  if (root.kind != YamlNode::Kind::null &&
      read_map({root, "", report, accounts}, file_keys(), settings)) {
    check(settings, report);
    close_unsound_rules(settings.listeners, report);
    complete_policy(settings);
    settings.policy_spec.host_networks = host_networks;
    compile(settings, report);
    warn_of_changes(settings, report);
    warn(acl::warnings(settings.policy_spec), report);
    warn_of_lock_outs(settings, report);
  }
  if (!report.empty()) return report.take();
  fill_in(settings);
  settings.warnings = report.take_warnings();
  settings.places = report.take_places();
  settings.places.forget_policy();
  return settings;
}

Loaded load_text(std::string_view text, const std::string& name, const Accounts& accounts,
                 const std::vector<acl::IpNetwork>& host_networks) {
  Report report(name);
  return load_tree(read_yaml(text, report), accounts, host_networks, report);
}

Loaded load_file(const std::string& path, Checked checked, const std::string& admin) {
  Report report(path);
  const File file = open_file(path);
  struct stat status{};
  if (!file || fstat(fileno(file.get()), &status) != 0) {
    return only("cannot be opened: " + reason_of(errno), "is this the path that you mean?", report);
  }
  if (!S_ISREG(status.st_mode)) {
    return only("is not a regular file", "write the path of a file", report);
  }
  if (checked == Checked::here && (status.st_mode & S_IWOTH) != 0) {
    report.add(0, "",
               "every user of this machine can write to this file, and so decide who gets "
               "the engine",
               "run `chmod o-w " + path + "`");
  }
  return load_stream(*file, checked, admin, report);
}

Loaded load_input(Checked checked) {
  Report report("stdin");
  return load_stream(*stdin, checked, {}, report);
}

Settings without_file(const Address& listen, const Address& upstream,
                      const std::optional<Address>& admin) {
  Settings settings;
  settings.upstream = upstream;
  settings.listeners = {{.address = listen, .profile = "default"}};
  if (admin) settings.admin = Listener{.address = *admin};
  settings.policy_spec.profiles = {
      {.name = "default", .allow = {"@read"}, .deny = {"@read-sensitive"}}};
  complete_policy(settings);
  const auto policy = acl::compile(settings.policy_spec);
  // The names above are tidegate's own, and a test loads them. Never serve without a policy.
  if (!policy) std::abort();
  settings.policy = *policy;
  return settings;
}

}  // namespace config
