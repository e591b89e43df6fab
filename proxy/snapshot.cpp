// SPDX-License-Identifier: Apache-2.0
#include "proxy/snapshot.hpp"

#include <fmt/chrono.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <iterator>
#include <optional>
#include <system_error>

#include "acl/text/host.hpp"
#include "acl/written.hpp"
#include "config/credential.hpp"
#include "config/yaml.hpp"

namespace proxy {
namespace {

constexpr const char* upstream_tls = "upstream_tls";

using ContextOrNot = tls::Result<std::shared_ptr<const tls::Context>>;

ContextOrNot context_of(const config::Listener& listener) {
  const auto& files = *listener.tls;
  std::vector<std::string> lists;
  lists.reserve(files.crl.size());
  for (const auto& list : files.crl) lists.push_back(config::path_of(list));
  return tls::Context::server(
      {.cert = config::path_of(files.cert),
       .key = config::path_of(files.key),
       .client_ca = config::path_of(files.client_ca),
       .crl = std::move(lists),
       .least = files.min_version == "1.2" ? tls::Version::tls1_2 : tls::Version::tls1_3,
       .scope = listener.address.to_string()});
}

ContextOrNot context_of(const config::UpstreamTls& files) {
  return tls::Context::client({.ca = config::path_of(files.ca),
                               .cert = config::path_of(files.cert),
                               .key = config::path_of(files.key),
                               .server_name = files.server_name});
}

/// A file that a key of the configuration names: "listeners[0].tls.crl[0]".
struct NamedFile {
  NamedFile(std::string place, std::string text)
      : where(std::move(place)), written(std::move(text)), file(config::path_of(written)) {}
  std::string where;
  std::string written;  ///< in the configuration; a credential's name is not its path
  std::string file;
};

using NamedFiles = std::vector<NamedFile>;

NamedFiles files_of(const config::ListenerTls& tls, const std::string& where = {}) {
  NamedFiles files{{where + ".cert", tls.cert},
                   {where + ".key", tls.key},
                   {where + ".client_ca", tls.client_ca}};
  for (std::size_t i = 0; i < tls.crl.size(); ++i)
    files.emplace_back(config::join(where + ".crl", i), tls.crl[i]);
  return files;
}

NamedFiles files_of(const config::UpstreamTls& tls, const std::string& where = {}) {
  NamedFiles files{{where + ".ca", tls.ca}, {where + ".cert", tls.cert}, {where + ".key", tls.key}};
  std::erase_if(files, [](const NamedFile& each) { return each.file.empty(); });
  return files;
}

std::string tls_of(std::size_t listener) {
  return config::join("listeners", listener) + ".tls";
}

NamedFiles files_of(const config::Settings& settings) {
  NamedFiles files;
  const auto add = [&files](const auto& tls, const std::string& where) {
    if (tls) std::ranges::move(files_of(*tls, where), std::back_inserter(files));
  };
  for (std::size_t i = 0; i < settings.listeners.size(); ++i)
    add(settings.listeners[i].tls, tls_of(i));
  add(settings.upstream_tls, upstream_tls);
  return files;
}

/// OpenSSL's trouble ends at the first file; whoever has three to bring wants to know at once.
std::vector<config::Diagnostic> unreadable(const NamedFiles& files, const config::Places& places) {
  std::vector<config::Diagnostic> problems;
  for (const auto& [where, written, file] : files) {
    if (::access(file.c_str(), R_OK) == 0) continue;
    problems.push_back(places.diagnostic(
        where, file + " cannot be opened: " + std::generic_category().message(errno),
        config::remedy_for_missing(written)));
  }
  return problems;
}

/// The place of the file that a sentence of tls:: begins with.
std::string place_of(const std::string& sentence, const NamedFiles& files,
                     const std::string& otherwise) {
  const auto begins = [&](const NamedFile& each) {
    const auto size = each.file.size();
    return sentence.starts_with(each.file) &&
           (sentence.size() == size || sentence[size] == ' ' || sentence[size] == ':');
  };
  const auto named = std::ranges::find_if(files, begins);
  return named == files.end() ? otherwise : named->where;
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
    if (!is_there(each.file))
      spdlog::error("{} is not there: what was read from it stays in force", each.file);
  return context_in_force;
}

/// Creates a new context, or returns the one in force if one of its files is missing or unfinished.
template <class Tls>
ContextOrNot read_or_keep(const Tls& tls, const std::optional<Tls>& tls_in_force,
                          const std::shared_ptr<const tls::Context>& context_in_force,
                          const InForce& in_force, const auto& read) {
  for (const auto& each : files_of(tls)) {
    if (!is_there(each.file) || !in_force.is_finished(each.file))
      return keep(tls, tls_in_force, context_in_force, each.file);
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

std::string outside_its_time(bool is_list) {
  return is_list ? "outside the time of a list no client is served"
                 : "whoever depends on a certificate outside its time cannot connect";
}

/// " expires on 2026-01-31, in 3 days"; empty if there is nothing to say.
std::string said_of_time(const tls::Expiry& expiry, std::chrono::system_clock::time_point now) {
  using namespace std::chrono;
  constexpr hours certificate_ahead{30 * 24}, list_ahead{7 * 24};
  const auto day = [](system_clock::time_point time) {
    return fmt::format("{:%Y-%m-%d}", fmt::gmtime(system_clock::to_time_t(time)));
  };
  if (expiry.not_before > now)
    return " is not valid before " + day(expiry.not_before) +
           ", or the clock of this machine is slow";
  if (expiry.not_after <= now) return " expired on " + day(expiry.not_after);
  if (expiry.not_after - now >= (expiry.is_list ? list_ahead : certificate_ahead)) return {};
  const auto left = duration_cast<hours>(expiry.not_after - now).count() / 24;
  return fmt::format(" expires on {}, in {} days", day(expiry.not_after), left);
}

void for_each_context(const Snapshot& snapshot, const auto& act) {
  for (const auto& context : snapshot.listeners)
    if (context) act(*context);
  if (snapshot.upstream) act(*snapshot.upstream);
}

}  // namespace

acl::Result<std::shared_ptr<const Snapshot>, std::vector<config::Diagnostic>> make_snapshot(
    const config::Settings& settings, const InForce* in_force) {
  auto snapshot = std::make_shared<Snapshot>();
  std::vector<config::Diagnostic> problems;
  const auto take = [&](ContextOrNot made, const NamedFiles& files, const std::string& where,
                        auto& to) {
    if (made) return void(to = *made);
    auto missing = in_force == nullptr ? unreadable(files, settings.places)
                                       : std::vector<config::Diagnostic>();
    const auto& said = made.error().message;
    if (missing.empty())
      missing.push_back(settings.places.diagnostic(place_of(said, files, where), said));
    std::ranges::move(missing, std::back_inserter(problems));
  };
  snapshot->policy = settings.policy;
  for (std::size_t i = 0; i < settings.listeners.size(); ++i) {
    auto& context = snapshot->listeners.emplace_back();
    const auto& listener = settings.listeners[i];
    if (listener.tls)
      take(context_of(i, settings, in_force), files_of(*listener.tls, tls_of(i)), tls_of(i),
           context);
    const std::vector<std::string> no_names;
    snapshot->web_rules.push_back(web_rules_of(listener, context ? context->names() : no_names));
  }
  if (settings.admin) snapshot->admin_web_rules = web_rules_of(*settings.admin, {});
  if (const auto& tls = settings.upstream_tls)
    take(upstream_context(settings, in_force), files_of(*tls, upstream_tls), upstream_tls,
         snapshot->upstream);
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
  for_each_context(*this, [&all](const tls::Context& context) {
    for (const auto& expiry : context.expiries())
      if (std::ranges::find(all, expiry) == all.end()) all.push_back(expiry);
  });
  return all;
}

std::vector<std::string> Snapshot::warnings() const {
  std::vector<std::string> all;
  for_each_context(*this, [&all](const tls::Context& context) {
    for (const auto& warning : context.warnings())
      if (std::ranges::find(all, warning) == all.end()) all.push_back(warning);
  });
  return all;
}

std::vector<std::string> certificate_files(const config::Settings& settings) {
  std::vector<std::string> files;
  for (auto& named : files_of(settings)) files.push_back(std::move(named.file));
  return files;
}

std::vector<CertificateWarning> certificate_warnings(const config::Settings& settings,
                                                     const Snapshot& snapshot) {
  const auto now = std::chrono::system_clock::now();
  const auto files = files_of(settings);
  std::vector<CertificateWarning> found;
  const auto warn = [&](const std::string& said, const std::string& hint, bool locks_out) {
    const auto where = place_of(said, files, "");
    found.push_back({settings.places.diagnostic(where, said, hint), locks_out});
  };
  for (const auto& expiry : snapshot.expiries()) {
    if (const auto said = said_of_time(expiry, now); !said.empty())
      warn(expiry.file + ": " + expiry.subject + said, outside_its_time(expiry.is_list),
           !expiry.holds_at(now));
  }
  for (const auto& said : snapshot.warnings()) warn(said, "", false);
  return found;
}

void warn_of_certificates(const config::Settings& settings, const Snapshot& snapshot) {
  for (const auto& [warning, locks_out] : certificate_warnings(settings, snapshot))
    spdlog::log(locks_out ? spdlog::level::err : spdlog::level::warn, "{}", to_string(warning));
}

void log_warnings(const config::Settings& settings) {
  for (const auto& warning : settings.warnings) spdlog::warn("{}", to_string(warning));
}

void warn_of_shadows(const acl::PolicySpec& policy) {
  const auto in_use = acl::profiles_in_use(policy);
  for (const auto& profile : policy.profiles) {
    if (profile.mode == acl::Mode::shadow && in_use.contains(profile.name))
      spdlog::warn("profile '{}' is in shadow mode: nothing is refused", profile.name);
  }
}

}  // namespace proxy
