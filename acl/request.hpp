// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "acl/operation.hpp"
#include "acl/reason.hpp"

namespace acl {

/// One query parameter, decoded.
struct Parameter {
  std::string name;
  std::string value;
};

/// "v1.41" is {1, 41}. {0, 0} where the path has no version: the engine then takes its newest.
struct ApiVersion {
  unsigned major = 0;
  unsigned minor = 0;
  bool given() const { return major != 0; }
};

/// What a policy decides about: an operation of the Engine API with its parameters, free of
/// spellings. Reused from request to request, so that a warm connection allocates nothing.
struct Request {
  Operation operation = Operation::unknown;
  Method method = Method::unknown;
  ApiVersion version;
  std::string path;              ///< decoded, below the version prefix: "/containers/web/json"
  std::size_t name_begin = 0;    ///< where in `path` the object's name begins …
  std::size_t name_size = 0;     ///< … and its length; 0 where the path names no object
  std::vector<Parameter> query;  ///< the parameters that the operation knows, in the client's order
  std::vector<std::string> dropped;  ///< names of the parameters that it does not know

  /// The container, image, network … that the path names; empty where it names none.
  std::string_view name() const { return std::string_view(path).substr(name_begin, name_size); }
  /// First value of a parameter, "" where absent: what Go's r.Form.Get gives.
  std::string_view parameter(std::string_view name) const;
  void clear();
};

/// Bounds of understand(); see `limits` in the configuration.
struct TargetLimits {
  std::size_t parameters = 64;
};

/// Reads a request line's method and target as the engine would, and finds the operation.
/// An unknown path or method is no error here: `out.operation` is then `unknown`, which no policy
/// allows.
/// \returns the refusal where the target has no single, canonical meaning.
std::optional<Refusal> understand(std::string_view method, std::string_view target,
                                  const TargetLimits& limits, Request& out);

/// Appends the one spelling of a request's target: "/v1.41/containers/web/json?size=1".
void append_target(const Request&, std::string& out);

}  // namespace acl
