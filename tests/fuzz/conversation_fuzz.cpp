// SPDX-License-Identifier: Apache-2.0
// Whole conversations: however their bytes arrive, the same messages are understood, from a client
// and from the engine.
#include <cstdint>
#include <cstdlib>

#include "tests/unit/proxy/h1/transfer.hpp"

namespace {

using proxy::http::h1::Bench;

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::size_t some = 1 + data[0] % 64;
  for (const auto read : {&Bench::requests_in, &Bench::answers_in}) {
    const auto whole = (Bench().*read)({.reads = {text}});
    require((Bench().*read)({.reads = proxy::in_pieces(text, 1)}) == whole);
    require((Bench().*read)({.reads = proxy::in_pieces(text, some)}) == whole);
  }
  return 0;
}
