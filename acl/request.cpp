// SPDX-License-Identifier: Apache-2.0
#include "acl/request.hpp"

#include <algorithm>

#include "acl/capacity.hpp"
#include "acl/query.hpp"
#include "acl/route.hpp"
#include "acl/target.hpp"
#include "acl/text/engine_bool.hpp"
#include "acl/text/percent.hpp"
#include "acl/text/shown.hpp"
#include "acl/version.hpp"

namespace acl {
namespace {

// `docker rm --link web/db` removes the link of `web` with the alias `db`, and no container.
bool removes_link(const Request& request) {
  return request.operation == Operation::ContainerDelete &&
         is_true_to_engine(request.parameter("link")) &&
         std::ranges::count(request.name(), '/') == 1;
}

// A legacy link makes "/web/db" a name of another container, and a link may be called `restart`.
// Only names of images and plugins have slashes on purpose, and that of a link to be removed.
std::optional<Refusal> check_name(const Request& request, const RouteMatch& match,
                                  const EncodedSlashes& slashes) {
  const bool inside_name = match.name_may_have_slashes && slashes.first >= match.name_begin &&
                           slashes.last < match.name_begin + match.name_size;
  if (slashes.any() && !inside_name) return Refusal(Reason::target_encoded_slash);
  const auto name = request.name();
  const bool may_have_slashes = match.name_may_have_slashes || removes_link(request);
  if (!may_have_slashes && name.find('/') != std::string_view::npos) {
    return Refusal(Reason::name_several_segments,
                   std::string(meaning(Reason::name_several_segments)) + ", not " +
                       quoted(shown_target(name)) + " in " +
                       std::string(info(match.operation).name));
  }
  return std::nullopt;
}

std::optional<Refusal> read_target(std::string_view target, const TargetLimits& limits,
                                   Request& out) {
  if (auto refusal = check_form(target)) return refusal;
  const auto question = target.find('?');
  EncodedSlashes slashes;
  if (auto refusal = read_path(target.substr(0, question), out, slashes)) return refusal;

  const auto match = route(out.method, out.path);
  out.operation = match.operation;
  out.name_begin = match.name_begin;
  out.name_size = match.name_size;
  if (auto refusal = check_version(out)) return refusal;

  const bool has_query = question != std::string_view::npos;
  const auto query = has_query ? target.substr(question + 1) : std::string_view{};
  if (auto refusal = read_query(query, limits, out)) return refusal;
  return check_name(out, match, slashes);
}

}  // namespace

std::string_view Request::parameter(std::string_view wanted) const {
  for (const auto& parameter : query) {
    if (parameter.name == wanted) return parameter.value;
  }
  return {};
}

std::size_t Request::capacity() const {
  auto all = path.capacity() + capacity_of(query) + capacity_of(unknown) + capacity_of(dropped);
  for (const auto& parameter : query) all += parameter.value.capacity();
  for (const auto& [name, value] : unknown) all += name.capacity() + value.capacity();
  return all;
}

void Request::rename(std::string_view name) {
  path.replace(name_begin, name_size, name);
  name_size = name.size();
}

void Request::clear() {
  forget_target();
  query.clear();
}

void Request::forget_target() {
  operation = Operation::unknown;
  method = Method::unknown;
  version = {};
  path.clear();
  name_begin = 0;
  name_size = 0;
  unknown.clear();
  dropped.clear();
}

std::optional<Refusal> understand(std::string_view method, std::string_view target,
                                  const TargetLimits& limits, Request& out) {
  out.forget_target();
  out.method = method_from(method);
  auto refusal = read_target(target, limits, out);
  // A caller that ignores the refusal gets a request that no policy allows.
  if (refusal) out.clear();
  return refusal;
}

void append_target(const Request& request, std::string& out) {
  if (request.version.given()) {
    out.append("/v");
    out.append(std::to_string(request.version.major));
    out.push_back('.');
    out.append(std::to_string(request.version.minor));
  }
  encode_path(request.path, out);
  char separator = '?';
  for (const auto& [name, value] : request.query) {
    out.push_back(separator);
    out.append(name);
    out.push_back('=');
    encode_query_value(value, out);
    separator = '&';
  }
}

void append_unknown_parameters(const Request& request, std::string& out) {
  char separator = request.query.empty() ? '?' : '&';
  for (const auto& [name, value] : request.unknown) {
    out.push_back(separator);
    encode_query_value(name, out);
    out.push_back('=');
    encode_query_value(value, out);
    separator = '&';
  }
}

}  // namespace acl
