// SPDX-License-Identifier: Apache-2.0
#include "proxy/engine_state.hpp"

#include <spdlog/spdlog.h>

#include "proxy/log.hpp"

namespace proxy {

void EngineState::failed(const EngineFault& fault) {
  const std::lock_guard lock(mutex_);
  if (fault.text == told_) return;
  told_ = fault.text;
  ill_ = true;
  if (may_log(acl::id(fault.reason), spdlog::level::warn))
    spdlog::warn("{}: {}", acl::id(fault.reason), fault.advice());
}

void EngineState::recover() {
  const std::lock_guard lock(mutex_);
  if (!ill_.exchange(false)) return;
  told_.clear();
  constexpr auto kind = "the engine answers again";
  if (may_log(kind)) spdlog::info(kind);
}

}  // namespace proxy
