// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace proxy {

/// Returns memory to the kernel that only starting and reloading needed: freed heap memory, and
/// pages of the program and its libraries. Pages that are needed again come back from the page
/// cache, sixteen at a time. This reduces 10.2 MiB at rest to 5.9, including what serves a request.
void release_unused_memory();

/// Makes malloc return the memory of large bodies to the kernel whenever it is freed. By default
/// malloc would adapt and keep it, in the heaps of all workers.
void keep_large_memory_apart();

}  // namespace proxy
