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
  std::string_view name;  ///< as in the operation table, which it points into
  std::string value;      ///< decoded; any bytes
};

/// One that the operation does not know, decoded.
struct UnknownParameter {
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
  /// The parameters that it does not know: sent on only where a profile keeps clients' habits.
  std::vector<UnknownParameter> unknown;
  /// Their names, made printable and bounded by TargetLimits.
  std::vector<std::string> dropped;

  /// The container, image, network … that the path names; empty where it names none.
  std::string_view name() const { return std::string_view(path).substr(name_begin, name_size); }
  /// First value of a parameter, "" where absent: what Go's r.Form.Get gives.
  std::string_view parameter(std::string_view name) const;
  /// The memory that its texts and lists have.
  std::size_t capacity() const;
  /// Names the object in the path otherwise.
  void rename(std::string_view name);
  void clear();
  /// clear(), but for the query: its strings are kept for the next one to be written over them.
  void forget_target();
};

/// Bounds of understand(); see `limits` in the configuration.
struct TargetLimits {
  std::size_t parameters = 64;          ///< pairs in a query, known or not
  std::size_t dropped_names = 16;       ///< unknown parameters that are recorded; the rest is not
  std::size_t dropped_name_bytes = 64;  ///< longer names are cut in the record
};

/// Reads a request line's method and target as the engine would, and finds the operation.
/// An unknown path or method is no error here: `out.operation` is then `unknown`, which no policy
/// allows. `out` need not be cleared before: what it holds is reused.
/// \returns the refusal where the target has no single, canonical meaning; `out` is then empty.
[[nodiscard]] std::optional<Refusal> understand(std::string_view method, std::string_view target,
                                                const TargetLimits& limits, Request& out);

/// Appends the one spelling of a request's target: "/v1.41/containers/web/json?size=1".
void append_target(const Request&, std::string& out);
/// Appends the parameters that the operation does not know to such a target.
void append_unknown_parameters(const Request&, std::string& out);

}  // namespace acl
