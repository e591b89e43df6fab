// SPDX-License-Identifier: Apache-2.0
#include "acl/contradictions.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "acl/constraint/image_reference.hpp"
#include "acl/text/ascii.hpp"
#include "acl/text/shown.hpp"
#include "acl/written.hpp"

namespace acl {
namespace {

constexpr std::string_view repository_bytes = "abcdefghijklmnopqrstuvwxyz0123456789._-/*";
constexpr std::string_view tag =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-*";

/// Returns whether this may be a digest; a star may stand for any part of it.
bool may_be_digest(std::string_view text) {
  constexpr std::string_view hex = "0123456789abcdef";
  if (text.find('*') != text.npos) return has_only(text, "abcdefghijklmnopqrstuvwxyz0123456789:*");
  constexpr std::array<std::pair<std::string_view, std::size_t>, 3> algorithms{
      {{"sha256:", 64}, {"sha384:", 96}, {"sha512:", 128}}};
  return std::ranges::any_of(algorithms, [&](const auto& each) {
    const auto& [name, digits] = each;
    return text.starts_with(name) && text.size() == name.size() + digits &&
           has_only(text.substr(name.size()), hex);
  });
}

/// Says why no reference can match `glob`; "" if one can.
std::string_view why_nothing_fits(std::string_view glob) {
  if (glob.empty()) return "is empty";
  if (glob.find_first_of(" \t\r\n") != glob.npos) return "has a space in it";
  if (glob.find("://") != glob.npos) return "begins with a scheme";
  const auto at = glob.find('@');
  if (at != glob.npos && !may_be_digest(glob.substr(at + 1))) return "has an invalid digest";
  auto name = glob.substr(0, at);
  if (!has_only(constraint::take_tag(name), tag)) return "has an invalid tag";
  const std::string repository = constraint::with_registry(name);
  const auto slash = repository.find('/');
  const bool has_path = slash != repository.npos;
  if (has_path && !has_only(std::string_view(repository).substr(slash), repository_bytes)) {
    return "has an invalid path: write lower-case letters, digits, '.', '_' and '-'";
  }
  return "";
}

void check_globs(const std::optional<std::vector<std::string>>& globs, const std::string& where,
                 std::vector<Mistake>& mistakes) {
  for (std::size_t i = 0; globs && i < globs->size(); ++i) {
    const std::string_view why = why_nothing_fits((*globs)[i]);
    if (why.empty()) continue;
    mistakes.push_back(
        {where + "[" + std::to_string(i) + "]",
         quoted((*globs)[i]) + " can match no image: it " + std::string(why),
         "write it as a reference, as `registry.corp/team/*:1.2` or `alpine@sha256:*`"});
  }
}

}  // namespace

void check_enforced_limits(const ConstraintSpec& spec, const std::string& where,
                           std::vector<Mistake>& mistakes) {
  if (spec.level == Level::unconfined) return;
  const auto check = [&](std::string_view key, std::optional<std::int64_t> written,
                         std::optional<std::int64_t> most) {
    const std::string name(key);
    if (!written || !most || *written <= *most || waives(spec, "resources." + name)) return;
    mistakes.push_back(
        {where + ".enforce." + name,
         "is more than " + where + "." + name + ".max, so the containers that get it are refused",
         "lower `enforce: {" + name + ": ...}`, or raise `" + name + ": {max: ...}`"});
  };
  check("memory", spec.enforce.memory, spec.memory_max);
  check("cpus", spec.enforce.nano_cpus, spec.nano_cpus_max);
  check("pids", spec.enforce.pids, spec.pids_max);
}

void check_image_globs(const ConstraintSpec& spec, const std::string& where,
                       std::vector<Mistake>& mistakes) {
  check_globs(spec.images, where + ".images", mistakes);
  check_globs(spec.images_write, where + ".images_write", mistakes);
}

}  // namespace acl
