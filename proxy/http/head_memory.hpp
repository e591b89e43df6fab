// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "proxy/http/head.hpp"

namespace proxy::http {

/// Remembers heads that one worker has read, since clients and engines send the same heads again
/// and again, apart from an answer's Date. A head that is found here need not be read. The size is
/// fixed: 64 heads of up to 512 bytes and 16 fields. A head with a long query, or with a field that
/// is not a usual one, is not remembered: it may carry credentials.
class HeadMemory {
 public:
  enum class Kind : std::uint8_t { request, answer, answer_to_head };

  /// A head as it arrived, with the key by which it is looked up.
  struct Sighting {
    Sighting(Kind, std::string_view bytes);

    Kind kind;
    std::string_view bytes;
    std::size_t date;    ///< where the value of Date begins; `bytes.size()` without one
    std::uint64_t hash;  ///< 0 if the head is too long to be remembered
  };

  HeadMemory();
  ~HeadMemory();

  /// \returns whether a head of exactly these bytes is remembered; if so, `out` receives it.
  bool recall(const Sighting&, RequestHead& out);
  bool recall(const Sighting&, ResponseHead& out);
  /// Remembers a head that was read from these bytes, in place of one that was not used lately.
  void remember(const Sighting&, const RequestHead&);
  void remember(const Sighting&, const ResponseHead&);

 private:
  static constexpr std::size_t most_bytes = 512, most_fields = 16, places = 64;

  struct Entry;

  Entry* find(const Sighting&);
  Entry* make_room(const Sighting&, const Head&);
  std::size_t place_for(std::uint64_t hash) const;

  std::array<std::uint64_t, places> hashes_{};        ///< 0: empty
  std::array<std::uint8_t, places / 2> last_used_{};  ///< in each pair, the newer one
  std::bitset<places> came_again_;                    ///< found since it was remembered
  std::unique_ptr<Entry[]> entries_;  // NOLINT(*-avoid-c-arrays): not touched until it is used
};

}  // namespace proxy::http
