// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Private to the room.
namespace tls {

/// While it lives, what this thread gives back of OpenSSL's memory is wiped first. OpenSSL wipes a
/// private key when it frees it, but not the buffers that it has decoded the key from: each time
/// that the file is read, a copy would stay in free memory.
class Wiping {
 public:
  Wiping();
  ~Wiping();
  Wiping(const Wiping&) = delete;
  Wiping& operator=(const Wiping&) = delete;

 private:
  bool before_;
};

}  // namespace tls
