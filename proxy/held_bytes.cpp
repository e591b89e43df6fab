// SPDX-License-Identifier: Apache-2.0
#include "proxy/held_bytes.hpp"

#include <fmt/format.h>

namespace proxy {

bool HeldBytes::take(std::size_t bytes) {
  const auto before = now_.fetch_add(bytes, std::memory_order_relaxed);
  const bool fits = before <= most_ && bytes <= most_ - before;
  if (fits && (all_ == nullptr || all_->take(bytes))) return true;
  now_.fetch_sub(bytes, std::memory_order_relaxed);
  return false;
}

void HeldBytes::add(std::size_t bytes) {
  now_.fetch_add(bytes, std::memory_order_relaxed);
  if (all_ != nullptr) all_->add(bytes);
}

void HeldBytes::give_back(std::size_t bytes) {
  now_.fetch_sub(bytes, std::memory_order_relaxed);
  if (all_ != nullptr) all_->give_back(bytes);
}

std::string HeldBytes::why_not_more() const {
  constexpr double MiB = 1024 * 1024;
  const auto mib = [](std::size_t bytes) { return static_cast<double>(bytes) / MiB; };
  const auto& all = all_ == nullptr ? *this : *all_;
  return fmt::format(
      "this client's requests hold {:.1f} MiB. With this request they would hold more than {:.1f} "
      "MiB, or those of all clients more than {:.1f} MiB (`limits.held_bytes`, of which one client "
      "may hold half); try again later, or raise `limits.held_bytes`",
      mib(now()), mib(most_), mib(all.most_));
}

bool Charge::change(std::size_t bytes) {
  if (bytes > taken_ && !from_.take(bytes - taken_)) return false;
  if (bytes < taken_) from_.give_back(taken_ - bytes);
  taken_ = bytes;
  return true;
}

}  // namespace proxy
