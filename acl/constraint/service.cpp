// SPDX-License-Identifier: Apache-2.0
#include "acl/constraint/checks.hpp"
#include "acl/constraint/names.hpp"
#include "acl/text/words.hpp"

namespace acl::constraint {
namespace {

using schema::Field;

void require_locked_privileges(Context& context, json::Value container) {
  const json::Value privileges = get(container, Field::ContainerSpec_Privileges);
  const json::Value locked = get(privileges, Field::Privileges_NoNewPrivileges);
  const bool served = is_served(context, Field::Privileges_NoNewPrivileges);
  const bool must_be = context.restricted() || context.spec().enforce.no_new_privileges;
  if (must_be && !(locked.truth() && served)) {
    auto told = context.refuse_missing(
        Constraint::no_new_privileges, privileges.exists() ? privileges : container,
        "NoNewPrivileges", "true, over API 1.44 or later, named in the path");
    if (served) told.opened_by("containers.enforce: {no_new_privileges: true}");
  }
}

void require_read_only_rootfs(Context& context, json::Value container) {
  if (!context.restricted() && !context.spec().enforce.read_only_rootfs) return;
  const bool served = is_served(context, Field::ContainerSpec_ReadOnly);
  if (served && get(container, Field::ContainerSpec_ReadOnly).truth()) return;
  auto told = context.refuse_missing(Constraint::read_only_rootfs, container, "ReadOnly",
                                     "true, over API 1.29 or later, named in the path");
  if (served) told.opened_by("containers.enforce: {read_only_rootfs: true}");
}

void require_hardening(Context& context, json::Value container) {
  if (is_served(context, Field::ContainerSpec_CapabilityDrop)) {
    require_capabilities_dropped(context, container, Field::ContainerSpec_CapabilityDrop);
  } else if (context.restricted() || context.spec().enforce.drop_all_capabilities) {
    context.refuse_missing(Constraint::capabilities_drop, container, "CapabilityDrop",
                           "ALL in it, over API 1.41 or later, named in the path");
  }
  require_locked_privileges(context, container);
  require_read_only_rootfs(context, container);
  require_user(context, container, Field::ContainerSpec_User);
}

void check_attachment(Context& context, json::Value network) {
  const json::Value target = get(network, Field::NetworkAttachmentConfig_Target);
  check_joined(context, Lookup::Kind::swarm_network, target.exists() ? target : network,
               target.text());
}

}  // namespace

void check_attachments(Context& context, json::Value networks) {
  for (const json::Value network : networks) check_attachment(context, network);
}

/// Such ports are open on every address of every node.
void check_published(Context& context, json::Value ports_of_service) {
  const auto& listed = context.spec().port_addresses;
  const bool everywhere = listed ? is_one_of(*listed, "") : !context.restricted();
  if (everywhere) return;
  context.refuse(Constraint::ports, ports_of_service,
                 "none: services publish on every host address");
}

bool is_expanded(const Context& context, std::string_view text) {
  const Operation operation = context.request.operation;
  return (operation == Operation::ServiceCreate || operation == Operation::ServiceUpdate) &&
         text.find("{{") != text.npos;
}

/// Requires the fields that a service must have; the rules of its fields cover the rest.
void check_service(Context& context) {
  const json::Value task = get(context.root(), Field::ServiceSpec_TaskTemplate);
  const json::Value container = get(task, Field::TaskSpec_ContainerSpec);
  context.home = "TaskTemplate.ContainerSpec";
  require_hardening(context, container);
  check_image(context, "TaskTemplate.ContainerSpec.Image",
              get(container, Field::ContainerSpec_Image).text());
  context.home = "TaskTemplate.Resources.Limits";
  require_task_limits(context, get(task, Field::TaskSpec_Resources));
}

}  // namespace acl::constraint
