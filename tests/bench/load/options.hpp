// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tests/bench/load/connection.hpp"

namespace bench {

/// What is asked of whom, and how.
struct Options {
  Address to;
  std::optional<Credentials> credentials;
  std::vector<std::string> requests;  ///< whole, sent in turn
  int expected = 200;                 ///< the status of the answers
  std::size_t connections = 1;
  std::size_t each = 0;  ///< requests of a connection; 0 is as many as there is time for
  double seconds = 1;
  std::uint64_t bytes = 0;  ///< of a body or a stream
};

/// A request as Docker's own client writes it. \param fields whole lines
std::string request(std::string_view method, std::string_view path, std::string_view fields = {},
                    std::string_view body = {});

/// Each prints one line of JSON, or gives up with a sentence.
/// @{
void make_requests(
    const Options& options);               ///< as many as there is time for, and how long they take
void download(const Options& options);     ///< the body of an answer
void upload(const Options& options);       ///< a body in chunks
void read_stream(const Options& options);  ///< the bytes of an upgraded connection
void echo(const Options& options);         ///< there and back on an upgraded connection
void hold(const Options& options);         ///< connections, until standard input ends
/// @}

}  // namespace bench
