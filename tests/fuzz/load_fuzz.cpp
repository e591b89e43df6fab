// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "config/load.hpp"

/// Whatever the bytes are, load_text answers: with settings that can be served, or with mistakes
/// that can be shown.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const config::Accounts::Lookup root = [](const std::string& name) {
    return name == "root" ? std::optional<std::uint32_t>(0) : std::nullopt;
  };
  static const config::Accounts accounts{root, root};
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto loaded = config::load_text(text, "fuzz.yaml", accounts);
  if (loaded) {
    if (loaded->policy == nullptr || loaded->listeners.empty()) std::abort();
    return 0;
  }
  if (loaded.error().empty()) std::abort();
  for (const auto& mistake : loaded.error()) {
    // No byte of the file may reach the operator's terminal as a control sequence.
    for (const char c : to_string(mistake)) {
      if (c < 0x20 || c > 0x7e) std::abort();
    }
  }
  return 0;
}
