// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace proxy {

/// Gives back what only starting and reloading needed: freed memory, and the pages of the program
/// and its libraries that were read for it. What is needed again comes back from the page cache by
/// itself, sixteen pages at a time. Of 10.2 MiB at rest 5.9 stay, what serves a request included.
void release_unused_memory();

}  // namespace proxy
