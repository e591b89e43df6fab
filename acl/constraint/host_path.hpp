// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace acl::constraint {

/// A host path as the kernel resolves it, as far as that can be told without looking: `..`, `.`,
/// `//` and trailing slashes taken out as Go's path.Clean does, the links that every Linux has
/// followed
/// (`/var/run` is `/run`, `/proc/1/root/x` is `/x`). A relative path stands for "/": where
/// the daemon's working directory is, is not known.
std::string canonical_path(std::string_view path);

/// Whether `path` is `top` or lies below it, by whole components; both canonical.
bool is_at_or_below(std::string_view path, std::string_view top);

/// Whether the canonical `path` is, holds or lies below a place where engines and container
/// runtimes keep their sockets unless they are told otherwise: /run/docker.sock, /run/containerd …
bool may_show_a_socket(std::string_view path);

}  // namespace acl::constraint
