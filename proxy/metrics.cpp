// SPDX-License-Identifier: Apache-2.0
#include "proxy/metrics.hpp"

#include <algorithm>

namespace proxy {

void Histogram::add(std::chrono::microseconds time) {
  const auto micros = static_cast<std::uint64_t>(std::max<std::int64_t>(time.count(), 0));
  const auto bucket = std::ranges::lower_bound(bounds, micros) - bounds.begin();
  buckets[static_cast<std::size_t>(bucket)].add();
  sum.add(micros);
}

void Metrics::count(std::string_view profile, acl::Operation operation, Outcome outcome) {
  auto& of_operation = of(profile).requests[static_cast<std::size_t>(operation)];
  of_operation[static_cast<std::size_t>(outcome)].add();
}

Metrics::OfProfile& Metrics::of(std::string_view profile) {
  if (last_ != nullptr && last_->name == profile) return *last_;
  const std::scoped_lock lock(mutex_);
  auto found = profiles_.find(profile);
  if (found == profiles_.end()) {
    found = profiles_.emplace(profile, std::make_unique<OfProfile>()).first;
    found->second->name = profile;
  }
  last_ = found->second.get();
  return *last_;
}

}  // namespace proxy
