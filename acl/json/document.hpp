// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "acl/reason.hpp"

namespace acl::json {

enum class Kind : std::uint8_t { null, boolean, number, string, array, object };

/// "a string", "an array": for messages.
std::string_view to_string(Kind);

/// Bounds of Document::read(). The caller bounds the size of the text.
struct Limits {
  unsigned depth = 64;          ///< of arrays and objects in each other
  std::size_t values = 50'000;  ///< in one document, containers included
};

using Index = std::uint32_t;
inline constexpr Index no_index = 0xffff'ffff;

/// How a Document stores one value: a tree of indices in one vector, text as views. Not for users.
struct Node {
  const char* key_at = nullptr;   ///< of a member; empty elsewhere
  const char* text_at = nullptr;  ///< a string's content, a number as it was written
  std::uint32_t key_size = 0;
  std::uint32_t text_size = 0;
  Index parent = no_index;
  Index first = no_index;  ///< first child
  Index next = no_index;   ///< next sibling
  std::uint16_t tag = 0;
  Kind kind = Kind::null;
  bool truth : 1 = false;
  bool key_plain : 1 = true;   ///< the key needs no escapes when written
  bool text_plain : 1 = true;  ///< nor does the text

  std::string_view key() const { return {key_at, key_size}; }
  std::string_view text() const { return {text_at, text_size}; }
  void set_key(std::string_view key) {
    key_at = key.data();
    key_size = static_cast<std::uint32_t>(key.size());
  }
  void set_text(std::string_view text) {
    text_at = text.data();
    text_size = static_cast<std::uint32_t>(text.size());
  }
};

class Document;

/// One value of a Document; cheap to copy, valid as long as its Document. A default-made Value
/// stands for "absent" and reads like null, so that look-ups chain.
class Value {
 public:
  class Iterator;

  Value() = default;
  Value(const Document& document, Index index) : document_(&document), index_(index) {}

  bool exists() const { return document_ != nullptr; }
  Kind kind() const { return exists() ? node().kind : Kind::null; }
  bool is_null() const { return kind() == Kind::null; }
  bool truth() const { return exists() && node().truth; }
  /// A string's content or a number as it was written; "" for all else.
  std::string_view text() const { return exists() ? node().text() : std::string_view(); }
  /// What Go decodes into an int64: a number written as a plain integer, and in range.
  std::optional<std::int64_t> integer() const;
  /// As Go's zero value: null, absent, false, 0, "", [] or {}.
  bool is_zero() const;

  std::string_view key() const { return exists() ? node().key() : std::string_view(); }
  /// The number that tag() attached; for a member of a struct its schema::Field.
  std::uint16_t tag() const { return exists() ? node().tag : std::uint16_t{0}; }

  Value parent() const;
  Value first() const;
  Value next() const;
  Iterator begin() const;
  Iterator end() const;
  std::size_t size() const;  ///< number of children; counts them

  /// The member with exactly this key; absent if there is none or this is no object.
  Value operator[](std::string_view key) const;
  /// The member with this tag. Mostly without a search: see Document::last_tagged_.
  Value tagged(std::uint16_t tag) const;

  /// Where it stands: `HostConfig.Mounts[0].Type`, `Labels["com.example"]`; "" for the root.
  std::string path() const;

  const Node& node() const;
  Index index() const { return index_; }

 private:
  Value search_tagged(std::uint16_t tag) const;

  const Document* document_ = nullptr;
  Index index_ = no_index;
};

/// A JSON document, read, changed and written. Keep and reuse it: once warm it allocates nothing.
class Document {
 public:
  Document() = default;
  Document(const Document&) = delete;
  Document& operator=(const Document&) = delete;

  /// Replaces the content by what `text` says. Values point into `text`, which must live on.
  /// \returns why it is no acceptable JSON; the document is then empty.
  std::optional<Refusal> read(std::string_view text, const Limits& limits = {});

  Value root() const { return size_ == 0 ? Value() : Value(*this, 0); }
  std::size_t size() const { return size_; }
  /// The memory that it has, for this content or from an earlier one.
  std::size_t capacity() const;

  /// The member `key` of `object`, added as null at the end where it is missing. A null becomes an
  /// object first. `key` must outlive the document's content.
  Value member(Value object, std::string_view key);
  /// Adds the member `key` as null to `object`, which has none of that name, behind its last member
  /// `last` (absent where it has no members). Constant time.
  Value add_member(Value object, Value last, std::string_view key);
  /// Adds a null at the end of `array`; a null becomes an array first.
  Value append(Value array);
  void set_null(Value value);
  void set(Value value, bool truth);
  void set(Value value, std::int64_t number);
  void set(Value value, std::string_view text);  ///< copies `text`
  void set(Value value, const char* text) { set(value, std::string_view(text)); }
  void set_empty(Value value, Kind array_or_object);
  /// Turns `value` into an array whose only element is what it was.
  void wrap(Value value);
  /// \param word letters and digits that outlive the document
  void rename(Value member, std::string_view word) {
    at(member.index()).set_key(word);
    at(member.index()).key_plain = true;
  }
  /// \param tag not 0 \returns whether the last member that got this tag is of the same object
  bool tag(Value member, std::uint16_t tag) {
    if (tag >= last_tagged_.size()) last_tagged_.resize(tag + 1U, no_member);
    Index& last = last_tagged_.data()[tag];
    Node& node = at(member.index());
    const bool again = at(last).parent == node.parent;
    last = member.index();
    node.tag = tag;
    return again;
  }
  /// Whether any member got this tag, should it have been dropped since.
  bool has_tag(std::uint16_t tag) const { return last_tagged(tag) != no_member; }
  /// As if tag() had never been called.
  void forget_tags();

  /// Unlinks each child of `parent` for which `keep` says no. Linear.
  template <class Keep>
  void filter(Value parent, Keep keep) {
    Index last = no_index;
    for (Index child = at(parent.index()).first; child != no_index;) {
      const Index next = at(child).next;
      if (keep(Value(*this, child))) {
        last = child;
      } else {
        link_after(parent.index(), last) = next;
        at(child).parent = no_index;
      }
      child = next;
    }
  }

 private:
  friend class Value;
  friend class Scanner;
  template <class Guide>
  friend class Reader;

  // Only a Document makes indices, so that a release build need not check them: that is a seventh
  // of what decide() costs.
  const Node& at(Index index) const {
    assert(index < size_);
    return nodes_.get()[index];
  }
  Node& at(Index index) {
    assert(index < size_);
    return nodes_.get()[index];
  }
  Index& link_after(Index parent, Index last) {
    return last == no_index ? at(parent).first : at(last).next;
  }
  /// A null behind the child `last` of `parent`, which it becomes itself; no_index: there was none.
  [[gnu::always_inline]] Node& add(Index parent, Index& last) {
    const Index added = next_node();
    link_after(parent, last) = added;
    last = added;
    at(added) = Node();
    at(added).parent = parent;
    return at(added);
  }
  Index next_node() {
    if (size_ == room_) more_nodes();
    return size_++;
  }
  void more_nodes();
  Index add_last(Index parent);
  Value keyed(Value member, std::string_view key);
  Index last_tagged(std::uint16_t tag) const {
    return tag < last_tagged_.size() ? last_tagged_.data()[tag] : no_member;
  }
  /// A member of `object` whose key another one has as well; no_index where all differ.
  Index repeated_key(Index object);
  Index sorted_repeated_key(Index object);
  char* take(std::size_t size);
  void clear();

  struct Chunk {
    std::unique_ptr<char[]> bytes;
    std::size_t size = 0;
  };
  std::unique_ptr<Node[]> nodes_;        ///< one that was unlinked has no parent
  Index size_ = 0;                       ///< so many are in use …
  Index room_ = 0;                       ///< … of so many
  static constexpr Index no_member = 0;  // the root, which is nobody's
  std::vector<Index> last_tagged_;       ///< by tag: the last member that got it
  std::vector<Chunk> chunks_;  ///< text that does not stand in the source: unescaped or set
  std::size_t chunk_ = 0;      ///< the one in use …
  std::size_t used_ = 0;       ///< … and how far
  std::vector<Index> scratch_;
};

class Value::Iterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = Value;
  using difference_type = std::ptrdiff_t;
  using pointer = const Value*;
  using reference = Value;

  explicit Iterator(Value value) : value_(value) {}
  Value operator*() const { return value_; }
  Iterator& operator++() {
    value_ = value_.next();
    return *this;
  }
  bool operator==(const Iterator& other) const { return value_.index() == other.value_.index(); }

 private:
  Value value_;
};

inline const Node& Value::node() const {
  return document_->at(index_);
}

inline Value Value::first() const {
  if (!exists() || node().first == no_index) return {};
  return {*document_, node().first};
}

inline Value Value::next() const {
  if (node().next == no_index) return {};
  return {*document_, node().next};
}

inline Value Value::tagged(std::uint16_t tag) const {
  if (!exists()) return {};
  const Index last = document_->last_tagged(tag);
  if (last == Document::no_member) return {};
  const bool mine = document_->at(last).parent == index_;
  return mine ? Value(*document_, last) : search_tagged(tag);
}

inline Value::Iterator Value::begin() const {
  return Iterator(first());
}
inline Value::Iterator Value::end() const {
  return Iterator(Value());
}

}  // namespace acl::json
