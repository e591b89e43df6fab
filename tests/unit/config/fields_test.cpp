// SPDX-License-Identifier: Apache-2.0
// Each field that can do harm, in each place of each body where the engine takes it: the rule of
// its row in acl/schema/structs.inc refuses a value that does it.
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "acl/constraint/rules.hpp"
#include "tests/unit/config/asked.hpp"

namespace config {
namespace {

using acl::Operation;
using acl::constraint::is_refused;
using acl::constraint::Rule;
using acl::constraint::rule_of;
using acl::schema::Field;
using acl::schema::Scalar;
using acl::schema::Shape;
using acl::schema::Struct;
using acl::schema::Type;

/// Which profile refuses a value.
enum class By { baseline, restricted, limited };

struct Sample {
  By by;
  std::string value;
  std::string beside = {};
  std::string harmless = "null";
};

const std::map<Field, Sample> samples{
#define HOSTILE(owner, name, ...) {Field::owner##_##name, {By::baseline, __VA_ARGS__}},
#define HARDENED(owner, name, ...) {Field::owner##_##name, {By::restricted, __VA_ARGS__}},
#define LIMITED(owner, name, ...) {Field::owner##_##name, {By::limited, __VA_ARGS__}},
#include "tests/unit/config/hostile_fields.inc"
#undef HOSTILE
#undef HARDENED
#undef LIMITED
};

/// The text of a list or map around its elements: "[" and "]".
std::pair<std::string, std::string> brackets(Shape shape) {
  switch (shape) {
    case Shape::one: return {"", ""};
    case Shape::list:
    case Shape::string_or_list:
    case Shape::pair: return {"[", "]"};
    case Shape::list_of_lists: return {"[[", "]]"};
    case Shape::map: return {R"({"k":)", "}"};
    case Shape::map_of_lists: return {R"({"k":[)", "]}"};
  }
  return {};
}

std::string any_value(Type type);

/// With one member, where the struct has any.
std::string any_object(Struct object) {
  const auto fields = fields_of(object);
  if (fields.empty()) return "{}";
  const auto& first = info(fields.front());
  return "{\"" + std::string(first.name) + "\":" + any_value(first.type) + "}";
}

/// A value of the type that is not zero, and beyond any limit.
std::string any_value(Type type) {
  std::string element = "9000000000000000000";
  if (type.scalar == Scalar::boolean) element = "true";
  if (type.scalar == Scalar::string || type.scalar == Scalar::bytes) element = R"("eA==")";
  if (type.scalar == Scalar::uint32) element = "7";
  if (type.scalar == Scalar::object) element = any_object(type.object);
  const auto [open, close] = brackets(type.shape);
  return open + element + close;
}

std::string field_name(Field field) {
  const auto& row = info(field);
  return std::string(name(row.owner)) + "." + std::string(row.name);
}

/// What other members of an object say so that what stands inside of `field` counts.
std::string beside(Field field) {
  if (field == Field::Mount_BindOptions) {
    return R"("Type":"bind","Source":"/srv/ro","ReadOnly":true,)";
  }
  if (field == Field::Mount_TmpfsOptions) return R"("Type":"tmpfs",)";
  return field == Field::Mount_VolumeOptions ? R"("Type":"volume",)" : "";
}

/// An object of a body, and the text around it.
struct Place {
  Operation operation;
  std::string before, after;
};

template <class Use>
void for_each_field(Struct object, const Place& place, const Use& use) {
  for (const Field field : fields_of(object)) {
    use(field, place);
    const Type type = info(field).type;
    if (type.scalar != Scalar::object) continue;
    const auto [open, close] = brackets(type.shape);
    const std::string key = "\"" + std::string(info(field).name) + "\":";
    for_each_field(type.object,
                   {place.operation, place.before + "{" + beside(field) + key + open,
                    close + "}" + place.after},
                   use);
  }
}

/// Calls `use(field, place)` for every field of every body.
template <class Use>
void for_each_place(const Use& use) {
  for (const auto& operation : acl::all_operations()) {
    const auto body = acl::schema::body_of(operation.id);
    if (!body || body->scalar != Scalar::object) continue;
    const auto [open, close] = brackets(body->shape);
    for_each_field(body->object, {operation.id, open, close}, use);
  }
}

std::string request_of(Operation operation) {
  std::string path(info(operation).path);
  for (auto open = path.find('{'); open != std::string::npos; open = path.find('{')) {
    path.replace(open, path.find('}') + 1 - open, "thing");
  }
  // Over a version that has every field.
  return std::string(to_string(info(operation).method)) + " /v1.60" + path;
}

std::string body_with(Field field, const Place& place, const Sample& sample,
                      const std::string& value) {
  return place.before + "{" + sample.beside + "\"" + std::string(info(field).name) + "\":" + value +
         "}" + place.after;
}

/// Whether the operation is refused whatever its body says.
bool is_refused_as_a_whole(Operation operation) {
  return operation == Operation::SwarmJoin || operation == Operation::ContainerStart;
}

/// Whether the object that the field stands in is refused whatever it says: a driver, a template,
/// or a published port.
bool is_refused_with_its_object(Field field, Operation operation) {
  const auto tag = info(operation).tag;
  const Struct owner = info(field).owner;
  return owner == Struct::PortConfig ||
         (owner == Struct::SwarmDriver && (tag == acl::Tag::secret || tag == acl::Tag::config));
}

bool is_refused_with_more(Field field, Operation operation) {
  return is_refused(info(field).owner) || is_refused_as_a_whole(operation) ||
         is_refused_with_its_object(field, operation);
}

/// An image's default user counts where a container that is made of it names none; its Image is
/// ignored. A period alone is the kernel's own in a container that has no quota yet.
bool is_harmless_here(Field field, Operation operation) {
  if (field == Field::Resources_CpuPeriod) return operation == Operation::ContainerCreate;
  return (field == Field::Config_User || field == Field::Config_Image) &&
         operation == Operation::ImageCommit;
}

Sample sample_of(Field field) {
  const auto found = samples.find(field);
  if (found != samples.end()) return found->second;
  const bool published = info(field).owner == Struct::PortConfig;
  return {published ? By::restricted : By::baseline, any_value(info(field).type)};
}

class EachField : public testing::Test {
 protected:
  void expect_refused(Field field, const Place& place) {
    const Sample sample = sample_of(field);
    Asked& asked = sample.by == By::baseline     ? baseline_
                   : sample.by == By::restricted ? restricted_
                                                 : limited_;
    const std::string request = request_of(place.operation);
    const std::string body = body_with(field, place, sample, sample.value);
    SCOPED_TRACE(field_name(field) + ": " + request + " " + body);
    const bool refused = asked.says(request, body).starts_with("constraint.");
    EXPECT_TRUE(refused) << asked.message();
    const std::string refusal = asked.message();
    if (!refused || is_refused_with_more(field, place.operation)) return;
    asked.says(request, body_with(field, place, sample, sample.harmless));
    EXPECT_NE(asked.message(), refusal) << "the same without that value";
  }

 private:
  static constexpr auto lists =
      "binds: [{path: /srv/ro, read_only: true}], devices: [{path: /dev/fuse, permissions: r}, "
      "{gpu: 0}]";
  Asked baseline_{std::string("{") + lists + "}"};
  Asked restricted_{std::string("{level: restricted, ") + lists + "}"};
  Asked limited_{
      "{memory: {max: 1GiB}, cpus: {max: 2}, pids: {max: 100}, tmpfs: {max: 1GiB}, "
      "images: [app], build: {images: any}}"};
};

TEST_F(EachField, that_can_do_harm_is_refused_what_does_it) {
  for_each_place([&](Field field, const Place& place) {
    const Rule::Kind kind = rule_of(field).kind;
    const bool refused =
        is_refused(info(field).owner) || (kind != Rule::Kind::none && kind != Rule::Kind::harmless);
    if (refused && !is_harmless_here(field, place.operation)) expect_refused(field, place);
  });
}

TEST_F(EachField, with_a_check_has_a_hostile_value_here) {
  for (std::size_t i = 1; i < acl::schema::all_fields().size(); ++i) {
    const auto field = static_cast<Field>(i);
    const Rule::Kind kind = rule_of(field).kind;
    const bool checked = kind == Rule::Kind::by || kind == Rule::Kind::within;
    if (checked && !is_refused_with_its_object(field, Operation::ServiceCreate) &&
        info(field).owner != Struct::SwarmJoinRequest) {
      EXPECT_TRUE(samples.contains(field)) << field_name(field);
    }
    const bool refused = kind != Rule::Kind::none && kind != Rule::Kind::harmless;
    EXPECT_TRUE(refused || !samples.contains(field)) << field_name(field);
  }
}

TEST_F(EachField, says_why_it_is_harmless) {
  for (std::size_t i = 1; i < acl::schema::all_fields().size(); ++i) {
    const Rule& rule = rule_of(static_cast<Field>(i));
    if (rule.kind != Rule::Kind::harmless) continue;
    EXPECT_GT(rule.text.size(), 10U) << field_name(static_cast<Field>(i));
  }
}

}  // namespace
}  // namespace config
