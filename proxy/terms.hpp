// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "acl/case.hpp"
#include "config/settings.hpp"

namespace proxy {

/// The terms that a listener's web rules and the limits make.
inline acl::Terms terms_of(const acl::WebRules& web, const config::Limits& limits) {
  return {
      .web = web,
      .target = {.parameters = limits.query_parameters, .list_parameters = limits.list_parameters},
      .lookups = limits.lookups,
      .record_bytes = limits.record_bytes,
      .body_bytes = limits.body_bytes,
      .config_bytes = limits.config_bytes};
}

}  // namespace proxy
