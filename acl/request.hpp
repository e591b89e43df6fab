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

/// One query parameter that the operation knows.
struct Parameter {
  std::string_view name;  ///< points into the operation table
  std::string value;      ///< decoded; any bytes
};

/// A query parameter that the operation does not know, decoded.
struct UnknownParameter {
  std::string name;
  std::string value;
};

/// The API version: {1, 41} for "v1.41", and {0, 0} where the path has none (the engine's newest).
struct ApiVersion {
  unsigned major = 0;
  unsigned minor = 0;
  bool given() const { return major != 0; }
};

/// The subject of a policy's decision: an operation of the Engine API with its parameters,
/// independent of their spelling. Reused for later requests, so that a warm connection allocates
/// nothing.
struct Request {
  Operation operation = Operation::unknown;
  Method method = Method::unknown;
  ApiVersion version;
  std::string path;              ///< decoded, below the version prefix: "/containers/web/json"
  std::size_t name_begin = 0;    ///< where in `path` the object's name begins …
  std::size_t name_size = 0;     ///< … and its length; 0 where the path names no object
  std::vector<Parameter> query;  ///< the parameters that the operation knows, in the client's order
  /// Unknown parameters. They are forwarded only where a profile keeps clients' habits.
  std::vector<UnknownParameter> unknown;
  /// The names of unknown parameters, made printable and bounded by TargetLimits.
  std::vector<std::string> dropped;

  /// The container, image, network … that the path names; empty if it names none.
  std::string_view name() const { return std::string_view(path).substr(name_begin, name_size); }
  /// The first value of a parameter, "" if absent, as Go's r.Form.Get returns.
  std::string_view parameter(std::string_view name) const;
  /// The memory of its texts and lists.
  std::size_t capacity() const;
  /// Replaces the object's name in the path.
  void rename(std::string_view name);
  void clear();
  /// Like clear(), but keeps the query, whose strings the next request overwrites.
  void forget_target();
};

/// Bounds of understand(); see `limits` in the configuration.
struct TargetLimits {
  std::size_t parameters = 64;          ///< pairs in a query, known or not, besides lists
  std::size_t list_parameters = 4096;   ///< pairs that belong to lists
  std::size_t dropped_names = 16;       ///< unknown parameters that are recorded; others are not
  std::size_t dropped_name_bytes = 64;  ///< longer names are shortened in the record
};

/// Reads a request line's method and target as the engine would, and finds the operation. An
/// unknown path or method is not an error: `out.operation` is then `unknown`, which no policy
/// allows. `out` need not be cleared before the call; its memory is reused.
/// \returns the refusal where the target has no single, canonical meaning; `out` is then empty
[[nodiscard]] std::optional<Refusal> understand(std::string_view method, std::string_view target,
                                                const TargetLimits& limits, Request& out);

/// Appends a request's target in its canonical spelling: "/v1.41/containers/web/json?size=1".
void append_target(const Request&, std::string& out);
/// Appends the unknown parameters to such a target.
void append_unknown_parameters(const Request&, std::string& out);

}  // namespace acl
