// SPDX-License-Identifier: Apache-2.0
#include "proxy/snapshot.hpp"

#include <fmt/chrono.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <filesystem>
#include <optional>

#include "acl/text/host.hpp"

namespace proxy {
namespace {

using ContextOrNot = tls::Result<std::shared_ptr<const tls::Context>>;

ContextOrNot context_of(const config::Listener& listener) {
  const auto& files = *listener.tls;
  return tls::Context::server(
      {.cert = files.cert,
       .key = files.key,
       .client_ca = files.client_ca,
       .crl = files.crl,
       .least = files.min_version == "1.2" ? tls::Version::tls1_2 : tls::Version::tls1_3,
       .scope = listener.address.to_string()});
}

ContextOrNot context_of(const config::UpstreamTls& files) {
  return tls::Context::client(
      {.ca = files.ca, .cert = files.cert, .key = files.key, .server_name = files.server_name});
}

std::vector<std::string> files_of(const config::ListenerTls& tls) {
  std::vector<std::string> files{tls.cert, tls.key, tls.client_ca};
  files.insert(files.end(), tls.crl.begin(), tls.crl.end());
  return files;
}

std::vector<std::string> files_of(const config::UpstreamTls& tls) {
  std::vector<std::string> files{tls.ca, tls.cert, tls.key};
  std::erase(files, "");
  return files;
}

bool is_there(const std::string& file) {
  std::error_code ignored;
  return std::filesystem::exists(file, ignored);
}

/// Returns the context in force in place of one whose file is missing or unfinished.
template <class Tls>
ContextOrNot keep(const Tls& tls, const std::optional<Tls>& tls_in_force,
                  const std::shared_ptr<const tls::Context>& context_in_force,
                  const std::string& file) {
  const bool is_missing = !is_there(file);
  if (tls_in_force != tls) {
    return acl::Error{file + (is_missing
                                  ? " does not exist: it will be read when it appears"
                                  : " is being written: it will be read when it is finished")};
  }
  for (const auto& each : files_of(tls))
    if (!is_there(each))
      spdlog::error("{} is not there: what was read from it stays in force", each);
  return context_in_force;
}

/// Creates a new context, or returns the one in force if one of its files is missing or unfinished.
template <class Tls>
ContextOrNot read_or_keep(const Tls& tls, const std::optional<Tls>& tls_in_force,
                          const std::shared_ptr<const tls::Context>& context_in_force,
                          const InForce& in_force, const auto& read) {
  for (const auto& file : files_of(tls)) {
    if (!is_there(file) || !in_force.is_finished(file))
      return keep(tls, tls_in_force, context_in_force, file);
  }
  return read();
}

ContextOrNot context_of(std::size_t index, const config::Settings& settings,
                        const InForce* in_force) {
  const auto& listener = settings.listeners[index];
  const auto read = [&] { return context_of(listener); };
  if (in_force == nullptr) return read();
  return read_or_keep(*listener.tls, in_force->settings.listeners[index].tls,
                      in_force->snapshot.listeners[index], *in_force, read);
}

ContextOrNot upstream_context(const config::Settings& settings, const InForce* in_force) {
  const auto read = [&] { return context_of(*settings.upstream_tls); };
  if (in_force == nullptr) return read();
  return read_or_keep(*settings.upstream_tls, in_force->settings.upstream_tls,
                      in_force->snapshot.upstream, *in_force, read);
}

bool uses(const acl::ListenerSpec& listener, const std::string& profile) {
  return listener.profile == profile ||
         std::ranges::find(listener.clients, profile, &acl::ClientRule::profile) !=
             listener.clients.end();
}

}  // namespace

acl::Result<std::shared_ptr<const Snapshot>, std::vector<std::string>> make_snapshot(
    const config::Settings& settings, const InForce* in_force) {
  auto snapshot = std::make_shared<Snapshot>();
  std::vector<std::string> problems;
  const auto take = [&problems](ContextOrNot made, std::string where, auto& to) {
    if (made)
      to = *made;
    else
      problems.push_back(std::move(where) + ": " + made.error().message);
  };
  snapshot->policy = settings.policy;
  for (std::size_t i = 0; i < settings.listeners.size(); ++i) {
    auto& context = snapshot->listeners.emplace_back();
    const auto& listener = settings.listeners[i];
    if (listener.tls)
      take(context_of(i, settings, in_force), fmt::format("listeners[{}].tls", i), context);
    const std::vector<std::string> no_names;
    snapshot->web_rules.push_back(web_rules_of(listener, context ? context->names() : no_names));
  }
  if (settings.admin) snapshot->admin_web_rules = web_rules_of(*settings.admin, {});
  if (settings.upstream_tls)
    take(upstream_context(settings, in_force), "upstream_tls", snapshot->upstream);
  if (!problems.empty()) return problems;
  return std::shared_ptr<const Snapshot>(std::move(snapshot));
}

acl::WebRules web_rules_of(const config::Listener& listener,
                           const std::vector<std::string>& names) {
  acl::WebRules rules{.on_tcp = listener.address.kind == config::Address::Kind::tcp,
                      .hosts = listener.hosts,
                      .origins = listener.origins};
  for (const auto& name : names)
    if (auto host = acl::normal_host(name)) rules.hosts.push_back(std::move(*host));
  return rules;
}

std::vector<tls::Expiry> Snapshot::expiries() const {
  std::vector<tls::Expiry> all;
  const auto add = [&all](const std::shared_ptr<const tls::Context>& context) {
    if (!context) return;
    for (const auto& expiry : context->expiries()) {
      const auto same = [&](const tls::Expiry& known) {
        return known.file == expiry.file && known.subject == expiry.subject;
      };
      if (std::ranges::none_of(all, same)) all.push_back(expiry);
    }
  };
  for (const auto& context : listeners) add(context);
  add(upstream);
  return all;
}

std::vector<std::string> certificate_files(const config::Settings& settings) {
  std::vector<std::string> files;
  const auto add = [&files](const auto& tls) {
    if (!tls) return;
    const auto more = files_of(*tls);
    files.insert(files.end(), more.begin(), more.end());
  };
  for (const auto& listener : settings.listeners) add(listener.tls);
  add(settings.upstream_tls);
  return files;
}

void warn_of_expiry(const Snapshot& snapshot) {
  using namespace std::chrono;
  constexpr hours certificate_ahead{30 * 24}, list_ahead{7 * 24};
  const auto now = system_clock::now();
  for (const auto& [file, subject, not_after, is_list] : snapshot.expiries()) {
    const auto day = fmt::format("{:%Y-%m-%d}", fmt::gmtime(system_clock::to_time_t(not_after)));
    const auto left = duration_cast<hours>(not_after - now).count() / 24;
    if (not_after <= now)
      spdlog::error("{}: {} expired on {}", file, subject, day);
    else if (not_after - now < (is_list ? list_ahead : certificate_ahead))
      spdlog::warn("{}: {} expires on {}, in {} days", file, subject, day, left);
  }
}

void log_warnings(const config::Settings& settings) {
  for (const auto& warning : settings.warnings) spdlog::warn("{}", to_string(warning));
}

void warn_of_shadows(const acl::PolicySpec& policy) {
  for (const auto& profile : policy.profiles) {
    const auto used = [&](const auto& listener) { return uses(listener, profile.name); };
    if (profile.mode == acl::Mode::shadow && std::ranges::any_of(policy.listeners, used))
      spdlog::warn("profile '{}' is in shadow mode: nothing is refused", profile.name);
  }
}

}  // namespace proxy
