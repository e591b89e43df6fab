// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "proxy/http/h1/connection.hpp"
#include "proxy/http/h1/relay.hpp"
#include "tests/unit/proxy/h1/scripted_stream.hpp"

namespace proxy::http::h1 {

/// The result for one message that was read from one script and relayed to another.
struct Outcome {
  bool ended = false;                  ///< false if an operation still waits
  std::optional<acl::Reason> no_head;  ///< why no head could be read
  std::optional<acl::Reason> broken;   ///< why the body breaks off
  bool refused = false;                ///< the other side did not take more
  bool whole = false;                  ///< the message was relayed to its end
  std::string carried;                 ///< the part of the body that the other side received
  std::uint64_t payload = 0;
  std::size_t source_calls = 0, sink_calls = 0;
};

/// All that a transfer needs besides its peers, with its own loop.
class Bench {
 public:
  net::io_context loop;
  config::Limits limits;
  HeldBytes held{HeldBytes::unbounded};
  BufferPool buffers;
  PipePool pipes;
  HeadReader heads;
  Deadlines deadlines{loop};
  Deadline deadline{deadlines, [] {}};
  Means means{deadline, limits, buffers, pipes, heads};
  Body body;
  Framer out;

  Outcome carry_request(Script from, Script to, Framing framing, BodyFilter* filter = nullptr) {
    ScriptedStream source(loop, std::move(from));
    Connection<ClientRole, ScriptedStream> client({heads}, limits, body, std::move(source),
                                                  limits.head_bytes, held, [] {});
    return run(client, std::move(to), framing, filter);
  }
  Outcome carry_answer(Script from, Script to, Framing framing, BodyFilter* filter = nullptr,
                       bool to_head = false) {
    ScriptedStream source(loop, std::move(from));
    Connection<EngineRole, ScriptedStream> engine({.heads = heads, .answers_head = to_head}, limits,
                                                  body, source, buffers, BufferPool::little);
    return run(engine, std::move(to), framing, filter);
  }

  /// Reads all messages of a peer until one cannot be read, and returns them as text.
  std::string requests_in(Script from) {
    ScriptedStream source(loop, std::move(from));
    Connection<ClientRole, ScriptedStream> client({heads}, limits, body, std::move(source),
                                                  limits.head_bytes, held, [] {});
    return understood(client);
  }
  std::string answers_in(Script from) {
    ScriptedStream source(loop, std::move(from));
    Connection<EngineRole, ScriptedStream> engine({heads}, limits, body, source, buffers,
                                                  BufferPool::little);
    return understood(engine);
  }

 private:
  template <class From>
  std::string understood(From& from) {
    std::string all;
    start(read_all(from, all), ignore_escaped);
    loop.restart();
    loop.poll();
    return all;
  }

  template <class From>
  static Task<void> read_all(From& from, std::string& all) {
    for (typename From::Head head; !co_await from.read_head(head);) {
      if constexpr (requires { head.status; })
        all.append(std::to_string(head.status)).append("|").append(head.phrase);
      else
        all.append(head.method).append("|").append(head.target);
      for (const auto& field : head.fields)
        all.append("|").append(field.name).append(":").append(field.value);
      all += head.keep_alive ? "|stays\n" : "|closes\n";
      from.consume_head(head);
      const auto head_end = all.size();  // how much of a bad body was taken depends on its pieces
      for (auto piece = from.take();; piece = from.take()) {
        if (!piece) co_return all.replace(head_end, all.npos, "(malformed)"), void();
        for (const auto data : piece->data) all += data;
        if (piece->last) break;
        if (co_await from.await_piece())
          co_return all.replace(head_end, all.npos, "(broken off)"), void();
      }
      all += "\n";
    }
    all += "(no head)";
  }

  template <class From>
  Outcome run(From& from, Script to, Framing framing, BodyFilter* filter) {
    ScriptedStream sink(loop, std::move(to));
    Outcome outcome;
    start(transfer(from, sink, framing, filter, outcome),
          [&outcome](std::exception_ptr) { outcome.ended = true; });
    loop.restart();
    loop.poll();
    outcome.carried = sink.written();
    outcome.source_calls = from.stream().calls();
    outcome.sink_calls = sink.calls();
    const auto seen = outcome;
    from.stream().cancel();
    loop.restart();
    loop.poll();
    return seen;
  }

  template <class From>
  Task<void> transfer(From& from, ScriptedStream& to, Framing framing, BodyFilter* filter,
                      Outcome& outcome) {
    typename From::Head head;
    outcome.no_head = co_await from.read_head(head);
    if (outcome.no_head) co_return;
    from.consume_head(head);
    Rewritten text;
    out.begin(framing);
    Relay relay(from, to, out, means);
    relay.rewrite(filter, text);
    const auto carried = co_await relay.run(outcome.payload);
    outcome.broken = carried.broken;
    outcome.refused = carried.refused;
    outcome.whole = !carried.broken && !carried.refused;
  }
};

}  // namespace proxy::http::h1
