// SPDX-License-Identifier: Apache-2.0
#include "acl/schema/schema.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "acl/json/key_hash.hpp"
#include "acl/schema/tables.hpp"
#include "acl/suggest.hpp"

namespace acl::schema {
namespace {

using tables::embeds;
using tables::fields;

struct Quirk {
  Operation operation;
  Struct object;
  std::string_view name;
  bool secret = false;  ///< dropped even where clients' habits are kept
};

// Fields that real clients send in an operation's body although no engine knows them there. They
// are dropped whatever their value. Dockerode also repeats the whole query in the body, so the
// operation's query parameters (operations.inc) are dropped at the top level of every body.
constexpr Quirk quirks[] = {
    // docker-py, docker/api/exec_api.py
    {Operation::ContainerExec, Struct::ExecCreateRequest, "Container"},
    // dockerode
    {Operation::ExecStart, Struct::ExecStartRequest, "hijack"},
    {Operation::ExecStart, Struct::ExecStartRequest, "stdin"},
    // dockerode's tests and examples: from before Docker 1.12, which does not know them any more
    {Operation::VolumeCreate, Struct::VolumeCreateRequest, "Mountpoint"},
    {Operation::SwarmInit, Struct::SwarmSpec, "AcceptancePolicy"},
    {Operation::ServiceCreate, Struct::EndpointSpec, "ExposedPorts"},
    {Operation::ServiceUpdate, Struct::EndpointSpec, "ExposedPorts"},
    // go-dockerclient: options of its own that it does not keep from encoding/json
    {Operation::ExecStart, Struct::ExecStartRequest, "InputStream"},
    {Operation::ExecStart, Struct::ExecStartRequest, "OutputStream"},
    {Operation::ExecStart, Struct::ExecStartRequest, "ErrorStream"},
    {Operation::ExecStart, Struct::ExecStartRequest, "RawTerminal"},
    // docker-java (testcontainers, Jenkins) keeps names that engines dropped before API 1.24
    {Operation::ContainerCreate, Struct::ContainerCreateRequest, "PortSpecs"},
    {Operation::ContainerCreate, Struct::HostConfig, "LxcConf"},
    {Operation::ContainerCreate, Struct::ContainerCreateRequest, "authConfig", true},
    {Operation::ImageCommit, Struct::CommitRequest, "PortSpecs"},
    {Operation::ImageCommit, Struct::CommitRequest, "DisableNetwork"},
    {Operation::SystemAuth, Struct::AuthConfig, "stackOrchestrator"},
};

constexpr char fold(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

[[gnu::noinline]] bool differ_in_case_alone(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, fold, fold);
}

bool folds_to(std::string_view a, std::string_view b) {
  return a == b || (a.size() == b.size() && differ_in_case_alone(a, b));
}

constexpr std::size_t index_size = 2048;

constexpr std::size_t slot_of(Struct object, std::uint32_t key_hash) {
  return (key_hash ^ static_cast<std::uint32_t>(object) * 0x9e37'79b1U) % index_size;
}

struct Slot {
  std::uint16_t field = 0;
  Struct object = Struct::Empty;
};

using NameIndex = std::array<Slot, index_size>;

constexpr void add_fields(NameIndex& index, Struct object, Struct owner) {
  for (std::size_t i = 1; i < std::size(fields); ++i) {
    if (fields[i].owner != owner) continue;
    std::size_t slot = slot_of(object, json::key_hash(fields[i].name));
    while (index[slot].field != 0) slot = (slot + 1) % index_size;
    index[slot] = {static_cast<std::uint16_t>(i), object};
  }
  for (const auto& [outer, other] : embeds) {
    if (outer == owner) add_fields(index, object, other);
  }
}

constexpr NameIndex make_index() {
  NameIndex index{};
  for (std::size_t s = 1; s < std::size(tables::structs); ++s) {
    add_fields(index, static_cast<Struct>(s), static_cast<Struct>(s));
  }
  return index;
}

constexpr NameIndex name_index = make_index();

consteval auto find_first_fields() {
  std::array<Field, std::size(tables::structs)> first{};
  for (std::size_t i = std::size(fields) - 2; i != 0; --i) {
    first[static_cast<std::size_t>(fields[i].owner)] = static_cast<Field>(i);
  }
  return first;
}

constexpr auto first_fields = find_first_fields();

bool has(Struct object, const FieldInfo& field) {
  if (field.owner == object) return true;
  return std::any_of(std::begin(embeds), std::end(embeds), [&](const auto& embed) {
    return embed.first == object && has(embed.second, field);
  });
}

const tables::Body* find_body(Operation operation) {
  const auto* found = std::ranges::find(tables::bodies, operation, &tables::Body::operation);
  return found == std::end(tables::bodies) ? nullptr : found;
}

// The column lists several parameters; `[]` marks those that may be repeated.
bool is_query_parameter(Operation operation, std::string_view key) {
  std::string_view names = acl::info(operation).query;
  while (!names.empty()) {
    const std::string_view one = names.substr(0, names.find(' '));
    names.remove_prefix(std::min(one.size() + 1, names.size()));
    if (one.substr(0, one.find('[')) == key) return true;
  }
  return false;
}

}  // namespace

std::span<const FieldInfo> all_fields() {
  return std::span(fields).first(std::size(fields) - 1);
}

const FieldInfo& info(Field field) {
  return fields[static_cast<std::size_t>(field)];
}

std::string_view name(Struct object) {
  return tables::structs[static_cast<std::size_t>(object)];
}

std::optional<Type> body_of(Operation operation) {
  const tables::Body* body = find_body(operation);
  return body == nullptr ? std::nullopt : std::optional(body->type);
}

bool body_is_optional(Operation operation) {
  const tables::Body* body = find_body(operation);
  return body != nullptr && body->optional;
}

bool body_is_dropped(Operation operation) {
  return operation == Operation::ContainerStart;
}

Field find(Struct object, std::string_view key) {
  for (std::size_t slot = slot_of(object, json::key_hash(key)); name_index[slot].field != 0;
       slot = (slot + 1) % index_size) {
    const Slot& entry = name_index[slot];
    if (entry.object == object && folds_to(fields[entry.field].name, key)) {
      return static_cast<Field>(entry.field);
    }
  }
  return Field::none;
}

Field first_field(Struct object) {
  return first_fields[static_cast<std::size_t>(object)];
}

std::vector<Field> fields_of(Struct object) {
  std::vector<Field> found;
  for (std::size_t i = 1; i < all_fields().size(); ++i) {
    if (has(object, fields[i])) found.push_back(static_cast<Field>(i));
  }
  return found;
}

std::string_view nearest(Struct object, std::string_view key) {
  constexpr std::size_t longest = 40;  // the longest name has 25
  if (key.size() > longest) return "";
  std::size_t best = key.size() / 3 + 1;
  std::string_view found;
  for (const FieldInfo& field : all_fields().subspan(1)) {
    if (!has(object, field)) continue;
    const std::size_t far = edit_distance(field.name, key);
    if (far > best || (far == best && !found.empty())) continue;
    best = far;
    found = field.name;
  }
  return found;
}

Struct legacy_top_level(Struct object) {
  const bool has_ones = object == Struct::ContainerCreateRequest;
  return has_ones ? Struct::LegacyTopLevel : Struct::Empty;
}

Habit habit_of(Operation operation, Struct object, std::string_view key) {
  const std::optional<Type> body = body_of(operation);
  if (body && body->object == object && is_query_parameter(operation, key)) return Habit::known;
  const auto* quirk = std::ranges::find_if(quirks, [&](const Quirk& each) {
    return each.operation == operation && each.object == object && folds_to(each.name, key);
  });
  if (quirk == std::end(quirks)) return Habit::none;
  return quirk->secret ? Habit::secret : Habit::known;
}

json::Value require(json::Document& document, json::Value object, Field field) {
  if (const json::Value found = get(object, field); found.exists()) return found;
  const json::Value added = document.member(object, info(field).name);
  document.tag(added, static_cast<std::uint16_t>(field));
  return added;
}

}  // namespace acl::schema
