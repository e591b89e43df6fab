// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cstdint>
#include <string>

#include "acl/constraint/checks.hpp"
#include "acl/constraint/level_lists.hpp"
#include "acl/text/ascii.hpp"
#include "acl/text/engine_bool.hpp"
#include "acl/text/numbers.hpp"
#include "acl/text/shown.hpp"
#include "acl/text/words.hpp"

namespace acl::constraint {
namespace {

using json::Value;

// Values that mean "nothing": the classic builder's clients send every parameter they know.
constexpr auto nothing = std::to_array<std::string_view>({"", "null", "[]", "{}"});

constexpr auto memory_parameters =
    std::to_array<std::string_view>({"memory", "memswap", "shmsize"});

constexpr auto ulimit_keys = std::to_array<std::string_view>({"Name", "Hard", "Soft"});

void check_network(Context& context, std::string_view network) {
  const auto& listed = context.spec().build.networks;
  if (network.empty()) return;
  if (listed ? is_one_of(*listed, network) : is_one_of(level_networks, network)) return;
  auto told = context.refuse(Constraint::build, "networkmode", shown_value("networkmode", network),
                             listed ? "a listed network" : "'default' or 'none'");
  if (network == "host" || network.starts_with("container:")) return;
  told.opened_by("containers.build: {networks: [", network, "]}");
}

/// Returns whether BuildKit (version=2) builds, from a session that only its two ends can read, for
/// a client that may speak BuildKit's own protocol, which can ask for all of this and more.
bool is_by_buildkit(const Context& context) {
  return context.buildkit && context.request.parameter("version") == "2";
}

/// What the docker command before 23 asks of BuildKit beyond the classic builder's parameters.
bool belongs_to_buildkit(const Parameter& parameter) {
  return parameter.name == "version" || parameter.name == "session" ||
         parameter.name == "outputs" ||
         (parameter.name == "remote" && parameter.value == "client-session");
}

/// Parameters that have no harmless value.
void check_escapes(Context& context, const Parameter& parameter) {
  if (belongs_to_buildkit(parameter) && is_by_buildkit(context)) return;
  constexpr auto escapes = std::to_array<std::string_view>(
      {"cgroupparent", "securityopt", "session", "outputs", "isolation"});
  const std::string_view value = parameter.value;
  if (is_one_of(escapes, parameter.name) && !is_one_of(nothing, value)) {
    if (parameter.name == "isolation" && value == "default") return;
    context.refuse(Constraint::build, std::string(parameter.name),
                   shown_value(parameter.name, value), "nothing");
  } else if (parameter.name == "squash" && is_true_to_engine(value)) {
    context.refuse(Constraint::build, "squash", shown_value("squash", value), "false");
  } else if (parameter.name == "version" && !value.empty() && value != "1") {
    context.refuse(Constraint::build, "version", shown_value("version", value),
                   "'1', the classic builder, or Session and Grpc in `allow`");
  } else if (parameter.name == "remote" && !value.empty() && !context.spec().image_import) {
    context.refuse(Constraint::image_import, "remote", shown_value("remote", value), "nothing")
        .opened_by("containers.image_import: true");
  }
}

/// The limits that a build's steps ask for, or 0. `memswap` is memory plus swap, as in containers.
void check_memory(Context& context, const Parameter& parameter) {
  const auto [most, key, opener] = memory_ceiling(context);
  if (!most || parameter.value.empty()) return;
  const bool with_swap = parameter.name == "memswap";
  const auto bytes = whole_number<std::int64_t>(parameter.value);
  if (bytes && *bytes >= 0 && (with_swap ? *bytes / 2 : *bytes) <= *most) return;
  auto told = context.refuse(
      Constraint::memory, std::string(parameter.name), shown_value(parameter.name, parameter.value),
      std::string(with_swap ? "at most twice " : "at most ") + std::to_string(*most) +
          ", by `containers." + std::string(key) + "`");
  if (bytes && *bytes > 0) told.opened_by(opener, with_swap ? *bytes / 2 : *bytes, "}");
}

/// Checks one element of `ulimits`: {"Name":"nofile","Hard":20,"Soft":10}. The engine folds the
/// case of these keys; clients never use that.
bool is_within(const ConstraintSpec& spec, Value limit) {
  for (const auto member : limit) {
    if (!is_one_of(ulimit_keys, member.key())) return false;
  }
  if (!is_ulimit_name(limit["Name"].text())) return false;
  const auto most = most_of_ulimit(spec, limit["Name"].text());
  if (!most) return true;
  for (const auto key : {"Hard", "Soft"}) {
    const auto value = limit[key].integer();
    if (limit[key].exists() && (!value || *value < 0 || *value > *most)) return false;
  }
  return true;
}

void check_build_ulimits(Context& context, Value limits) {
  for (const auto limit : limits) {
    if (is_within(context.spec(), limit)) continue;
    context.refuse(Constraint::ulimits, "ulimits", quoted(limit["Name"].text()),
                   "Name, Hard and Soft, at most the maximum in `containers.ulimits`; 0 for rtprio "
                   "and nice where it has none");
  }
}

/// Parameters with JSON values. The engine ignores what it cannot decode, so that is refused here.
void check_json(Context& context, const Parameter& parameter) {
  if (is_one_of(nothing, parameter.value)) return;
  json::Document document;
  if (document.read(parameter.value)) {
    context.refuse(Constraint::build, std::string(parameter.name),
                   shown_value(parameter.name, parameter.value), "well-formed JSON");
  } else if (parameter.name == "labels") {
    check_labels(context, document.root());
  } else {
    check_build_ulimits(context, document.root());
  }
}

}  // namespace

void check_image_build(Context& context) {
  for (const auto& parameter : context.request.query) {
    check_escapes(context, parameter);
    if (parameter.name == "networkmode") check_network(context, parameter.value);
    if (is_one_of(memory_parameters, parameter.name)) check_memory(context, parameter);
    if (parameter.name == "t" && !parameter.value.empty()) {
      check_image_name(context, "t", parameter.value);
      check_new_image_name(context, "t", parameter.value);
    }
    if (parameter.name == "labels" || parameter.name == "ulimits") check_json(context, parameter);
  }
}

}  // namespace acl::constraint
