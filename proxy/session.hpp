// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/intrusive/list.hpp>
#include <optional>
#include <string>

#include "acl/decision.hpp"
#include "acl/headers.hpp"
#include "acl/identity.hpp"
#include "acl/policy.hpp"
#include "acl/request.hpp"
#include "proxy/answer.hpp"
#include "proxy/audit.hpp"
#include "proxy/client.hpp"
#include "proxy/exchange.hpp"
#include "proxy/upstream.hpp"
#include "proxy/workspace.hpp"

namespace proxy {

struct Worker;

/// One client connection, from its first byte to its last. Lives on one worker's thread, in the
/// frame of the coroutine that serves it.
class Session : public boost::intrusive::list_base_hook<> {
 public:
  /// \param identity gets the certificate of a client that comes over TLS
  /// \param held what all connections of this client hold
  Session(Socket client, acl::Identity& identity, HeldBytes& held, Worker&);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Serves requests until the connection closes or becomes a tunnel that ends.
  Task<void> serve();

  /// Finish what is running, then close; an idle session closes at once.
  void drain();
  /// Stop at once.
  void stop();

 private:
  Task<bool> greet();
  Task<Next> serve_one();
  void take_snapshot();
  std::optional<acl::Refusal> understand();
  void write_head();
  Task<acl::Decision> decide_with_body(acl::Decision, AuditRecord&);
  Task<acl::Decision> decide_with_first_bytes(acl::Decision);
  Task<std::optional<acl::Reason>> read_whole_body();
  Task<std::optional<acl::Reason>> drop_body();
  void take_out(acl::Decision&);
  bool restate_body();
  Task<void> invite_body();
  Task<Next> forward(AuditRecord&);
  Task<Next> exchange(const Outgoing&, AuditRecord&);
  Task<void> tunnel(std::string_view behind_head, AuditRecord&);
  Task<Next> refuse(acl::Refusal, AuditRecord&);
  Task<bool> may_go_on(const acl::Refusal&);
  Task<void> take_leave();
  void watch_client();
  void client_ended();
  Means means();
  void cancel();

  Worker& worker_;
  acl::Identity& identity_;
  HeldBytes& held_;
  std::shared_ptr<const Snapshot> snapshot_;  ///< of the request that is served
  const acl::Profile* profile_ = nullptr;     ///< this client's, by that snapshot
  Client client_;
  Upstream upstream_;
  Deadline deadline_;

  http::RequestHead head_;     ///< its views end at consume_head()
  Workspace* work_ = nullptr;  ///< of the request that is served
  acl::Habits habits_ = acl::Habits::drop;
  std::string_view upgrade_;  ///< the protocol to ask the engine for
  bool expects_continue_ = false;
  /// The body of the request that is served: as it comes, and once it is decided about what
  /// decide() wrote, not the client. Of an opaque body: what was read of it to decide.
  HeldBody* body_ = nullptr;

  Exchange* exchange_ = nullptr;  ///< the one that is running
  bool idle_ = true;
  bool owes_leave_ = false;  ///< the client may still be sending what nobody wants
  bool draining_ = false;
  bool stopped_ = false;
};

}  // namespace proxy
