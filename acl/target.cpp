// SPDX-License-Identifier: Apache-2.0
#include "acl/target.hpp"

#include <algorithm>
#include <cstdint>
#include <string>

#include "acl/percent.hpp"
#include "acl/text.hpp"
#include "acl/version.hpp"

namespace acl {
namespace {

bool is_visible_ascii(char c) {
  return c > 0x20 && c < 0x7f;
}

// Go would take a control character as a part of a name; no name of an engine's object has one, and
// its router's `.` stops at a line feed.
bool is_control(char c) {
  const auto byte = static_cast<std::uint8_t>(c);
  return byte < 0x20 || byte == 0x7f;
}

// One decoding only, as net/url does it: "%252f" is the text "%2f".
bool decode_path(std::string_view raw, std::string& path, EncodedSlashes& slashes) {
  for (;;) {
    const auto at = raw.find('%');
    path.append(raw.substr(0, at));
    if (at == std::string_view::npos) return true;
    raw.remove_prefix(at);
    const auto byte = decode_escape(raw);
    if (!byte) return false;
    if (*byte == '/') slashes.note(path.size());
    path.push_back(*byte);
    raw.remove_prefix(3);
  }
}

// A slash at the end means something else to the engine (404, or an inspect of the empty name), but
// for its two routes that are written with one.
bool may_end_in_slash(std::string_view path) {
  return path == "/" || path == "/networks/" || path == "/debug/pprof/";
}

// gorilla/mux answers 301 to any path that its cleanPath would change.
bool is_canonical(std::string_view path) {
  if (may_end_in_slash(path)) return true;
  for (std::size_t begin = 1;;) {
    const auto end = path.find('/', begin);
    const auto segment = path.substr(begin, end - begin);
    if (segment.empty() || segment == "." || segment == "..") return false;
    if (end == std::string_view::npos) return true;
    begin = end + 1;
  }
}

}  // namespace

std::optional<Refusal> check_form(std::string_view target) {
  if (!target.starts_with('/')) return Refusal(Reason::target_form);
  if (!std::ranges::all_of(target, is_visible_ascii)) return Refusal(Reason::target_bad_byte);
  // No target has a fragment (RFC 9112 section 3.2); Go reads `#` as a part of the path, others cut
  // the target there.
  if (target.find('#') != std::string_view::npos) {
    return Refusal(Reason::target_form, "the request target must not have a fragment (#)");
  }
  return std::nullopt;
}

std::optional<Refusal> read_path(std::string_view raw, Request& out, EncodedSlashes& slashes) {
  EncodedSlashes found;
  if (!decode_path(raw, out.path, found)) return Refusal(Reason::target_bad_escape);
  // Unescaped, there was visible ASCII only.
  const bool escaped = raw.find('%') != std::string_view::npos;
  if (escaped && (std::ranges::any_of(out.path, is_control) || !is_utf8(out.path))) {
    return Refusal(Reason::target_bad_byte);
  }
  std::size_t prefix = 0;
  if (auto refusal = read_version(out.path, out.version, prefix)) return refusal;
  out.path.erase(0, prefix);
  if (!is_canonical(out.path)) {
    return Refusal(Reason::target_not_canonical,
                   std::string(meaning(Reason::target_not_canonical)) + ": " + quoted(out.path));
  }
  // A version holds no slash, so none was found before its end.
  if (found.any()) slashes = {found.first - prefix, found.last - prefix};
  return std::nullopt;
}

}  // namespace acl
