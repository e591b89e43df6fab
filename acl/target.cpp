// SPDX-License-Identifier: Apache-2.0
#include "acl/target.hpp"

#include <algorithm>
#include <string>

#include "acl/text/path.hpp"
#include "acl/text/percent.hpp"
#include "acl/text/shown.hpp"
#include "acl/text/utf8.hpp"
#include "acl/version.hpp"

namespace acl {
namespace {

// Decodes once, as net/url does: "%252f" is the text "%2f".
bool decode_path(std::string_view raw, std::string& path, EncodedSlashes& slashes) {
  const auto escaped = [&](char byte) {
    if (byte == '/') slashes.note(path.size());
    path.push_back(byte);
  };
  return decode(raw, [&path](std::string_view plain) { path.append(plain); }, escaped);
}

// A trailing slash means something else to the engine (404, or an inspect of the empty name),
// except on its two routes that are written with one.
bool may_end_in_slash(std::string_view path) {
  return path == "/" || path == "/networks/" || path == "/debug/pprof/";
}

}  // namespace

std::optional<Refusal> check_form(std::string_view target) {
  if (!target.starts_with('/')) return Refusal(Reason::target_form);
  if (!std::ranges::all_of(target, is_visible)) return Refusal(Reason::target_bad_byte);
  // A target never has a fragment (RFC 9112 section 3.2). Go reads `#` as a part of the path;
  // others cut the target there.
  if (target.find('#') != std::string_view::npos) {
    return Refusal(Reason::target_form, "the request target must not have a fragment (#)");
  }
  return std::nullopt;
}

std::optional<Refusal> read_path(std::string_view raw, Request& out, EncodedSlashes& slashes) {
  EncodedSlashes found;
  if (!decode_path(raw, out.path, found)) return Refusal(Reason::target_bad_escape);
  // Before decoding there was only visible ASCII. Go would accept a control character in a name,
  // but no engine object has one, and `.` in the router's patterns stops at a line feed.
  const bool escaped = raw.find('%') != std::string_view::npos;
  if (escaped && (std::ranges::any_of(out.path, is_control) || !is_utf8(out.path))) {
    return Refusal(Reason::target_bad_byte);
  }
  std::size_t prefix = 0;
  if (auto refusal = read_version(out.path, out.version, prefix)) return refusal;
  out.path.erase(0, prefix);
  // gorilla/mux answers 301 for any path that its cleanPath would change.
  if (!may_end_in_slash(out.path) && !has_only_names(std::string_view(out.path).substr(1))) {
    return Refusal(
        Reason::target_not_canonical,
        std::string(meaning(Reason::target_not_canonical)) + ": " + quoted(shown_target(out.path)));
  }
  // A version has no slash, so no slash was found before its end.
  if (found.any()) slashes = {found.first - prefix, found.last - prefix};
  return std::nullopt;
}

std::string shown_path(const Request& request) {
  if (request.operation == Operation::unknown) return shown_target(request.path);
  return request.path.substr(0, request.name_begin) + shown_target(request.name()) +
         request.path.substr(request.name_begin + request.name_size);
}

}  // namespace acl
