// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "acl/constraint/parts.hpp"
#include "acl/text.hpp"

namespace acl::constraint {
namespace {

constexpr auto secret_words =
    std::to_array<std::string_view>({"password", "passwd", "secret", "token", "credential",
                                     "api_key", "apikey", "private_key", "access_key"});

constexpr std::string_view wanted_secret = "a secret in a file, as a mount or a swarm secret";

/// "DB_PASSWORD" does, "DB_PASSWORD_FILE" does not: that is how secrets are to be given.
bool looks_secret(std::string_view name) {
  const auto lower = lower_case(name);
  return !lower.ends_with("_file") && std::ranges::any_of(secret_words, [&](std::string_view word) {
    return lower.find(word) != lower.npos;
  });
}

}  // namespace

void check_env(Context& context, json::Value env) {
  if (!context.restricted()) return;
  for (const auto variable : env) {
    const auto name = variable.text().substr(0, variable.text().find('='));
    if (looks_secret(name)) {
      context.refuse(Constraint::env, variable, Quoted{name}, wanted_secret);
    }
  }
}

void check_env_name(Context& context, const Place& where, std::string_view name) {
  if (!context.restricted() || !looks_secret(name)) return;
  context.refuse(Constraint::env, where, Quoted{name}, wanted_secret);
}

}  // namespace acl::constraint
