// SPDX-License-Identifier: Apache-2.0
#include "proxy/engine_state.hpp"

#include <spdlog/spdlog.h>

namespace proxy {

void EngineState::failed(const EngineFault& fault) {
  const std::lock_guard lock(mutex_);
  if (fault.text == told_) return;
  told_ = fault.text;
  ill_ = true;
  spdlog::warn("{}: {}", acl::id(fault.reason), fault.advice());
}

void EngineState::recover() {
  const std::lock_guard lock(mutex_);
  if (!ill_.exchange(false)) return;
  told_.clear();
  spdlog::info("the engine answers again");
}

}  // namespace proxy
