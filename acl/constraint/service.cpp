// SPDX-License-Identifier: Apache-2.0
#include "acl/constraint/container_parts.hpp"
#include "acl/constraint/names.hpp"
#include "acl/constraint/parts.hpp"
#include "acl/constraint/words.hpp"
#include "acl/text.hpp"
#include "acl/text/path.hpp"

namespace acl::constraint {
namespace {

using schema::Field;

void want_default(Context& context, Constraint constraint, json::Value mode) {
  if (mode.text() != "default") want_zero(context, constraint, mode, "'default'");
}

void check_privileges(Context& context, json::Value container) {
  const json::Value privileges = get(container, Field::ContainerSpec_Privileges);
  const json::Value seccomp = get(privileges, Field::Privileges_Seccomp);
  want_default(context, Constraint::seccomp, get(seccomp, Field::SeccompOpts_Mode));
  want_zero(context, Constraint::seccomp, get(seccomp, Field::SeccompOpts_Profile),
            "no profile of its own");
  const json::Value apparmor = get(privileges, Field::Privileges_AppArmor);
  want_default(context, Constraint::apparmor, get(apparmor, Field::AppArmorOpts_Mode));
  for (const json::Value part : get(privileges, Field::Privileges_SELinuxContext)) {
    want_zero(context, Constraint::label, part, "the engine's own label");
  }
  for (const json::Value part : get(privileges, Field::Privileges_CredentialSpec)) {
    want_zero(context, Constraint::risky_fields, part, "no credential spec");
  }
  const json::Value locked = get(privileges, Field::Privileges_NoNewPrivileges);
  const bool served = is_served(context, Field::Privileges_NoNewPrivileges);
  const bool must_be = context.restricted() || context.spec().enforce.no_new_privileges;
  if (must_be && !(locked.truth() && served)) {
    context.refuse_missing(Constraint::no_new_privileges,
                           privileges.exists() ? privileges : container, "NoNewPrivileges",
                           "true, over API 1.44 or later, named in the path");
  }
}

void check_rootfs(Context& context, json::Value container) {
  if (!context.restricted() && !context.spec().enforce.read_only_rootfs) return;
  const bool served = is_served(context, Field::ContainerSpec_ReadOnly);
  if (served && get(container, Field::ContainerSpec_ReadOnly).truth()) return;
  context.refuse_missing(Constraint::read_only_rootfs, container, "ReadOnly",
                         "true, over API 1.29 or later, named in the path");
}

void check_hardening(Context& context, json::Value container) {
  check_capabilities_added(context, get(container, Field::ContainerSpec_CapabilityAdd));
  if (is_served(context, Field::ContainerSpec_CapabilityDrop)) {
    check_capabilities_dropped(context, container, Field::ContainerSpec_CapabilityDrop);
  } else if (context.restricted() || context.spec().enforce.drop_all_capabilities) {
    context.refuse_missing(Constraint::capabilities_drop, container, "CapabilityDrop",
                           "ALL in it, over API 1.41 or later, named in the path");
  }
  check_privileges(context, container);
  check_sysctls(context, get(container, Field::ContainerSpec_Sysctls));
  check_ulimits(context, get(container, Field::ContainerSpec_Ulimits));
  check_oom_score(context, get(container, Field::ContainerSpec_OomScoreAdj));
  check_rootfs(context, container);
  want_default(context, Constraint::risky_fields, get(container, Field::ContainerSpec_Isolation));
}

/// Where a file appears in the container: "db_password" below the engine's own directory, or an
/// absolute path. Older engines join the two without a look at "..".
bool is_plain_path(std::string_view path) {
  if (path.starts_with('/')) path.remove_prefix(1);
  return has_only_names(path);
}

void check_file(Context& context, Constraint constraint, json::Value name,
                std::string_view wanted) {
  if (name.is_zero() || is_plain_path(name.text())) return;
  context.refuse(constraint, name, wanted);
}

/// Secrets and configs that the tasks get as files.
void check_files(Context& context, json::Value container) {
  for (const json::Value secret : get(container, Field::ContainerSpec_Secrets)) {
    const json::Value file = get(secret, Field::SecretReference_File);
    check_file(context, Constraint::secrets, get(file, Field::SecretReferenceFileTarget_Name),
               "a path without empty, '.' or '..' parts, or `waive: [secrets]`");
  }
  for (const json::Value config : get(container, Field::ContainerSpec_Configs)) {
    const json::Value file = get(config, Field::ConfigReference_File);
    check_file(context, Constraint::configs, get(file, Field::ConfigReferenceFileTarget_Name),
               "a path without empty, '.' or '..' parts, or `waive: [configs]`");
  }
}

void check_container(Context& context, json::Value container) {
  const json::Value image = get(container, Field::ContainerSpec_Image);
  check_image(context, "TaskTemplate.ContainerSpec.Image", image.text());
  check_hardening(context, container);
  check_mounts(context, get(container, Field::ContainerSpec_Mounts));
  check_working_dir(context, get(container, Field::ContainerSpec_Dir));
  check_user(context, container, Field::ContainerSpec_User);
  check_groups(context, get(container, Field::ContainerSpec_Groups));
  check_env(context, get(container, Field::ContainerSpec_Env));
  check_labels(context, get(container, Field::ContainerSpec_Labels));
  check_files(context, container);
}

void check_networks(Context& context, json::Value list) {
  const auto& listed = context.spec().networks;
  for (const json::Value network : list) {
    const json::Value target = get(network, Field::NetworkAttachmentConfig_Target);
    if (target.text() == "host") {
      context.refuse(Constraint::namespaces_network, target, "not the host's");
    } else if (listed && !is_one_of(*listed, target.text())) {
      context.refuse(Constraint::networks, target.exists() ? target : network, "a listed network");
    } else if (!listed && may_begin_an_id(target.text())) {
      context.refuse(Constraint::namespaces_network, target.exists() ? target : network,
                     "a name that is no id's beginning, or one that `containers.networks` lists");
    }
    want_zero(context, Constraint::sysctls, get(network, Field::NetworkAttachmentConfig_DriverOpts),
              "no options of the driver: they set sysctls");
  }
}

/// Tasks that are no containers.
void check_kind(Context& context, json::Value task) {
  const json::Value runtime = get(task, Field::TaskSpec_Runtime);
  if (runtime.text() != "container") {
    want_zero(context, Constraint::plugins, runtime, "'container'");
  }
}

/// A service's ports stand open on every address of every node.
void check_published(Context& context, json::Value endpoint) {
  const auto& listed = context.spec().port_addresses;
  const bool everywhere = listed ? is_one_of(*listed, "") : !context.restricted();
  if (everywhere) return;
  want_zero(context, Constraint::ports, get(endpoint, Field::EndpointSpec_Ports),
            "none: services publish on every host address");
}

}  // namespace

/// The engine then takes the spec that the service had before, and ignores the body: nobody here
/// has seen it.
void check_service_rollback(Context& context) {
  const auto rollback = context.request.parameter("rollback");
  if (rollback.empty() || rollback == "none") return;
  context.refuse(Constraint::services, "rollback", quoted(rollback),
                 "the spec itself in the body, or `waive: [services]`");
}

void check_service(Context& context) {
  const json::Value body = context.root();
  const json::Value task = get(body, Field::ServiceSpec_TaskTemplate);
  check_new_swarm_name(context, get(body, Field::SwarmAnnotations_Name));
  check_labels(context, get(body, Field::SwarmAnnotations_Labels));
  check_kind(context, task);
  check_templates(context, body);
  context.home = "TaskTemplate.ContainerSpec";
  check_container(context, get(task, Field::TaskSpec_ContainerSpec));
  context.home = "TaskTemplate.Resources.Limits";
  check_task_resources(context, get(task, Field::TaskSpec_Resources));
  check_networks(context, get(task, Field::TaskSpec_Networks));
  check_networks(context, get(body, Field::ServiceSpec_Networks));
  const json::Value log = get(task, Field::TaskSpec_LogDriver);
  check_log_driver(context, get(log, Field::SwarmDriver_Name),
                   get(log, Field::SwarmDriver_Options));
  check_published(context, get(body, Field::ServiceSpec_EndpointSpec));
}

}  // namespace acl::constraint
