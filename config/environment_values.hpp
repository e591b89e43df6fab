// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "acl/result.hpp"
#include "config/yaml.hpp"

/// The values of the images' variables in the words of the configuration file, or refused with what
/// the image would have made of them.
namespace config {

/// HAProxy's spellings of an address, as "*:2375" and ":2375" for all of IPv4. What is none stays
/// wrong.
std::string as_address(std::string_view text);

/// BIND_CONFIG: what HAProxy takes behind `bind`, as "/shared/docker.sock mode 660" or
/// "127.0.0.1:2375". \returns the keys of a listener, or what is wrong with an option
acl::Result<YamlNode, std::string> as_listener(std::string_view text);

/// A switch: 1 is on, 0 and nothing are off.
acl::Result<bool, std::string> parse_switch(std::string_view text);

/// Whether a value is what people write for a switch, be it right or not.
bool looks_like_switch(std::string_view text);

/// TIDEGATE_HOSTS: "gate.corp, *.example" is a list of two.
YamlNode as_list(std::string_view text);

}  // namespace config
