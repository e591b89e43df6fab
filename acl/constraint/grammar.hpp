// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace acl::constraint {

/// The grammar of a text that is interpreted after the check: swarm, the engine, runc and the
/// drivers of volumes and logs each parse small languages. Text that does not match is refused.
struct Grammar {
  bool (*fits)(std::string_view text);
  std::string_view wanted;  ///< how a refusal names what would match: "a number"
};

namespace grammar {
extern const Grammar no_template, placeholders;                 // text that swarm expands
extern const Grammar plain_path, plain_name;                    // names and paths of files
extern const Grammar log_tag, log_size, log_files, log_buffer;  // options of log drivers
extern const Grammar log_mode, log_names, log_pattern, truth;
extern const Grammar disk_size, octal, number;  // options of mounts
}  // namespace grammar

/// A number of bytes as the kernel parses it in mount options, "65536k"; nothing for other text,
/// including percentages.
std::optional<std::int64_t> kernel_size(std::string_view text);

}  // namespace acl::constraint
