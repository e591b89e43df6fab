// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "config/fields.hpp"

/// What `hosts` and `origins` of a listener are made of.
namespace config {

/// Reads a name that clients reach a listener by, "gate.corp", or "*.corp" for all under it, into
/// `to`, in lower case. \returns what is wrong, or "".
std::string parse_own_host(std::string_view text, std::string& to);

Type<std::string> own_host();
/// A web page's origin, as "https://portal.corp".
Type<std::string> origin();

}  // namespace config
