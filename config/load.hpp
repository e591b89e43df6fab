// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "acl/ip_network.hpp"
#include "acl/result.hpp"
#include "config/accounts.hpp"
#include "config/diagnostic.hpp"
#include "config/settings.hpp"

namespace config {

class Report;
struct YamlNode;

using Loaded = acl::Result<Settings, std::vector<Diagnostic>>;

/// Where a configuration is checked: on the host that it is for, or anywhere, without what only
/// that host has: users, groups, routes, the file's mode.
enum class Checked : std::uint8_t { here, anywhere };

/// Says where metrics and health are served where nothing else does.
inline constexpr std::string_view admin_variable = "TIDEGATE_ADMIN";

/// Reads and checks a configuration file. \returns the settings, or every mistake in the file
/// \param admin the address of `admin` for a file without that section, from TIDEGATE_ADMIN, which
/// mistakes in it name; empty: such a file has no `admin`
Loaded load_file(const std::string& path, Checked = Checked::here, const std::string& admin = {});
/// The same for standard input.
Loaded load_input(Checked);

/// Reads and checks text; `name` stands for the file in diagnostics. The only I/O is the look-up of
/// users and groups.
/// \param host_networks networks that containers may not be given; load_file uses this machine's
Loaded load_text(std::string_view text, const std::string& name,
                 const Accounts& accounts = system_accounts(),
                 const std::vector<acl::IpNetwork>& host_networks = {});

/// Reads and checks a tree that does not come from a file. Mistakes and warnings go to `report`,
/// which may already hold some.
Loaded load_tree(const YamlNode& root, const Accounts&,
                 const std::vector<acl::IpNetwork>& host_networks, Report& report);

/// The settings that apply without a file: read-only operations that reveal no secrets (@read
/// without @read-sensitive), on one unix socket, in front of `upstream`.
/// \param admin where metrics and health are served
Settings without_file(const Address& listen, const Address& upstream,
                      const std::optional<Address>& admin = std::nullopt);

}  // namespace config
