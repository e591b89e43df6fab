// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "proxy/http/head.hpp"

namespace proxy::http {

/// The heads that were read last, of one worker: clients and engines say the same again and again,
/// but for an answer's Date. Whoever finds a head here need not read it. Its size is fixed: 64
/// heads of up to 512 bytes and 16 fields. No head that carries credentials is remembered.
class HeadMemory {
 public:
  enum class Kind : std::uint8_t { request, answer, answer_to_head };

  /// A head as it has come, and what it is looked up by.
  struct Sighting {
    Sighting(Kind, std::string_view bytes);

    Kind kind;
    std::string_view bytes;
    std::size_t date;    ///< where the value begins that may differ; `bytes.size()` without one
    std::uint64_t hash;  ///< 0: it is too long to be remembered
  };

  HeadMemory();
  ~HeadMemory();

  /// \returns whether a head of these very bytes is remembered, and then `out` is what it says.
  bool recall(const Sighting&, RequestHead& out);
  bool recall(const Sighting&, ResponseHead& out);
  /// Remembers a head that was read in these bytes, in the place of one that was not of use lately.
  void remember(const Sighting&, const RequestHead&);
  void remember(const Sighting&, const ResponseHead&);

 private:
  static constexpr std::size_t most_bytes = 512, most_fields = 16, places = 64;

  struct Entry;

  Entry* find(const Sighting&);
  Entry* make_room(const Sighting&, const Head&);

  std::array<std::uint64_t, places> hashes_{};        ///< 0: nothing is there yet
  std::array<std::uint8_t, places / 2> last_used_{};  ///< of each pair: the one that was found
  std::unique_ptr<Entry[]> entries_;  // NOLINT(*-avoid-c-arrays): untouched until it is used
};

}  // namespace proxy::http
