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
#include "proxy/held_bytes.hpp"

namespace proxy {

/// Counts connections, TLS handshakes under way and the memory that they hold, in all and for each
/// client. A client is one uid on unix sockets and one address on tcp. Shared by all workers; takes
/// a lock when a connection or a handshake begins and when it ends.
class Admission {
  struct OfClient {
    explicit OfClient(HeldBytes& all, std::size_t most) : held(most, all) {}
    std::size_t connections = 0;
    std::size_t handshakes = 0;
    HeldBytes held;
  };
  using Clients = std::map<std::string, OfClient>;  // its entries never move

  void leave(Clients::iterator client);
  void end_handshake(Clients::iterator client);

  /// What is counted for a client until it leaves scope.
  template <void (Admission::*end)(Clients::iterator)>
  class Counted {
   public:
    Counted(Admission& admission, Clients::iterator client)
        : admission_(&admission), client_(client) {}
    Counted(Counted&& other) noexcept
        : admission_(std::exchange(other.admission_, nullptr)), client_(other.client_) {}
    Counted& operator=(Counted&&) = delete;
    ~Counted() {
      if (admission_ != nullptr) (admission_->*end)(client_);
    }

   protected:
    Admission* admission_;
    Clients::iterator client_;
  };

 public:
  /// \param held_bytes most that all connections together may hold; one client may hold half.
  Admission(const config::Limits& limits, std::size_t held_bytes)
      : limits_(limits), held_most_(held_bytes), held_(held_bytes) {}

  /// One TLS handshake. Must end before the Ticket of its connection.
  using Handshake = Counted<&Admission::end_handshake>;

  /// One connection.
  class Ticket : public Counted<&Admission::leave> {
   public:
    using Counted::Counted;
    /// The memory that all connections of this client hold.
    HeldBytes& held() { return client_->second.held; }
    /// Counts the handshake with which this connection begins.
    acl::Result<Handshake, acl::Reason> begin_handshake() {
      return admission_->begin_handshake(client_);
    }
  };

  acl::Result<Ticket, acl::Reason> admit(const acl::Identity&);

  /// The memory that all connections hold, as far as it is counted.
  std::size_t held() const { return held_.now(); }
  HeldBytes& held_by_all() { return held_; }

  /// Calls back once, on any thread, when no connection is left.
  void when_empty(std::function<void()> callback);

 private:
  acl::Result<Handshake, acl::Reason> begin_handshake(Clients::iterator client);

  const config::Limits& limits_;
  const std::size_t held_most_;
  HeldBytes held_;
  std::mutex mutex_;
  std::size_t all_ = 0;
  std::size_t handshakes_ = 0;
  Clients by_client_;
  std::function<void()> when_empty_;
};

}  // namespace proxy
