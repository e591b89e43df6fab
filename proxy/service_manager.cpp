// SPDX-License-Identifier: Apache-2.0
#include "proxy/service_manager.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <system_error>
#include <utility>

namespace proxy {
namespace {

/// The manager reads quickly; one that does not must not hold up clients.
constexpr timeval longest_wait{.tv_sec = 1, .tv_usec = 0};

struct UnixAddress {
  sockaddr_un value{};
  socklen_t size = 0;
};

/// \returns nothing for what is no address of a Unix socket
std::optional<UnixAddress> manager_address(const std::string& socket) {
  UnixAddress address;
  address.value.sun_family = AF_UNIX;
  const bool is_abstract = socket.starts_with('@');
  const bool is_known = is_abstract || socket.starts_with('/');
  if (!is_known || socket.size() >= sizeof address.value.sun_path) return std::nullopt;
  std::memcpy(address.value.sun_path, socket.data(), socket.size());
  if (is_abstract) address.value.sun_path[0] = '\0';
  address.size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socket.size());
  return address;
}

/// \returns 0 or an errno
int send_datagram(const UnixAddress& to, const std::string& text) {
  const int descriptor = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return errno;
  ::setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &longest_wait, sizeof longest_wait);
  const auto sent = ::sendto(descriptor, text.data(), text.size(), MSG_NOSIGNAL,
                             reinterpret_cast<const sockaddr*>(&to.value), to.size);
  const int failure = sent < 0 ? errno : 0;
  ::close(descriptor);
  return failure;
}

}  // namespace

ServiceManager ServiceManager::from_environment() {
  ServiceManager manager;
  const char* socket = std::getenv("NOTIFY_SOCKET");  // NOLINT(concurrency-mt-unsafe)
  if (socket != nullptr) manager.socket_ = socket;
  ::unsetenv("NOTIFY_SOCKET");  // NOLINT(concurrency-mt-unsafe): before any thread
  return manager;
}

void ServiceManager::ready() const {
  tell("READY=1\nSTATUS=Serving clients.");
}

/// Managers tell an old reload from a new one by the time.
void ServiceManager::reload_begins() const {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  const auto time = std::chrono::duration_cast<std::chrono::microseconds>(now).count();
  tell(fmt::format("RELOADING=1\nMONOTONIC_USEC={}", time));
}

void ServiceManager::reload_ended(bool is_in_force) const {
  tell(is_in_force ? "READY=1\nSTATUS=Serving clients."
                   : "READY=1\nSTATUS=Serving clients as before: the last reload found mistakes, "
                     "which the log names.");
}

void ServiceManager::stopping(std::chrono::microseconds time) const {
  tell(fmt::format("STOPPING=1\nEXTEND_TIMEOUT_USEC={}\nSTATUS=Finishing running requests.",
                   time.count()));
}

void ServiceManager::tell(const std::string& states) const {
  if (socket_.empty()) return;
  const auto address = manager_address(socket_);
  const int failure = address ? send_datagram(*address, states) : EINVAL;
  if (failure == 0) return;
  spdlog::warn("the service manager at NOTIFY_SOCKET={} cannot be told {}: {}", socket_,
               states.substr(0, states.find('\n')), std::generic_category().message(failure));
}

}  // namespace proxy
