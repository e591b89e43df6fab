// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "acl/browser.hpp"
#include "acl/reason.hpp"
#include "acl/request.hpp"

namespace acl {

/// A protocol that an operation can be upgraded to.
enum class Protocol : std::uint8_t { other, tcp, websocket, h2c };

/// The protocols that a request's Upgrade fields offer. Several fields are one list (RFC 9110
/// section 5.3), and a server may ignore all of it (section 7.8).
class UpgradeOffers {
 public:
  /// \param value of one of the fields
  void add(std::string_view value);
  bool empty() const { return bits_ == 0; }
  bool has(Protocol protocol) const {
    return ((bits_ >> static_cast<unsigned>(protocol)) & 1U) != 0;
  }

 private:
  unsigned bits_ = 0;
};

/// The header fields that the policy reads; absent fields are empty. Views end with the head.
struct RequestView {
  std::string_view method, target;
  Sender sender = {};
  std::string_view content_type = {}, expect = {};
  UpgradeOffers upgrade = {};
  bool body = false;     ///< the request has a body
  bool chunked = false;  ///< the body's length is not known yet: it may turn out to be empty
};

/// Returns whether a Content-Type announces a form.
bool is_form(std::string_view content_type);

/// Refuses headers that would change what the engine does with the request. A form body overrides
/// the query (moby httputils.go ParseForm; `FormValue` on /build); of a chunked one Case::body()
/// sees whether it is empty. gRPC bypasses the engine's
/// router and reaches BuildKit (engine 29.2 and later), and an upgrade turns the connection into
/// something else. No expectation but 100 (Continue) can be met.
std::optional<Refusal> check_headers(const Request&, const RequestView&);

/// The protocol to request from the engine when a hijacking operation may be upgraded: "tcp",
/// "websocket" or "h2c". Empty where the client did not ask for it or the operation does not
/// hijack.
std::string_view upgrade_to_ask(const Request&, const RequestView&);

}  // namespace acl
