// SPDX-License-Identifier: Apache-2.0
#include "proxy/explain/guesses.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "acl/text/percent.hpp"
#include "proxy/explain/change.hpp"
#include "proxy/explain/json_lines.hpp"
#include "proxy/explain/judge.hpp"

namespace proxy::explain {
namespace {

/// "alpine:3.20" or "alpine@sha256:…" as the engine's client asks for it.
std::string pull_target(std::string_view image) {
  const auto digest = image.find('@');
  const auto separator = digest != image.npos ? digest : image.rfind(':');
  std::string target = "/images/create?fromImage=";
  acl::encode_query_value(image.substr(0, separator), target);
  target += "&tag=";
  if (separator != image.npos) acl::encode_query_value(image.substr(separator + 1), target);
  return target;
}

/// "/containers"
std::string_view collection_of(const acl::OperationInfo& operation) {
  return operation.path.substr(0, operation.path.find('/', 1));
}

/// Whether it is about one object of those. What belongs to no group is left out: clients do
/// without it.
bool is_about_one(const acl::OperationInfo& operation, std::string_view collection) {
  return operation.path.starts_with(std::string(collection) + "/{") &&
         !operation.has(acl::by_name) && operation.tag != acl::Tag::checkpoint;
}

/// The path with a name in place of "{id*}".
std::string target_of(const acl::OperationInfo& operation) {
  std::string path(operation.path);
  for (auto at = path.find('{'); at != path.npos; at = path.find('{'))
    path.replace(at, path.find('}', at) - at + 1, "name");
  return path;
}

bool is_denied(const acl::OperationInfo& operation, const config::Settings& settings) {
  const acl::WebRules rules;
  const Asked asked{.method = std::string(to_string(operation.method)),
                    .target = target_of(operation)};
  const Judgement judgement(asked, {}, *settings.policy, rules, settings.limits);
  return judgement.refused() && judgement.refusal().reason == acl::Reason::operation_denied;
}

}  // namespace

Guesses read_guesses(const std::string& file) {
  Guesses guesses;
  read_lines(file, [&](const nlohmann::json& line) {
    const auto image = text(line, "image");
    if (!image.empty() && !image.starts_with("sha256:")) guesses.images.insert(image);
    const auto operation = acl::operation_by_name(text(line, "nothing"));
    if (!operation) return;
    const auto effect = info(*operation).effect;
    if (effect == acl::Effect::read || effect == acl::Effect::read_sensitive)
      guesses.nothing.insert(*operation);
  });
  return guesses;
}

Told pull(const config::Settings& settings, const std::string& image) {
  const acl::WebRules rules;
  const Asked asked{.method = "POST", .target = pull_target(image)};
  const Judgement judgement(asked, {}, *settings.policy, rules, settings.limits);
  auto told = judgement.told();
  told.supposed = "the engine has no image " + image;
  told.sends.clear();  // a run does not tell it of other requests
  if (judgement.refused())
    told.change =
        smallest_change(asked, judgement.profile(), settings.policy_spec, rules, settings.limits);
  return told;
}

std::string refused_of_objects(const config::Settings& settings,
                               const std::set<acl::Operation>& nothing) {
  constexpr std::size_t most_named = 8;
  std::set<std::string_view> collections;
  for (const auto operation : nothing) collections.insert(collection_of(acl::info(operation)));
  std::vector<std::string_view> refused;
  for (const auto& operation : acl::all_operations())
    if (std::ranges::any_of(collections,
                            [&](auto each) { return is_about_one(operation, each); }) &&
        is_denied(operation, settings))
      refused.push_back(operation.name);
  if (refused.size() <= most_named) return fmt::format("{}", fmt::join(refused, ", "));
  const auto more = refused.size() - most_named;
  refused.resize(most_named);
  return fmt::format("{} and {} more", fmt::join(refused, ", "), more);
}

}  // namespace proxy::explain
