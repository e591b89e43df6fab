// SPDX-License-Identifier: Apache-2.0
#include "proxy/resident_memory.hpp"

#include <link.h>
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <span>

namespace proxy {
namespace {

/// Code and constants can be read from their file again; writable segments cannot. Relocations are
/// in writable segments, even if these were made read-only afterwards.
bool is_as_in_its_file(const ElfW(Phdr) & segment) {
  return segment.p_type == PT_LOAD && (segment.p_flags & PF_W) == 0;
}

int release_segments(dl_phdr_info* object, std::size_t, void*) {
  const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  for (const auto& segment : std::span(object->dlpi_phdr, object->dlpi_phnum)) {
    if (!is_as_in_its_file(segment)) continue;
    const auto begin = object->dlpi_addr + segment.p_vaddr;
    const auto first = begin / page * page;
    // The kernel refuses to release its own pages (vdso), which is fine.
    ::madvise(reinterpret_cast<void*>(first), begin + segment.p_memsz - first, MADV_DONTNEED);
  }
  return 0;
}

}  // namespace

void keep_large_memory_apart() {
  constexpr int large = 128 * 1024;
  ::mallopt(M_MMAP_THRESHOLD, large);
}

void release_unused_memory() {
  ::malloc_trim(0);
  ::dl_iterate_phdr(release_segments, nullptr);
}

}  // namespace proxy
