// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "acl/appender.hpp"
#include "acl/case.hpp"
#include "acl/identity.hpp"

/// The members of an audit record: how each is written, and how many bytes it takes at most.
namespace proxy::audit {

// A record has a bound: what clients can make long is cut. Names of objects are shorter.
inline constexpr std::size_t longest_target = 1024;
inline constexpr std::size_t longest_message = 512;
inline constexpr std::size_t longest_name = 128;
inline constexpr std::size_t longest_text = 256;
inline constexpr std::size_t most_listed = 32;
inline constexpr std::string_view cut = "...";

/// The most that a text takes in a record, with its quotes and a comma.
std::size_t bytes_of(std::string_view text, std::size_t longest = longest_name);
std::size_t bytes_of(std::span<const std::string> names);
std::size_t bytes_of(const acl::Identity&);
std::size_t bytes_of(const acl::constraint::Findings&);
std::size_t bytes_of_target(const acl::Request&);
std::size_t bytes_of_command(std::span<const std::string> words);

/// Appends text as the content of a JSON string, and "..." where it is cut.
void append_cut(std::string_view text, std::size_t longest, acl::Appender&);

template <std::size_t Size>
void append_text(const char (&key)[Size], std::string_view value, acl::Appender& out,
                 std::size_t longest = longest_text) {
  out.put(",\"", key, "\":\"");
  append_cut(value, longest, out);
  out.put("\"");
}

/// Appends a fixed word, which needs no escaping.
template <std::size_t Size>
void append_word(const char (&key)[Size], std::string_view value, acl::Appender& out) {
  out.put(",\"", key, "\":\"", value, "\"");
}

template <std::size_t Size>
void append_number(const char (&key)[Size], std::integral auto value, acl::Appender& out) {
  out.put(",\"", key, "\":");
  out.put_number(value);
}

/// Appends texts as a list, and nothing if there are none.
template <std::size_t Size>
class Array {
 public:
  Array(const char (&key)[Size], acl::Appender& out) : key_(key), out_(out) {}

  void add(std::string_view text, std::size_t longest) {
    size_++ == 0 ? out_.put(",\"", key_, "\":[\"") : out_.put("\",\"");
    append_cut(text, longest, out_);
  }
  std::size_t size() const { return size_; }
  void end() {
    if (size_ != 0) out_.put("\"]");
  }

 private:
  const char (&key_)[Size];
  acl::Appender& out_;
  std::size_t size_ = 0;
};

/// Appends names as far as a record lists them, and as "KEY_more" how many it leaves out.
template <std::size_t Size>
class List {
 public:
  List(const char (&key)[Size], acl::Appender& out) : key_(key), out_(out), names_(key, out) {}

  void add(std::string_view name) {
    if (names_.size() != 0 && name == last_) return;  // the parameter of a list repeats its name
    last_ = name;
    if (names_.size() == most_listed)
      ++more_;
    else
      names_.add(name, longest_name);
  }
  /// \param more names that were not added
  void end(std::size_t more = 0) {
    names_.end();
    more += more_;
    if (more == 0) return;
    out_.put(",\"", key_, "_more\":");
    out_.put_number(more);
  }

 private:
  const char (&key_)[Size];
  acl::Appender& out_;
  Array<Size> names_;
  std::string_view last_;
  std::size_t more_ = 0;
};

template <std::size_t Size>
void append_names(const char (&key)[Size], const auto& names, auto name_of, acl::Appender& out,
                  std::size_t more = 0) {
  List list(key, out);
  for (const auto& name : names) list.add(std::invoke(name_of, name));
  list.end(more);
}

/// Begins the record.
void append_time(acl::Appender&);
/// Returns a number that no other record of this process has, nor, in all likelihood, one of
/// another.
std::uint64_t next_id();
void append_id(std::uint64_t id, acl::Appender&);
void append_identity(const acl::Identity&, acl::Appender&);
void append_target(const acl::Request&, acl::Appender&);
/// Appends the names of the parameters that are sent on, and of those that are not.
void append_query(const acl::Case& decided, acl::Appender&);
void append_command(std::span<const std::string> words, acl::Appender&);
void append_violations(const acl::constraint::Findings&, acl::Appender&);

}  // namespace proxy::audit
