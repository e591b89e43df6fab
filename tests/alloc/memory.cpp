// SPDX-License-Identifier: Apache-2.0
#include "tests/alloc/memory.hpp"

#include <execinfo.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>

// glibc's own, under the names that it keeps for those who replace the public ones.
extern "C" {
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);
}

namespace {

thread_local std::size_t counted = 0;
thread_local bool shown = false;

void show_stack() {
  shown = false;  // backtrace() may allocate, too
  std::array<void*, 40> frames;
  const int depth = ::backtrace(frames.data(), static_cast<int>(frames.size()));
  ::backtrace_symbols_fd(frames.data(), depth, STDERR_FILENO);
  [[maybe_unused]] const auto n = ::write(STDERR_FILENO, "\n", 1);
  shown = true;
}

void count() {
  ++counted;
  if (shown) show_stack();
}

}  // namespace

std::size_t allocations() {
  return counted;
}

void show_allocations(bool show) {
  shown = show;
}

extern "C" {
void* malloc(std::size_t size) noexcept {
  count();
  return __libc_malloc(size);
}

void* calloc(std::size_t items, std::size_t size) noexcept {
  count();
  return __libc_calloc(items, size);
}

void* realloc(void* block, std::size_t size) noexcept {
  count();
  return __libc_realloc(block, size);
}

void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
  count();
  return __libc_memalign(alignment, size);
}

int posix_memalign(void** block, std::size_t alignment, std::size_t size) noexcept {
  count();
  *block = __libc_memalign(alignment, size);
  return *block == nullptr ? ENOMEM : 0;
}
}
