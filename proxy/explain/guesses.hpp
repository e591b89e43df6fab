// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>

#include "acl/operation.hpp"
#include "config/settings.hpp"
#include "proxy/explain/told.hpp"

namespace proxy::explain {

/// What answers of the stand-in engine rest on: another engine leads the client to other requests.
struct Guesses {
  std::set<std::string> images;      ///< that it made up
  std::set<acl::Operation> nothing;  ///< that read objects, and found none
};

/// \param file see engine_stub::Options::guesses
Guesses read_guesses(const std::string& file);

/// What becomes of the request that clients make where an engine lacks the image.
Told pull(const config::Settings&, const std::string& image);

/// Names the operations on objects of the same kinds that the first listener's profile refuses.
/// Empty: none.
std::string refused_of_objects(const config::Settings&, const std::set<acl::Operation>& nothing);

}  // namespace proxy::explain
