// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <limits>

#include "acl/json/document.hpp"
#include "acl/json/key_hash.hpp"
#include "acl/json/utf8.hpp"
#include "acl/scan.hpp"

namespace acl::json {
namespace {

// Where a string ends or needs a closer look.
const char* find_end(const char* at, const char* end) {
  return find_special<'"', '\\'>(at, end);
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Longer numbers mean nothing to any engine, and parsers differ about them.
constexpr std::size_t longest_number = 40;

/// Whether keys can be alike at all, by twelve bits of their hashes: those of the docker command's
/// bodies never are, and are not compared.
class Hashes {
 public:
  void add(std::uint32_t hash) {
    auto& word = seen_[hash >> 26];
    const std::uint64_t bit = std::uint64_t{1} << (hash >> 20 & 63);
    alike_ = alike_ || (word & bit) != 0;
    word |= bit;
  }
  bool differ() const { return !alike_; }

 private:
  std::array<std::uint64_t, 64> seen_{};
  bool alike_ = false;
};

}  // namespace

/// Recursive descent over RFC 8259, stricter than Go: what encoding/json would repair (broken
/// UTF-8, lone surrogates) or merge (repeated keys) is refused, so that one text has one meaning.
class Reader {
 public:
  Reader(Document& document, std::string_view text, const Limits& limits)
      : document_(document),
        limits_(limits),
        begin_(text.data()),
        at_(text.data()),
        end_(text.data() + text.size()) {}

  std::optional<Refusal> read() {
    document_.clear();
    if (end_ - begin_ > std::numeric_limits<std::int32_t>::max()) {
      fail(Reason::body_too_large, "more than 2 GiB of JSON");
    } else if (whole()) {
      return std::nullopt;
    }
    document_.clear();
    return std::move(failure_);
  }

 private:
  bool whole() {
    if (std::string_view(begin_, length()).starts_with("\xef\xbb\xbf")) {
      return fail(Reason::body_not_json, "a byte order mark stands before the value");
    }
    skip_space();
    here_ = document_.add(no_index, no_index);
    if (!value(here_, 0)) return false;
    skip_space();
    // Engines since 23.0 stop at a `}` or `]` here and never see what follows it.
    if (at_ != end_) return fail(Reason::body_trailing_data, "there is data after the value");
    return true;
  }

  [[gnu::always_inline]] bool value(Index self, unsigned depth) {
    here_ = self;
    if (at_ == end_) return fail(Reason::body_not_json, "the text ends where a value should stand");
    switch (*at_) {
      case '{': return object(self, depth + 1);
      case '[': return array(self, depth + 1);
      case '"': return text(self);
      case 't': return literal(self, "true", Kind::boolean);
      case 'f': return literal(self, "false", Kind::boolean);
      case 'n': return literal(self, "null", Kind::null);
      default: return number(self);
    }
  }

  template <std::size_t size>
  bool literal(Index self, const char (&word)[size], Kind kind) {
    if (!std::string_view(at_, length()).starts_with(word)) return no_value();
    at_ += size - 1;
    document_.at(self).kind = kind;
    document_.at(self).truth = *word == 't';
    return true;
  }

  [[gnu::always_inline]] bool text(Index self) {
    const std::string_view content = string();
    if (content.data() == nullptr) return false;
    Node& node = document_.at(self);
    node.kind = Kind::string;
    node.set_text(content);
    node.text_plain = plain_;
    return true;
  }

  bool number(Index self) {
    const char* const start = at_;
    take('-');
    if (!take('0') && !digits()) return no_value();
    if (take('.') && !digits()) return no_value();
    const bool has_exponent = take('e') || take('E');
    if (has_exponent) {
      if (!take('+')) take('-');
      if (!digits()) return no_value();
    }
    const std::string_view written(start, static_cast<std::size_t>(at_ - start));
    if (written.size() > longest_number || (has_exponent && !is_finite(written))) {
      return fail(Reason::body_not_json, "a number is out of every range");
    }
    document_.at(self).kind = Kind::number;
    document_.at(self).set_text(written);
    return true;
  }

  static bool is_finite(std::string_view written) {
    double ignored = 0;
    return std::from_chars(written.data(), written.data() + written.size(), ignored).ec ==
           std::errc();
  }

  [[gnu::noinline]] bool array(Index self, unsigned depth) {
    if (!enter(self, Kind::array, depth)) return false;
    if (take(']')) return true;
    Index last = no_index;
    do {
      skip_space();
      if (!add(self, last) || !value(last, depth)) return false;
      here_ = self;
      skip_space();
    } while (take(','));
    return take(']') || fail(Reason::body_not_json, "`,` or `]` is expected");
  }

  [[gnu::noinline]] bool object(Index self, unsigned depth) {
    if (!enter(self, Kind::object, depth)) return false;
    if (take('}')) return true;
    Index last = no_index;
    std::size_t members = 0;
    Hashes hashes;
    do {
      skip_space();
      if (!member(self, last)) return false;
      hashes.add(document_.at(last).hash);
      if (!value(last, depth)) return false;
      ++members;
      here_ = self;
      skip_space();
    } while (take(','));
    if (!take('}')) return fail(Reason::body_not_json, "`,` or `}` is expected");
    return hashes.differ() || keys_differ(self, members);
  }

  [[gnu::always_inline]] bool member(Index self, Index& last) {
    if (at_ == end_ || *at_ != '"') {
      return fail(Reason::body_not_json, "a key in double quotes is expected");
    }
    const std::string_view key = string();
    if (key.data() == nullptr) return false;
    skip_space();
    if (!take(':')) return fail(Reason::body_not_json, "`:` is expected");
    skip_space();
    if (!add(self, last)) return false;
    Node& node = document_.at(last);
    node.set_key(key);
    node.hash = key_hash(key);
    node.key_plain = plain_;
    return true;
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

  [[gnu::always_inline]] bool add(Index parent, Index& last) {
    if (document_.nodes_.size() >= limits_.values) {
      return fail_over(Reason::body_too_many_values, limits_.values, " values");
    }
    last = document_.add(parent, last);
    return true;
  }

  // Most strings are plain ASCII; for the others there are two passes: find the end and check the
  // raw bytes, then unescape where there is need.
  // \returns a view without data where it failed; plain_ says whether it holds no escape.
  [[gnu::always_inline]] std::string_view string() {
    const char* const start = ++at_;
    const char* const stop = find_end(start, end_);
    plain_ = true;
    if (stop == end_ || *stop != '"') return special_string(start, stop);
    at_ = stop + 1;
    return {start, stop};
  }

  [[gnu::noinline]] std::string_view special_string(const char* start, const char* stop) {
    for (at_ = stop;; at_ = find_end(at_, end_)) {
      if (at_ == end_) return no_string(Reason::body_not_json, "a string does not end");
      if (*at_ == '"') break;
      if (*at_ == '\\') {
        plain_ = false;
        at_ += end_ - at_ > 1 ? 2 : 1;
      } else if (static_cast<unsigned char>(*at_) < 0x20) {
        return no_string(Reason::body_not_json, "a string holds a raw control character");
      } else if (const std::size_t n = utf8_length({at_, length()}); n != 0) {
        at_ += n;
      } else {
        return no_string(Reason::body_not_utf8, "a string holds invalid UTF-8");
      }
    }
    std::string_view content(start, static_cast<std::size_t>(at_ - start));
    const char* const after = at_ + 1;
    if (!plain_ && !unescape(content)) return {};
    at_ = after;
    return content;
  }

  bool unescape(std::string_view& content) {
    // No escape is shorter than what it stands for, so the raw size is room enough.
    char* const copy = document_.take(content.size());
    char* out = copy;
    const char* const stop = content.data() + content.size();
    for (at_ = content.data(); at_ != stop;) {
      if (*at_ != '\\') {
        *out++ = *at_++;
      } else if (!escape(out, stop)) {
        return false;
      }
    }
    content = {copy, static_cast<std::size_t>(out - copy)};
    return true;
  }

  bool escape(char*& out, const char* stop) {
    constexpr std::string_view letters = "\"\\/bfnrt";
    constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
    if (at_[1] == 'u') return unicode_escape(out, stop);
    const std::size_t which = letters.find(at_[1]);
    if (which == std::string_view::npos) return fail(Reason::body_not_json, "an unknown escape");
    *out++ = meanings[which];
    at_ += 2;
    return true;
  }

  // Go turns a lone surrogate into U+FFFD; JSON has no such string, so it is refused.
  bool unicode_escape(char*& out, const char* stop) {
    char32_t point = 0;
    if (!hex4(point, stop)) return false;
    if (point >= 0xd800 && point < 0xe000) {
      char32_t low = 0;
      const bool pair = point < 0xdc00 && stop - at_ >= 6 && at_[0] == '\\' && at_[1] == 'u';
      if (pair && !hex4(low, stop)) return false;
      if (low < 0xdc00 || low > 0xdfff) return fail(Reason::body_not_utf8, "a lone surrogate");
      point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
    }
    out = write_utf8(point, out);
    return true;
  }

  bool hex4(char32_t& point, const char* stop) {
    std::uint16_t bits = 0;
    const char* const first = at_ + 2;
    const bool whole = stop - at_ >= 6;
    const bool valid = whole && std::from_chars(first, first + 4, bits, 16).ptr == first + 4;
    if (!valid) return fail(Reason::body_not_json, "\\u without four hexadecimal digits");
    point = bits;
    at_ += 6;
    return true;
  }

  // A hash table with a budget of probes; keys chosen to collide use it up and are sorted instead,
  // so that no input costs more than n log n.
  bool keys_differ(Index self, std::size_t members) {
    auto& table = document_.scratch_;
    table.assign(std::bit_ceil(members * 2), no_index);
    const std::size_t mask = table.size() - 1;
    std::size_t budget = members * 4 + 16;
    for (Index i = document_.at(self).first; i != no_index; i = document_.at(i).next) {
      const Node& member = document_.at(i);
      std::size_t slot = member.hash & mask;
      for (; table[slot] != no_index; slot = (slot + 1) & mask) {
        const Node& other = document_.at(table[slot]);
        if (other.hash == member.hash && other.key() == member.key()) return repeated(i);
        if (--budget == 0) return sorted_keys_differ(self);
      }
      table[slot] = i;
    }
    return true;
  }

  bool sorted_keys_differ(Index self) {
    auto& order = document_.scratch_;
    order.clear();
    for (Index i = document_.at(self).first; i != no_index; i = document_.at(i).next) {
      order.push_back(i);
    }
    const auto key = [this](Index i) { return document_.at(i).key(); };
    std::sort(order.begin(), order.end(), [&key](Index a, Index b) { return key(a) < key(b); });
    const auto twin = std::adjacent_find(order.begin(), order.end(),
                                         [&key](Index a, Index b) { return key(a) == key(b); });
    return twin == order.end() || repeated(*twin);
  }

  bool repeated(Index member) {
    here_ = member;
    return fail(Reason::body_duplicate_key, "the key is given twice");
  }

  std::size_t length() const { return static_cast<std::size_t>(end_ - at_); }

  void skip_space() {
    if (at_ != end_ && *at_ > ' ') return;  // as everywhere in what machines write
    while (at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\t' || *at_ == '\r')) ++at_;
  }

  bool take(char c) {
    if (at_ == end_ || *at_ != c) return false;
    ++at_;
    return true;
  }

  bool digits() {
    const char* const start = at_;
    while (at_ != end_ && is_digit(*at_)) ++at_;
    return at_ != start;
  }

  std::string_view no_string(Reason reason, std::string_view what) {
    fail(reason, what);
    return {};
  }

  bool no_value() { return fail(Reason::body_not_json, "this is no JSON value"); }

  bool fail_over(Reason reason, std::size_t limit, std::string_view unit) {
    return fail(reason, "more than " + std::to_string(limit) + std::string(unit));
  }

  // Takes a view: a string in each caller would need its place on their stacks, made or not.
  [[gnu::cold, gnu::noinline]] bool fail(Reason reason, std::string_view what) {
    const std::string path = here_ == no_index ? "" : Value(document_, here_).path();
    const std::string place = path.empty() ? "" : path + ": ";
    failure_.emplace(reason,
                     place + std::string(what) + " (byte " + std::to_string(at_ - begin_) + ")");
    return false;
  }

  Document& document_;
  const Limits& limits_;
  const char* begin_;
  const char* at_;
  const char* end_;
  Index here_ = no_index;  ///< the value being read, for messages
  bool plain_ = true;      ///< whether the last string holds no escape
  std::optional<Refusal> failure_;
};

std::optional<Refusal> Document::read(std::string_view text, const Limits& limits) {
  return Reader(*this, text, limits).read();
}

}  // namespace acl::json
