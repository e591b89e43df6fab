// SPDX-License-Identifier: Apache-2.0
#include "acl/suggest.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <optional>
#include <vector>

#include "acl/group.hpp"
#include "acl/operation.hpp"
#include "acl/request.hpp"
#include "acl/route.hpp"
#include "acl/text/ascii.hpp"
#include "acl/text/shown.hpp"
#include "acl/version.hpp"

namespace acl {
namespace {

// A longer word is not a typing error.
constexpr std::size_t longest_compared = 64;

std::optional<std::string> nearest(std::string_view word, std::span<const std::string> valid) {
  if (word.size() > longest_compared || valid.empty()) return std::nullopt;
  const auto far = [&](const std::string& other) { return edit_distance(word, other); };
  const auto best = std::ranges::min_element(valid, {}, far);
  if (far(*best) > std::max<std::size_t>(1, best->size() / 3)) return std::nullopt;
  return *best;
}

// People bring `CONTAINERS`, `containers`, `@containers` and `Container` from other proxies.
std::optional<std::string> group_called(std::string_view entry) {
  auto word = lower_case(entry);
  if (word == "all" || word == "@all" || word == "@*") return "*";
  if (word.starts_with('@')) word.erase(0, 1);
  std::ranges::replace(word, '_', '-');
  const auto names = group_names();
  for (const auto& candidate :
       {word, word.substr(0, word.size() - (word.ends_with('s') ? 1 : 0))}) {
    if (std::ranges::find(names, "@" + candidate) != names.end()) return "@" + candidate;
  }
  return std::nullopt;
}

// `INFO` and `ping` leave out the section: SystemInfo, SystemPing.
std::optional<std::string> operation_ending_in(std::string_view entry) {
  const auto word = lower_case(entry);
  if (word.size() < 4) return std::nullopt;
  for (const auto& operation : all_operations()) {
    if (lower_case(operation.name).ends_with(word)) return std::string(operation.name);
  }
  return std::nullopt;
}

/// "GET /v1.41/containers/json?all=1", "/info": from another proxy's rules, or from a log.
std::string operation_of_request(std::string_view entry) {
  const auto space = entry.find(' ');
  const auto path_at = space == entry.npos ? 0 : space + 1;
  auto path = entry.substr(path_at, entry.find('?') - path_at);
  if (!path.starts_with('/')) return "";
  const auto method = path_at == 0 ? "GET" : entry.substr(0, space);
  ApiVersion version;
  std::size_t prefix = 0;
  if (!read_version(path, version, prefix)) path.remove_prefix(prefix);
  const auto operation = route(method_from(method), path).operation;
  return operation == Operation::unknown ? "" : "that is " + std::string(info(operation).name);
}

std::vector<std::string> all_entries() {
  auto entries = group_names();
  for (const auto& operation : all_operations()) entries.emplace_back(operation.name);
  return entries;
}

// A section whose operations are in no group: @session, @debug.
std::string operations_of(std::string_view group) {
  std::string names;
  for (const auto& operation : all_operations()) {
    if (group != "@" + std::string(to_string(operation.tag))) continue;
    names += (names.empty() ? "" : ", ") + std::string(operation.name);
  }
  return names;
}

std::string question(const std::string& word) {
  return "did you mean " + quoted(word) + "?";
}

}  // namespace

std::string suggest_entry(std::string_view entry) {
  if (const auto names = operations_of(entry); !names.empty()) {
    return "these operations are allowed by their own names only: " + names;
  }
  if (auto operation = operation_of_request(entry); !operation.empty()) return operation;
  const auto entries = all_entries();
  const auto wanted = lower_case(entry);
  const auto same = std::ranges::find(entries, wanted, lower_case);
  if (same != entries.end()) return question(*same);
  if (const auto group = group_called(entry)) return question(*group);
  if (const auto operation = operation_ending_in(entry)) return question(*operation);
  return suggest_word(entry, entries);
}

std::string suggest_word(std::string_view word, std::span<const std::string> valid) {
  const auto best = nearest(word, valid);
  return best ? question(*best) : std::string{};
}

std::size_t edit_distance(std::string_view first, std::string_view second) {
  const std::string a = lower_case(first);
  const std::string b = lower_case(second);
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

}  // namespace acl
