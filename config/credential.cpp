// SPDX-License-Identifier: Apache-2.0
#include "config/credential.hpp"

#include <cstdlib>

#include "acl/text/ascii.hpp"

namespace config {
namespace {

constexpr std::string_view prefix = "credential:";
constexpr std::size_t longest_name = 255;
constexpr std::string_view allowed =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._@-";

const char* directory() {
  return std::getenv("CREDENTIALS_DIRECTORY");  // NOLINT(concurrency-mt-unsafe): nobody sets it
}

}  // namespace

bool is_credential(std::string_view file) {
  if (!file.starts_with(prefix)) return false;
  const auto name = file.substr(prefix.size());
  return !name.empty() && name.size() <= longest_name && name != "." && name != ".." &&
         acl::has_only(name, allowed);
}

std::string path_of(std::string_view file) {
  const auto* folder = is_credential(file) ? directory() : nullptr;
  if (folder == nullptr) return std::string(file);
  return std::string(folder).append("/").append(file.substr(prefix.size()));
}

std::string remedy_for_missing(std::string_view file) {
  if (!is_credential(file)) return {};
  const std::string name(file.substr(prefix.size()));
  const std::string unset = directory() == nullptr ? "CREDENTIALS_DIRECTORY is not set: " : "";
  return unset + "write `LoadCredential=" + name +
         ":/path/of/the/file` in the [Service] section of tidegate's unit; only the service itself "
         "has its credentials";
}

}  // namespace config
