// SPDX-License-Identifier: Apache-2.0
#include "proxy/deadline.hpp"

namespace proxy {

Deadline::Deadline(Deadlines& all, std::function<void()> on_expiry, std::function<void()> on_wait)
    : all_(all), on_expiry_(std::move(on_expiry)), on_wait_(std::move(on_wait)) {
  all_.armed_.push_back(*this);
  all_.start();
}

Deadline::~Deadline() {
  all_.armed_.erase(all_.armed_.iterator_to(*this));
}

void Deadline::arm(std::chrono::milliseconds limit) {
  expired_ = false;
  // The time of the last tick may be one tick old, so add one: never expire early.
  due_ = limit.count() == 0 ? Clock::time_point::max() : all_.now_ + limit + Deadlines::tick;
}

void Deadlines::start() {
  if (ticking_) return;
  ticking_ = true;
  on_tick();
}

void Deadlines::on_tick() {
  now_ = Deadline::Clock::now();
  for (auto& deadline : armed_) {
    const bool watches = deadline.ticks_to_wait_ != 0;
    if (watches) --deadline.ticks_to_wait_;
    if (watches && deadline.ticks_to_wait_ == 0) deadline.on_wait_();
    if (now_ < deadline.due_) continue;
    deadline.expired_ = true;
    deadline.on_expiry_();  // only cancels sockets; completions run later, so the list does not
                            // change here
  }
  ticking_ = !armed_.empty();
  if (!ticking_) return;
  timer_.expires_at(now_ + tick);
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) on_tick();
  });
}

}  // namespace proxy
