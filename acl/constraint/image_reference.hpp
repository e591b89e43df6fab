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

/// Whether `reference` may name an image by its id, wholly or by the beginning of it: "sha256:…",
/// or hexadecimal digits alone. What such an image is called cannot be told.
bool may_be_an_id(std::string_view reference);

/// Whether `reference` fits `glob`: `*` stands for anything within a component, `**` for anything.
/// A glob is completed like a reference, but one without a tag fits every tag.
bool matches_image(std::string_view glob, std::string_view reference);

}  // namespace acl::constraint
