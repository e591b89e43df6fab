// SPDX-License-Identifier: Apache-2.0
#include <charconv>
#include <cstdint>
#include <system_error>

#include "acl/schema/schema.hpp"

namespace acl::schema {
namespace {

// Go decodes integers from plain digits only: 1.0 and 1e3 are errors, and so is -0 for an unsigned
// integer.
template <class Number>
bool fits(std::string_view digits) {
  Number ignored{};
  const char* const end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, ignored);
  return error == std::errc() && stop == end;
}

}  // namespace

bool is_in_range(std::string_view number, Scalar scalar) {
  switch (scalar) {
    case Scalar::int64: return fits<std::int64_t>(number);
    case Scalar::uint64: return fits<std::uint64_t>(number);
    case Scalar::uint32: return fits<std::uint32_t>(number);
    case Scalar::uint16: return fits<std::uint16_t>(number);
    case Scalar::float32: return fits<float>(number);
    case Scalar::boolean:
    case Scalar::string:
    case Scalar::bytes:
    case Scalar::object:
    case Scalar::ignored: return true;
  }
  return false;
}

}  // namespace acl::schema
