// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "tls/stream.hpp"

namespace tls {

struct Cause {
  Failure failure = Failure::protocol;
  std::string text;
};

/// What the last call on this connection failed for; reads OpenSSL's error queue, and errno where
/// that is empty. For use right after the call.
Cause cause_of(SSL*);

}  // namespace tls
