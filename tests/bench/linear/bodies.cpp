// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/linear/bodies.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "acl/constraint/check.hpp"
#include "acl/schema/schema.hpp"

namespace linear {
namespace {

using acl::schema::FieldInfo;
using acl::schema::Scalar;
using acl::schema::Shape;
using acl::schema::Struct;
using acl::schema::Type;

// Words that checkers take apart: paths, options, modes, templates, names with several parts.
constexpr auto words =
    std::to_array<std::string_view>({"x", "/srv/a:/y:ro", "k=v,{{.x}}", "CAP_X", "a:b@c/d"});
// What a long text is made of.
constexpr auto pieces = std::to_array<std::string_view>({"a,", "a=/:", "{{.x}}../"});

std::string quoted(std::string_view text) {
  return "\"" + std::string(text) + "\"";
}

/// Values of a scalar's type, some of them none that the engine takes.
std::vector<std::string> samples_of(Type type) {
  if (type.shape == Shape::list) return {"[]", "[\"x\"]", "[{}]"};
  switch (type.scalar) {
    case Scalar::boolean: return {"true"};
    case Scalar::object: return {"{}", "{\"Zz\":1}", "\"x\""};
    case Scalar::string:
    case Scalar::bytes: break;
    case Scalar::int64:
    case Scalar::uint64:
    case Scalar::uint32:
    case Scalar::uint16:
    case Scalar::float32:
    case Scalar::ignored: return {"7", "-1"};
  }
  std::vector<std::string> texts = {"7"};
  for (const std::string_view word : words) texts.push_back(quoted(word));
  return texts;
}

class Walk {
 public:
  explicit Walk(acl::Operation operation) : operation_(operation) {}

  void type(Type type, const std::string& where, const std::string& before,
            const std::string& after) {
    if (type.shape != Shape::one) return many(type, where, before, after);
    if (type.scalar == Scalar::object) return object(type.object, where, before, after);
    if (type.scalar == Scalar::string) text(where, before, after);
  }

  std::vector<Case> take() { return std::move(cases_); }

 private:
  void many(Type type, const std::string& where, const std::string& before,
            const std::string& after) {
    const bool map = acl::schema::is_map(type.shape);
    const std::string open = before + (map ? "{" : "["), close = (map ? "}" : "]") + after;
    const Type inner = acl::schema::inner(type);
    for (const std::string& sample : samples_of(inner)) {
      add(where + " = " + sample, open, (map ? "\"k#\":" : "") + sample, ",", close);
    }
    if (type.scalar != Scalar::object && inner.shape == Shape::one) return;
    this->type(inner, where + "[]", open + (map ? "\"k\":" : ""), close);
  }

  void object(Struct of, const std::string& where, const std::string& before,
              const std::string& after) {
    add(where + " with unknown fields", before + "{", "\"Z#\":1", ",", "}" + after);
    for (const FieldInfo& field : acl::schema::all_fields()) {
      const auto found = acl::schema::find(of, field.name);
      if (&acl::schema::info(found) != &field || field.name.empty()) continue;
      type(field.type, (where.empty() ? "" : where + ".") + std::string(field.name),
           before + "{" + quoted(field.name) + ":", "}" + after);
    }
    // Elements that have the field: what one checker does for each of them.
    if (!before.ends_with('[')) return;
    for (const FieldInfo& field : acl::schema::all_fields()) {
      const auto found = acl::schema::find(of, field.name);
      if (&acl::schema::info(found) != &field || field.name.empty()) continue;
      if (field.type.shape != Shape::one) continue;
      const std::string sample = samples_of(field.type).back();
      add(where + "." + std::string(field.name) + " = " + sample, before,
          "{" + quoted(field.name) + ":" + sample + "}", ",", after);
    }
  }

  void text(const std::string& where, const std::string& before, const std::string& after) {
    for (const std::string_view piece : pieces) {
      add(where + " of " + std::string(piece), before + "\"", std::string(piece), "", "\"" + after);
    }
  }

  void add(std::string where, std::string before, std::string element, std::string between,
           std::string after) {
    cases_.push_back({operation_, std::move(where), std::move(before), std::move(element),
                      std::move(between), std::move(after)});
  }

  acl::Operation operation_;
  std::vector<Case> cases_;
};

/// Whether no earlier operation reads the same type of body and checks it in the same way.
bool is_new(acl::Operation operation, const std::vector<Case>& earlier) {
  return std::ranges::none_of(earlier, [operation](const Case& other) {
    return acl::schema::body_of(other.operation) == acl::schema::body_of(operation) &&
           acl::constraint::body_checker(other.operation) ==
               acl::constraint::body_checker(operation);
  });
}

}  // namespace

std::vector<Case> all_cases() {
  std::vector<Case> all;
  for (const acl::OperationInfo& operation : acl::all_operations()) {
    const auto type = acl::schema::body_of(operation.id);
    if (!type || !is_new(operation.id, all)) continue;
    Walk walk(operation.id);
    walk.type(*type, "", "", "");
    for (Case& each : walk.take()) all.push_back(std::move(each));
  }
  return all;
}

std::size_t values_of(const Case& of) {
  if (of.between.empty()) return 0;  // a piece of one text
  const bool is_member = of.element.starts_with("\"k#\":") || of.element.starts_with("\"Z#\":");
  acl::json::Document document;
  const std::string text = (is_member ? "{" : "[") + of.element + (is_member ? "}" : "]");
  document.read(text);
  return document.size() - 1;
}

std::string body_of(const Case& of, std::size_t elements, std::size_t most_bytes) {
  std::string body = of.before;
  const std::size_t hash = of.element.find('#');
  for (std::size_t i = 0; i < elements && body.size() + 64 < most_bytes; ++i) {
    if (i != 0) body += of.between;
    if (hash == std::string::npos) {
      body += of.element;
    } else {
      body += of.element.substr(0, hash) + std::to_string(i) + of.element.substr(hash + 1);
    }
  }
  return body + of.after;
}

}  // namespace linear
