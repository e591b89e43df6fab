// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>

#include "acl/constraint/checks.hpp"
#include "acl/text/ascii.hpp"
#include "acl/text/shown.hpp"

namespace acl::constraint {
namespace {

using schema::Field;

/// One quantity of a container, whatever field says it: what asks for it, and what it may be.
struct Limit {
  Constraint constraint;
  std::optional<std::int64_t> most;
  std::string_view key;  ///< of `containers`, where the most is written
};

bool limited(const Context& context, const Limit& limit) {
  return context.restricted() || limit.most.has_value();
}

std::string wanted(const Limit& limit) {
  if (!limit.most) return "a limit";
  return "at most " + std::to_string(*limit.most) + ", by `" + std::string(limit.key) + "`";
}

/// \param amount what is given at `where` comes to, not above 0 for "no limit"
void check_amount(Context& context, json::Value where, std::int64_t amount, const Limit& limit) {
  if (!limited(context, limit)) return;
  if (amount <= 0 || (limit.most && amount > *limit.most)) {
    context.refuse(limit.constraint, where, [&] { return wanted(limit); });
  }
}

void check_given(Context& context, json::Value value, const Limit& limit) {
  check_amount(context, value, value.integer().value_or(0), limit);
}

/// A limit without which a container has none. Others than 0 are checked where they stand.
void require_limit(Context& context, json::Value object, Field field, const Limit& limit) {
  const json::Value value = get(object, field);
  if (!value.is_zero() || !limited(context, limit)) return;
  if (value.is_null()) {
    context.refuse_missing(limit.constraint, object, info(field).name, wanted(limit));
  } else {
    context.refuse(limit.constraint, value, wanted(limit));
  }
}

/// The maximum, or what is enforced where that is less.
Limit least(Limit max, const Limit& enforced) {
  const bool is_less = enforced.most && (!max.most || *enforced.most < *max.most);
  return is_less ? enforced : max;
}

Limit memory(const Context& context) {
  const ConstraintSpec& spec = context.spec();
  return least({Constraint::memory, spec.memory_max, "memory.max"},
               {Constraint::memory, spec.enforce.memory, "enforce.memory"});
}
Limit cpus(const Context& context) {
  const ConstraintSpec& spec = context.spec();
  return least({Constraint::cpus, spec.nano_cpus_max, "cpus.max"},
               {Constraint::cpus, spec.enforce.nano_cpus, "enforce.cpus"});
}
Limit pids(const Context& context) {
  const ConstraintSpec& spec = context.spec();
  return least({Constraint::pids, spec.pids_max, "pids.max"},
               {Constraint::pids, spec.enforce.pids, "enforce.pids"});
}

/// CpuQuota of CpuPeriod (both µs; the kernel's period is 100,000) in 10^-9 CPUs; 0 for no limit.
std::int64_t quota_in_nano_cpus(json::Value quota, json::Value period) {
  const std::int64_t time = quota.integer().value_or(0);
  const std::int64_t of = period.is_zero() ? 100'000 : period.integer().value_or(0);
  constexpr std::int64_t most = std::int64_t{1} << 33;  // times 10^9 still an int64
  if (time <= 0 || of <= 0) return 0;
  return time > most ? INT64_MAX : time * 1'000'000'000 / of;
}

/// What it does not say of a container stays as it is.
bool is_update(const Context& context) {
  return context.request.operation == Operation::ContainerUpdate;
}

/// The runtime folds the case of these names, and of letters outside of ASCII too.
std::string ulimit_name(std::string_view name) {
  return lower_case(name);
}

void check_ulimit(Context& context, json::Value ulimit) {
  const json::Value name = get(ulimit, Field::Ulimit_Name);
  if (!is_ulimit_name(name.text())) context.refuse(Constraint::ulimits, name, "a name as nofile");
  const auto most = most_of_ulimit(context.spec(), name.text());
  if (!most) return;
  for (const Field field : {Field::Ulimit_Soft, Field::Ulimit_Hard}) {
    const json::Value value = get(ulimit, field);
    const std::int64_t amount = value.integer().value_or(0);
    if (amount >= 0 && amount <= *most) continue;
    context.refuse(Constraint::ulimits, value, [&] {
      return "at most " + std::to_string(*most) + ", by `containers.ulimits." +
             ulimit_name(name.text()) + "`";
    });
  }
}

}  // namespace

Ceiling memory_ceiling(const Context& context) {
  const Limit limit = memory(context);
  return {limit.most, limit.key};
}

void check_memory(Context& context, json::Value bytes) {
  check_given(context, bytes, memory(context));
}

void check_pids(Context& context, json::Value limit) {
  check_given(context, limit, pids(context));
}

/// MemorySwap is memory and swap together; -1 is as much swap as the host has. The engine's own
/// default is twice the memory.
void check_swap(Context& context, json::Value memory_and_swap) {
  const std::int64_t amount = memory_and_swap.integer().value_or(0);
  const Limit limit = memory(context);
  if (!limited(context, limit)) return;
  if (amount < 0 || (limit.most && amount / 2 > *limit.most)) {
    context.refuse(Constraint::memory, memory_and_swap,
                   limit.most ? "at most twice the " + std::to_string(*limit.most) + " of `" +
                                    std::string(limit.key) + "`"
                              : "a limit");
  }
}

/// What lies in /dev/shm is memory, and a tmpfs. The engine's own default, 64 MiB, is no concern.
void check_shared_memory(Context& context, json::Value bytes) {
  if (context.spec().tmpfs_max) check_tmpfs_size(context, bytes);
  if (memory(context).most) check_memory(context, bytes);
}

// CPUs are limited by NanoCpus or by quota and period; the engine refuses both at once.

void check_cpus(Context& context, json::Value nano_cpus) {
  check_given(context, nano_cpus, cpus(context));
}

void check_cpu_quota(Context& context, json::Value quota) {
  const json::Value period = get(quota.parent(), Field::Resources_CpuPeriod);
  check_amount(context, quota, quota_in_nano_cpus(quota, period), cpus(context));
  // The period that the container has may be shorter than the kernel's own.
  if (period.is_zero() && is_update(context) && cpus(context).most) {
    context.refuse(Constraint::cpus, quota, "NanoCpus, or CpuPeriod with it");
  }
}

/// With the quota that the container has, a shorter period is more time.
void check_cpu_period(Context& context, json::Value period) {
  if (!is_update(context) || !limited(context, cpus(context))) return;
  if (!get(period.parent(), Field::Resources_CpuQuota).is_zero()) return;
  context.refuse(Constraint::cpus, period, "NanoCpus, or CpuQuota with it");
}

/// This one and the next count where the engine runs on Windows.
void check_cpu_count(Context& context, json::Value count) {
  const std::int64_t asked = count.integer().value_or(0);
  const auto most = cpus(context).most;
  if (!most || (asked > 0 && asked <= *most / 1'000'000'000)) return;
  context.refuse(Constraint::cpus, count, "NanoCpus instead");
}

void check_cpu_percent(Context& context, json::Value percent) {
  if (cpus(context).most) context.refuse(Constraint::cpus, percent, "NanoCpus instead");
}

void require_limits(Context& context, json::Value host_config) {
  require_limit(context, host_config, Field::Resources_Memory, memory(context));
  require_limit(context, host_config, Field::Resources_PidsLimit, pids(context));
  if (get(host_config, Field::Resources_CpuQuota).is_zero()) {
    require_limit(context, host_config, Field::Resources_NanoCpus, cpus(context));
  }
}

void require_task_limits(Context& context, json::Value resources) {
  const json::Value limits = get(resources, Field::ResourceRequirements_Limits);
  require_limit(context, limits, Field::Limit_MemoryBytes, memory(context));
  require_limit(context, limits, Field::Limit_NanoCPUs, cpus(context));
  if (is_served(context, Field::Limit_Pids)) {
    require_limit(context, limits, Field::Limit_Pids, pids(context));
  } else if (limited(context, pids(context))) {
    context.refuse_missing(Constraint::pids, limits, "Pids",
                           "a limit, over API 1.41 or later, named in the path");
  }
}

bool is_ulimit_name(std::string_view name) {
  return ulimit_name(name).find_first_not_of("abcdefghijklmnopqrstuvwxyz") == std::string::npos;
}

std::optional<std::int64_t> most_of_ulimit(const ConstraintSpec& spec, std::string_view name) {
  const std::string plain = ulimit_name(name);
  if (const auto listed = spec.ulimits_max.find(plain); listed != spec.ulimits_max.end()) {
    return listed->second;
  }
  return plain == "rtprio" || plain == "nice" ? std::optional<std::int64_t>(0) : std::nullopt;
}

void check_ulimits(Context& context, json::Value list) {
  for (const json::Value ulimit : list) check_ulimit(context, ulimit);
}

}  // namespace acl::constraint
