// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "acl/schema/schema.hpp"

namespace acl::schema {
namespace {

struct Words {
  std::string_view one, many;
};

Words words(Scalar scalar) {
  switch (scalar) {
    case Scalar::boolean: return {"a boolean", "booleans"};
    case Scalar::string: return {"a string", "strings"};
    case Scalar::bytes: return {"a base64 string", "base64 strings"};
    case Scalar::object: return {"an object", "objects"};
    case Scalar::ignored: return {"a value", "values"};
    case Scalar::int64: return {"a plain integer", "integers"};
    case Scalar::uint64: return {"a plain integer from 0", "integers"};
    case Scalar::uint32: return {"a plain integer from 0 to 4294967295", "integers"};
    case Scalar::uint16: return {"a plain integer from 0 to 65535", "integers"};
    case Scalar::float32: return {"a number", "numbers"};
  }
  return {};
}

}  // namespace

std::string_view to_string(Risk risk) {
  constexpr auto names = std::to_array<std::string_view>(
      {"none", "identity", "resources", "network", "isolation", "privilege", "host_access"});
  return names[static_cast<std::size_t>(risk)];
}

std::string to_string(Type type) {
  const auto [one, many] = words(type.scalar);
  switch (type.shape) {
    case Shape::one: return std::string(one);
    case Shape::list: return "a list of " + std::string(many);
    case Shape::list_of_lists: return "a list of lists of " + std::string(many);
    case Shape::pair: return "a list of at most two " + std::string(many);
    case Shape::string_or_list: return "a list of strings or one string";
    case Shape::map: return "an object of " + std::string(many);
    case Shape::map_of_lists: return "an object of lists of " + std::string(many);
  }
  return "";
}

}  // namespace acl::schema
