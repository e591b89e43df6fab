// SPDX-License-Identifier: Apache-2.0
#include "acl/constraint/checks.hpp"
#include "acl/text/words.hpp"
#include "acl/version.hpp"

namespace acl::constraint {
namespace {

using schema::Field;

/// Without a mode the engine uses the bridge.
void require_network(Context& context, json::Value host) {
  const auto& listed = context.spec().networks;
  if (!listed || !get(host, Field::HostConfig_NetworkMode).is_zero()) return;
  if (is_one_of(*listed, "bridge")) return;
  context.refuse_missing(Constraint::networks, host, "NetworkMode", "a listed network")
      .opened_by("containers.networks: [bridge]");
}

/// The engine chooses: old clients get the default of their time.
void require_private_ipc(Context& context, json::Value host) {
  constexpr unsigned first_private = 40;
  const ApiVersion& version = context.request.version;
  const bool is_private = !version.given() || version.minor >= first_private;
  if (is_private || !get(host, Field::HostConfig_IpcMode).is_zero()) return;
  context.refuse_missing(Constraint::namespaces_ipc, host, "IpcMode",
                         "'private' or 'none', as the engine's default before API 1.40 is "
                         "'shareable'; or `waive: [namespaces.ipc]`");
}

void require_hardening(Context& context, json::Value host) {
  if (!context.restricted()) return;
  require_capabilities_dropped(context, host, Field::HostConfig_CapDrop);
  require_no_new_privileges(context, host);
  require_private_ipc(context, host);
  if (!get(host, Field::HostConfig_ReadonlyRootfs).truth()) {
    context.refuse_missing(Constraint::read_only_rootfs, host, "ReadonlyRootfs", "true")
        .opened_by("containers.enforce: {read_only_rootfs: true}");
  }
}

}  // namespace

bool is_served(const Context& context, Field field) {
  const unsigned since = info(field).since;
  return since <= oldest_minor || context.request.version.minor >= since;
}

json::Value get_either(json::Value object, Field field, Field other) {
  const json::Value found = get(object, field);
  return found.exists() ? found : get(object, other);
}

/// Requires the fields that a container must have; the rules of its fields cover the rest.
void check_container_create(Context& context) {
  const json::Value body = context.root();
  const json::Value host = get(body, Field::ContainerCreateRequest_HostConfig);
  context.home = "HostConfig";
  require_hardening(context, host);
  require_network(context, host);
  require_limits(context, host);
  require_user(context, body, Field::Config_User);
  check_image(context, "Image", get(body, Field::Config_Image).text());
}

/// Engines up to 25 let the body of a start replace the container's HostConfig if the API version
/// is below 1.24. In served versions it has no meaning, so it is an attack or a mistake.
void check_container_start(Context& context) {
  for (const json::Value member : context.root()) {
    if (!member.is_zero()) context.refuse(Constraint::start_body, member, "no body");
  }
}

}  // namespace acl::constraint
