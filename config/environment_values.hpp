// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "acl/result.hpp"
#include "config/address.hpp"

/// The values of the images' variables, each read as the image reads it or refused with what the
/// image would have made of it.
namespace config {

/// A listener in the words of the configuration file.
struct BindLine {
  Address address;
  std::string mode;   ///< as "0660"; empty where not given
  std::string owner;  ///< likewise
  std::string group;  ///< likewise
};

/// BIND_CONFIG: what HAProxy takes behind `bind`, as "/shared/docker.sock mode 660" or
/// "127.0.0.1:2375". \returns it, or what is wrong with it.
acl::Result<BindLine, std::string> parse_bind_line(std::string_view text);

/// SOCKET_PATH: what HAProxy takes behind `server`: a path, or an address with a port.
acl::Result<Address, std::string> parse_engine(std::string_view text);

/// A switch: 1 is on, 0 and nothing are off.
acl::Result<bool, std::string> parse_switch(std::string_view text);

/// Whether a value is what people write for a switch, be it right or not.
bool looks_like_switch(std::string_view text);

/// TIDEGATE_HOSTS: "gate.corp, *.example" is two.
std::vector<std::string> words_between_commas(std::string_view text);

/// LOG_LEVEL: one of syslog's, put into `level` as one of tidegate's. \returns what is wrong, or
/// "".
std::string parse_log_level(std::string_view text, std::string& level);

}  // namespace config
