// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "acl/identity.hpp"
#include "acl/reason.hpp"
#include "acl/result.hpp"
#include "config/settings.hpp"

namespace proxy {

/// Counts connections, in all and by client: one uid on unix sockets, one address on tcp. Shared by
/// all workers; locked once when a connection comes and once when it goes.
class Admission {
 public:
  explicit Admission(const config::Limits& limits) : limits_(limits) {}

  /// A counted connection; uncounted when it leaves scope.
  class Ticket {
   public:
    Ticket(Admission& admission, std::string client)
        : admission_(&admission), client_(std::move(client)) {}
    Ticket(Ticket&& other) noexcept
        : admission_(std::exchange(other.admission_, nullptr)), client_(std::move(other.client_)) {}
    Ticket& operator=(Ticket&&) = delete;
    ~Ticket() {
      if (admission_ != nullptr) admission_->leave(client_);
    }

   private:
    Admission* admission_;
    std::string client_;
  };

  acl::Result<Ticket, acl::Reason> admit(const acl::Identity&);

  /// Calls back once, on any thread, as soon as no connection is left.
  void when_empty(std::function<void()> callback);

 private:
  void leave(const std::string& client);

  const config::Limits& limits_;
  std::mutex mutex_;
  std::size_t all_ = 0;
  std::map<std::string, std::size_t> by_client_;
  std::function<void()> when_empty_;
};

}  // namespace proxy
