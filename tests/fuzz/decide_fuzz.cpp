// SPDX-License-Identifier: Apache-2.0
// Any body at any level, with and without enforced values: what a Case lets through is let
// through again, unchanged and with nothing more to enforce or drop. So the engine gets what was
// checked.
#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "tests/unit/told.hpp"

namespace {

acl::ConstraintSpec everything_enforced(acl::Level level) {
  acl::ConstraintSpec spec;
  spec.level = level;
  spec.binds = {{"/srv/ci/*", false}, {"/srv/cache", true, acl::Below::unresolved}};
  spec.unknown_fields = acl::UnknownFields::drop;
  spec.enforce = {.labels = {{"team", "ci"}},
                  .no_new_privileges = true,
                  .drop_all_capabilities = true,
                  .read_only_rootfs = true,
                  .memory = 1 << 20,
                  .nano_cpus = 1'000'000'000,
                  .pids = 100,
                  .user = "1000",
                  .log_driver = "local"};
  return spec;
}

/// One listener a level, plain and enforcing.
std::shared_ptr<const acl::Policy> make_policy() {
  acl::PolicySpec spec;
  spec.protected_paths = {"/srv/engine.sock"};
  for (const auto level : {acl::Level::unconfined, acl::Level::baseline, acl::Level::restricted}) {
    for (const bool enforcing : {false, true}) {
      acl::ProfileSpec profile{.name = "p" + std::to_string(spec.profiles.size()), .allow = {"*"}};
      if (enforcing) profile.constraints = everything_enforced(level);
      profile.constraints.level = level;
      spec.listeners.push_back({profile.name});
      spec.profiles.push_back(std::move(profile));
    }
  }
  return *acl::compile(spec);
}

void require(bool holds) {
  if (!holds) std::abort();
}

Told ask(const acl::Identity& identity, const acl::OperationInfo& row, std::string_view body) {
  static const auto policy = make_policy();
  return told(*policy, identity, std::string(to_string(row.method)) + " " + target_of(row), body);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  acl::Identity identity;
  identity.listener = data[0] % 6;
  // The second byte chooses the operation.
  const auto& row = acl::all_operations()[data[1] % acl::operation_count];
  if (row.body != acl::BodyKind::json) return 0;
  const std::string body(reinterpret_cast<const char*>(data) + 2, size - 2);

  const auto once = ask(identity, row, body);
  require(once.verdict != acl::Verdict::open);
  if (once.verdict != acl::Verdict::allow) {
    require(!once.message.empty());
    return 0;
  }
  if (body.empty()) return 0;
  const auto again = ask(identity, row, once.body);
  require(again.verdict == acl::Verdict::allow);
  require(again.body == once.body);
  require(again.enforced.empty() && again.dropped.empty());
  return 0;
}
