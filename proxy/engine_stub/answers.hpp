// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "acl/request.hpp"
#include "proxy/client.hpp"
#include "proxy/engine_stub/engine.hpp"

namespace proxy::engine_stub {

/// The version of the Engine API that is spoken here.
inline constexpr unsigned newest_minor = 41;

struct Row;

/// A request while it is answered.
struct Call {
  Engine& engine;
  Client& client;
  const acl::Request& request;
  const Row& row;
  bool upgrades;       ///< the client asks for a 101
  Json from = {};      ///< what the answer is filled in from: `name`, `query` and `body` at first
  Handle object = {};  ///< that the path names; later what was made

  const Json& body() const { return member(from, "body"); }
  bool asks(std::string_view parameter) const;
};

/// What is answered in place of a row's answer, such as an error.
using Instead = std::optional<Reply>;

/// What one operation answers.
struct Row {
  acl::Operation operation;
  Kind kind = Kind::none;  ///< of the object that the path names, or of those that it lists
  Instead (*act)(Call&) = nullptr;  ///< does what is asked
  unsigned status = 200;
  std::string_view answer = {};  ///< JSON for fill(); a list is sent as progress, a record a line
  /// In place of all that. \returns whether the connection may serve another request.
  Task<bool> (*stream)(Call&) = nullptr;
};

/// Nothing where the stand-in cannot do that.
const Row* row_of(acl::Operation);
/// Answers what is no stream.
Reply reply(Call&);

// What is done to objects of any kind …
Instead list(Call&);
Instead create(Call&);
Instead remove(Call&);
Instead prune(Call&);

// … and to some alone.
Instead create_container(Call&);
Instead create_exec(Call&);
Instead start(Call&);
Instead stop(Call&);
Instead restart(Call&);
Instead kill(Call&);
Instead pause(Call&);
Instead rename(Call&);
Instead pull(Call&);
Instead build(Call&);
Instead tag(Call&);
Instead untag(Call&);
Instead connect(Call&);
Instead disconnect(Call&);

// What takes a while to answer.
Task<bool> attach(Call&);
Task<bool> logs(Call&);
Task<bool> wait(Call&);
Task<bool> exec_start(Call&);
Task<bool> events(Call&);
Task<bool> send_reply(Call&, Reply);

}  // namespace proxy::engine_stub
