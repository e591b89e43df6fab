// SPDX-License-Identifier: Apache-2.0
#include "config/presets.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "acl/group.hpp"
#include "acl/text/shown.hpp"
#include "config/keys.hpp"
#include "config/presets_data.hpp"
#include "config/words.hpp"

namespace config {
namespace {

using Entries = std::vector<std::string>;

bool stand_for(const Entries& entries, acl::Operation operation) {
  return std::ranges::any_of(entries, [&](const std::string& entry) {
    const auto operations = acl::expand(entry);
    return std::ranges::find(operations, operation) != operations.end();
  });
}

/// The operations of `entry` that no entry of `others` includes.
std::vector<acl::Operation> left_of(const std::string& entry, const Entries& others) {
  auto operations = acl::expand(entry);
  std::erase_if(operations, [&](acl::Operation operation) { return stand_for(others, operation); });
  return operations;
}

void add_once(Entries& to, const std::string& entry) {
  if (std::ranges::find(to, entry) == to.end()) to.push_back(entry);
}

/// Appends the preset's entries to those of the file, so that the file's indices stay. Where the
/// two disagree the file wins: what it denies is not allowed, and what it allows is not denied.
void add_entries(acl::ProfileSpec& to, const acl::ProfileSpec& preset) {
  const Entries allowed = to.allow;
  for (const auto& entry : preset.allow) {
    if (!left_of(entry, to.deny).empty()) add_once(to.allow, entry);
  }
  for (const auto& entry : preset.deny) {
    const auto left = left_of(entry, allowed);
    if (left.size() == acl::expand(entry).size()) {
      add_once(to.deny, entry);
      continue;
    }
    for (const auto operation : left) add_once(to.deny, std::string(acl::info(operation).name));
  }
}

const Preset* preset_of(const YamlNode& profile) {
  const auto* written = profile.find("preset");
  return written == nullptr ? nullptr : preset_named(written->text);
}

/// Returns `text` indented by `indent` columns.
std::string indented(std::string_view text, std::size_t indent) {
  std::string out;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    if (end > 0) out += std::string(indent, ' ') + std::string(text.substr(0, end));
    out += "\n";
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

/// Splits the comment at the head of the file from the keys below it.
std::pair<std::string_view, std::string_view> parts_of(std::string_view text) {
  std::size_t keys = 0;
  while (text.substr(keys).starts_with('#')) keys = text.find('\n', keys) + 1;
  return {text.substr(0, keys), text.substr(keys)};
}

}  // namespace

std::string_view Preset::summary() const {
  return text.substr(2, text.find('\n') - 2);
}

std::span<const Preset> presets() {
  return preset_data;
}

const Preset* preset_named(std::string_view name) {
  const auto found = std::ranges::find(preset_data, name, &Preset::name);
  return found == preset_data.end() ? nullptr : &*found;
}

std::string suggest_preset(std::string_view name) {
  std::vector<std::string_view> names;
  for (const auto& preset : preset_data) names.push_back(preset.name);
  return suggest(name, names);
}

std::string configuration_with(const Preset& preset) {
  const auto [comment, keys] = parts_of(preset.text);
  const std::string name(preset.name);
  return std::string(comment) + "#\n# `preset: " + name +
         "` in a profile says the same as the keys of this one.\n\n"
         "version: 1\nupstream: unix:///var/run/docker.sock\n\n"
         "listeners:\n"
         "  - address: unix:///run/tidegate/" +
         name +
         ".sock\n"
         "    mode: \"0660\"\n"
         "    profile: " +
         name +
         "\n\n"
         "profiles:\n  " +
         name + ":\n" + indented(keys, 4);
}

acl::ProfileSpec profile_of(const Preset& preset) {
  Report report("preset " + std::string(preset.name));
  const YamlNode root = read_yaml(preset.text, report);
  const Accounts nobody;
  acl::ProfileSpec profile;
  read_map({root, "", report, nobody}, profile_keys(), profile);
  // Presets are tidegate's own, and a test loads them all. An incomplete policy must not be served.
  if (!report.empty()) std::abort();
  return profile;
}

void read_profile(const Place& place, acl::ProfileSpec& to) {
  const auto* preset = preset_of(place.node);
  const auto base = preset == nullptr ? acl::ProfileSpec() : profile_of(*preset);
  to.constraints = base.constraints;
  const bool is_map = read_map(place, profile_keys(), to);
  add_entries(to, base);
  const auto& profile = place.node;
  if (!is_map || profile.find("allow") != nullptr || profile.find("preset") != nullptr) return;
  place.report.add(profile.line, join(place.where, "allow"),
                   "is missing: the operations that it allows, as [\"@read\"], or [] for "
                   "none; or name a `preset`");
}

Field<acl::ProfileSpec> preset_key() {
  Shape shape = one_of_words({});
  for (const auto& preset : preset_data) shape.words.emplace_back(preset.name);
  const auto read = [](const Place& place, acl::ProfileSpec&) {
    const auto& name = place.node.text;
    if (!place.is_a(YamlNode::Kind::scalar) || preset_named(name) != nullptr) return;
    place.refuse("there is no preset " + acl::quoted(name) + "; " + suggest_preset(name));
  };
  // By then the preset's contents are in the profile itself.
  const auto print = [](const acl::ProfileSpec&) { return YamlNode(); };
  return {"preset", read, print, "the name of a preset", std::move(shape)};
}

}  // namespace config
