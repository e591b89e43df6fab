// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace acl {

/// The kind of a certificate's name. An authority may be trusted for one kind only, so names of
/// different kinds never match, even where their texts are equal.
enum class NameKind : std::uint8_t { dns, ip, uri, email };

/// One subject alternative name of a certificate, or a glob for such names.
struct AlternativeName {
  NameKind kind = NameKind::dns;
  std::string value;
  bool operator==(const AlternativeName&) const = default;
};

/// Reads a name or glob of a host or a URI as people write it. Text with "://" or a leading scheme
/// is a URI, an IP address or a glob of one is an IP address, and everything else is a DNS name.
AlternativeName written_name(std::string_view text);

/// Returns the name in the spelling in which names of its kind are compared, or nothing where it
/// has no such spelling.
std::optional<AlternativeName> comparable(const AlternativeName&);

/// Says what is wrong with a glob for names: "has an empty segment, …".
std::optional<std::string> flaw_of(const AlternativeName& glob);

}  // namespace acl
