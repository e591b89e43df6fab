// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "acl/json/document.hpp"
#include "acl/reason.hpp"
#include "acl/scan.hpp"
#include "acl/text/ascii.hpp"

namespace acl::json {

/// The tokens of a text as RFC 8259 defines them. It is stricter than Go: it refuses what
/// encoding/json would repair (broken UTF-8, lone surrogates), so that one text has one meaning. It
/// keeps its position and the reason why it stopped; Reader puts the tokens together.
class Scanner {
 protected:
  Scanner(Document& document, std::string_view text)
      : document_(document),
        begin_(text.data()),
        at_(text.data()),
        end_(text.data() + text.size()) {}

  bool at_end() const { return at_ == end_; }
  std::size_t length() const { return static_cast<std::size_t>(end_ - at_); }

  // Machine-written JSON has no space.
  void skip_space() {
    while (at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\t' || *at_ == '\r')) ++at_;
  }

  bool take(char c) {
    if (at_ == end_ || *at_ != c) return false;
    ++at_;
    return true;
  }

  /// \returns whether anything follows the space
  bool skip_rare_space() {
    if (at_ != end_ && *at_ > ' ') return true;
    skip_space();
    return at_ != end_;
  }
  bool take_behind_space(char c) {
    if (take(c)) return true;
    skip_space();
    return take(c);
  }

  bool take(std::string_view word) {
    if (!std::string_view(at_, length()).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }

  // Most strings are plain ASCII. Others take two passes: one finds the end and checks the raw
  // bytes, the other unescapes. \returns a view without data on failure; plain_ says whether the
  // string has no escapes
  [[gnu::always_inline]] std::string_view string() {
    const char* const start = ++at_;
    const char* const stop = find_special<'"', '\\'>(start, end_);
    plain_ = true;
    if (stop == end_ || *stop != '"') return special_string(start, stop);
    at_ = stop + 1;
    return {start, stop};
  }

  /// \returns the number as written; a view without data on failure
  [[gnu::always_inline]] std::string_view number() {
    // Most numbers have one digit.
    const bool digit = length() > 1 && is_digit(at_[0]) && (at_[1] == ',' || at_[1] == '}');
    return digit ? std::string_view(at_++, 1) : long_number();
  }

  bool no_value() { return fail(Reason::body_not_json, "this is not a JSON value"); }
  bool fail_over(Reason reason, std::size_t limit, std::string_view unit);
  // Takes a view: a std::string would use stack space in each caller, even where none is made.
  [[gnu::cold, gnu::noinline]] bool fail(Reason reason, std::string_view what);

  Document& document_;
  const char* begin_;
  const char* at_;
  const char* end_;
  Index here_ = no_index;  ///< the value being read, for messages
  bool plain_ = true;      ///< whether the last string has no escapes
  std::optional<Refusal> failure_;

 private:
  std::string_view long_number();
  bool digits();
  std::string_view special_string(const char* start, const char* stop);
  bool unescape(std::string_view& content);
  bool escape(char*& out, const char* stop);
  bool unicode_escape(char*& out, const char* stop);
  bool hex4(char32_t& point, const char* stop);

  std::string_view nothing(Reason reason, std::string_view what) {
    fail(reason, what);
    return {};
  }
};

}  // namespace acl::json
