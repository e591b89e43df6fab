// SPDX-License-Identifier: Apache-2.0
#include "acl/schema/conform.hpp"

#include <algorithm>
#include <charconv>

#include "acl/schema/schema.hpp"
#include "acl/text.hpp"

namespace acl::schema {
namespace {

using json::Kind;
using json::Value;

bool is_ascii(std::string_view key) {
  return std::all_of(key.begin(), key.end(),
                     [](char c) { return static_cast<signed char>(c) >= 0; });
}

// Go decodes an integer from plain digits alone: 1.0 and 1e3 are errors there, and so is -0 for an
// unsigned one.
template <class Number>
bool fits(std::string_view digits) {
  Number ignored{};
  const char* const end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, ignored);
  return error == std::errc() && stop == end;
}

[[gnu::noinline]] bool is_in_range(std::string_view number, Scalar scalar) {
  switch (scalar) {
    case Scalar::int64: return fits<std::int64_t>(number);
    case Scalar::uint64: return fits<std::uint64_t>(number);
    case Scalar::uint32: return fits<std::uint32_t>(number);
    case Scalar::uint16: return fits<std::uint16_t>(number);
    case Scalar::float32: return fits<float>(number);
    case Scalar::boolean:
    case Scalar::string:
    case Scalar::bytes:
    case Scalar::object:
    case Scalar::ignored: return true;
  }
  return false;
}

constexpr Kind kind_of(Scalar scalar) {
  if (scalar == Scalar::boolean) return Kind::boolean;
  if (scalar == Scalar::object) return Kind::object;
  return scalar == Scalar::string || scalar == Scalar::bytes ? Kind::string : Kind::number;
}

bool is_a(Value value, Scalar scalar) {
  if (scalar == Scalar::ignored) return true;
  if (value.kind() != kind_of(scalar)) return false;
  const bool is_digit = value.text().size() == 1;  // as most numbers are, and it fits anywhere
  return value.kind() != Kind::number || is_digit || is_in_range(value.text(), scalar);
}

class Matcher {
 public:
  Matcher(Operation operation, json::Document& body, const ConformSettings& settings,
          Conformance& out)
      : operation_(operation), body_(body), settings_(settings), out_(out) {}

  // Nearly all values are plain ones: these are matched without a call.
  [[gnu::always_inline]] void match(Value value, Type type) {
    if (value.is_null()) return;
    if (type.shape == Shape::one) return one(value, type);
    many(value, type);
  }

 private:
  [[gnu::always_inline]] void one(Value value, Type type) {
    if (!is_a(value, type.scalar)) return wrong_type(value, type);
    if (type.scalar == Scalar::object) object(value, type.object);
  }

  [[gnu::noinline]] void many(Value value, Type type) {
    const Type inner{Shape::one, type.scalar, type.object};
    const Type list{Shape::list, type.scalar, type.object};
    switch (type.shape) {
      case Shape::one: return;
      case Shape::list: return elements(value, Kind::array, inner, type);
      case Shape::map: return elements(value, Kind::object, inner, type);
      case Shape::list_of_lists: return elements(value, Kind::array, list, type);
      case Shape::map_of_lists: return elements(value, Kind::object, list, type);
      case Shape::pair: return pair(value, inner, type);
      case Shape::string_or_list:
        if (value.kind() == Kind::string) return body_.wrap(value);
        return elements(value, Kind::array, inner, type);
    }
  }

  void elements(Value value, Kind kind, Type inner, Type whole) {
    if (value.kind() != kind) return wrong_type(value, whole);
    for (const Value element : value) match(element, inner);
  }

  // Go throws away what does not fit into a [2]uint; no client sends it, so it is refused.
  void pair(Value value, Type inner, Type whole) {
    if (value.kind() == Kind::array && value.size() > 2) return wrong_type(value, whole);
    elements(value, Kind::array, inner, whole);
  }

  [[gnu::noinline]] void object(Value value, Struct type) {
    body_.filter(value, [this, value, type](Value member) { return keeps(value, member, type); });
  }

  bool keeps(Value object, Value member, Struct type) {
    const Field field = find(type, member.key(), member.hash());
    if (field == Field::none) return keeps_unknown(member, type);
    const auto tag = static_cast<std::uint16_t>(field);
    // Structs never contain themselves, so the last object that had this field is this one or done.
    if (body_.last_tagged_is_in(object, tag)) {
      malformed(Reason::body_duplicate_key, member,
                "the field is given twice, in different spellings");
      return true;
    }
    const FieldInfo& known = info(field);
    if (known.type.scalar == Scalar::ignored) return keeps_habit(member);
    if (!keeps_habits()) body_.rename(member, known.name);
    body_.tag(member, tag);
    match(member, known.type);
    return true;
  }

  bool keeps_unknown(Value member, Struct type) {
    if (!is_ascii(member.key())) {
      malformed(Reason::body_key_not_ascii, member, "the name of a field must be ASCII");
      return true;
    }
    if (member.is_zero() || is_client_quirk(operation_, type, member.key())) {
      return keeps_habit(member);
    }
    if (find(legacy_top_level(type), member.key()) != Field::none) {
      return refuses(Reason::body_top_level_host_config, member,
                     "belongs into HostConfig; engines up to 26.1 obey it here too");
    }
    if (settings_.unknown_fields == UnknownFields::drop) return drops(member);
    const std::string_view near = nearest(type, member.key());
    return refuses(Reason::body_unknown_field, member,
                   near.empty()
                       ? "the Engine API has no such field"
                       : "the Engine API has no such field; did you mean " + quoted(near) + "?");
  }

  bool refuses(Reason reason, Value member, const std::string& what) {
    problem(reason, member, what);
    return !settings_.drop_refused || drops(member);
  }

  bool keeps_habits() const { return settings_.habits == Habits::keep; }
  bool keeps_habit(Value member) { return keeps_habits() || drops(member); }

  bool drops(Value member) {
    if (out_.dropped.size() < settings_.dropped) {
      out_.dropped.push_back(member.path());
    } else {
      ++out_.more_dropped;
    }
    return false;
  }

  void wrong_type(Value value, Type type) {
    const bool out_of_range = value.kind() == Kind::number && type.shape == Shape::one &&
                              type.scalar >= Scalar::int64 && type.scalar <= Scalar::float32;
    malformed(
        Reason::body_wrong_type, value,
        "must be " + to_string(type) + ", not " +
            (out_of_range ? shown(value.text()) : std::string(json::to_string(value.kind()))));
  }

  void malformed(Reason reason, Value where, const std::string& what) {
    out_.understood = false;
    problem(reason, where, what);
  }

  void problem(Reason reason, Value where, const std::string& what) {
    if (out_.problems.size() >= settings_.problems) {
      ++out_.more_problems;
      return;
    }
    const std::string path = where.path();
    out_.problems.emplace_back(reason, (path.empty() ? "the body" : path) + ": " + what);
  }

  Operation operation_;
  json::Document& body_;
  const ConformSettings& settings_;
  Conformance& out_;
};

}  // namespace

void Conformance::clear() {
  problems.clear();
  dropped.clear();
  more_problems = 0;
  more_dropped = 0;
  understood = true;
}

void conform(Operation operation, json::Document& body, const ConformSettings& settings,
             Conformance& out) {
  out.clear();
  if (const std::optional<Type> type = body_of(operation)) {
    Matcher(operation, body, settings, out).match(body.root(), *type);
  } else {
    out.understood = false;
    out.problems.emplace_back(Reason::body_unknown_field, "this operation takes no JSON body");
  }
}

}  // namespace acl::schema
