// SPDX-License-Identifier: Apache-2.0
// Any head, of a client or of the engine: what our own check refuses is refused for its reason, and
// what it accepts is refused unless llhttp reads the same. A head that comes again, with another
// Date, is read as if it had not come before. HEADS_SHOW=1 prints the heads that are read
// differently.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "proxy/http/head_agreement.hpp"
#include "proxy/http/head_reader.hpp"

namespace {

using acl::Reason;
using proxy::http::HeadReader;
using proxy::http::RequestHead;
using proxy::http::ResponseHead;

void require(bool holds) {
  if (!holds) std::abort();
}

bool same_common(const proxy::http::Head& a, const proxy::http::Head& b) {
  if (a.fields.size() != b.fields.size()) return false;
  for (std::size_t i = 0; i < a.fields.size(); ++i) {
    const auto &x = a.fields[i], &y = b.fields[i];
    if (x.name != y.name || x.value != y.value || x.known != y.known) return false;
  }
  return a.minor_version == b.minor_version && a.framing == b.framing && a.length == b.length &&
         a.keep_alive == b.keep_alive;
}

bool same(const RequestHead& a, const RequestHead& b) {
  return same_common(a, b) && a.method == b.method && a.target == b.target &&
         a.sender.hosts == b.sender.hosts && a.sender.host == b.sender.host &&
         a.sender.origins == b.sender.origins && a.sender.origin == b.sender.origin &&
         a.sender.fetch_sites == b.sender.fetch_sites && a.sender.fetch_site == b.sender.fetch_site;
}

bool same(const ResponseHead& a, const ResponseHead& b) {
  return same_common(a, b) && a.status == b.status && a.phrase == b.phrase;
}

void show(const std::string& bytes) {
  static const bool wanted = std::getenv("HEADS_SHOW") != nullptr;
  if (wanted) std::fprintf(stderr, "-- read differently:\n%s", bytes.c_str());
}

/// As it would come a second later.
std::string later(std::string bytes) {
  const auto end = bytes.rfind(" GMT\r\n");
  if (end != bytes.npos && end != 0 && bytes[end - 1] >= '0' && bytes[end - 1] <= '8')
    ++bytes[end - 1];
  return bytes;
}

void check_request(const std::string& bytes) {
  static HeadReader reader;
  RequestHead ours, both;
  const auto refused = proxy::http::read_request_head(bytes, {}, ours);
  const auto reason = reader.read_request(bytes, {}, both);
  if (refused) return require(reason == refused);
  if (!proxy::http::llhttp_agrees(bytes, ours)) {
    show(bytes);
    return require(reason == Reason::head_disagreement);
  }
  require(!reason && same(ours, both));
  RequestHead again;
  const std::string copy = bytes;
  require(!reader.read_request(copy, {}, again) && same(ours, again));
}

void check_answer(const std::string& bytes, bool to_head) {
  static HeadReader reader;
  ResponseHead ours, both;
  const bool well_formed = proxy::http::read_response_head(bytes, {}, to_head, ours);
  const auto reason = reader.read_answer(bytes, {}, to_head, both);
  if (!well_formed) return require(reason == Reason::upstream_malformed);
  if (!proxy::http::llhttp_agrees(bytes, ours, to_head)) {
    show(bytes);
    return require(reason == Reason::upstream_disagreement);
  }
  require(!reason && same(ours, both));
  const auto second = later(bytes);
  HeadReader unknowing;
  ResponseHead again, anew;
  const auto once = reader.read_answer(second, {}, to_head, again);
  require(once == unknowing.read_answer(second, {}, to_head, anew));
  require(once || same(anew, again));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  // The first letter says whose head it is: a request's, an answer's, or one that answers a HEAD.
  const char whose = static_cast<char>(data[0]);
  std::string bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  // A session reads up to the first empty line.
  bytes.resize(std::min(bytes.find("\r\n\r\n"), bytes.size()));
  bytes += "\r\n\r\n";
  if (whose == 'a' || whose == 'h')
    check_answer(bytes, whose == 'h');
  else
    check_request(bytes);
  return 0;
}
