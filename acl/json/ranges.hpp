// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

/// Walks a JSON text value by value and keeps nothing of it: for what the engine says, of which
/// little is of interest. A Document of a large answer would cost more than the request did.
namespace acl::json {

/// Takes the value that `text` begins with, and the space before it, off `text`.
/// \returns it as it is written, a string with its quotes; nothing where there is no whole value.
std::optional<std::string_view> take_value(std::string_view& text);

/// Takes the next member of an object whose opening brace or comma lies behind us.
struct Member {
  std::string_view key;    ///< without its quotes, as it is written
  std::string_view value;  ///< as take_value() returns it
};

/// The members of an object, as it is written, one after the other.
class Members {
 public:
  explicit Members(std::string_view object);
  /// \returns nothing behind the last one, or where the text is malformed.
  std::optional<Member> next();
  /// Whether the walk has come to the object's end, rather than to something malformed.
  bool whole() const { return whole_; }

 private:
  std::string_view rest_;
  bool whole_ = false, first_ = true;
};

/// What a string says; nothing where the value is none.
std::optional<std::string> text_of(std::string_view value);

/// null, false, 0, "", [] or {}.
bool is_zero(std::string_view value);

}  // namespace acl::json
