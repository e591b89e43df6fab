// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace acl::constraint {

/// An image reference as the engine completes it: "alpine" is docker.io/library/alpine:latest.
struct ImageReference {
  std::string repository;  ///< including its registry: "docker.io/library/alpine"
  std::string tag;         ///< "latest" if neither a tag nor a digest was given
  std::string digest;      ///< "sha256:…"; empty if none was given
};

ImageReference complete(std::string_view reference);

/// Splits "name:tag"; a colon before the last slash belongs to the registry's port.
/// \returns the tag; `name` keeps the rest
std::string_view take_tag(std::string_view& name);

/// Completes "alpine" to "docker.io/library/alpine". A name that begins with `**` stays as it is.
std::string with_registry(std::string_view name);

/// Returns whether `reference` may be an image's id or the beginning of one: "sha256:…", or hex
/// digits only. Such a reference does not tell the image's name.
bool may_be_an_id(std::string_view reference);

}  // namespace acl::constraint
