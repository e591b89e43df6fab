// SPDX-License-Identifier: Apache-2.0
#include "proxy/http/head_agreement.hpp"

#include <llhttp.h>

#include <algorithm>

#include "acl/operation.hpp"

namespace proxy::http {
namespace {

/// Compares llhttp's reading with ours. Each piece that llhttp reports is compared at once, so
/// nothing is copied or kept.
struct Progress {
  std::string_view method, target;  ///< what llhttp has not reported yet
  const Field* field;               ///< the next expected field
  const Field* end;
};

Progress& progress(llhttp_t* parser) {
  return *static_cast<Progress*>(parser->data);
}

/// Both read the same buffer, so two texts are equal if they begin and end at the same byte.
bool same(std::string_view a, std::string_view b) {
  return a.size() == b.size() && (a.empty() || a.data() == b.data());
}

constexpr int goes_on = 0;

int take(std::string_view& expected, std::string_view found) {
  if (found.empty()) return goes_on;
  if (!same(expected, found)) return HPE_USER;
  expected = {};
  return goes_on;
}

int on_method(llhttp_t* parser, const char* at, std::size_t size) {
  return take(progress(parser).method, {at, size});
}

int on_target(llhttp_t* parser, const char* at, std::size_t size) {
  return take(progress(parser).target, {at, size});
}

int on_name(llhttp_t* parser, const char* at, std::size_t size) {
  const auto& [method, target, field, end] = progress(parser);
  return field != end && same(field->name, {at, size}) ? goes_on : HPE_USER;
}

/// llhttp does not remove blanks after a value. It reports a folded value in two parts.
int on_value(llhttp_t* parser, const char* at, std::size_t size) {
  auto& [method, target, field, end] = progress(parser);
  const std::string_view found(at, size);
  if (field == end || (!same(field->value, found) && !same(field->value, trimmed(found))))
    return HPE_USER;
  ++field;
  return goes_on;
}

int on_head_complete(llhttp_t*) {
  return HPE_PAUSED;
}

const llhttp_settings_t* callbacks() {
  static const llhttp_settings_t noted = [] {
    llhttp_settings_t s;
    llhttp_settings_init(&s);
    s.on_method = on_method;
    s.on_url = on_target;
    s.on_header_field = on_name;
    s.on_header_value = on_value;
    s.on_headers_complete = on_head_complete;
    return s;
  }();
  return &noted;
}

/// llhttp, ready to read a head.
struct Reader : llhttp_t {
  Reader(llhttp_type_t role, Progress& progress) {
    llhttp_init(this, role, callbacks());
    data = &progress;
  }

  bool reads_begin(std::string_view bytes) {
    return llhttp_execute(this, bytes.data(), bytes.size()) == HPE_OK;
  }
  bool reads_end(std::string_view bytes) {
    return llhttp_execute(this, bytes.data(), bytes.size()) == HPE_PAUSED &&
           llhttp_get_error_pos(this) == bytes.data() + bytes.size();
  }
  bool has(unsigned flag) const { return (flags & flag) != 0; }
};

/// The framing that llhttp would use for the body: see llhttp__after_headers_complete().
Framing framing_of(const Reader& reader) {
  if (reader.has(F_SKIPBODY)) return Framing::none;
  if (reader.has(F_CHUNKED)) return Framing::chunked;
  if (llhttp_message_needs_eof(&reader) != 0) return Framing::until_eof;
  return reader.has(F_CONTENT_LENGTH) ? Framing::length : Framing::none;
}

bool same_framing(const Reader& reader, const Head& head) {
  const bool empty = head.framing == Framing::length && head.length == 0;
  const auto framing = framing_of(reader);
  if (framing == Framing::length && reader.content_length == 0)
    return empty || head.framing == Framing::none;
  return framing == head.framing &&
         (framing != Framing::length || reader.content_length == head.length);
}

/// llhttp treats Proxy-Connection like Connection. RFC 9112 does not, and curl sends it. Behind a
/// request in HTTP/1.0 tidegate closes in any case.
bool same_keep_alive(const Reader& reader, const Head& head) {
  if (reader.type == HTTP_REQUEST && head.minor_version == 0) return true;
  const bool lives_on = head.keep_alive && head.framing != Framing::until_eof;
  const auto misleads = [](const Field& f) { return f.known == Known::proxy_connection; };
  return lives_on == (llhttp_should_keep_alive(&reader) != 0) ||
         std::ranges::any_of(head.fields, misleads);
}

/// Compares what requests and answers have in common.
bool same_in_common(const Reader& reader, const Progress& progress, const Head& head) {
  return progress.field == progress.end && reader.http_major == 1 &&
         reader.http_minor == head.minor_version && same_keep_alive(reader, head);
}

Progress before(const Head& head) {
  return {{}, {}, head.fields.data(), head.fields.data() + head.fields.size()};
}

}  // namespace

/// llhttp does not know every method and target. Those that no operation has are refused later,
/// with a better reason; so llhttp reads another method or target in their place.
bool llhttp_agrees(std::string_view bytes, const RequestHead& head) {
  const bool known_method = acl::method_from(head.method) != acl::Method::unknown;
  const bool path = head.target.starts_with('/');
  auto progress = before(head);
  progress.method = known_method ? head.method : "GET";
  progress.target = path ? head.target : "/";
  Reader reader(HTTP_REQUEST, progress);
  if (!known_method || !path) {
    const char* const behind = head.target.data() + head.target.size();
    if (!reader.reads_begin(progress.method) || !reader.reads_begin(" ") ||
        !reader.reads_begin(progress.target))
      return false;
    bytes.remove_prefix(static_cast<std::size_t>(behind - bytes.data()));
  }
  return reader.reads_end(bytes) && progress.method.empty() && progress.target.empty() &&
         same_in_common(reader, progress, head) && same_framing(reader, head);
}

/// Some statuses have no body, whatever the fields say (RFC 9112 section 6.3); llhttp would read
/// one.
bool llhttp_agrees(std::string_view bytes, const ResponseHead& head, bool to_head) {
  auto progress = before(head);
  Reader reader(HTTP_RESPONSE, progress);
  if (!reader.reads_end(bytes)) return false;
  const bool bodiless = head.status / 100 == 1 || head.status == 204 || head.status == 304;
  if (to_head || bodiless) reader.flags |= F_SKIPBODY;  // llhttp expects its caller to set this
  return reader.status_code == head.status && same_in_common(reader, progress, head) &&
         same_framing(reader, head);
}

}  // namespace proxy::http
