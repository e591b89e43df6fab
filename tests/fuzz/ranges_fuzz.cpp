// SPDX-License-Identifier: Apache-2.0
// Any bytes: walking them ends, and what an independent parser takes for an object has the same
// members here, each with the same name and value.
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>

#include "acl/json/ranges.hpp"

namespace {

using Json = nlohmann::json;

void require(bool holds) {
  if (!holds) std::abort();
}

/// \param theirs where a key that comes again has its last value
void compare(std::string_view object, const Json& theirs) {
  acl::json::Members members(object);
  Json ours = Json::object();
  while (const auto member = members.next()) {
    const auto key = acl::json::text_of('"' + std::string(member->key) + '"');
    const auto value = Json::parse(member->value, nullptr, false);
    require(!value.is_discarded());
    if (!key) return;  // our reader refuses some of what others read
    if (const auto text = acl::json::text_of(member->value)) require(value == *text);
    ours[*key] = value;
  }
  require(members.whole());
  require(ours == theirs);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  acl::json::Members members(text);
  while (members.next()) {
  }
  std::string_view rest = text;
  while (acl::json::take_value(rest)) {
  }
  if (text.starts_with("\xef\xbb\xbf")) return 0;  // the other parser skips a byte order mark
  const auto theirs = Json::parse(text, nullptr, false);
  if (theirs.is_object()) compare(text, theirs);
  return 0;
}
