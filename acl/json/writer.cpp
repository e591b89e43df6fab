// SPDX-License-Identifier: Apache-2.0
#include "acl/json/writer.hpp"

#include <string_view>

#include "acl/appender.hpp"

namespace acl::json {
namespace {

class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}

  // Always inlined, here and in Reader: one in ten values of a body is an array or object.
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
    char before = '[';
    for (const Value element : value) {
      out_.put(before);
      before = ',';
      write(element);
    }
    end(before, '[', ']');
  }

  [[gnu::noinline]] void object(Value value) {
    char before = '{';
    for (const Value member : value) {
      key(before, member);
      before = ',';
      write(member);
    }
    end(before, '{', '}');
  }

  void end(char before, char open, char close) {
    if (before == open) out_.put(open);
    out_.put(close);
  }

  void key(char before, Value member) {
    if (member.node().key_plain) return out_.put(before, "\"", member.key(), "\":");
    out_.put(before);
    escaped(member.key());
    out_.put(':');
  }

  void string(Value value) {
    if (value.node().text_plain) return out_.put("\"", value.text(), "\"");
    escaped(value.text());
  }

  void escaped(std::string_view text) {
    out_.put('"');
    for (const char c : text) {
      if (c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20) {
        escape(c);
      } else {
        out_.put(c);
      }
    }
    out_.put('"');
  }

  void escape(char c) {
    constexpr std::string_view hex = "0123456789abcdef";
    switch (c) {
      case '"': return out_.put("\\\"");
      case '\\': return out_.put("\\\\");
      case '\b': return out_.put("\\b");
      case '\f': return out_.put("\\f");
      case '\n': return out_.put("\\n");
      case '\r': return out_.put("\\r");
      case '\t': return out_.put("\\t");
      default: break;
    }
    const auto byte = static_cast<unsigned char>(c);
    out_.put("\\u00", hex[byte >> 4], hex[byte & 0xf]);
  }

  Appender out_;
};

}  // namespace

void write(Value value, std::string& out) {
  Writer(out).write(value);
}

}  // namespace acl::json
