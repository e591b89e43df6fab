// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "acl/constraint/checks.hpp"
#include "acl/constraint/grammar.hpp"
#include "acl/constraint/level_lists.hpp"
#include "acl/text/ascii.hpp"
#include "acl/text/ip.hpp"
#include "acl/text/words.hpp"

namespace acl::constraint {
namespace {

using schema::Field;

/// "root", or what Go's Atoi reads as 0: "0", "00", "+0", "-0".
bool is_root(std::string_view name) {
  if (name == "root") return true;
  if (name.starts_with('+') || name.starts_with('-')) name.remove_prefix(1);
  return !name.empty() && name.find_first_not_of('0') == name.npos;
}

bool is_number(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), is_digit);
}

/// "user:group". The engine uses root for a missing user. For a missing group it uses the user's
/// group in the image's passwd, and group root for a number that is not in it.
struct User {
  explicit User(std::string_view text)
      : colon(text.find(':')),
        name(text.substr(0, colon)),
        group(colon == text.npos ? "" : text.substr(colon + 1)) {}

  bool has_group() const { return !group.empty(); }
  bool is_unprivileged(const ConstraintSpec& spec) const {
    if (name.empty() || is_root(name) || is_root(group)) return false;
    return !spec.numeric_user || (is_number(name) && (group.empty() || is_number(group)));
  }

  std::size_t colon;
  std::string_view name, group;
};

std::string_view user_wanted(const ConstraintSpec& spec) {
  return spec.numeric_user ? "numbers of a user and a group, as 1000:1000, none of them 0"
                           : "a user and a group, as 1000:1000, none of them root";
}

/// Returns whether a published port may listen on this host address; "" is every address.
bool may_publish(const Context& context, std::string_view address) {
  if (const auto& listed = context.spec().port_addresses) return is_one_of(*listed, address);
  return !context.restricted() || is_one_of(loopback, address);
}

}  // namespace

void require_user(Context& context, json::Value object, Field field) {
  if (!context.restricted()) return;
  const json::Value user = get(object, field);
  if (user.is_zero()) {
    context.refuse_missing(Constraint::user, object, info(field).name, user_wanted(context.spec()))
        .opened_by("containers.enforce: {user: '1000:1000'}");
  } else if (const User given(user.text());
             !given.has_group() || !given.is_unprivileged(context.spec())) {
    context.refuse(Constraint::user, user, user_wanted(context.spec()));
  }
}

void check_exec_user(Context& context, json::Value user) {
  if (!context.restricted()) return;
  if (!User(user.text()).is_unprivileged(context.spec())) {
    context.refuse(Constraint::user, user,
                   context.spec().numeric_user ? "a number other than 0, and no group 0"
                                               : "neither root nor group root");
  }
}

void check_groups(Context& context, json::Value list) {
  if (!context.restricted()) return;
  const bool numeric = context.spec().numeric_user;
  for (const json::Value group : list) {
    if (is_root(group.text()) || (numeric && !is_number(group.text()))) {
      context.refuse(
          Constraint::user, group,
          numeric ? "a number other than 0, by `containers.numeric_user`" : "not group root");
    }
  }
}

void check_sysctls(Context& context, json::Value map) {
  const auto& listed = context.spec().sysctls;
  for (const json::Value entry : map) {
    const bool allowed =
        listed ? is_one_of(*listed, entry.key()) : is_one_of(safe_sysctls, entry.key());
    if (allowed) continue;
    context.refuse(Constraint::sysctls, entry, "no such sysctl")
        .opened_by("containers.sysctls: [", entry.key(), "]");
  }
}

void check_port_bindings(Context& context, json::Value map) {
  constexpr std::string_view wanted = "a listed host address";
  for (const json::Value port : map) {
    for (const json::Value binding : port) {
      const json::Value address = get(binding, Field::PortBinding_HostIp);
      if (may_publish(context, address.text())) continue;
      if (address.exists()) {
        auto told = context.refuse(Constraint::ports, address, wanted);
        if (parse_ip(address.text()))  // "" is every address
          told.opened_by("containers.ports: {addresses: [", address.text(), "]}");
      } else {
        context.refuse_missing(Constraint::ports, binding, "HostIp", wanted);
      }
    }
  }
}

void check_publish_all(Context& context, json::Value truth) {
  if (!may_publish(context, "")) context.refuse(Constraint::ports, truth, "false");
}

void check_storage_options(Context& context, json::Value options) {
  for (const json::Value option : options) {
    if (option.key() != "size") {
      context.refuse(Constraint::risky_fields, option, "'size' only");
    } else if (!grammar::disk_size.fits(option.text())) {
      context.refuse(Constraint::risky_fields, option, grammar::disk_size.wanted);
    }
  }
}

void check_runtime(Context& context, json::Value runtime) {
  const std::string_view name = runtime.text();
  if (name == "runc" || is_one_of(context.spec().runtimes, name)) return;
  context.refuse(Constraint::runtime, runtime, "'runc' or a listed runtime")
      .opened_by("containers.runtimes: [", name, "]");
}

}  // namespace acl::constraint
