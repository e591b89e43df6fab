// SPDX-License-Identifier: Apache-2.0
// Reads heads as a worker does, for test_head_cost.py to count what one costs.
//   head_cost request|answer|dockerd|both again|anew TIMES
// Again: the same head each time, but for an answer's Date. Anew: none that was read before.
#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>

#include "proxy/http/head_reader.hpp"

namespace {

using proxy::http::HeadReader;

/// A head with six digits that count.
class Counting {
 public:
  /// \param before what stands in front of the digits
  Counting(std::string head, std::string_view before)
      : head_(std::move(head)), digits_(head_.find(before) + before.size()) {}

  std::string_view next() {
    auto number = ++count_;
    for (auto at = digits_ + 6; at-- != digits_; number /= 10)
      head_[at] = static_cast<char>('0' + number % 10);
    return head_;
  }
  std::string_view same() const { return head_; }

 private:
  std::string head_;
  std::size_t digits_;
  unsigned count_ = 0;
};

/// A ping of `docker`, and the shortest answer to it.
const std::string request =
    "GET /_ping HTTP/1.1\r\nHost: docker\r\nUser-Agent: Docker-Client/28.000000 (linux)\r\n\r\n";
const std::string answer =
    "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 2\r\n"
    "Api-Version: 1.000000\r\n\r\n";

/// As dockerd answers a ping.
const std::string dockerd =
    "HTTP/1.1 200 OK\r\nApi-Version: 1.50\r\nBuilder-Version: 2\r\n"
    "Cache-Control: no-cache, no-store, must-revalidate\r\nContent-Type: text/plain; "
    "charset=utf-8\r\n"
    "Docker-Experimental: false\r\nOstype: linux\r\nPragma: no-cache\r\n"
    "Server: Docker/28.000000 (linux)\r\nSwarm: inactive\r\n"
    "Date: Fri, 27 Nov 2026 22:00:00 GMT\r\nContent-Length: 2\r\n\r\n";

void give_up(std::string_view why) {
  std::cerr << "head_cost: " << why << "\n";
  std::exit(EXIT_FAILURE);
}

}  // namespace

int main(int count, char** words) {
  if (count != 4) give_up("request|answer|dockerd|both again|anew TIMES");
  const std::string_view what = words[1];
  const bool anew = words[2] == std::string_view("anew");
  Counting requests(request, "Client/28."),
      answers(what == "dockerd" ? dockerd : answer, what == "dockerd" ? "Docker/28." : "on: 1.");
  HeadReader reader;
  proxy::http::RequestHead asked;
  proxy::http::ResponseHead answered;
  std::string dated(answers.same());
  const auto second = dated.find(" GMT");
  for (auto times = std::atoi(words[3]); times != 0; --times) {
    if ((what == "request" || what == "both") &&
        reader.read_request(anew ? requests.next() : requests.same(), {}, asked))
      give_up("a request is refused");
    if (what == "request") continue;
    if (second != dated.npos) dated[second - 1] = static_cast<char>('0' + times % 10);
    if (reader.read_answer(anew ? answers.next() : dated, {}, false, answered))
      give_up("an answer is refused");
  }
}
