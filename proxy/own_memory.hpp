// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace proxy {

/// While it lives, the memory of this process, with private keys and what clients send, is in no
/// core dump, and other processes of the same user cannot read it: ptrace(2), /proc/PID/mem and the
/// like need CAP_SYS_PTRACE. Core dumps stay off after it.
class OwnMemory {
 public:
  OwnMemory();
  /// LeakSanitizer needs ptrace(2) when the process ends.
  ~OwnMemory();
  OwnMemory(const OwnMemory&) = delete;
  OwnMemory& operator=(const OwnMemory&) = delete;
};

}  // namespace proxy
