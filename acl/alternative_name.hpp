// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace acl {

/// What kind of name a certificate gives. An authority may vouch for one kind only, so a name of
/// one is never taken for a name of another, however it reads.
enum class NameKind : std::uint8_t { dns, ip, uri };

/// One subject alternative name of a certificate, or a glob for such names.
struct AlternativeName {
  NameKind kind = NameKind::dns;
  std::string value;
  bool operator==(const AlternativeName&) const = default;
};

/// A name, or a glob, as people write it: what has "://" or begins with a scheme is a URI, an IP
/// address or a glob of one is an IP address, and all else is a DNS name.
AlternativeName written_name(std::string_view text);

/// The name in the spelling that names of its kind are compared in; none where it has no such.
std::optional<AlternativeName> comparable(const AlternativeName&);

/// What is wrong with a glob for names: "has an empty segment, …".
std::optional<std::string> flaw_of(const AlternativeName& glob);

}  // namespace acl
