// SPDX-License-Identifier: Apache-2.0
#include "acl/constraint/archive.hpp"

#include <algorithm>
#include <array>

namespace acl::constraint {
namespace {

using namespace std::string_view_literals;

struct Magic {
  std::string_view bytes;
  std::string_view format;
};

// The magic bytes by which the engine recognises compression (moby go-archive, compression.Detect).
constexpr auto magics = std::to_array<Magic>({
    {"\x1f\x8b"sv, "gzip"},
    {"BZh"sv, "bzip2"},
    {"\xfd\x37zXZ\0"sv, "xz"},
    {"\x28\xb5\x2f\xfd"sv, "zstd"},
});

/// zstd's skippable frames: 0x184D2A50 to 0x184D2A5F, least byte first.
bool is_skippable_frame(std::string_view bytes) {
  return bytes.size() >= 4 && (bytes[0] & 0xf0) == 0x50 && bytes.substr(1, 3) == "\x2a\x4d\x18"sv;
}

std::string_view format_of(std::string_view bytes) {
  if (is_skippable_frame(bytes)) return "zstd";
  const auto* const found = std::ranges::find_if(
      magics, [&](const Magic& magic) { return bytes.starts_with(magic.bytes); });
  return found == magics.end() ? std::string_view{} : found->format;
}

}  // namespace

std::size_t first_bytes(const Constraints& rules, Operation operation) {
  constexpr std::size_t longest_magic = 6;
  return checks_first_bytes(operation) && rules.checks(Constraint::archive) ? longest_magic : 0;
}

void check_first_bytes(Context& context, std::string_view bytes) {
  const auto format = format_of(bytes);
  if (format.empty()) return;
  context.refuse(Constraint::archive, "the archive", "compressed (" + std::string(format) + ")",
                 "a plain tar");
}

}  // namespace acl::constraint
