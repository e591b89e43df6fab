// SPDX-License-Identifier: Apache-2.0
#include "proxy/held_bytes.hpp"

namespace proxy {

bool HeldBytes::take(std::size_t bytes) {
  const auto before = now_.fetch_add(bytes, std::memory_order_relaxed);
  const bool fits = before <= most_ && bytes <= most_ - before;
  if (fits && (all_ == nullptr || all_->take(bytes))) return true;
  now_.fetch_sub(bytes, std::memory_order_relaxed);
  return false;
}

void HeldBytes::give_back(std::size_t bytes) {
  now_.fetch_sub(bytes, std::memory_order_relaxed);
  if (all_ != nullptr) all_->give_back(bytes);
}

bool Charge::change(std::size_t bytes) {
  if (bytes > taken_ && !from_.take(bytes - taken_)) return false;
  if (bytes < taken_) from_.give_back(taken_ - bytes);
  taken_ = bytes;
  return true;
}

}  // namespace proxy
