// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <optional>
#include <string>

#include "acl/constraint/container_parts.hpp"
#include "acl/constraint/parts.hpp"
#include "acl/text.hpp"

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

/// A limit that was given; `amount` is what it comes to, not above 0 for "none".
void check_given(Context& context, json::Value where, std::int64_t amount, const Limit& limit) {
  if (!limited(context, limit)) return;
  if (amount <= 0 || (limit.most && amount > *limit.most)) {
    context.refuse(limit.constraint, where, wanted(limit));
  }
}

/// A limit without which a container has none.
void check_limit(Context& context, json::Value object, Field field, const Limit& limit) {
  const json::Value value = get(object, field);
  if (value.is_null()) {
    if (!limited(context, limit)) return;
    context.refuse_missing(limit.constraint, object, info(field).name, wanted(limit));
  } else {
    check_given(context, value, value.integer().value_or(0), limit);
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

/// MemorySwap is memory and swap together; -1 is as much swap as the host has. The engine's own
/// default is twice the memory.
void check_swap(Context& context, json::Value swap) {
  const std::int64_t amount = swap.integer().value_or(0);
  const Limit limit = memory(context);
  if (!limited(context, limit) || amount == 0) return;
  if (amount < 0 || (limit.most && amount / 2 > *limit.most)) {
    context.refuse(Constraint::memory, swap,
                   limit.most ? "at most twice the " + std::to_string(*limit.most) + " of `" +
                                    std::string(limit.key) + "`"
                              : "a limit");
  }
}

/// The kernel's share of the memory; the engine takes 0 for "as much as the rest leaves".
void check_kernel_memory(Context& context, json::Value object) {
  for (const Field field : {Field::Resources_KernelMemory, Field::Resources_KernelMemoryTCP}) {
    const json::Value value = get(object, field);
    if (!value.is_zero()) {
      check_given(context, value, value.integer().value_or(0), memory(context));
    }
  }
}

/// What lies in /dev/shm is memory, and a tmpfs. The engine's own default, 64 MiB, is no concern.
void check_shared_memory(Context& context, json::Value size) {
  if (!size.is_zero() && context.spec().tmpfs_max) {
    check_tmpfs_size(context, size, size.integer().value_or(0));
  }
  const Limit limit = memory(context);
  if (size.is_zero() || !limit.most) return;
  check_given(context, size, size.integer().value_or(0), limit);
}

/// CpuQuota of CpuPeriod (both µs; the kernel's period is 100,000) in 10^-9 CPUs; 0 for no limit.
std::int64_t quota_in_nano_cpus(json::Value quota, json::Value period) {
  const std::int64_t time = quota.integer().value_or(0);
  const std::int64_t of = period.is_zero() ? 100'000 : period.integer().value_or(0);
  constexpr std::int64_t most = std::int64_t{1} << 33;  // times 10^9 still an int64
  if (time <= 0 || of <= 0) return 0;
  return time > most ? INT64_MAX : time * 1'000'000'000 / of;
}

/// CpuCount and CpuPercent count where the engine runs on Windows.
void check_windows_cpus(Context& context, json::Value object) {
  const Limit limit = cpus(context);
  if (!limit.most) return;
  const json::Value count = get(object, Field::Resources_CpuCount);
  const std::int64_t cpus = count.integer().value_or(0);
  if (!count.is_zero() && (cpus <= 0 || cpus > *limit.most / 1'000'000'000)) {
    context.refuse(Constraint::cpus, count, "NanoCpus instead");
  }
  want_zero(context, Constraint::cpus, get(object, Field::Resources_CpuPercent),
            "NanoCpus instead");
}

/// CPUs are limited by NanoCpus or by quota and period; the engine refuses both at once.
void check_cpus(Context& context, json::Value object, bool must_be_set) {
  check_windows_cpus(context, object);
  const json::Value nano = get(object, Field::Resources_NanoCpus);
  const json::Value quota = get(object, Field::Resources_CpuQuota);
  const json::Value period = get(object, Field::Resources_CpuPeriod);
  if (!quota.is_zero()) {
    check_given(context, quota, quota_in_nano_cpus(quota, period), cpus(context));
    // The period that the container has may be shorter than the kernel's own.
    if (period.is_zero() && !must_be_set && cpus(context).most) {
      context.refuse(Constraint::cpus, quota, "NanoCpus, or CpuPeriod with it");
    }
  } else if (!period.is_zero() && !must_be_set && limited(context, cpus(context))) {
    // With the quota that the container has, a shorter period is more time.
    context.refuse(Constraint::cpus, period, "NanoCpus, or CpuQuota with it");
  }
  if (!nano.is_zero()) {
    check_given(context, nano, nano.integer().value_or(0), cpus(context));
  } else if (quota.is_zero() && must_be_set) {
    check_limit(context, object, Field::Resources_NanoCpus, cpus(context));
  }
}

void check_oom(Context& context, json::Value object) {
  want_false(context, Constraint::oom, get(object, Field::Resources_OomKillDisable));
}

/// Fields that starve the host or steer a cgroup, and that no client sends unasked.
void check_rest(Context& context, json::Value object) {
  want_zero(context, Constraint::cgroup_parent, get(object, Field::Resources_CgroupParent), "''");
  for (const Field field :
       {Field::Resources_CpuRealtimePeriod, Field::Resources_CpuRealtimeRuntime}) {
    want_zero(context, Constraint::risky_fields, get(object, field), "no real-time CPU time");
  }
  check_ulimits(context, get(object, Field::Resources_Ulimits));
  check_oom(context, object);
  check_devices(context, object);
}

}  // namespace

Ceiling memory_ceiling(const Context& context) {
  const Limit limit = memory(context);
  return {limit.most, limit.key};
}

void check_resources(Context& context, json::Value host_config) {
  check_limit(context, host_config, Field::Resources_Memory, memory(context));
  check_swap(context, get(host_config, Field::Resources_MemorySwap));
  check_kernel_memory(context, host_config);
  check_shared_memory(context, get(host_config, Field::HostConfig_ShmSize));
  check_cpus(context, host_config, true);
  check_limit(context, host_config, Field::Resources_PidsLimit, pids(context));
  check_oom_score(context, get(host_config, Field::HostConfig_OomScoreAdj));
  check_rest(context, host_config);
}

void check_resources_changed(Context& context, json::Value body) {
  const json::Value new_memory = get(body, Field::Resources_Memory);
  if (!new_memory.is_zero()) {
    check_given(context, new_memory, new_memory.integer().value_or(0), memory(context));
  }
  check_swap(context, get(body, Field::Resources_MemorySwap));
  check_kernel_memory(context, body);
  check_cpus(context, body, false);
  // Unlike the others, 0 takes this limit away.
  const json::Value new_pids = get(body, Field::Resources_PidsLimit);
  if (!new_pids.is_null()) {
    check_given(context, new_pids, new_pids.integer().value_or(0), pids(context));
  }
  check_rest(context, body);
}

void check_task_resources(Context& context, json::Value resources) {
  const json::Value limits = get(resources, Field::ResourceRequirements_Limits);
  check_limit(context, limits, Field::Limit_MemoryBytes, memory(context));
  check_limit(context, limits, Field::Limit_NanoCPUs, cpus(context));
  if (is_served(context, Field::Limit_Pids)) {
    check_limit(context, limits, Field::Limit_Pids, pids(context));
  } else if (limited(context, pids(context))) {
    context.refuse_missing(Constraint::pids, limits, "Pids",
                           "a limit, over API 1.41 or later, named in the path");
  }
  const json::Value swap = get(resources, Field::ResourceRequirements_SwapBytes);  // alone
  if (!swap.is_zero()) check_given(context, swap, swap.integer().value_or(0), memory(context));
  const json::Value reserved = get(resources, Field::ResourceRequirements_Reservations);
  for (const json::Value generic : {get(reserved, Field::SwarmResources_GenericResources),
                                    get(limits, Field::Limit_GenericResources)}) {
    want_zero(context, Constraint::devices, generic, "no generic resources");
  }
}

/// The runtime folds the case of these names, and of letters outside of ASCII too.
std::string ulimit_name(std::string_view name) {
  return lower_case(name);
}

bool is_ulimit_name(std::string_view name) {
  return ulimit_name(name).find_first_not_of("abcdefghijklmnopqrstuvwxyz") == name.npos;
}

std::optional<std::int64_t> most_of_ulimit(const ConstraintSpec& spec, std::string_view name) {
  const std::string plain = ulimit_name(name);
  if (const auto listed = spec.ulimits_max.find(plain); listed != spec.ulimits_max.end()) {
    return listed->second;
  }
  return plain == "rtprio" || plain == "nice" ? std::optional<std::int64_t>(0) : std::nullopt;
}

std::string ulimit_wanted(std::string_view name, std::int64_t most) {
  return "at most " + std::to_string(most) + ", by `containers.ulimits." + ulimit_name(name) + "`";
}

void check_ulimits(Context& context, json::Value list) {
  for (const json::Value ulimit : list) {
    const json::Value name = get(ulimit, Field::Ulimit_Name);
    if (!is_ulimit_name(name.text())) {
      context.refuse(Constraint::ulimits, name, "a name as nofile");
    }
    const auto most = most_of_ulimit(context.spec(), name.text());
    if (!most) continue;
    for (const Field field : {Field::Ulimit_Soft, Field::Ulimit_Hard}) {
      const json::Value value = get(ulimit, field);
      const std::int64_t amount = value.integer().value_or(0);
      if (amount >= 0 && amount <= *most) continue;
      context.refuse(Constraint::ulimits, value,
                     context.found.full() ? "" : ulimit_wanted(name.text(), *most));
    }
  }
}

void check_oom_score(Context& context, json::Value score) {
  if (score.integer().value_or(0) < 0) context.refuse(Constraint::oom, score, "0 or more");
}

}  // namespace acl::constraint
