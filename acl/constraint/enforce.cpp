// SPDX-License-Identifier: Apache-2.0
#include "acl/constraint/enforce.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "acl/constraint/checks.hpp"

namespace acl::constraint {
namespace {

using json::Document;
using json::Value;
using schema::Field;

/// Writes into one object of the body and records what it has written.
class Writer {
 public:
  Writer(Context& context, Value object) : context_(context), object_(object) {}

  void hold(Field field, bool truth) {
    if (peek(field).truth() != truth) write(member(field), truth);
  }

  /// Lowers a value that is larger, or that is 0 or less, which means no limit.
  void fill(Field field, const std::optional<std::int64_t>& number) {
    if (!number) return;
    const std::int64_t asked = peek(field).integer().value_or(0);
    if (asked <= 0 || asked > *number) write(member(field), *number);
  }

  /// Lowers a larger value.
  void lower(Field field, const std::optional<std::int64_t>& number) {
    if (number && peek(field).integer().value_or(0) > *number) fill(field, number);
  }

  void fill(Field field, const std::optional<std::string>& text) {
    if (text && peek(field).is_zero()) write(member(field), std::string_view(*text));
  }

  void append(Field field, std::string_view text) { write(body().append(member(field)), text); }

  /// Sets every label of the profile, whatever the client's value.
  void label(Field field) {
    std::map<std::string_view, std::string_view> missing(context_.spec().enforce.labels.begin(),
                                                         context_.spec().enforce.labels.end());
    if (missing.empty()) return;
    const Value labels = member(field);
    Value last;
    for (const Value label : labels) {
      last = label;
      const auto wanted = missing.find(label.key());
      if (wanted == missing.end()) continue;
      if (label.kind() != json::Kind::string || label.text() != wanted->second) {
        write(label, wanted->second);
      }
      missing.erase(wanted);
    }
    for (const auto& [key, text] : missing) {
      last = body().add_member(labels, last, key);
      write(last, text);
    }
  }

  Writer inside(Field field) {
    const Value value = member(field);
    if (value.is_null()) body().set_empty(value, json::Kind::object);
    return {context_, value};
  }

  /// Returns whether the engine obeys the field. A field that it drops is not written: the checks
  /// then refuse the request because the field is missing.
  bool serves(Field field) const { return is_served(context_, field); }

  Value peek(Field field) const { return get(object_, field); }

 private:
  Document& body() { return *context_.body; }
  void write(Value value, auto what) {
    body().set(value, what);
    context_.enforced.push_back(value.path());
  }
  Value member(Field field) { return require(body(), object_, field); }

  Context& context_;
  Value object_;
};

bool drops_all(Value list) {
  return std::any_of(list.begin(), list.end(), [](Value entry) {
    const std::string_view name = entry.text();
    return name == "ALL" || name == "all";
  });
}

/// The last entry about it decides.
bool ends_without_new_privileges(Value options) {
  bool on = false;
  for (const Value option : options) {
    const std::string_view text = option.text();
    if (!text.starts_with("no-new-privileges")) continue;
    on = text == "no-new-privileges" || text.ends_with("true");
  }
  return on;
}

void harden(const EnforceSpec& spec, Writer body, Writer host) {
  body.fill(Field::Config_User, spec.user);
  if (spec.no_new_privileges &&
      !ends_without_new_privileges(host.peek(Field::HostConfig_SecurityOpt))) {
    host.append(Field::HostConfig_SecurityOpt, "no-new-privileges");
  }
  if (spec.drop_all_capabilities && !drops_all(host.peek(Field::HostConfig_CapDrop))) {
    host.append(Field::HostConfig_CapDrop, "ALL");
  }
  if (spec.read_only_rootfs) host.hold(Field::HostConfig_ReadonlyRootfs, true);
  if (spec.log_driver) {
    host.inside(Field::HostConfig_LogConfig).fill(Field::LogConfig_Type, spec.log_driver);
  }
}

/// Sets memory plus swap as the engine does for a client that sets only the memory.
std::optional<std::int64_t> with_swap(const std::optional<std::int64_t>& memory) {
  return memory ? std::optional(2 * *memory) : std::nullopt;
}

/// Lowers the fields that depend on the memory and would exceed it.
void follow_memory(const EnforceSpec& spec, Writer object) {
  object.lower(Field::Resources_MemorySwap, with_swap(spec.memory));
  object.lower(Field::Resources_MemoryReservation, spec.memory);
}

/// A number of CPUs and a quota set the same limit; the engine refuses both at once. Larger amounts
/// in another field are refused afterwards: see resource.cpp.
void limit(const EnforceSpec& spec, Writer host) {
  host.fill(Field::Resources_Memory, spec.memory);
  follow_memory(spec, host);
  host.fill(Field::Resources_PidsLimit, spec.pids);
  if (host.peek(Field::Resources_CpuQuota).is_zero()) {
    host.fill(Field::Resources_NanoCpus, spec.nano_cpus);
  }
}

void enforce_container(Context& context) {
  const EnforceSpec& spec = context.spec().enforce;
  Writer body(context, context.root());
  const Writer host = body.inside(Field::ContainerCreateRequest_HostConfig);
  harden(spec, body, host);
  limit(spec, host);
  body.label(Field::Config_Labels);
}

/// An update keeps what it leaves out, so nothing is added. 0 and -1 lift a limit and are not
/// larger numbers: the checks refuse them.
void enforce_update(Context& context) {
  const EnforceSpec& spec = context.spec().enforce;
  Writer body(context, context.root());
  body.lower(Field::Resources_Memory, spec.memory);
  follow_memory(spec, body);
  body.lower(Field::Resources_NanoCpus, spec.nano_cpus);
  body.lower(Field::Resources_PidsLimit, spec.pids);
}

void harden_task(const EnforceSpec& spec, Writer container) {
  container.fill(Field::ContainerSpec_User, spec.user);
  if (spec.no_new_privileges && container.serves(Field::Privileges_NoNewPrivileges)) {
    container.inside(Field::ContainerSpec_Privileges).hold(Field::Privileges_NoNewPrivileges, true);
  }
  if (spec.drop_all_capabilities && container.serves(Field::ContainerSpec_CapabilityDrop) &&
      !drops_all(container.peek(Field::ContainerSpec_CapabilityDrop))) {
    container.append(Field::ContainerSpec_CapabilityDrop, "ALL");
  }
  if (spec.read_only_rootfs && container.serves(Field::ContainerSpec_ReadOnly)) {
    container.hold(Field::ContainerSpec_ReadOnly, true);
  }
}

void enforce_service(Context& context) {
  const EnforceSpec& spec = context.spec().enforce;
  Writer task = Writer(context, context.root()).inside(Field::ServiceSpec_TaskTemplate);
  Writer container = task.inside(Field::TaskSpec_ContainerSpec);
  harden_task(spec, container);
  Writer limits = task.inside(Field::TaskSpec_Resources).inside(Field::ResourceRequirements_Limits);
  limits.fill(Field::Limit_MemoryBytes, spec.memory);
  limits.fill(Field::Limit_NanoCPUs, spec.nano_cpus);
  if (limits.serves(Field::Limit_Pids)) limits.fill(Field::Limit_Pids, spec.pids);
  if (spec.log_driver) {
    task.inside(Field::TaskSpec_LogDriver).fill(Field::SwarmDriver_Name, spec.log_driver);
  }
  container.label(Field::ContainerSpec_Labels);
}

}  // namespace

void enforce(Context& context) {
  if (context.spec().enforce == EnforceSpec{}) return;
  const Operation operation = context.request.operation;
  if (operation == Operation::ContainerCreate) return enforce_container(context);
  if (operation == Operation::ContainerUpdate) return enforce_update(context);
  if (operation == Operation::ServiceCreate || operation == Operation::ServiceUpdate) {
    enforce_service(context);
  }
}

}  // namespace acl::constraint
