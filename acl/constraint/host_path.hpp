// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace acl::constraint {

/// A host path as the kernel resolves it, as far as that can be told without looking: cleaned as
/// Go's path.Clean does, and through the links that every Linux has (`/var/run` is `/run`). What
/// may be anything counts as "/": a relative path (below the daemon's working directory), and what
/// lies behind a link of a process (`/proc/1/root`).
std::string canonical_path(std::string_view path);

/// Whether `path` is `top` or lies below it, by whole components; both canonical.
bool is_at_or_below(std::string_view path, std::string_view top);

/// Whether a mount of `path` shows `place` or a part of it, both canonical.
bool overlap(std::string_view path, std::string_view place);

/// Whether the canonical `path` is, holds or lies below a place where engines and container
/// runtimes keep their sockets unless they are told otherwise: /run/docker.sock, /run/containerd …
bool may_show_a_socket(std::string_view path);

}  // namespace acl::constraint
