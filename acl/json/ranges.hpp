// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

/// Walks a JSON text value by value and keeps nothing. It is for the engine's answers, of which
/// little is of interest: a Document of a large answer would cost more than the request did.
namespace acl::json {

/// Takes the first value of `text`, and the space before it, off `text`.
/// \returns the value as written, a string with its quotes; nothing where there is no whole value
std::optional<std::string_view> take_value(std::string_view& text);

/// Takes the next member of an object; the opening brace or a comma has been taken.
struct Member {
  std::string_view key;    ///< as written, without its quotes
  std::string_view value;  ///< as take_value() returns it
};

/// The members of an object as written, one after the other.
class Members {
 public:
  explicit Members(std::string_view object);
  /// \returns nothing behind the last member, or where the text is malformed
  std::optional<Member> next();
  /// Returns whether the walk has reached the object's end rather than malformed text.
  bool whole() const { return whole_; }

 private:
  std::string_view rest_;
  bool whole_ = false, first_ = true;
};

/// A string's content; nothing where the value is not a string.
std::optional<std::string> text_of(std::string_view value);

/// Returns whether the value is null, false, 0, "", [] or {}.
bool is_zero(std::string_view value);

}  // namespace acl::json
