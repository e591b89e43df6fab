// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <sysexits.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>

#include "acl/suggest.hpp"
#include "acl/text/shown.hpp"
#include "config/environment.hpp"
#include "proxy/explain/caller.hpp"
#include "proxy/explain/change.hpp"
#include "proxy/explain/child.hpp"
#include "proxy/explain/client_command.hpp"
#include "proxy/explain/judge.hpp"
#include "proxy/explain/rehearsal.hpp"
#include "proxy/explain/report.hpp"
#include "proxy/snapshot.hpp"
#include "proxy/verbs/verb.hpp"
#include "tls/server_names.hpp"

namespace proxy::verbs {
namespace {

struct ExplainOptions {
  std::string config, profile, listener, content_type;
  bool environment = false;  ///< the policy is in variables, not in a file
  std::optional<std::string> body, host, origin;
  bool json = false;
  bool refuse = false;             ///< answer a client with refusals instead of going on
  std::vector<std::string> as;     ///< the client: see explain::identity_from()
  std::vector<std::string> words;  ///< METHOD TARGET, or a command
};

int status_of(explain::Outcome outcome) {
  return static_cast<int>(outcome);
}

bool is_shadow(const acl::Profile& profile) {
  return profile.mode() == acl::Mode::shadow;
}

int misused(const std::string& message) {
  std::fprintf(stderr, "tidegate explain: %s\n", message.c_str());
  return EX_USAGE;
}

/// Makes `profile` decide for the first listener.
bool choose(std::string_view profile, config::Settings& settings) {
  settings.policy_spec.listeners = {{std::string(profile)}};
  const auto policy = acl::compile(settings.policy_spec);
  if (policy) settings.policy = *policy;
  return static_cast<bool>(policy);  // only an unknown profile fails
}

void warn_of_unknown(const std::string& program) {
  std::fprintf(
      stderr,
      "tidegate explain: %s is not a client that explain knows; it is told to use the private "
      "engine, but explain neither shows nor prevents what else it does\n",
      program.c_str());
}

using Asker = acl::Result<acl::Identity, std::string>;

Asker asker_at(const ExplainOptions& options, const config::Settings& settings, std::size_t index) {
  const auto& listener = settings.listeners[index];
  const auto name = listener.address.to_string();
  if (!options.as.empty()) return explain::identity_from(options.as, listener, index);
  if (settings.policy_spec.listeners[index].clients.empty())
    return acl::Identity{.listener = index, .listener_name = name};
  const bool is_unix = listener.address.kind == config::Address::Kind::unix_socket;
  return name + " distinguishes its `clients`: say which one asks, for example --as " +
         (is_unix        ? "uid=1000,gid=1000"
          : listener.tls ? "cn=ops-bob,address=192.0.2.1"
                         : "address=192.0.2.1");
}

/// The client that asks: one of the named listener, or one with the named profile.
Asker asker(const ExplainOptions& options, config::Settings& settings) {
  if (!options.profile.empty()) {
    if (!choose(options.profile, settings)) {
      std::vector<std::string> names;
      for (const auto& profile : settings.policy_spec.profiles) names.push_back(profile.name);
      const auto meant = acl::suggest_word(options.profile, names);
      return "--profile: no profile is named " + acl::quoted(options.profile) +
             (meant.empty() ? "" : "; " + meant);
    }
    return acl::Identity{};
  }
  for (std::size_t i = 0; i < settings.listeners.size(); ++i) {
    const bool meant = options.listener == std::to_string(i) ||
                       options.listener == settings.listeners[i].address.to_string();
    if (meant) return asker_at(options, settings, i);
  }
  return "--listener: no listener has the address or number " + acl::quoted(options.listener);
}

/// \param source as written: "@FILE", "-" or the text itself
/// \returns the body, or nothing with the cause in `problem`.
std::optional<std::string> read_body(const std::string& source, std::string& problem) {
  if (source != "-" && !source.starts_with('@')) return source;
  std::ifstream file;
  if (source != "-") file.open(source.substr(1), std::ios::binary);
  std::istream& in = source == "-" ? std::cin : file;
  if (!in) {
    problem = "--body: cannot read " + source.substr(1);
    return std::nullopt;
  }
  return std::string(std::istreambuf_iterator<char>(in), {});
}

bool is_method(const std::string& word) {
  return !word.empty() && std::ranges::all_of(word, [](char c) { return c >= 'A' && c <= 'Z'; });
}

/// What was probably meant by words that are neither METHOD TARGET nor a client's command line.
std::optional<std::string> mistaken_request(const std::vector<std::string>& words) {
  const auto is_target = [](const std::string& word) { return word.starts_with('/'); };
  std::string method;
  const auto names_method = [&method](const std::string& word) {
    method = word;
    for (char& c : method)
      if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return acl::method_from(method) != acl::Method::unknown;
  };
  if (words.size() == 1 && (names_method(words[0]) || is_target(words[0])))
    return std::string("a request is METHOD TARGET, for example GET /info");
  if (words.size() > 2 && names_method(words[0]) && is_target(words[1]))
    return "a request is METHOD TARGET and no more; leave out " + acl::quoted(words[2]);
  if (words.size() != 2) return std::nullopt;
  if (names_method(words[0]) && is_target(words[1]) && !is_method(words[0]))
    return "methods are upper case: write " + method + " " + words[1];
  if (is_target(words[0]) && names_method(words[1]))
    return "the method comes first: write " + method + " " + words[0];
  return std::nullopt;
}

/// The listener's rules for web pages, if --host or --origin was given.
acl::Result<acl::WebRules, std::string> web_rules_for(const ExplainOptions& options,
                                                      std::size_t index,
                                                      const config::Settings& settings) {
  if (!options.host && !options.origin) return acl::WebRules{};
  const auto& listener = settings.listeners[index];
  if (!listener.tls) return web_rules_of(listener, {});
  const auto names = tls::server_names(listener.tls->cert);
  if (!names) return names.error().message;
  return web_rules_of(listener, *names);
}

void print(const explain::Document& document) {
  const auto replace = explain::Document::error_handler_t::replace;
  fmt::print("{}\n", document.dump(2, ' ', false, replace));
}

int explain_request(const ExplainOptions& options, const acl::Identity& identity,
                    const config::Settings& settings) {
  explain::Asked asked{.method = options.words[0],
                       .target = options.words[1],
                       .content_type = options.content_type,
                       .host = options.host,
                       .origin = options.origin};
  if (options.body) {
    std::string problem;
    asked.body = read_body(*options.body, problem);
    if (!asked.body) return misused(problem);
  }
  const auto rules = web_rules_for(options, identity.listener, settings);
  if (!rules) return misused(rules.error());
  const explain::Judgement judgement(asked, identity, *settings.policy, *rules, settings.limits);
  auto told = judgement.told();
  const std::string profile(judgement.profile());
  if (judgement.refused() && !profile.empty())
    told.change = smallest_change(asked, profile, settings.policy_spec, *rules, settings.limits);
  if (options.json)
    print(document(told, {profile, is_shadow(settings.policy->profile_of(identity))}));
  else
    fmt::print("{}", judgement.text(told.change));
  return status_of(outcome(told));
}

/// Lets the client go on where it would be refused, unless refusals are asked for, so that one run
/// shows all of them.
void set_mode(const ExplainOptions& options, config::Settings& settings) {
  for (auto& profile : settings.policy_spec.profiles)
    profile.mode = options.refuse ? acl::Mode::enforce : acl::Mode::shadow;
}

/// What no rule under `clients` matches.
explain::Told turned_away(const acl::Profile& nobodys, const acl::Identity& identity) {
  acl::Case::Memory memory;
  const acl::WebRules rules;
  const acl::Terms terms{rules};
  acl::Case request(nobodys, identity, terms, memory);
  request.head({.method = "GET", .target = "/_ping"});
  const auto& [reason, message] = *request.decision().refusal;
  return {.fate = explain::Told::Fate::refused,
          .method = "GET",
          .target = "/_ping",
          .operation = "SystemPing",
          .reason = std::string(id(reason)),
          .message = message};
}

/// \param settings its first listener is given the profile of `identity`
int explain_command(const ExplainOptions& options, const acl::Identity& identity,
                    config::Settings& settings) {
  const auto checked = explain::check_command(options.words);
  if (!checked.problem.empty()) return misused(checked.problem);
  const auto policy = settings.policy;
  const auto& profile = policy->profile_of(identity);
  const explain::Subject subject{std::string(profile.name()), is_shadow(profile), options.words};
  set_mode(options, settings);
  if (!choose(profile.name(), settings)) {  // the profile for unknown clients has no name
    const auto told = turned_away(profile, identity);
    if (options.json)
      print(document(told, subject));
    else
      fmt::print("{:<8} {}: {}\n", "refused", told.reason, told.message);
    return status_of(outcome(told));
  }
  if (!checked.unknown.empty()) warn_of_unknown(checked.unknown);
  auto rehearsal = explain::rehearse(settings, options.words, options.json);
  if (!rehearsal) return misused(rehearsal.error());
  rehearsal->unknown = checked.unknown;
  rehearsal->only_lists = checked.only_lists;
  if (rehearsal->exit_code == explain::no_such_command && rehearsal->requests.empty())
    return EX_USAGE;
  if (options.json) {
    print(document(*rehearsal, subject));
  } else {
    if (!options.as.empty()) fmt::print("{:<8} {}\n", "profile", subject.profile);
    fmt::print("{}", report(*rehearsal, subject));
  }
  return status_of(outcome(*rehearsal));
}

/// The only listener that variables make, unless another client is named.
void fill_in(ExplainOptions& options) {
  if (options.environment && options.profile.empty() && options.listener.empty())
    options.listener = "0";
}

config::Loaded settings_for(const ExplainOptions& options) {
  if (!options.environment) return config::load_file(options.config);
  auto settings = config::load_environment(config::process_environment());
  if (settings) warn(settings->warnings);
  return settings;
}

int explain_with(const ExplainOptions& options) {
  if (options.profile.empty() && options.listener.empty())
    return misused("say who asks: --profile NAME or --listener ADDRESS");
  auto settings = settings_for(options);
  if (!settings) return report(settings.error());
  const auto identity = asker(options, *settings);
  if (!identity) return misused(identity.error());
  if (options.words.size() == 2 && is_method(options.words.front()))
    return explain_request(options, *identity, *settings);
  if (const auto meant = mistaken_request(options.words)) return misused(*meant);
  if (options.body || !options.content_type.empty() || options.host || options.origin)
    return misused("--body, --content-type, --host and --origin need METHOD TARGET, not a command");
  return explain_command(options, *identity, *settings);
}

constexpr const char* explain_footer =
    R"(  tidegate explain --config F --profile ci POST /containers/create --body @body.json
  tidegate explain --config F --listener 0 --as uid=1000,gid=1000 GET /info
  tidegate explain --config F --profile ci -- docker run --privileged alpine
The last one runs the client against a private stand-in engine. A request that would be refused
is shown and answered all the same, so that one run shows all of them. Options of docker,
docker-compose, buildx and podman that name another engine are not accepted; variables and
configuration files that do are hidden from the client. Whatever else a program does, besides
using DOCKER_HOST, is neither shown nor prevented, so the run never tells that all is allowed.
The stand-in engine has every image, and no containers, networks or volumes but the client's own.
Where another engine may lead the client to a request that is refused, the run tells nothing.
Where variables are the policy, as with `serve --env`:
  CONTAINERS=1 tidegate explain --env POST /containers/a/stop
Its refusals name the variable that would allow the request. What needs more than variables is
shown for the file that `tidegate check --env > tidegate.yaml` makes of them.
The exit status is 0 if all is allowed, 1 if something is refused, or only let through by shadow
mode, 3 if the run tells nothing, 64 for a bad command line and 78 for a bad configuration.
A request that the engine's answer to a look-up may still refuse counts as allowed.)";

}  // namespace

void add_explain(CLI::App& app, Run& run) {
  auto& verb = *app.add_subcommand(
      "explain", "Show what tidegate does with a request or with a client's requests.");
  verb.footer(explain_footer);
  const auto options = std::make_shared<ExplainOptions>();
  auto* policy = verb.add_option_group("policy", "What decides");
  policy->add_option("--config", options->config, "Configuration file.");
  policy->add_flag("--env", options->environment,
                   "Environment variables, as `tidegate serve --env` reads them.");
  policy->require_option(1);
  auto* who = verb.add_option_group("who", "Who asks");
  who->add_option("--profile", options->profile,
                  "The profile that decides; no listener's rules apply.");
  auto* listener =
      who->add_option("--listener", options->listener,
                      "The listener that the client connects to: its address, or 0, 1, 2, …");
  who->require_option(0, 1);
  verb.add_option("--as", options->as,
                  "The client, as uid=1000,gid=1000 or cn=ops-bob,ou=Ops: each of " +
                      std::string(explain::client_keys) + ".")
      ->needs(listener)
      ->allow_extra_args(false);
  verb.add_option("--content-type", options->content_type, "The request's Content-Type.");
  verb.add_option("--host", options->host, "The request's Host, such as gate.corp:2376.")
      ->needs(listener);
  verb.add_option("--origin", options->origin, "The request's Origin, such as https://portal.corp.")
      ->needs(listener);
  verb.add_option("--body", options->body,
                  "The request's body: @FILE, - for standard input, or the text itself.");
  verb.add_flag("--json", options->json,
                "Print one JSON document; a client's output goes to standard error.");
  verb.add_flag("--refuse", options->refuse,
                "Answer a client with the refusals, as the daemon would, instead of going on.");
  verb.add_option("request", options->words, "METHOD TARGET, or `--` and a client's command line.")
      ->required();
  verb.callback([options, &run] {
    fill_in(*options);
    run = [options] { return explain_with(*options); };
  });
}

}  // namespace proxy::verbs
