// SPDX-License-Identifier: Apache-2.0
#include "proxy/file_change.hpp"

#include <algorithm>

namespace proxy {

void FileChange::note(FileEvent event, Time now) {
  if (event == FileEvent::touched) return;  // its content has not changed
  if (at_rest()) begin_ = now;
  last_ = now;
  held_ = event == FileEvent::held;
  switch (event) {
    case FileEvent::written: state_ = State::being_written; break;
    case FileEvent::finished: state_ = State::finished; break;
    case FileEvent::replaced: state_ = State::replaced; break;
    case FileEvent::removed: state_ = State::removed; break;
    case FileEvent::touched:
    case FileEvent::held: break;
  }
}

FileChange::Time FileChange::settles_at() const {
  if (at_rest() || state_ == State::being_written) return never;
  const auto settled = last_ + settle_time;
  const bool is_bounded = state_ == State::replaced && !held_;
  return is_bounded ? std::min(settled, begin_ + replacing_time) : settled;
}

FileChange::Time FileChange::is_late_at() const {
  return at_rest() || told_ ? never : begin_ + unfinished_time;
}

}  // namespace proxy
