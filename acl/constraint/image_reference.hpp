// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace acl::constraint {

/// A reference to an image as the engine completes it: "alpine" is docker.io/library/alpine:latest.
struct ImageReference {
  std::string repository;  ///< with its registry: "docker.io/library/alpine"
  std::string tag;         ///< "latest" where neither a tag nor a digest was given
  std::string digest;      ///< "sha256:…"; empty where none was given
};

ImageReference complete(std::string_view reference);

/// Splits "name:tag"; a colon before the last slash belongs to the registry's port.
/// \returns the tag, and leaves the name
std::string_view take_tag(std::string_view& name);

/// "docker.io/library/alpine" of "alpine". A name that begins with `**` is left as it is.
std::string with_registry(std::string_view name);

/// Whether `reference` may name an image by its id, wholly or by the beginning of it: "sha256:…",
/// or hexadecimal digits alone. What such an image is called cannot be told.
bool may_be_an_id(std::string_view reference);

}  // namespace acl::constraint
