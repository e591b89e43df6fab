// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "acl/result.hpp"
#include "config/yaml.hpp"

/// Translates the values of the images' variables for the configuration file; values with another
/// meaning to the image are refused with an explanation.
namespace config {

/// Reads HAProxy's spellings of an address; "*:2375" and ":2375" mean all of IPv4. Text that is not
/// an address is returned so that the file's reader refuses it.
std::string as_address(std::string_view text);

/// Reads BIND_CONFIG, which has HAProxy's `bind` syntax: "/shared/docker.sock mode 660" or
/// "127.0.0.1:2375". \returns the keys of a listener, or what is wrong with an option
acl::Result<YamlNode, std::string> as_listener(std::string_view text);

/// Reads a switch: 1 is on, 0 and "" are off.
acl::Result<bool, std::string> parse_switch(std::string_view text);

/// Returns whether a value looks like one for a switch, valid or not.
bool looks_like_switch(std::string_view text);

/// Reads TIDEGATE_HOSTS, a list: "gate.corp, *.example".
YamlNode as_list(std::string_view text);

}  // namespace config
