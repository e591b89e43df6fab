// SPDX-License-Identifier: Apache-2.0
#include "proxy/held_body.hpp"

#include <algorithm>

namespace proxy {

bool HeldBody::append(std::string_view more, std::size_t longest) {
  if (!std::exchange(lent_, true)) text_ = pool_.take();
  const auto needed = text_.size() + more.size();
  if (needed > text_.capacity()) {
    auto room = std::max(needed, 2 * text_.capacity());
    if (needed <= longest) room = std::min(room, longest);
    if (!charge_.hold(room)) return false;
    std::string larger;  // reserve() on a used string at least doubles it
    larger.reserve(room);
    larger += text_;
    text_.swap(larger);
  }
  text_ += more;
  return true;
}

bool HeldBody::swap(std::string& text) {
  lent_ = true;
  text_.swap(text);
  if (text.capacity() > BodyPool::large) std::string().swap(text);
  return charge_.hold(text_.capacity());
}

void HeldBody::give_back() {
  if (!std::exchange(lent_, false)) return;
  pool_.give_back(std::exchange(text_, {}));
  charge_.hold(0);
}

}  // namespace proxy
