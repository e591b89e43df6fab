// SPDX-License-Identifier: Apache-2.0
#include "acl/json/writer.hpp"

namespace acl::json {
namespace {

void write_escape(char c, std::string& out) {
  constexpr std::string_view hex = "0123456789abcdef";
  switch (c) {
    case '"': out += "\\\""; return;
    case '\\': out += "\\\\"; return;
    case '\b': out += "\\b"; return;
    case '\f': out += "\\f"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    default: break;
  }
  const auto byte = static_cast<unsigned char>(c);
  out += "\\u00";
  out += hex[byte >> 4];
  out += hex[byte & 0xf];
}

void write_string(std::string_view text, bool plain, std::string& out) {
  out += '"';
  if (plain) {
    out += text;
  } else {
    for (const char c : text) {
      if (c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20) {
        write_escape(c, out);
      } else {
        out += c;
      }
    }
  }
  out += '"';
}

void write_children(Value value, std::string& out) {
  const bool keyed = value.kind() == Kind::object;
  out += keyed ? '{' : '[';
  bool first = true;
  for (const Value child : value) {
    if (!first) out += ',';
    first = false;
    if (keyed) {
      write_string(child.key(), child.node().key_plain, out);
      out += ':';
    }
    write(child, out);
  }
  out += keyed ? '}' : ']';
}

}  // namespace

void write(Value value, std::string& out) {
  switch (value.kind()) {
    case Kind::null: out += "null"; return;
    case Kind::boolean: out += value.truth() ? "true" : "false"; return;
    case Kind::number: out += value.text(); return;
    case Kind::string: write_string(value.text(), value.node().text_plain, out); return;
    case Kind::array:
    case Kind::object: write_children(value, out); return;
  }
}

}  // namespace acl::json
