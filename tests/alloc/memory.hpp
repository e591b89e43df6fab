// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

/// How often this thread has asked for memory so far: malloc and its kin, which operator new calls,
/// and Asio's recycling allocator without it.
std::size_t allocations();

/// Prints the stack of each allocation of this thread on standard error, from now on or no longer.
void show_allocations(bool);
