// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "acl/constraint/check.hpp"

/// Things that several operations can say: each has one check, wherever it is said.
namespace acl::constraint {

/// What `docker_socket` wants of a path.
inline constexpr std::string_view no_way_to_a_socket =
    "no way to a socket of an engine, of tidegate or of the host's services, unless the profile "
    "says `docker_socket: allow`";

/// `volumes`, and `docker_socket` at every level: which driver makes a volume, and with what.
/// \param driver a name, absent or "" for the engine's default
/// \param options map of DriverOpts
void check_volume_driver(Context&, json::Value driver, json::Value options);

/// `images`: whether `reference` is one of the listed, and by digest where that is demanded.
void check_image(Context&, const Place&, std::string_view reference);
/// The same for a name that is given to an image: it has no digest yet.
void check_image_name(Context&, const Place&, std::string_view reference);

/// `labels`: a map of labels.
void check_labels(Context&, json::Value labels);

/// `subnets`: the pools of addresses that a network is made with.
void check_subnets(Context&, json::Value pools);

/// `networks`, `links`, `sysctls`: the EndpointSettings of a container in the network `network`.
void check_endpoint(Context&, std::string_view network, json::Value endpoint);

/// `env`: a list of "NAME=value"; no message shows the value.
void check_env(Context&, json::Value env);

/// `log_driver`: a log driver and its options.
void check_log_driver(Context&, json::Value name, json::Value options);

}  // namespace acl::constraint
