// SPDX-License-Identifier: Apache-2.0
#include "proxy/admin/exposition.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <utility>

namespace proxy::admin {
namespace {

using Workers = std::span<const Metrics* const>;

/// Escapes the three characters that a label's value must not contain.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\' || c == '"') out += '\\';
    if (c == '\n')
      out += "\\n";
    else
      out += c;
  }
  return out;
}

class Page {
 public:
  /// Begins a metric; `type` is counter, gauge or histogram.
  void metric(std::string_view name, std::string_view type, std::string_view help) {
    name_ = name;
    text += fmt::format("# HELP tidegate_{} {}\n# TYPE tidegate_{} {}\n", name, help, name, type);
  }
  void sample(std::string_view labels, auto value, std::string_view suffix = {}) {
    text += fmt::format("tidegate_{}{}{}{}{} {}\n", name_, suffix, labels.empty() ? "" : "{",
                        labels, labels.empty() ? "" : "}", value);
  }
  std::string text;

 private:
  std::string_view name_;
};

template <class Figure>
std::uint64_t sum(Workers workers, Figure figure) {
  std::uint64_t all = 0;
  for (const auto* worker : workers) all += figure(*worker).get();
  return all;
}

constexpr std::array<std::string_view, outcome_count> outcomes{"allow", "deny", "would_deny"};

std::string_view operation_name(std::size_t index) {
  return acl::info(static_cast<acl::Operation>(index)).name;
}

void add_requests(Workers workers, Page& page) {
  using Counts = std::array<std::array<std::uint64_t, outcome_count>, acl::operation_count + 1>;
  std::map<std::string, Counts> all;
  for (const auto* worker : workers)
    worker->each_profile([&all](const Metrics::OfProfile& figures) {
      auto& counts = all[figures.name];
      for (std::size_t i = 0; i < counts.size(); ++i)
        for (std::size_t j = 0; j < outcome_count; ++j)
          counts[i][j] += figures.requests[i][j].get();
    });
  page.metric(
      "requests_total", "counter",
      "Requests by profile, operation and decision; profile is empty where none was asked.");
  for (const auto& [profile, counts] : all)
    for (std::size_t i = 0; i < counts.size(); ++i)
      for (std::size_t j = 0; j < outcome_count; ++j)
        if (counts[i][j] != 0)
          page.sample(fmt::format(R"(profile="{}",operation="{}",decision="{}")", escaped(profile),
                                  operation_name(i), outcomes[j]),
                      counts[i][j]);
}

void add_refusals(Workers workers, Page& page) {
  page.metric(
      "refusals_total", "counter",
      "Refusals and failures by reason, including those before any request. What a profile in "
      "shadow mode would refuse is only in requests_total, as decision=\"would_deny\".");
  for (std::size_t i = 0; i < acl::reason_count; ++i) {
    const auto count =
        sum(workers, [i](const Metrics& m) -> const Counter& { return m.refusals[i]; });
    if (count != 0)
      page.sample(fmt::format(R"(reason="{}")", acl::id(static_cast<acl::Reason>(i))), count);
  }
}

void add_histogram(Workers workers, Histogram Metrics::* which, Page& page) {
  constexpr double second = 1e6;
  std::uint64_t cumulated = 0;
  for (std::size_t i = 0; i <= Histogram::bounds.size(); ++i) {
    cumulated +=
        sum(workers, [=](const Metrics& m) -> const Counter& { return (m.*which).buckets[i]; });
    const auto bound = i < Histogram::bounds.size()
                           ? fmt::format("{}", static_cast<double>(Histogram::bounds[i]) / second)
                           : "+Inf";
    page.sample(fmt::format(R"(le="{}")", bound), cumulated, "_bucket");
  }
  const auto micros =
      sum(workers, [=](const Metrics& m) -> const Counter& { return (m.*which).sum; });
  page.sample("", static_cast<double>(micros) / second, "_sum");
  page.sample("", cumulated, "_count");
}

void add_latencies(Workers workers, Page& page) {
  page.metric("own_seconds", "histogram",
              "tidegate's share: from a request's head until it was sent on or refused.");
  add_histogram(workers, &Metrics::own, page);
  page.metric("upstream_seconds", "histogram",
              "The engine's share: from sending a request on to the head of its answer.");
  add_histogram(workers, &Metrics::upstream, page);
}

void add_traffic(Workers workers, Page& page) {
  const auto total = [&](Counter Metrics::* which) {
    return sum(workers, [which](const Metrics& m) -> const Counter& { return m.*which; });
  };
  page.metric("bytes_total", "counter", "Bytes of bodies and streams.");
  page.sample(R"(direction="to_engine")", total(&Metrics::bytes_in));
  page.sample(R"(direction="to_client")", total(&Metrics::bytes_out));
  page.metric("connections_open", "gauge", "Client connections now.");
  page.sample("", total(&Metrics::sessions));
  page.metric("streams_open", "gauge", "Raw streams (attach, exec and the like) now.");
  page.sample("", total(&Metrics::tunnels));
  page.metric("unknown_members_total", "counter",
              "Members of the engine's answers to look-ups that tidegate does not know.");
  page.sample("", total(&Metrics::unknown_members));
}

/// A page with two values of one series is refused as a whole. Where a file has several
/// certificates of one subject, the first that expires counts.
void add_expiries(const std::vector<tls::Expiry>& expiries, Page& page) {
  std::map<std::string, std::chrono::system_clock::time_point> ends;
  for (const auto& each : expiries) {
    const auto [end, is_new] = ends.try_emplace(
        fmt::format(R"(file="{}",subject="{}")", escaped(each.file), escaped(each.subject)),
        each.not_after);
    end->second = std::min(end->second, each.not_after);
  }
  page.metric("certificate_expiry_timestamp_seconds", "gauge",
              "When a certificate or revocation list expires.");
  for (const auto& [labels, end] : ends)
    page.sample(labels, std::chrono::floor<std::chrono::seconds>(end).time_since_epoch().count());
}

void add_process(const Process& process, Page& page) {
  using namespace std::chrono;
  page.metric("upstream_up", "gauge",
              "1 if the engine answered the last ping; each request of this page sends one.");
  page.sample("", process.upstream_up ? 1 : 0);
  page.metric("held_bytes", "gauge",
              "Memory that requests hold now, as limits.held_bytes counts it.");
  page.sample("", process.held_bytes);
  page.metric("audit_failed", "gauge", "1 while audit records cannot be written and are kept.");
  page.sample("", process.audit_failed ? 1 : 0);
  page.metric("audit_lost_total", "counter", "Audit records that could not be kept.");
  page.sample("", process.audit_lost);
  page.metric("log_lost_total", "counter", "Lines of the log that could not be kept.");
  page.sample("", process.log_lost);
  page.metric("reloads_total", "counter", "Reloads of the configuration and of certificates.");
  page.sample(R"(result="done")", process.reloads_done);
  page.sample(R"(result="failed")", process.reloads_failed);
  add_expiries(process.expiries, page);
  page.metric("build_info", "gauge", "The running version.");
  page.sample(R"(version=")" TIDEGATE_VERSION R"(")", 1);
}

}  // namespace

std::string exposition(Workers workers, const Process& process) {
  Page page;
  add_requests(workers, page);
  add_refusals(workers, page);
  add_latencies(workers, page);
  add_traffic(workers, page);
  add_process(process, page);
  return std::move(page.text);
}

}  // namespace proxy::admin
