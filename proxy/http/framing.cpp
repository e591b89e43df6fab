// SPDX-License-Identifier: Apache-2.0
#include "proxy/http/framing.hpp"

#include <algorithm>
#include <charconv>

namespace proxy::http {

using acl::Reason;

FramingFields framing_fields(const Head& head) {
  FramingFields said;
  for (const auto& field : head.fields) {
    if (field.known == Known::host) ++said.hosts;
    if (field.known == Known::content_length && said.lengths++ == 0) said.length = field.value;
    if (field.known == Known::transfer_encoding && said.encodings++ == 0)
      said.encoding = field.value;
  }
  return said;
}

std::optional<Reason> check_framing(const FramingFields& said, unsigned minor_version) {
  const auto& [hosts, lengths, encodings, length, encoding] = said;
  if (lengths != 0 && encodings != 0) return Reason::framing_both;
  if (encodings != 0 &&
      (encodings > 1 || minor_version == 0 || !equals_ignoring_case(encoding, "chunked")))
    return Reason::framing_encoding;
  if (lengths == 0) return std::nullopt;
  const bool plain = !length.empty() && length.size() <= 18 &&
                     std::ranges::all_of(length, [](char c) { return c >= '0' && c <= '9'; });
  return lengths == 1 && plain ? std::nullopt : std::optional(Reason::framing_length);
}

Framing answer_framing(const FramingFields& said, unsigned status, bool to_head) {
  if (to_head || status / 100 == 1 || status == 204 || status == 304) return Framing::none;
  if (said.encodings != 0) return Framing::chunked;
  return said.lengths != 0 ? Framing::length : Framing::until_eof;
}

std::uint64_t length_of(const FramingFields& said) {
  std::uint64_t number = 0;  // stays 0 without digits
  std::from_chars(said.length.data(), said.length.data() + said.length.size(), number);
  return number;
}

}  // namespace proxy::http
