// SPDX-License-Identifier: Apache-2.0
#include "acl/schema/read.hpp"

#include <cstddef>
#include <cstdint>

#include "acl/json/reader.hpp"
#include "acl/scan.hpp"
#include "acl/schema/schema.hpp"

namespace acl::schema {
namespace {

using json::Kind;

constexpr Type anything{Shape::one, Scalar::ignored, Struct::Empty};
constexpr std::size_t guesses = 3;  // a key of a docker create needs 1.3 on average; 6 keys fail

/// Tags known members while they are read. A text with anything else is left to conform(), which
/// may change or refuse it.
class FieldGuide {
 public:
  using Expected = Type;

  class Keys {
   public:
    Keys(FieldGuide& guide, Type object) : guide_(guide), object_(object) {
      if (is_map(object.shape)) {
        value_ = inner(object);
      } else if (object.shape == Shape::one && object.scalar == Scalar::object) {
        owner_ = object.object;
        likely_ = static_cast<std::size_t>(first_field(owner_));
      } else {
        guide_.doubt();
        object_ = anything;
      }
    }

    // Go writes fields in declaration order, as the tables have them, and omits some zero values.
    [[gnu::always_inline]] std::string_view guess(const char* at, const char* end) {
      if (likely_ == 0 || at == end || *at != '"') return {};
      for (std::size_t i = likely_; i != likely_ + guesses; ++i) {
        const FieldInfo& field = fields_[i];
        if (field.owner != owner_) break;
        if (!stands_at(at + 1, end, field.name)) continue;
        found(i);
        return {at + 1, field.name.size()};
      }
      return {};
    }

    void look_up(std::string_view key) {
      if (is_map(object_.shape)) return;
      found(static_cast<std::size_t>(find(object_.object, key)));
      if (tag_ == 0 || fields_[tag_].name != key) guide_.doubt();
    }

    std::uint16_t tag() const { return tag_; }
    Type value() const { return value_; }

   private:
    // Behind the opening quote machine-written text has `name":`.
    static bool stands_at(const char* at, const char* end, std::string_view name) {
      const std::size_t size = name.size();
      if (static_cast<std::size_t>(end - at) < size + 2) return false;
      return at[size] == '"' && at[size + 1] == ':' && same(at, name.data(), size);
    }

    void found(std::size_t tag) {
      const FieldInfo& field = fields_[tag];
      tag_ = static_cast<std::uint16_t>(tag);
      likely_ = tag == 0 ? 0 : tag + 1;
      owner_ = field.owner;
      value_ = field.type;
      if (value_.scalar == Scalar::ignored) guide_.doubt();
    }

    const FieldInfo* const fields_ = all_fields().data();
    FieldGuide& guide_;
    Type object_;
    Type value_ = anything;         ///< of the last key
    std::uint16_t tag_ = 0;         ///< of the last key
    std::size_t likely_ = 0;        ///< the field that probably comes next; 0: none
    Struct owner_ = Struct::Empty;  ///< that field's struct
  };

  static Type element(Type list) { return list.shape == Shape::one ? anything : inner(list); }

  void saw_array(std::size_t elements, Type type) {
    const bool is_list = type.shape != Shape::one && !is_map(type.shape);
    if (!is_list || (type.shape == Shape::pair && elements > 2)) doubt();
  }

  void saw(Kind kind, std::string_view text, Type type) {
    if (kind == Kind::null) return;
    if (type.shape != Shape::one || !takes(type.scalar, kind, text)) doubt();
  }

  bool is_sure() const { return sure_; }

 private:
  void doubt() { sure_ = false; }

  bool sure_ = true;
};

}  // namespace

std::optional<Refusal> read(Operation operation, std::string_view text, json::Document& body,
                            const ConformSettings& settings, Conformance& out) {
  const std::optional<Type> type = body_of(operation);
  FieldGuide guide;
  if (auto refusal =
          json::Reader(body, text, json::Limits{}, guide).read(type.value_or(anything))) {
    return refusal;
  }
  if (type && guide.is_sure()) {
    out.clear();
  } else {
    body.forget_tags();
    conform(operation, body, settings, out);
  }
  return std::nullopt;
}

}  // namespace acl::schema
