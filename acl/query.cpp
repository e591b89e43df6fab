// SPDX-License-Identifier: Apache-2.0
#include "acl/query.hpp"

#include <string>

#include "acl/text/percent.hpp"
#include "acl/text/shown.hpp"

namespace acl {
namespace {

// What a parameter means if it is repeated.
enum class Repeated : std::uint8_t { refused, list, first_counts };

// A parameter as the operation table writes it: `name`, `name[]` or `name[0]`.
struct Known {
  std::string_view name;  // points into the table
  Repeated repeated = Repeated::refused;
};

Known known_from(std::string_view column) {
  if (!column.ends_with(']')) return {column};
  const auto open = column.find('[');
  const bool is_list = column.substr(open) == "[]";
  return {column.substr(0, open), is_list ? Repeated::list : Repeated::first_counts};
}

std::string_view take_until(char separator, std::string_view& text) {
  const auto at = text.find(separator);
  const auto head = text.substr(0, at);
  text = at == std::string_view::npos ? std::string_view{} : text.substr(at + 1);
  return head;
}

// Names are compared exactly: the engine's Form.Get is case-sensitive.
std::optional<Known> find_known(std::string_view columns, std::string_view name) {
  while (!columns.empty()) {
    const auto known = known_from(take_until(' ', columns));
    if (known.name == name) return known;
  }
  return std::nullopt;
}

class QueryReader {
 public:
  QueryReader(const TargetLimits& limits, Request& out)
      : limits_(limits), out_(out), known_(info(out.operation).query) {}

  std::optional<Refusal> read(std::string_view raw) {
    // Go has refused a raw `;` since 1.17; older versions used it as a separator.
    if (raw.find(';') != std::string_view::npos) return Refusal(Reason::query_malformed);
    while (!raw.empty()) {
      const auto pair = take_until('&', raw);
      if (pair.empty()) continue;
      if (auto refusal = read_pair(pair)) return refusal;
    }
    out_.query.resize(count_);
    return std::nullopt;
  }

 private:
  std::optional<Refusal> read_pair(std::string_view raw_value) {
    const auto raw_name = take_until('=', raw_value);
    std::string name;
    if (!decode_query_part(raw_name, name)) return Refusal(Reason::query_malformed);
    const auto known = find_known(known_, name);
    if (auto refusal = count(known)) return refusal;
    Parameter& parameter = next_slot();
    if (!decode_query_part(raw_value, parameter.value)) return Refusal(Reason::query_malformed);
    const bool again = known && known->repeated != Repeated::list && is_given(known->name);
    if (again && known->repeated == Repeated::refused) {
      return Refusal(Reason::query_repeated, "the query parameter '" + std::string(known->name) +
                                                 "' is given twice and is not a list");
    }
    if (!known || again) {
      drop(name);
      out_.unknown.push_back({std::move(name), std::move(parameter.value)});
      return std::nullopt;
    }
    parameter.name = known->name;
    ++count_;
    return std::nullopt;
  }

  std::optional<Refusal> count(const std::optional<Known>& known) {
    const bool in_list = known && known->repeated == Repeated::list;
    auto& pairs = in_list ? listed_ : pairs_;
    const auto most = in_list ? limits_.list_parameters : limits_.parameters;
    return ++pairs > most ? std::optional(Refusal(Reason::query_too_many)) : std::nullopt;
  }

  // Values may have any bytes, NUL included, and are encoded again: handlers treat them as text,
  // and a file's name in an archive's `path` need not be UTF-8.
  Parameter& next_slot() {
    if (count_ == out_.query.size()) out_.query.emplace_back();
    out_.query[count_].value.clear();
    return out_.query[count_];
  }

  bool is_given(std::string_view name) const {
    for (std::size_t i = 0; i < count_; ++i) {
      if (out_.query[i].name == name) return true;
    }
    return false;
  }

  void drop(std::string_view name) {
    if (out_.dropped.size() < limits_.dropped_names) {
      out_.dropped.push_back(shown(name, limits_.dropped_name_bytes));
    }
  }

  const TargetLimits& limits_;
  Request& out_;
  std::string_view known_;
  std::size_t count_ = 0;
  std::size_t pairs_ = 0, listed_ = 0;
};

}  // namespace

std::optional<Refusal> read_query(std::string_view raw, const TargetLimits& limits, Request& out) {
  return QueryReader(limits, out).read(raw);
}

}  // namespace acl
