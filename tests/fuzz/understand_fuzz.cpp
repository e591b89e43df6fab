// SPDX-License-Identifier: Apache-2.0
// Any method and target: what is understood is written in one spelling, and that spelling is
// understood as the same request and written the same again. So what was decided about is what the
// engine is sent.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "acl/request.hpp"

namespace {

std::string written(const acl::Request& request) {
  std::string out;
  acl::append_target(request, out);
  return out;
}

bool same(const acl::Request& a, const acl::Request& b) {
  if (a.query.size() != b.query.size()) return false;
  for (std::size_t i = 0; i < a.query.size(); ++i) {
    if (a.query[i].name != b.query[i].name || a.query[i].value != b.query[i].value) return false;
  }
  return a.operation == b.operation && a.method == b.method && a.path == b.path &&
         a.name() == b.name() && a.version.major == b.version.major &&
         a.version.minor == b.version.minor;
}

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto space = text.find(' ');
  if (space == std::string_view::npos) return 0;
  const auto method = text.substr(0, space);

  acl::Request first;
  if (acl::understand(method, text.substr(space + 1), {}, first)) {
    require(first.operation == acl::Operation::unknown);
    return 0;
  }
  const auto once = written(first);
  acl::Request second;
  require(!acl::understand(method, once, {}, second));
  require(second.dropped.empty());
  require(same(first, second));
  require(written(second) == once);
  return 0;
}
