// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <sysexits.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>

#include "proxy/explain/child.hpp"
#include "proxy/explain/judge.hpp"
#include "proxy/explain/rehearsal.hpp"
#include "proxy/verbs/verb.hpp"

namespace proxy::verbs {
namespace {

constexpr int all_allowed = 0, refused = 1;

struct Options {
  std::string config, profile, listener, content_type;
  std::optional<std::string> body;
  std::vector<std::string> words;  ///< METHOD TARGET, or a command
};

int misused(const std::string& message) {
  std::fprintf(stderr, "tidegate explain: %s\n", message.c_str());
  return EX_USAGE;
}

/// The profile that shall decide. \returns nothing where there is no such listener.
std::optional<std::string> profile_for(const Options& options, const config::Settings& settings) {
  if (!options.profile.empty()) return options.profile;
  const auto& profiles = settings.policy_spec.listener_profiles;
  for (std::size_t i = 0; i < settings.listeners.size(); ++i) {
    const bool meant = options.listener == std::to_string(i) ||
                       options.listener == settings.listeners[i].address.to_string();
    if (meant) return profiles[i];
  }
  return std::nullopt;
}

/// Makes `profile` the one that decides for the first listener.
bool choose(const std::string& profile, config::Settings& settings) {
  settings.policy_spec.listener_profiles = {profile};
  const auto policy = acl::compile(settings.policy_spec);
  if (policy) settings.policy = *policy;
  return static_cast<bool>(policy);  // the rest of the policy has compiled before
}

/// \param source as written: "@FILE", "-" or the text itself
/// \returns the body; where it cannot be read, `problem` says why.
std::optional<std::string> read_body(const std::string& source, std::string& problem) {
  if (source != "-" && !source.starts_with('@')) return source;
  std::ifstream file;
  if (source != "-") file.open(source.substr(1), std::ios::binary);
  std::istream& in = source == "-" ? std::cin : file;
  if (!in) {
    problem = source.substr(1) + " cannot be read";
    return std::nullopt;
  }
  return std::string(std::istreambuf_iterator<char>(in), {});
}

bool is_method(const std::string& word) {
  return !word.empty() && std::ranges::all_of(word, [](char c) { return c >= 'A' && c <= 'Z'; });
}

int explain_request(const Options& options, const config::Settings& settings) {
  explain::Asked asked{
      .method = options.words[0], .target = options.words[1], .content_type = options.content_type};
  if (options.body) {
    std::string problem;
    asked.body = read_body(*options.body, problem);
    if (!asked.body) return misused(problem);
  }
  const explain::Judgement judgement(asked, *settings.policy, settings.limits);
  std::fputs(judgement.text().c_str(), stdout);
  return judgement.allowed() ? all_allowed : refused;
}

void print(const explain::Made& made) {
  fmt::print("{:<8} {:<24} {}\n", made.allowed ? "allowed" : "refused", made.operation, made.line);
  fmt::print("{:<8} {}\n", "", made.allowed ? made.rule : made.rule + ": " + made.reason);
  for (const auto& path : made.enforced) fmt::print("{:<8} put in {}\n", "", path);
}

int explain_command(const Options& options, const config::Settings& settings) {
  const auto rehearsal = explain::rehearse(settings, options.words);
  if (!rehearsal) return misused(rehearsal.error());
  if (rehearsal->exit_code == explain::no_such_command && rehearsal->requests.empty())
    return EX_USAGE;
  for (const auto& made : rehearsal->requests) print(made);
  const auto denied = std::ranges::count(rehearsal->requests, false, &explain::Made::allowed);
  fmt::print("{} requests, {} refused; {} ended with {}\n", rehearsal->requests.size(), denied,
             options.words.front(), rehearsal->exit_code);
  return denied == 0 ? all_allowed : refused;
}

int explain_with(const Options& options) {
  auto settings = config::load_file(options.config);
  if (!settings) return report(settings.error());
  const auto profile = profile_for(options, *settings);
  if (!profile) return misused("there is no listener " + options.listener);
  if (!choose(*profile, *settings)) return misused("there is no profile " + *profile);
  if (options.words.size() == 2 && is_method(options.words.front()))
    return explain_request(options, *settings);
  if (options.body || !options.content_type.empty())
    return misused("--body and --content-type go with METHOD TARGET");
  return explain_command(options, *settings);
}

constexpr const char* footer =
    "  tidegate explain --config F --profile ci POST /containers/create --body @body.json\n"
    "  tidegate explain --config F --profile ci -- docker run --privileged alpine\n"
    "The second runs the client in front of a private stand-in engine: nothing is done for real.\n"
    "The exit status is 0 where all is allowed, 1 where something is refused, 64 for a bad "
    "command\n"
    "line and 78 for a bad configuration.";

}  // namespace

void add_explain(CLI::App& app, Run& run) {
  auto& verb = *app.add_subcommand("explain", "Tell what becomes of a request, or of a client's.");
  verb.footer(footer);
  const auto options = std::make_shared<Options>();
  verb.add_option("--config", options->config, "Configuration file.")->required();
  auto* who = verb.add_option_group("who", "Who asks");
  who->add_option("--profile", options->profile, "The profile that decides.");
  who->add_option("--listener", options->listener, "Its listener: the address, or 0, 1, 2, …");
  who->require_option(1);
  verb.add_option("--content-type", options->content_type, "The request's Content-Type.");
  verb.add_option("--body", options->body,
                  "The request's body: @FILE, - for standard input, text.");
  verb.add_option("request", options->words, "METHOD TARGET, or `--` and a client's command line.")
      ->required();
  verb.callback([options, &run] { run = [options] { return explain_with(*options); }; });
}

}  // namespace proxy::verbs
