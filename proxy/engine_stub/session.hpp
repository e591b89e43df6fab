// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/intrusive/list.hpp>

#include "proxy/deadline.hpp"
#include "proxy/engine_stub/streams.hpp"

namespace proxy::engine_stub {

/// One client of the stand-in, and its requests one after the other.
class Session : public boost::intrusive::list_base_hook<> {
 public:
  Session(Socket, Engine&, Deadlines&);
  Task<void> serve();
  /// Ends it at once.
  void stop();

 private:
  Task<bool> serve_one();
  Task<bool> answer(const http::RequestHead&);
  Task<bool> refuse(const acl::Refusal&);

  Engine& engine_;
  HeldBytes held_{HeldBytes::unbounded};
  BodyPool bodies_;
  http::HeadReader heads_;
  Client client_;
  Deadline deadline_;
  acl::Request request_;
  Json body_;
};

}  // namespace proxy::engine_stub
