// SPDX-License-Identifier: Apache-2.0
#include "acl/constraint/names.hpp"
#include "acl/constraint/parts.hpp"
#include "acl/schema/schema.hpp"

namespace acl::constraint {
namespace {

using schema::Field;

void want_nothing(Context& context, Constraint constraint, json::Value value) {
  if (!value.is_zero()) context.refuse(constraint, value, "nothing");
}

/// External CAs sign the identities of nodes, and the engine connects to them.
void check_authority(Context& context, json::Value authority) {
  for (const auto field :
       {Field::CAConfig_ExternalCAs, Field::CAConfig_SigningCACert, Field::CAConfig_SigningCAKey}) {
    const auto value = get(authority, field);
    if (!value.is_zero()) {
      // A key is a secret: messages never show it.
      context.refuse(Constraint::swarm, value.path(), "set", "nothing");
    }
  }
}

void check_spec(Context& context, json::Value spec) {
  check_labels(context, get(spec, Field::SwarmAnnotations_Labels));
  check_authority(context, get(spec, Field::SwarmSpec_CAConfig));
  const auto defaults = get(spec, Field::SwarmSpec_TaskDefaults);
  const auto driver = get(defaults, Field::TaskDefaults_LogDriver);
  check_log_driver(context, get(driver, Field::SwarmDriver_Name),
                   get(driver, Field::SwarmDriver_Options));
}

}  // namespace

void check_swarm_init(Context& context) {
  const auto force = get(context.root(), Field::SwarmInitRequest_ForceNewCluster);
  if (force.truth()) context.refuse(Constraint::swarm, force, "false");
  check_spec(context, get(context.root(), Field::SwarmInitRequest_Spec));
}

/// The managers of the cluster that is joined may run anything here, as root and past tidegate.
void check_swarm_join(Context& context) {
  context.refuse(Constraint::swarm, "SwarmJoin", "an order to obey the managers that it names",
                 "no such order, or `waive: [swarm]`");
}

void check_swarm_update(Context& context) {
  check_spec(context, context.root());
}

void check_node_update(Context& context) {
  const auto body = context.root();
  check_labels(context, get(body, Field::SwarmAnnotations_Labels));
  const auto role = get(body, Field::NodeSpec_Role);
  if (!role.is_zero() && role.text() != "worker") {
    context.refuse(Constraint::nodes, role, "'worker'");
  }
}

/// A driver fetches the secret from elsewhere as a plugin; a template may quote other secrets and
/// the environment of the task that it is given to.
void check_secret(Context& context) {
  const auto body = context.root();
  check_new_swarm_name(context, get(body, Field::SwarmAnnotations_Name));
  check_labels(context, get(body, Field::SwarmAnnotations_Labels));
  want_nothing(context, Constraint::secrets, get(body, Field::SecretSpec_Driver));
  want_nothing(context, Constraint::secrets, get(body, Field::SecretSpec_Templating));
}

void check_config(Context& context) {
  const auto body = context.root();
  check_new_swarm_name(context, get(body, Field::SwarmAnnotations_Name));
  check_labels(context, get(body, Field::SwarmAnnotations_Labels));
  want_nothing(context, Constraint::configs, get(body, Field::ConfigSpec_Templating));
}

}  // namespace acl::constraint
