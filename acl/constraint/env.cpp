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
    if (!looks_secret(name)) continue;
    context.refuse(Constraint::env, variable, Quoted{name},
                   "a secret in a file, as a mount or a swarm secret");
  }
}

}  // namespace acl::constraint
