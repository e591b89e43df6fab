// SPDX-License-Identifier: Apache-2.0
#include "acl/json/scanner.hpp"

#include <charconv>
#include <cstdint>
#include <string>
#include <system_error>

#include "acl/text/utf8.hpp"

namespace acl::json {
namespace {

// No engine can use longer numbers, and parsers differ about them.
constexpr std::size_t longest_number = 40;

bool is_finite(std::string_view written) {
  double ignored = 0;
  return std::from_chars(written.data(), written.data() + written.size(), ignored).ec ==
         std::errc();
}

}  // namespace

std::string_view Scanner::long_number() {
  const char* const start = at_;
  take('-');
  bool valid = take('0') || digits();
  if (valid && take('.')) valid = digits();
  const bool has_exponent = valid && (take('e') || take('E'));
  if (has_exponent) {
    if (!take('+')) take('-');
    valid = digits();
  }
  if (!valid) {
    no_value();
    return {};
  }
  const std::string_view written(start, at_);
  if (written.size() > longest_number || (has_exponent && !is_finite(written))) {
    return nothing(Reason::body_not_json, "a number is out of every range");
  }
  return written;
}

bool Scanner::digits() {
  const char* const start = at_;
  while (at_ != end_ && is_digit(*at_)) ++at_;
  return at_ != start;
}

std::string_view Scanner::special_string(const char* start, const char* stop) {
  for (at_ = stop;; at_ = find_special<'"', '\\'>(at_, end_)) {
    if (at_ == end_) return nothing(Reason::body_not_json, "a string does not end");
    if (*at_ == '"') break;
    if (*at_ == '\\') {
      plain_ = false;
      at_ += length() > 1 ? 2 : 1;
    } else if (static_cast<unsigned char>(*at_) < 0x20) {
      return nothing(Reason::body_not_json, "a string holds a raw control character");
    } else if (const std::size_t n = utf8_length({at_, length()}); n != 0) {
      at_ += n;
    } else {
      return nothing(Reason::body_not_utf8, "a string holds invalid UTF-8");
    }
  }
  std::string_view content(start, at_);
  const char* const after = at_ + 1;
  if (!plain_ && !unescape(content)) return {};
  at_ = after;
  return content;
}

bool Scanner::unescape(std::string_view& content) {
  // An escape is never shorter than its meaning, so the raw size suffices.
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
  content = {copy, out};
  return true;
}

bool Scanner::escape(char*& out, const char* stop) {
  constexpr std::string_view letters = "\"\\/bfnrt";
  constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
  if (at_[1] == 'u') return unicode_escape(out, stop);
  const std::size_t which = letters.find(at_[1]);
  if (which == std::string_view::npos) return fail(Reason::body_not_json, "an unknown escape");
  *out++ = meanings[which];
  at_ += 2;
  return true;
}

// Go turns a lone surrogate into U+FFFD. It has no meaning in JSON, so it is refused.
bool Scanner::unicode_escape(char*& out, const char* stop) {
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

bool Scanner::hex4(char32_t& point, const char* stop) {
  std::uint16_t bits = 0;
  const char* const first = at_ + 2;
  const bool whole = stop - at_ >= 6;
  const bool valid = whole && std::from_chars(first, first + 4, bits, 16).ptr == first + 4;
  if (!valid) return fail(Reason::body_not_json, "\\u without four hexadecimal digits");
  point = bits;
  at_ += 6;
  return true;
}

bool Scanner::fail_over(Reason reason, std::size_t limit, std::string_view unit) {
  return fail(reason, "more than " + std::to_string(limit) + std::string(unit));
}

bool Scanner::fail(Reason reason, std::string_view what) {
  const std::string path = here_ == no_index ? "" : Value(document_, here_).path();
  const std::string place = path.empty() ? "" : path + ": ";
  failure_.emplace(reason,
                   place + std::string(what) + " (byte " + std::to_string(at_ - begin_) + ")");
  return false;
}

}  // namespace acl::json
