// SPDX-License-Identifier: Apache-2.0
#include "proxy/explain/rehearsal.hpp"

#include <spdlog/spdlog.h>
#include <sysexits.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <nlohmann/json.hpp>

#include "proxy/engine_stub/serve.hpp"
#include "proxy/explain/change.hpp"
#include "proxy/explain/child.hpp"
#include "proxy/explain/client_environment.hpp"
#include "proxy/explain/guesses.hpp"
#include "proxy/explain/json_lines.hpp"
#include "proxy/server.hpp"

namespace proxy::explain {
namespace {

using nlohmann::json;

constexpr unsigned not_implemented = 501;

config::Address unix_address(std::string path) {
  return {config::Address::Kind::unix_socket, std::move(path), "", 0};
}

/// The daemon as it is.
int serve(const config::Settings& settings) {
  spdlog::set_level(spdlog::level::off);  // the output belongs to the client
  const auto snapshot = make_snapshot(settings);
  if (!snapshot) return EX_CONFIG;
  Server server(settings, *snapshot, "");
  if (!server.open().empty()) return EX_CANTCREAT;
  server.run();
  return EX_OK;
}

Told::Fate fate_of(const json& record, std::string_view reason) {
  using acl::Reason, acl::id;
  const bool would_deny = record.contains("would_deny");
  if (text(record, "decision") == "allow" && !would_deny) return Told::Fate::allowed;
  for (const auto lacking :
       {Reason::object_missing, Reason::object_refused, Reason::object_unavailable})
    if (reason == id(lacking)) return Told::Fate::open;
  const bool left = reason == id(Reason::client_left) && !would_deny;
  return left ? Told::Fate::open : Told::Fate::refused;
}

Told told_from(const json& record) {
  Told told{.method = text(record, "method"),
            .target = text(record, "target"),
            .operation = text(record, "operation"),
            .rule = text(record, "rule"),
            .reason = text(record, "reason"),
            .message = text(record, "message")};
  told.fate = fate_of(record, told.reason);
  told.undone =
      record.value("status", 0U) == not_implemented || told.reason.starts_with("upstream.");
  if (const auto found = record.find("enforced"); found != record.end())
    for (const auto& path : *found)
      if (path.is_string()) told.enforced.push_back(path.get<std::string>());
  return told;
}

/// What a request's record says, and the request itself.
struct Recorded {
  Told told;
  Asked asked;
};

std::vector<Recorded> read_records(const std::string& file) {
  std::vector<Recorded> requests;
  read_lines(file, [&](const json& record) {
    if (!record.contains("decision")) return;
    requests.push_back({told_from(record),
                        {.method = text(record, "method"),
                         .target = text(record, "asked_target"),
                         .content_type = text(record, "asked_type"),
                         .body = text(record, "asked_body")}});
  });
  return requests;
}

/// Judges once more what was refused: records cut messages short and do not say what would let a
/// request through.
Told judge_again(const config::Settings& settings, Recorded recorded) {
  auto& told = recorded.told;
  if (told.fate != Told::Fate::refused || recorded.asked.target.empty()) return std::move(told);
  const acl::WebRules rules;
  const Judgement again(recorded.asked, {}, *settings.policy, rules, settings.limits);
  if (!again.refused() || id(again.refusal().reason) != told.reason) return std::move(told);
  told.message = again.refusal().message;
  told.change = smallest_change(recorded.asked, again.profile(), settings.policy_spec, rules,
                                settings.limits);
  return std::move(told);
}

/// Only what decides is taken over. Listeners, the operator's listener, the audit file and the
/// engine of the file may be in use, and what is added to the file one day may be too.
config::Settings private_settings(const config::Settings& file, const std::string& place) {
  config::Settings settings;
  settings.policy_spec = file.policy_spec;
  settings.policy = file.policy;
  settings.limits = file.limits;
  settings.upstream = unix_address(place + "/engine.sock");
  settings.listeners.push_back({.address = unix_address(place + "/docker.sock"), .mode = 0600});
  settings.audit.file = place + "/audit";
  settings.audit.requests = true;
  settings.workers = 1;
  return settings;
}

}  // namespace

std::size_t Rehearsal::refused() const {
  return static_cast<std::size_t>(std::ranges::count(requests, Told::Fate::refused, &Told::fate));
}

std::string Rehearsal::inconclusive() const {
  if (refused() != 0) return "";
  if (requests.empty()) return "no request reached the private engine";
  const auto undone = std::ranges::find(requests, true, &Told::undone);
  if (undone != requests.end()) return "the stand-in engine cannot do " + undone->operation;
  if (exit_code != 0)
    return "it failed, and not because of a refusal; the stand-in engine has only what it was "
           "given";
  if (std::ranges::count(supposed, Told::Fate::refused, &Told::fate) != 0)
    return "the stand-in engine has every image; where an engine lacks one, the client asks for "
           "what is refused";
  if (!elsewhere.empty() && !only_lists)
    return "the stand-in engine has no objects but the client's own; what the client does with "
           "those of an engine is not known, and the profile refuses " +
           elsewhere;
  if (unknown.empty()) return "";
  return unknown + " is not a client that explain knows; it may have asked another engine as well";
}

acl::Result<Rehearsal, std::string> rehearse(const config::Settings& file,
                                             const std::vector<std::string>& command,
                                             bool quietly) {
  const PrivateDirectory place;
  if (place.path().empty()) return std::string("no private directory can be made");
  const auto settings = private_settings(file, place.path());
  const auto& listen = settings.listeners.front().address;
  const ClientEnvironment environment(listen.to_string(), place.path() + "/docker");
  if (!environment.prepare()) return std::string("the private directory cannot be written to");

  const auto guesses = place.path() + "/guesses";
  std::signal(SIGINT, SIG_IGN);  // Ctrl-C is for the client; we report what it has done until then
  Child engine([&] {
    const auto problem =
        engine_stub::serve(settings.upstream, {.any_image = true, .guesses = guesses});
    return problem ? EX_CANTCREAT : EX_OK;
  });
  Child gate([&] { return serve(settings); });
  if (!engine.await_socket(settings.upstream.path) || !gate.await_socket(listen.path))
    return std::string("the private sockets are not served; is the path of TMPDIR too long?");
  Rehearsal rehearsal;
  Child client([&] {
    environment.enter();
    if (quietly) ::dup2(STDERR_FILENO, STDOUT_FILENO);
    return become(command);
  });
  rehearsal.exit_code = client.wait();
  gate.stop();  // its last record is written then
  for (auto& recorded : read_records(settings.audit.file))
    rehearsal.requests.push_back(judge_again(settings, std::move(recorded)));
  auto [images, nothing] = read_guesses(guesses);
  for (const auto& image : images) rehearsal.supposed.push_back(pull(settings, image));
  rehearsal.elsewhere = refused_of_objects(settings, nothing);
  return rehearsal;
}

}  // namespace proxy::explain
