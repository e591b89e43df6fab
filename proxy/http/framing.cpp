// SPDX-License-Identifier: Apache-2.0
#include "proxy/http/framing.hpp"

#include <algorithm>
#include <charconv>

namespace proxy::http {

using acl::Reason;

Once said_once(const Head& head) {
  Once once;
  for (const auto& field : head.fields) {
    if (field.known == Known::host) ++once.hosts;
    if (field.known == Known::content_length && once.lengths++ == 0) once.length = field.value;
    if (field.known == Known::transfer_encoding && once.encodings++ == 0)
      once.encoding = field.value;
  }
  return once;
}

std::optional<Reason> check_framing(const Once& once, unsigned minor_version) {
  const auto& [hosts, lengths, encodings, length, encoding] = once;
  if (lengths != 0 && encodings != 0) return Reason::framing_both;
  if (encodings != 0 &&
      (encodings > 1 || minor_version == 0 || !equals_ignoring_case(encoding, "chunked")))
    return Reason::framing_encoding;
  if (lengths == 0) return std::nullopt;
  const bool plain = !length.empty() && length.size() <= 18 &&
                     std::ranges::all_of(length, [](char c) { return c >= '0' && c <= '9'; });
  return lengths == 1 && plain ? std::nullopt : std::optional(Reason::framing_length);
}

Framing answer_framing(const Once& once, unsigned status, bool to_head) {
  if (to_head || status / 100 == 1 || status == 204 || status == 304) return Framing::none;
  if (once.encodings != 0) return Framing::chunked;
  return once.lengths != 0 ? Framing::length : Framing::until_eof;
}

std::uint64_t length_of(const Once& once) {
  std::uint64_t number = 0;  // stays 0 where there are no digits
  std::from_chars(once.length.data(), once.length.data() + once.length.size(), number);
  return number;
}

}  // namespace proxy::http
