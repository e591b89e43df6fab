// SPDX-License-Identifier: Apache-2.0
#include "acl/constraint/container_parts.hpp"
#include "acl/constraint/grammar.hpp"
#include "acl/constraint/parts.hpp"
#include "acl/version.hpp"

namespace acl::constraint {
namespace {

using schema::Field;

/// Config: what an image may say as well.
void check_config(Context& context, json::Value body) {
  const json::Value image = get(body, Field::Config_Image);
  check_image(context, "Image", image.text());
  check_user(context, body, Field::Config_User);
  check_env(context, get(body, Field::Config_Env));
  check_labels(context, get(body, Field::Config_Labels));
  check_working_dir(context, get(body, Field::Config_WorkingDir));
  check_on_build(context, body);
}

void check_privileges(Context& context, json::Value host) {
  want_false(context, Constraint::privileged, get(host, Field::HostConfig_Privileged));
  check_capabilities_added(context, get(host, Field::HostConfig_CapAdd));
  want_zero(context, Constraint::capabilities_add, get(host, Field::HostConfig_Capabilities),
            "CapAdd and CapDrop instead");
  check_capabilities_dropped(context, host, Field::HostConfig_CapDrop);
  check_security_opt(context, host);
  check_system_paths(context, host);
  check_namespaces(context, host);
  check_groups(context, get(host, Field::HostConfig_GroupAdd));
  check_sysctls(context, get(host, Field::HostConfig_Sysctls));
  check_runtime(context, get(host, Field::HostConfig_Runtime));
}

void check_storage(Context& context, json::Value host) {
  check_binds(context, get(host, Field::HostConfig_Binds));
  check_mounts(context, get(host, Field::HostConfig_Mounts));
  check_tmpfs(context, get(host, Field::HostConfig_Tmpfs));
  check_volumes_from(context, get(host, Field::HostConfig_VolumesFrom));
  check_volume_driver(context, get(host, Field::HostConfig_VolumeDriver), {});
  const json::Value rootfs = get(host, Field::HostConfig_ReadonlyRootfs);
  if (context.restricted() && !rootfs.truth()) {
    context.refuse_missing(Constraint::read_only_rootfs, host, "ReadonlyRootfs", "true");
  }
  for (const json::Value option : get(host, Field::HostConfig_StorageOpt)) {
    if (option.key() != "size") {
      context.refuse(Constraint::risky_fields, option, "'size' only");
    } else if (!fits(Grammar::disk_size, option.text())) {
      context.refuse(Constraint::risky_fields, option, wanted(Grammar::disk_size));
    }
  }
}

void check_reach(Context& context, json::Value host, json::Value networking) {
  check_ports(context, host);
  if (context.restricted()) {
    want_zero(context, Constraint::links, get(host, Field::HostConfig_Links), "none");
  }
  for (const json::Value endpoint : get(networking, Field::NetworkingConfig_EndpointsConfig)) {
    // Clients that send NetworkMode "default" repeat that word here.
    const bool bridge = endpoint.key() == "default";
    check_endpoint(context, bridge ? "bridge" : endpoint.key(), endpoint);
  }
  const json::Value log = get(host, Field::HostConfig_LogConfig);
  check_log_driver(context, get(log, Field::LogConfig_Type), get(log, Field::LogConfig_Config));
}

/// Fields with a risk that no level speaks of. ContainerIDFile is not among them: the client writes
/// that file, and the engine only remembers its name.
void check_silent(Context& context, json::Value host) {
  want_zero(context, Constraint::risky_fields, get(host, Field::HostConfig_Annotations),
            "no annotations: they steer the runtime");
  want_zero(context, Constraint::risky_fields, get(host, Field::HostConfig_InitPath), "''");
  const json::Value isolation = get(host, Field::HostConfig_Isolation);
  if (isolation.text() != "default") {
    want_zero(context, Constraint::risky_fields, isolation, "'default'");
  }
}

}  // namespace

void want_zero(Context& context, Constraint constraint, json::Value value,
               std::string_view wanted) {
  if (!value.is_zero()) context.refuse(constraint, value, wanted);
}

void want_false(Context& context, Constraint constraint, json::Value value) {
  if (value.truth()) context.refuse(constraint, value, "false");
}

bool is_served(const Context& context, Field field) {
  const unsigned since = info(field).since;
  return since <= oldest_minor || context.request.version.minor >= since;
}

void check_container_create(Context& context) {
  const json::Value body = context.root();
  const json::Value host = get(body, Field::ContainerCreateRequest_HostConfig);
  context.home = "HostConfig";
  check_privileges(context, host);
  check_storage(context, host);
  check_reach(context, host, get(body, Field::ContainerCreateRequest_NetworkingConfig));
  check_resources(context, host);
  check_silent(context, host);
  check_config(context, body);
}

void check_container_update(Context& context) {
  check_resources_changed(context, context.root());
}

}  // namespace acl::constraint
