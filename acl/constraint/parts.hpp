// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "acl/constraint/check.hpp"

/// Things that several operations can say: each has one check, wherever it is said.
namespace acl::constraint {

/// What `docker_socket` wants of a path.
inline constexpr std::string_view no_way_to_a_socket =
    "no way to a socket of an engine, of tidegate or of the host's services, unless the profile "
    "says `docker_socket: allow`";

/// Whether swarm expands `text`, in a mount of a service, to what nobody here can tell. A waiver of
/// `templates` changes nothing about that.
bool is_expanded(const Context&, std::string_view text);

/// `volumes`, and `docker_socket` at every level: which driver makes a volume, and with what.
/// \param driver a name, absent or "" for the engine's default
/// \param options map of DriverOpts
void check_volume_driver(Context&, json::Value driver, json::Value options);

/// `images`: whether `reference` is one of the listed, and by digest where that is demanded.
void check_image(Context&, const Place&, std::string_view reference);
/// The same for a name that is given to an image: it must be one of `images_write`.
void check_image_name(Context&, const Place&, std::string_view reference);

/// `labels`: a map of labels.
void check_labels(Context&, json::Value labels);

/// `subnets`: the pools of addresses that a network is made with.
void check_subnets(Context&, json::Value pools);

/// `networks`, `links`, `sysctls`: the EndpointSettings of a container in the network `network`.
void check_endpoint(Context&, std::string_view network, json::Value endpoint);

/// `env`: a list of "NAME=value"; no message shows the value.
void check_env(Context&, json::Value env);

/// The same for one name.
void check_env_name(Context&, const Place&, std::string_view name);

/// `labels` for one key.
void check_label_key(Context&, const Place&, std::string_view key);

/// `changes`: the Dockerfile instructions of that parameter.
void check_changes(Context&);
/// `changes`: the OnBuild of a Config.
void check_on_build(Context&, json::Value config);

/// `working_dir`: where a process starts. Behind a link of /proc a flaw of the runtime has shown
/// the host's directories (CVE-2024-21626).
void check_working_dir(Context&, json::Value directory);
bool is_plain_directory(std::string_view path);
inline constexpr std::string_view working_dir_wanted =
    "a directory outside of /proc and /dev/fd, or `waive: [working_dir]`";

/// `tmpfs`, and `constraint` for what is no option of a tmpfs: options as mount(8) takes them.
void check_tmpfs_options(Context&, Constraint, json::Value where, std::string_view text);
/// `tmpfs`: a size of memory that the request gives at `where`.
void check_tmpfs_size(Context&, json::Value where, std::int64_t bytes);

/// `log_driver`: a log driver and its options.
void check_log_driver(Context&, json::Value name, json::Value options);

}  // namespace acl::constraint
