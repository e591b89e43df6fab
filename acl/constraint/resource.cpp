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

/// A quantity of a container, whichever field sets it, with its limit.
struct Limit {
  Constraint constraint;
  std::optional<std::int64_t> most;
  std::string_view key;     ///< the key of `containers` that sets the maximum
  std::string_view opener;  ///< the same as written in front of a larger maximum
  std::string_view setter;  ///< what gives a limit to those who ask for none, as `opener`
  std::int64_t usual;       ///< the limit that it gives, unless the maximum is smaller
  std::string_view usual_text;
};

bool limited(const Context& context, const Limit& limit) {
  return context.restricted() || limit.most.has_value();
}

std::string wanted(const Limit& limit) {
  if (!limit.most) return "a limit";
  return "at most " + std::to_string(*limit.most) + ", by `" + std::string(limit.key) + "`";
}

constexpr std::int64_t one_cpu = 1'000'000'000;

/// "0.25": the configuration counts CPUs, the engine 10^-9 of them.
std::string in_cpus(std::int64_t nano_cpus) {
  std::string text = std::to_string(nano_cpus / one_cpu) + "." +
                     std::to_string(one_cpu + nano_cpus % one_cpu).substr(1);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text;
}

std::string in_units(const Limit& limit, std::int64_t amount) {
  return limit.constraint == Constraint::cpus ? in_cpus(amount) : std::to_string(amount);
}

/// Names the key that allows `amount`; none if it is no limit at all.
void opened_by_maximum(Told told, const Limit& limit, std::int64_t amount) {
  if (amount > 0 && limit.most) told.opened_by(limit.opener, in_units(limit, amount), "}");
}

/// Names the key that gives a limit where a client asks for none.
void opened_by_setter(Told told, const Limit& limit) {
  const bool is_less = limit.most && *limit.most < limit.usual;
  told.opened_by(limit.setter,
                 is_less ? in_units(limit, *limit.most) : std::string(limit.usual_text), "}");
}

/// \param amount the effective amount of the value at `where`; 0 or less: no limit
void check_amount(Context& context, json::Value where, std::int64_t amount, const Limit& limit) {
  if (!limited(context, limit)) return;
  if (amount <= 0 || (limit.most && amount > *limit.most)) {
    const auto told = context.refuse(limit.constraint, where, [&] { return wanted(limit); });
    opened_by_maximum(told, limit, amount);
  }
}

void check_given(Context& context, json::Value value, const Limit& limit) {
  check_amount(context, value, value.integer().value_or(0), limit);
}

/// Requires a limit where the value is 0. Other values are checked as fields.
void require_limit(Context& context, json::Value object, Field field, const Limit& limit) {
  const json::Value value = get(object, field);
  if (!value.is_zero() || !limited(context, limit)) return;
  auto told = value.is_null() ? context.refuse_missing(limit.constraint, object, info(field).name,
                                                       wanted(limit))
                              : context.refuse(limit.constraint, value, wanted(limit));
  opened_by_setter(told, limit);
}

/// The maximum, or the enforced value if that is smaller.
/// \param enforced what the profile writes itself, by the key `enforced_key`
Limit least(Limit max, std::optional<std::int64_t> enforced, std::string_view enforced_key) {
  if (!enforced || (max.most && *max.most <= *enforced)) return max;
  max.most = enforced;
  max.key = enforced_key;
  max.opener = max.setter;
  return max;
}

Limit memory(const Context& context) {
  const ConstraintSpec& spec = context.spec();
  constexpr std::int64_t usual = std::int64_t{512} * 1024 * 1024;
  return least({Constraint::memory, spec.memory_max, "memory.max",
                "containers.memory: {max: ", "containers.enforce: {memory: ", usual, "512m"},
               spec.enforce.memory, "enforce.memory");
}
Limit cpus(const Context& context) {
  const ConstraintSpec& spec = context.spec();
  return least({Constraint::cpus, spec.nano_cpus_max, "cpus.max",
                "containers.cpus: {max: ", "containers.enforce: {cpus: ", one_cpu, "1"},
               spec.enforce.nano_cpus, "enforce.cpus");
}
Limit pids(const Context& context) {
  const ConstraintSpec& spec = context.spec();
  return least({Constraint::pids, spec.pids_max, "pids.max",
                "containers.pids: {max: ", "containers.enforce: {pids: ", 256, "256"},
               spec.enforce.pids, "enforce.pids");
}

/// CpuQuota / CpuPeriod (both µs; the default period is 100,000) in 10^-9 CPUs; 0: no limit.
std::int64_t quota_in_nano_cpus(json::Value quota, json::Value period) {
  const std::int64_t time = quota.integer().value_or(0);
  const std::int64_t of = period.is_zero() ? 100'000 : period.integer().value_or(0);
  constexpr std::int64_t most = std::int64_t{1} << 33;  // times 10^9 this still fits an int64
  if (time <= 0 || of <= 0) return 0;
  return time > most ? INT64_MAX : time * 1'000'000'000 / of;
}

/// An update leaves everything unchanged that it does not name.
bool is_update(const Context& context) {
  return context.request.operation == Operation::ContainerUpdate;
}

/// The runtime folds the case of these names, including letters outside of ASCII.
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
    const std::string plain = ulimit_name(name.text());
    auto told = context.refuse(Constraint::ulimits, value, [&] {
      return "at most " + std::to_string(*most) + ", by `containers.ulimits." + plain + "`";
    });
    if (amount > 0) told.opened_by("containers.ulimits: {" + plain + ": ", amount, "}");
  }
}

}  // namespace

Ceiling memory_ceiling(const Context& context) {
  const Limit limit = memory(context);
  return {limit.most, limit.key, limit.opener};
}

void check_memory(Context& context, json::Value bytes) {
  check_given(context, bytes, memory(context));
}

/// In a new container 0 is a missing limit; see require_limits().
void check_pids(Context& context, json::Value limit) {
  const bool is_new = context.request.operation == Operation::ContainerCreate;
  if (!is_new || !limit.is_zero()) check_given(context, limit, pids(context));
}

/// MemorySwap is memory plus swap; -1: all of the host's swap. The default is twice the memory.
void check_swap(Context& context, json::Value memory_and_swap) {
  const std::int64_t amount = memory_and_swap.integer().value_or(0);
  const Limit limit = memory(context);
  if (!limited(context, limit)) return;
  if (amount < 0 || (limit.most && amount / 2 > *limit.most)) {
    const auto told =
        context.refuse(Constraint::memory, memory_and_swap,
                       limit.most ? "at most twice the " + std::to_string(*limit.most) + " of `" +
                                        std::string(limit.key) + "`"
                                  : "a limit");
    opened_by_maximum(told, limit, amount / 2);
  }
}

/// Files in /dev/shm use memory, and it is a tmpfs. The engine's default, 64 MiB, is harmless.
void check_shared_memory(Context& context, json::Value bytes) {
  if (context.spec().tmpfs_max) check_tmpfs_size(context, bytes);
  if (memory(context).most) check_memory(context, bytes);
}

// NanoCpus, or quota and period, limit CPUs; the engine refuses both at once.

void check_cpus(Context& context, json::Value nano_cpus) {
  check_given(context, nano_cpus, cpus(context));
}

void check_cpu_quota(Context& context, json::Value quota) {
  const json::Value period = get(quota.parent(), Field::Resources_CpuPeriod);
  check_amount(context, quota, quota_in_nano_cpus(quota, period), cpus(context));
  // The container's current period may be shorter than the kernel's default.
  if (period.is_zero() && is_update(context) && cpus(context).most) {
    context.refuse(Constraint::cpus, quota, "NanoCpus, or CpuPeriod with it");
  }
}

/// With the container's current quota, a shorter period means more CPU time.
void check_cpu_period(Context& context, json::Value period) {
  if (!is_update(context) || !limited(context, cpus(context))) return;
  if (!get(period.parent(), Field::Resources_CpuQuota).is_zero()) return;
  context.refuse(Constraint::cpus, period, "NanoCpus, or CpuQuota with it");
}

/// This field and the next count only where the engine runs on Windows.
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
