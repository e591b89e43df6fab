// SPDX-License-Identifier: Apache-2.0
#include "acl/schema/schema.hpp"

namespace acl::schema {
namespace {

std::string_view plural(Type type) {
  switch (type.scalar) {
    case Scalar::boolean: return "booleans";
    case Scalar::string: return "strings";
    case Scalar::bytes: return "base64 strings";
    case Scalar::object: return "objects";
    case Scalar::ignored: return "values";
    case Scalar::int64:
    case Scalar::uint64:
    case Scalar::uint32:
    case Scalar::uint16: return "integers";
    case Scalar::float32: return "numbers";
  }
  return "";
}

std::string_view singular(Type type) {
  switch (type.scalar) {
    case Scalar::boolean: return "a boolean";
    case Scalar::string: return "a string";
    case Scalar::bytes: return "a base64 string";
    case Scalar::object: return "an object";
    case Scalar::ignored: return "a value";
    case Scalar::int64: return "a plain integer";
    case Scalar::uint64: return "a plain integer from 0";
    case Scalar::uint32: return "a plain integer from 0 to 4294967295";
    case Scalar::uint16: return "a plain integer from 0 to 65535";
    case Scalar::float32: return "a number";
  }
  return "";
}

}  // namespace

std::string_view to_string(Risk risk) {
  switch (risk) {
    case Risk::none: return "none";
    case Risk::identity: return "identity";
    case Risk::resources: return "resources";
    case Risk::network: return "network";
    case Risk::isolation: return "isolation";
    case Risk::privilege: return "privilege";
    case Risk::host_access: return "host_access";
  }
  return "";
}

std::string to_string(Type type) {
  switch (type.shape) {
    case Shape::one: return std::string(singular(type));
    case Shape::list: return "a list of " + std::string(plural(type));
    case Shape::list_of_lists: return "a list of lists of " + std::string(plural(type));
    case Shape::pair: return "a list of at most two " + std::string(plural(type));
    case Shape::string_or_list: return "a list of strings or one string";
    case Shape::map: return "an object of " + std::string(plural(type));
    case Shape::map_of_lists: return "an object of lists of " + std::string(plural(type));
  }
  return "";
}

}  // namespace acl::schema
