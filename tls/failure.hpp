// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "tls/stream.hpp"

namespace tls {

struct Cause {
  Failure failure = Failure::protocol;
  std::string text;
};

/// Says why the last call on this connection failed. It reads OpenSSL's error queue, or errno if
/// that is empty, so it must be called right after the failing call.
Cause cause_of(SSL*);

/// What it means that a certificate was not verified. \param result an X509_V_ERR_*
Failure verify_failure(long result);

}  // namespace tls
