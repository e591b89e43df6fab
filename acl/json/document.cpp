// SPDX-License-Identifier: Apache-2.0
#include "acl/json/document.hpp"

#include <algorithm>
#include <cassert>
#include <charconv>
#include <cstring>
#include <utility>

#include "acl/capacity.hpp"
#include "acl/text/ascii.hpp"
#include "acl/text/numbers.hpp"
#include "acl/text/shown.hpp"

namespace acl::json {
namespace {

bool is_word(std::string_view key) {
  static constexpr auto word = letters_digits_and("_");
  return !key.empty() && has_only(key, word);
}

bool needs_no_escape(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return c != '"' && c != '\\' && static_cast<unsigned char>(c) >= 0x20;
  });
}

}  // namespace

std::string_view to_string(Kind kind) {
  switch (kind) {
    case Kind::null: return "null";
    case Kind::boolean: return "a boolean";
    case Kind::number: return "a number";
    case Kind::string: return "a string";
    case Kind::array: return "an array";
    case Kind::object: return "an object";
  }
  return "";
}

std::optional<std::int64_t> Value::integer() const {
  if (kind() != Kind::number) return std::nullopt;
  return whole_number<std::int64_t>(text());
}

bool Value::is_zero() const {
  switch (kind()) {
    case Kind::null: return true;
    case Kind::boolean: return !truth();
    case Kind::number: return text() == "0" || text() == "-0";
    case Kind::string: return text().empty();
    case Kind::array:
    case Kind::object: return node().first == no_index;
  }
  return false;
}

Value Value::parent() const {
  if (!exists() || node().parent == no_index) return {};
  return {*document_, node().parent};
}

std::size_t Value::size() const {
  std::size_t count = 0;
  for ([[maybe_unused]] const Value child : *this) ++count;
  return count;
}

Value Value::operator[](std::string_view key) const {
  if (kind() != Kind::object) return {};
  for (const Value child : *this) {
    if (child.key() == key) return child;
  }
  return {};
}

Value Value::search_tagged(std::uint16_t tag) const {
  for (const Value child : *this) {
    if (child.tag() == tag) return child;
  }
  return {};
}

std::string Value::path() const {
  const Value above = parent();
  if (!above.exists()) return "";
  std::string out = above.path();
  if (above.kind() == Kind::array) {
    std::size_t position = 0;
    for (Value child = above.first(); child.index() != index_; child = child.next()) ++position;
    return out + "[" + std::to_string(position) + "]";
  }
  if (!is_word(key())) return out + "[\"" + shown(key()) + "\"]";
  if (!out.empty()) out += ".";
  return out + shown(key());
}

Value Document::member(Value object, std::string_view key) {
  if (object.is_null()) set_empty(object, Kind::object);
  assert(object.kind() == Kind::object);
  if (const Value found = object[key]; found.exists()) return found;
  return keyed({*this, add_last(object.index())}, key);
}

Value Document::add_member(Value object, Value last, std::string_view key) {
  if (object.is_null()) set_empty(object, Kind::object);
  Index behind = last.exists() ? last.index() : no_index;
  add(object.index(), behind);
  return keyed({*this, behind}, key);
}

Value Document::keyed(Value member, std::string_view key) {
  at(member.index()).set_key(key);
  at(member.index()).key_plain = needs_no_escape(key);
  return member;
}

Value Document::append(Value array) {
  if (array.is_null()) set_empty(array, Kind::array);
  assert(array.kind() == Kind::array);
  return {*this, add_last(array.index())};
}

void Document::set_null(Value value) {
  Node& node = at(value.index());
  for (Index i = node.first; i != no_index; i = at(i).next) at(i).parent = no_index;
  node.kind = Kind::null;
  node.truth = false;
  node.set_text({});
  node.text_plain = true;
  node.first = no_index;
}

void Document::set(Value value, bool truth) {
  set_null(value);
  at(value.index()).kind = Kind::boolean;
  at(value.index()).truth = truth;
}

void Document::set(Value value, std::int64_t number) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  set(value, std::string_view(digits, static_cast<std::size_t>(end - digits)));
  at(value.index()).kind = Kind::number;
}

void Document::set(Value value, std::string_view text) {
  char* copy = take(text.size());
  if (!text.empty()) std::memcpy(copy, text.data(), text.size());
  set_null(value);
  Node& node = at(value.index());
  node.kind = Kind::string;
  node.set_text({copy, text.size()});
  node.text_plain = needs_no_escape(text);
}

void Document::set_empty(Value value, Kind array_or_object) {
  set_null(value);
  at(value.index()).kind = array_or_object;
}

void Document::wrap(Value value) {
  const Index inner = next_node();
  Node& element = at(inner);
  element = at(value.index());
  set_empty(value, Kind::array);
  at(value.index()).first = inner;
  element.parent = value.index();
  element.next = no_index;
  element.set_key({});
  element.tag = 0;
  for (Index child = element.first; child != no_index; child = at(child).next) {
    at(child).parent = inner;
  }
}

Index Document::add_last(Index parent) {
  Index last = no_index;
  for (Index i = at(parent).first; i != no_index; i = at(i).next) last = i;
  add(parent, last);
  return last;
}

void Document::more_nodes() {
  constexpr Index first = 64;
  const Index room = room_ == 0 ? first : 2 * room_;
  auto nodes = std::make_unique_for_overwrite<Node[]>(room);
  std::copy_n(nodes_.get(), size_, nodes.get());
  nodes_ = std::move(nodes);
  room_ = room;
}

char* Document::take(std::size_t size) {
  constexpr std::size_t usual = 4096;
  while (chunk_ < chunks_.size() && chunks_[chunk_].size - used_ < size) {
    ++chunk_;
    used_ = 0;
  }
  if (chunk_ == chunks_.size()) {
    const std::size_t room = std::max(size, usual);
    chunks_.push_back({std::make_unique_for_overwrite<char[]>(room), room});
  }
  char* taken = chunks_[chunk_].bytes.get() + used_;
  used_ += size;
  return taken;
}

void Document::forget_tags() {
  for (Index i = 0; i < size_; ++i) at(i).tag = 0;
  std::ranges::fill(last_tagged_, no_member);
}

std::size_t Document::capacity() const {
  std::size_t all = room_ * sizeof(Node) + capacity_of(last_tagged_) + capacity_of(scratch_);
  for (const Chunk& chunk : chunks_) all += chunk.size;
  return all;
}

void Document::clear() {
  size_ = 0;
  std::ranges::fill(last_tagged_, no_member);
  chunk_ = 0;
  used_ = 0;
}

}  // namespace acl::json
