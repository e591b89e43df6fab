// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>

#include "acl/json/document.hpp"
#include "acl/json/key_hash.hpp"
#include "acl/json/scanner.hpp"

namespace acl::json {

/// Default guide: no schema, plain JSON. Another guide knows what values to expect and is told what
/// was read: see schema/read.cpp.
struct Unguided {
  /// Knowledge of a value before it is read.
  struct Expected {};

  /// Follows the keys of one object in the text's order.
  struct Keys {
    Keys(Unguided&, Expected) {}
    /// Guesses the likeliest next key and compares it with the text, which saves a search.
    static std::string_view guess(const char* /*at*/, const char* /*end*/) { return {}; }
    /// Takes a key that was not guessed.
    static void look_up(std::string_view /*key*/) {}
    /// The tag of the last key; 0: it tells nothing, so the key must be compared with the others.
    static std::uint16_t tag() { return 0; }
    static Expected value() { return {}; }
  };

  static Expected element(Expected) { return {}; }
  static void saw_array(std::size_t /*elements*/, Expected) {}
  static void saw(Kind, std::string_view /*text*/, Expected) {}
};

/// Tells by twelve bits of their hashes whether keys may be equal. The keys in the docker command's
/// bodies never collide, so they are not compared.
class Hashes {
 public:
  void add(std::uint32_t hash) {
    if (!begun_) seen_.fill(0);
    begun_ = true;
    auto& word = seen_[hash >> 26];
    const std::uint64_t bit = std::uint64_t{1} << (hash >> 20 & 63);
    alike_ = alike_ || (word & bit) != 0;
    word |= bit;
  }
  void doubt() { alike_ = true; }
  bool differ() const { return !alike_; }

 private:
  std::array<std::uint64_t, 64> seen_;  // most objects have no collisions
  bool begun_ = false;
  bool alike_ = false;
};

/// Recursive-descent parser. It refuses repeated keys, which Go would merge.
template <class Guide>
class Reader : Scanner {
 public:
  using Expected = typename Guide::Expected;

  Reader(Document& document, std::string_view text, const Limits& limits, Guide& guide)
      : Scanner(document, text), limits_(limits), guide_(guide) {}

  /// See Document::read().
  std::optional<Refusal> read(Expected expected) {
    document_.clear();
    if (length() > std::numeric_limits<std::int32_t>::max()) {
      fail(Reason::body_too_large, "more than 2 GiB of JSON");
    } else if (whole(expected)) {
      return std::nullopt;
    }
    document_.clear();
    return std::move(failure_);
  }

 private:
  bool whole(Expected expected) {
    if (take("\xef\xbb\xbf")) {
      at_ = begin_;
      return fail(Reason::body_not_json, "a byte order mark stands before the value");
    }
    document_.at(document_.next_node()) = Node();
    if (!value(0, 0, expected)) return false;
    skip_space();
    // Engines since 23.0 stop at a `}` or `]` here and never read what follows it.
    return at_end() || fail(Reason::body_trailing_data, "there is data after the value");
  }

  [[gnu::always_inline]] bool value(Index self, unsigned depth, Expected expected) {
    here_ = self;
    if (!skip_rare_space()) {
      return fail(Reason::body_not_json, "the text ends where a value should stand");
    }
    switch (*at_) {
      case '{': return object(self, depth + 1, expected);
      case '[': return array(self, depth + 1, expected);
      case '"': return plain(self, Kind::string, string(), expected);
      case 't': return literal(self, Kind::boolean, "true", expected);
      case 'f': return literal(self, Kind::boolean, "false", expected);
      case 'n': return literal(self, Kind::null, "null", expected);
      default: return plain(self, Kind::number, number(), expected);
    }
  }

  [[gnu::always_inline]] bool literal(Index self, Kind kind, std::string_view word,
                                      Expected expected) {
    document_.at(self).truth = *at_ == 't';
    if (!take(word)) return no_value();
    document_.at(self).kind = kind;
    guide_.saw(kind, {}, expected);
    return true;
  }

  [[gnu::always_inline]] bool plain(Index self, Kind kind, std::string_view text,
                                    Expected expected) {
    if (text.data() == nullptr) return false;
    Node& node = document_.at(self);
    node.kind = kind;
    node.set_text(text);
    if (!plain_ && kind == Kind::string) node.text_plain = false;
    guide_.saw(kind, text, expected);
    return true;
  }

  [[gnu::noinline]] bool array(Index self, unsigned depth, Expected expected) {
    if (!enter(self, Kind::array, depth)) return false;
    std::size_t count = 0;
    if (!take(']')) {
      const Expected element = guide_.element(expected);
      Index last = no_index;
      do {
        if (!has_room()) return false;
        document_.add(self, last);
        if (!value(last, depth, element)) return false;
        ++count;
        here_ = self;
      } while (take_behind_space(','));
      if (!take(']')) return fail(Reason::body_not_json, "`,` or `]` is expected");
    }
    guide_.saw_array(count, expected);
    return true;
  }

  [[gnu::noinline]] bool object(Index self, unsigned depth, Expected expected) {
    typename Guide::Keys keys(guide_, expected);
    if (!enter(self, Kind::object, depth)) return false;
    if (take('}')) return true;
    Index last = no_index;
    Hashes hashes;
    do {
      if (!member(self, last, keys, hashes) || !value(last, depth, keys.value())) return false;
      here_ = self;
    } while (take_behind_space(','));
    if (!take('}')) return fail(Reason::body_not_json, "`,` or `}` is expected");
    return hashes.differ() || keys_differ(self);
  }

  [[gnu::always_inline]] bool member(Index self, Index& last, auto& keys, Hashes& hashes) {
    std::string_view key = keys.guess(at_, end_);
    if (key.data() != nullptr) {
      at_ += key.size() + 3;
      plain_ = true;
    } else {
      if (!other_key(key)) return false;
      keys.look_up(key);
    }
    if (!has_room()) return false;
    Node& node = document_.add(self, last);
    node.set_key(key);
    if (!plain_) node.key_plain = false;
    if (keys.tag() == 0) {
      hashes.add(key_hash(key));
    } else if (document_.tag({document_, last}, keys.tag())) {
      hashes.doubt();
    }
    return true;
  }

  bool other_key(std::string_view& key) {
    skip_space();
    if (at_end() || *at_ != '"') {
      return fail(Reason::body_not_json, "a key in double quotes is expected");
    }
    key = string();
    if (key.data() == nullptr) return false;
    skip_space();
    return take(':') || fail(Reason::body_not_json, "`:` is expected");
  }

  bool keys_differ(Index self) {
    const Index repeated = document_.repeated_key(self);
    if (repeated == no_index) return true;
    here_ = repeated;
    return fail(Reason::body_duplicate_key, "the key is given twice");
  }

  bool enter(Index self, Kind kind, unsigned depth) {
    ++at_;
    document_.at(self).kind = kind;
    if (depth > limits_.depth) {
      return fail_over(Reason::body_too_deep, limits_.depth, " levels");
    }
    skip_space();
    return true;
  }

  bool has_room() {
    return document_.size() < limits_.values ||
           fail_over(Reason::body_too_many_values, limits_.values, " values");
  }

  const Limits& limits_;
  Guide& guide_;
};

}  // namespace acl::json
