// SPDX-License-Identifier: Apache-2.0
#include "acl/json/writer.hpp"

#include <cstddef>
#include <string_view>

namespace acl::json {
namespace {

// Makes room once a piece of text, not once a byte, and gives back at the end what was too much.
class Writer {
 public:
  explicit Writer(std::string& out) : out_(out), used_(out.size()) {}
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
  ~Writer() { out_.resize(used_); }

  void write(Value value) {
    switch (value.kind()) {
      case Kind::null: return put("null");
      case Kind::boolean: return put(value.truth() ? "true" : "false");
      case Kind::number: return put(value.text());
      case Kind::string: return string(value.text(), value.node().text_plain);
      case Kind::array: return children(value, '[', ']');
      case Kind::object: return children(value, '{', '}');
    }
  }

 private:
  void children(Value value, char open, char close) {
    put(open);
    char before = 0;
    for (const Value child : value) {
      if (before != 0) put(before);
      before = ',';
      if (open == '{') {
        string(child.key(), child.node().key_plain);
        put(':');
      }
      write(child);
    }
    put(close);
  }

  void string(std::string_view text, bool plain) {
    if (!plain) return escaped(text);
    char* const to = room(text.size() + 2);
    to[0] = '"';
    text.copy(to + 1, text.size());
    to[text.size() + 1] = '"';
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

  void put(char c) { *room(1) = c; }
  void put(std::string_view text) { text.copy(room(text.size()), text.size()); }

  char* room(std::size_t size) {
    if (out_.size() - used_ < size) grow(size);
    char* const here = out_.data() + used_;
    used_ += size;
    return here;
  }

  [[gnu::noinline]] void grow(std::size_t size) { out_.resize(out_.size() * 2 + size + 256); }

  std::string& out_;
  std::size_t used_;  ///< of out_; the rest is room
};

}  // namespace

void write(Value value, std::string& out) {
  Writer(out).write(value);
}

}  // namespace acl::json
