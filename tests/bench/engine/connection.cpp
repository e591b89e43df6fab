// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/engine/connection.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace bench {

Connection::Connection(Descriptor socket, Poller& poller)
    : socket_(std::move(socket)), poller_(poller) {
  poller_.add(socket_.number(), waits_for_, this);
}

bool Connection::ready() {
  const bool open = unsent_.empty() ? receive() : send();
  if (open) wait_for(unsent_.empty() ? EPOLLIN : EPOLLOUT);
  return open;
}

bool Connection::receive() {
  static std::array<char, 256 * 1024> room;
  const auto n = ::recv(socket_.number(), room.data(), room.size(), 0);
  if (n < 0) return errno == EAGAIN;
  return n > 0 && take({room.data(), static_cast<std::size_t>(n)});
}

bool Connection::take(std::string_view bytes) {
  if (after_ == Afterwards::next_request) {
    bytes.remove_prefix(request_.take(bytes));
    if (!request_.complete()) return true;
    begin_answer(answer_to(request_.first_line()));
    request_.clear();
    // Nobody here sends a request before the last one is answered.
    if (!bytes.empty() && after_ != Afterwards::echo) return false;
  }
  if (after_ == Afterwards::echo) {
    answer_ += bytes;
    unsent_ = answer_;
  }
  return send();
}

void Connection::begin_answer(const Answer& answer) {
  answer_ = answer.head;
  unsent_ = answer_;
  bulk_ = answer.bulk;
  after_ = answer.afterwards;
}

bool Connection::send() {
  while (!unsent_.empty()) {
    const auto n = ::send(socket_.number(), unsent_.data(), unsent_.size(), MSG_NOSIGNAL);
    if (n < 0) return errno == EAGAIN;
    unsent_.remove_prefix(static_cast<std::size_t>(n));
    if (unsent_.empty()) refill();
  }
  return after_ != Afterwards::close;
}

/// The next piece of a bulk answer, then what ends it.
void Connection::refill() {
  answer_.clear();
  const auto next = std::min<std::uint64_t>(bulk_.left, bulk_.pattern.size());
  unsent_ = bulk_.pattern.substr(0, next);
  bulk_.left -= next;
  if (next == 0) unsent_ = std::exchange(bulk_.end, {});
}

void Connection::send_event() {
  unsent_ = event();
  send();
  wait_for(unsent_.empty() ? EPOLLIN : EPOLLOUT);
}

void Connection::wait_for(std::uint32_t events) {
  if (waits_for_ == events) return;
  waits_for_ = events;
  poller_.change(socket_.number(), events, this);
}

}  // namespace bench
