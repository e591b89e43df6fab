// SPDX-License-Identifier: Apache-2.0
#include "acl/json/writer.hpp"

#include <string_view>

#include "acl/appender.hpp"

namespace acl::json {
namespace {

class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}

  // Inlined always, here and in Reader: of a body's values one in ten is an array or object.
  [[gnu::always_inline]] void write(Value value) {
    switch (value.kind()) {
      case Kind::null: return out_.put("null");
      case Kind::boolean: return value.truth() ? out_.put("true") : out_.put("false");
      case Kind::number: return out_.put(value.text());
      case Kind::string: return string(value);
      case Kind::array: return array(value);
      case Kind::object: return object(value);
    }
  }

 private:
  [[gnu::noinline]] void array(Value value) {
    children(value, '[', ']', [this](Value element) { write(element); });
  }

  [[gnu::noinline]] void object(Value value) {
    children(value, '{', '}', [this](Value member) {
      key(member);
      write(member);
    });
  }

  void children(Value value, char open, char close, auto write_one) {
    char before = open;
    for (const Value child : value) {
      put(before);
      before = ',';
      write_one(child);
    }
    if (before == open) put(open);
    put(close);
  }

  void key(Value member) {
    if (member.node().key_plain) return out_.put("\"", member.key(), "\":");
    escaped(member.key());
    put(':');
  }

  void string(Value value) {
    if (value.node().text_plain) return out_.put("\"", value.text(), "\"");
    escaped(value.text());
  }

  void escaped(std::string_view text) {
    put('"');
    for (const char c : text) {
      if (c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20) {
        escape(c);
      } else {
        put(c);
      }
    }
    put('"');
  }

  void escape(char c) {
    constexpr std::string_view hex = "0123456789abcdef";
    switch (c) {
      case '"': return put("\\\"");
      case '\\': return put("\\\\");
      case '\b': return put("\\b");
      case '\f': return put("\\f");
      case '\n': return put("\\n");
      case '\r': return put("\\r");
      case '\t': return put("\\t");
      default: break;
    }
    const auto byte = static_cast<unsigned char>(c);
    put("\\u00");
    put(hex[byte >> 4]);
    put(hex[byte & 0xf]);
  }

  void put(char c) { out_.put(c); }
  void put(std::string_view text) { out_.put(text); }

  Appender out_;
};

}  // namespace

void write(Value value, std::string& out) {
  Writer(out).write(value);
}

}  // namespace acl::json
