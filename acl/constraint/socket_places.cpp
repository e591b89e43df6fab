// SPDX-License-Identifier: Apache-2.0
#include "acl/constraint/socket_places.hpp"

#include <algorithm>

namespace acl::constraint {
namespace {

struct Row {
  std::string_view path;
  /// Directories above are also mounted for other reasons: the depth from which one counts.
  std::size_t least = 1;
};

// Not listed: /run/systemd/journal and /run/udev, sound below /run/user, and a user's
// .docker/config.json, which containers mount for good reasons. A whole home directory and /var/lib
// hold such a socket only on few hosts.
constexpr Row usual[] = {
    {"/proc"},  // a process's root, cwd and fd are links to anywhere
    // Docker and tools built on it
    {"/run/docker.sock"},
    {"/run/docker.pid"},
    {"/run/docker"},
    {"/run/balena-engine.sock"},
    {"/run/balena-engine"},
    {"/run/balena.sock"},
    {"/run/buildkit"},
    {"/run/guest-services"},
    {"/run/host-services"},
    {"/var/snap/docker"},
    {"/mnt/wsl/docker-desktop", 2},
    // runtimes used by Kubernetes and others
    {"/run/containerd"},
    {"/run/cri-dockerd.sock"},
    {"/run/crio"},
    {"/run/dockershim.sock"},
    {"/run/k0s"},
    {"/run/k3s"},
    {"/run/podman"},
    {"/var/snap/microk8s"},
    // machines and system containers
    {"/run/incus"},
    {"/run/libvirt"},
    {"/run/lxd"},
    {"/var/lib/incus", 3},
    {"/var/lib/lxd", 3},
    {"/var/snap/lxd"},
    // anyone who can talk to these starts services as root
    {"/run/dbus"},
    {"/run/snapd.socket"},
    {"/run/systemd/io.systemd.Manager"},
    {"/run/systemd/machine"},
    {"/run/systemd/private"},
    // a user's own engine and manager
    {"/run/user/*/buildkit"},
    {"/run/user/*/bus"},
    {"/run/user/*/containerd"},
    {"/run/user/*/containerd-rootless"},
    {"/run/user/*/crio"},
    {"/run/user/*/dbus-1"},
    {"/run/user/*/docker"},
    {"/run/user/*/docker.pid"},
    {"/run/user/*/docker.sock"},
    {"/run/user/*/dockerd-rootless"},
    {"/run/user/*/libpod"},
    {"/run/user/*/libvirt"},
    {"/run/user/*/podman"},
    {"/run/user/*/systemd"},
    {"/home/*/.colima", 3},
    {"/home/*/.docker/desktop", 3},
    {"/home/*/.docker/run", 3},
    {"/home/*/.lima", 3},
    {"/home/*/.orbstack", 3},
    {"/home/*/.rd", 3},
    {"/root/.colima", 2},
    {"/root/.docker/desktop", 2},
    {"/root/.docker/run", 2},
    {"/root/.lima", 2},
    {"/root/.orbstack", 2},
    {"/root/.rd", 2},
};

std::size_t components_of(std::string_view path) {
  return static_cast<std::size_t>(std::ranges::count(path, '/'));
}

}  // namespace

SocketPlaces::SocketPlaces() {
  for (const auto& [path, least] : usual) add(path, least);
}

void SocketPlaces::add(std::string_view place, std::size_t least) {
  tree_.grow(place, [least](Place& here, bool is_it) {
    here.least = std::min(here.least, least);
    here.is_one = here.is_one || is_it;
  });
}

bool SocketPlaces::are_reached_by(std::string_view path) const {
  if (path == "/") return true;
  bool reached = false;
  tree_.visit(path, [&](const Place& here, bool is_path) {
    reached = reached || here.is_one || (is_path && here.least <= components_of(path));
  });
  return reached;
}

}  // namespace acl::constraint
