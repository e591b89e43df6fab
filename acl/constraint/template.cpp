// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "acl/constraint/container_parts.hpp"
#include "acl/constraint/grammar.hpp"
#include "acl/constraint/parts.hpp"

namespace acl::constraint {
namespace {

using schema::Field;

struct TaskText {
  Field field;
  Grammar grammar;
};
constexpr auto task_texts = std::to_array<TaskText>({
#define TASK_TEXT(field, grammar) {Field::field, Grammar::grammar},
#include "acl/constraint/expanded.inc"
});

/// Of a value and all below it; of the keys of maps too, whoever may expand those one day.
void check_text(Context& context, Grammar grammar, json::Value value) {
  if (!fits(grammar, value.text()) || !fits(grammar, value.key())) {
    context.refuse(Constraint::templates, value, wanted(grammar));
  }
  for (const json::Value below : value) check_text(context, grammar, below);
}

void check_attachments(Context& context, json::Value networks) {
  for (const json::Value network : networks) {
    check_text(context, Grammar::placeholders,
               get(network, Field::NetworkAttachmentConfig_Aliases));
    check_text(context, Grammar::placeholders,
               get(network, Field::NetworkAttachmentConfig_DriverOpts));
  }
}

}  // namespace

bool is_expanded(const Context& context, std::string_view text) {
  const Operation operation = context.request.operation;
  return (operation == Operation::ServiceCreate || operation == Operation::ServiceUpdate) &&
         text.find("{{") != text.npos;
}

void check_templates(Context& context, json::Value service) {
  const json::Value task = get(service, Field::ServiceSpec_TaskTemplate);
  const json::Value container = get(task, Field::TaskSpec_ContainerSpec);
  for (const TaskText& text : task_texts) {
    check_text(context, text.grammar, get(container, text.field));
  }
  check_attachments(context, get(task, Field::TaskSpec_Networks));
  check_attachments(context, get(service, Field::ServiceSpec_Networks));
}

}  // namespace acl::constraint
