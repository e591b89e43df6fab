// SPDX-License-Identifier: Apache-2.0
#include "tls/wiping.hpp"

#include <malloc.h>
#include <openssl/crypto.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace tls {
namespace {

thread_local bool wipes = false;

void* allocate(std::size_t size, const char*, int) {
  return std::malloc(size);
}

void release(void* block, const char*, int) {
  if (wipes && block != nullptr) OPENSSL_cleanse(block, ::malloc_usable_size(block));
  std::free(block);
}

/// realloc() would leave the old block as it is.
void* resize_wiping(void* block, std::size_t size) {
  if (size == 0) {
    release(block, nullptr, 0);
    return nullptr;
  }
  auto* larger = std::malloc(size);
  if (larger == nullptr) return nullptr;
  std::memcpy(larger, block, std::min(size, ::malloc_usable_size(block)));
  release(block, nullptr, 0);
  return larger;
}

void* resize(void* block, std::size_t size, const char*, int) {
  return wipes && block != nullptr ? resize_wiping(block, size) : std::realloc(block, size);
}

/// OpenSSL takes these functions only before it has allocated anything, so before main().
[[maybe_unused]] const bool installed = CRYPTO_set_mem_functions(allocate, resize, release) == 1;

}  // namespace

Wiping::Wiping() : before_(std::exchange(wipes, true)) {}

Wiping::~Wiping() {
  wipes = before_;
}

}  // namespace tls
