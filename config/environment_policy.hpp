// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "acl/operation.hpp"
#include "acl/reason.hpp"

/// The policy that the variables of Tecnativa's and LinuxServer's docker-socket-proxy images stand
/// for.
namespace config {

enum class Image : std::uint8_t { tecnativa, linuxserver, both };

/// The image's name: "tecnativa".
std::string_view to_string(Image);

/// One variable that allows something; environment_switches.inc explains the columns.
struct Switch {
  enum class Kind : std::uint8_t { methods, section, action, withheld, podman };

  std::string_view name;
  Image images;
  bool initially;
  Kind kind;
  std::string_view what;

  bool known_to(Image image) const { return images == Image::both || images == image; }
};

/// The whole table.
std::span<const Switch> all_switches();

/// The policy in the environment, independent of its spelling.
struct EnvironmentPolicy {
  Image image = Image::tecnativa;
  std::vector<std::string_view> on;  ///< switches that are on, by the environment or by default
  std::string level = "baseline";    ///< as the file names it

  bool is_on(std::string_view name) const;
};

/// The switches that are on in `image` by default.
EnvironmentPolicy initially(Image image);

/// The operations that the image allows under one switch, in the order of the operation table,
/// except those that tidegate withholds.
std::vector<acl::Operation> operations_of(const Switch&, const EnvironmentPolicy&);

/// Says why a switch that is on has no effect: "lets nothing through without POST=1". Empty: it has
/// one, or it is off.
std::string why_idle(const Switch&, const EnvironmentPolicy&);

/// One way in which tidegate is stricter than the image; see environment_differences.inc.
struct Difference {
  acl::Reason reason;
  Image images;
  std::string_view when;
  std::string_view operations;
  std::string_view sentence;
};

/// The differences that apply to this policy.
std::vector<Difference> differences(const EnvironmentPolicy&);

}  // namespace config
