// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <mutex>
#include <string>

#include "proxy/engine_fault.hpp"

namespace proxy {

/// Whether the engine can be reached, as all workers have found. Each change is logged once,
/// however many requests fail; an overloaded engine may change with each connection.
class EngineState {
 public:
  void failed(const EngineFault&);
  /// The engine has answered. Costs next to nothing while all is well.
  void answered() {
    if (ill_.load(std::memory_order_relaxed)) recover();
  }

 private:
  void recover();

  std::mutex mutex_;
  std::string told_;  ///< the fault that was logged last; empty: all is well
  std::atomic<bool> ill_ = false;
};

}  // namespace proxy
