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

/// The kind in words for messages: "a string", "an array".
std::string_view to_string(Kind);

/// Bounds of Document::read(). The caller bounds the size of the text.
struct Limits {
  unsigned depth = 64;          ///< how deep arrays and objects may be nested
  std::size_t values = 50'000;  ///< in one document, containers included
};

using Index = std::uint32_t;
inline constexpr Index no_index = 0xffff'ffff;

/// How a Document stores one value: a tree of indices in one vector, with text as views. Internal.
struct Node {
  const char* key_at = nullptr;   ///< a member's key; empty for other values
  const char* text_at = nullptr;  ///< a string's content, or a number as written
  std::uint32_t key_size = 0;
  std::uint32_t text_size = 0;
  Index parent = no_index;
  Index first = no_index;  ///< first child
  Index next = no_index;   ///< next sibling
  std::uint16_t tag = 0;
  Kind kind = Kind::null;
  bool truth : 1 = false;
  bool key_plain : 1 = true;   ///< the key needs no escapes when written
  bool text_plain : 1 = true;  ///< the text needs no escapes when written

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

/// One value of a Document. It is cheap to copy and valid as long as its Document. A
/// default-constructed Value is "absent" and reads like null, so that look-ups can be chained.
class Value {
 public:
  class Iterator;

  Value() = default;
  Value(const Document& document, Index index) : document_(&document), index_(index) {}

  bool exists() const { return document_ != nullptr; }
  Kind kind() const { return exists() ? node().kind : Kind::null; }
  bool is_null() const { return kind() == Kind::null; }
  bool truth() const { return exists() && node().truth; }
  /// A string's content or a number as written; "" for all other kinds.
  std::string_view text() const { return exists() ? node().text() : std::string_view(); }
  /// The value if Go would decode it into an int64: a number written as a plain integer, in range.
  std::optional<std::int64_t> integer() const;
  /// Returns whether it is Go's zero value: null, absent, false, 0, "", [] or {}.
  bool is_zero() const;

  std::string_view key() const { return exists() ? node().key() : std::string_view(); }
  /// The number that tag() attached; for a struct's member, its schema::Field.
  std::uint16_t tag() const { return exists() ? node().tag : std::uint16_t{0}; }

  Value parent() const;
  Value first() const;
  Value next() const;
  Iterator begin() const;
  Iterator end() const;
  std::size_t size() const;  ///< the number of children, which it counts

  /// The member with exactly this key; absent if there is none or the value is not an object.
  Value operator[](std::string_view key) const;
  /// The member with this tag, usually without a search: see Document::last_tagged_.
  Value tagged(std::uint16_t tag) const;

  /// The value's place: `HostConfig.Mounts[0].Type`, `Labels["com.example"]`; "" for the root.
  std::string path() const;

  const Node& node() const;
  Index index() const { return index_; }

 private:
  Value search_tagged(std::uint16_t tag) const;

  const Document* document_ = nullptr;
  Index index_ = no_index;
};

/// A JSON document that is read, changed and written. Once warm it allocates nothing: reuse it.
class Document {
 public:
  Document() = default;
  Document(const Document&) = delete;
  Document& operator=(const Document&) = delete;

  /// Replaces the content by that of `text`. Values point into `text`, which must stay alive.
  /// \returns why the JSON is not accepted; the document is then empty
  std::optional<Refusal> read(std::string_view text, const Limits& limits = {});

  Value root() const { return size_ == 0 ? Value() : Value(*this, 0); }
  std::size_t size() const { return size_; }
  /// The memory that it holds, for this content or from an earlier one.
  std::size_t capacity() const;

  /// Returns the member `key` of `object`, and adds it as null at the end if it is missing. A null
  /// becomes an object first. `key` must outlive the document's content.
  Value member(Value object, std::string_view key);
  /// Adds the member `key` as null to `object`, which must not have one, behind its last member
  /// `last` (absent if it has no members). Takes constant time.
  Value add_member(Value object, Value last, std::string_view key);
  /// Adds a null at the end of `array`; a null becomes an array first.
  Value append(Value array);
  void set_null(Value value);
  void set(Value value, bool truth);
  void set(Value value, std::int64_t number);
  void set(Value value, std::string_view text);  ///< copies `text`
  void set(Value value, const char* text) { set(value, std::string_view(text)); }
  void set_empty(Value value, Kind array_or_object);
  /// Replaces `value` by an array whose only element is the old value.
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
  /// Returns whether any member got this tag, even one that has been dropped since.
  bool has_tag(std::uint16_t tag) const { return last_tagged(tag) != no_member; }
  /// Forgets all tags.
  void forget_tags();

  /// Unlinks each child of `parent` for which `keep` returns false. Linear.
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

  /// Moves each child of `from` for which `pick` returns true to the end of `to`, which is not one
  /// of them. Linear.
  template <class Pick>
  void move(Value from, Value to, Pick pick) {
    Index kept = no_index, last = no_index;
    for (Index child = at(to.index()).first; child != no_index; child = at(child).next)
      last = child;
    for (Index child = at(from.index()).first; child != no_index;) {
      const Index next = at(child).next;
      if (pick(Value(*this, child))) {
        link_after(from.index(), kept) = next;
        link_after(to.index(), last) = child;
        at(child).parent = to.index();
        at(child).next = no_index;
        last = child;
      } else {
        kept = child;
      }
      child = next;
    }
  }

 private:
  friend class Value;
  friend class Scanner;
  template <class Guide>
  friend class Reader;

  // Only a Document makes indices, so a release build need not check them; the checks would be a
  // seventh of the cost of a decision.
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
  /// Adds a null behind `last`, the last child of `parent`, and updates `last`; no_index: none.
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
  /// A member of `object` whose key another member has too; no_index if all keys differ.
  Index repeated_key(Index object);
  Index sorted_repeated_key(Index object);
  char* take(std::size_t size);
  void clear();

  struct Chunk {
    std::unique_ptr<char[]> bytes;
    std::size_t size = 0;
  };
  std::unique_ptr<Node[]> nodes_;        ///< an unlinked node has no parent
  Index size_ = 0;                       ///< nodes in use …
  Index room_ = 0;                       ///< … and allocated
  static constexpr Index no_member = 0;  // the root, which is not a member
  std::vector<Index> last_tagged_;       ///< by tag: the last member that got it
  std::vector<Chunk> chunks_;            ///< text that is not in the source: unescaped or set
  std::size_t chunk_ = 0;                ///< the one in use …
  std::size_t used_ = 0;                 ///< … and how far
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
