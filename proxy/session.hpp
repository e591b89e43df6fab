// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/intrusive/list.hpp>
#include <optional>
#include <string>

#include "acl/case.hpp"
#include "acl/identity.hpp"
#include "acl/policy.hpp"
#include "proxy/answer.hpp"
#include "proxy/audit.hpp"
#include "proxy/client.hpp"
#include "proxy/exchange.hpp"
#include "proxy/held_body.hpp"
#include "proxy/lookup.hpp"
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
  /// One request while it is served: what is decided about it, what is held for it, its record.
  struct Turn {
    explicit Turn(Session&);

    Workspaces::Lease lease;
    Workspace& work{*lease};
    /// The body: as it comes, and once it is decided about what the Case made of it, not the
    /// client. Of one that is relayed: what was read of it to decide.
    HeldBody body;
    Charge asked;  ///< for the head
    acl::Terms terms;
    acl::Case decided;
    std::optional<LookedUp::Words> engines_words;  ///< in place of a refusal of our own
    AuditRecord record;  ///< written when it leaves scope, so that no return skips it
  };

  Task<bool> greet();
  Task<Next> serve_one();
  void take_snapshot();
  Task<void> decide(Turn&);
  void charge(Turn&);
  Task<std::optional<acl::Reason>> read_body(acl::Plan, Turn&);
  void decide_with_body(Turn&);
  Task<void> look_up(Turn&);
  void note_unknown_member(const std::string&);
  void use_spare();
  Task<void> invite_body(const Turn&);
  Task<Next> forward(Turn&);
  Task<Next> exchange(const Outgoing&, Turn&);
  Task<void> tunnel(std::string_view behind_head, AuditRecord&);
  Task<Next> refuse(acl::Refusal, Turn&);
  Task<bool> may_go_on(acl::Reason, Turn&);
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

  http::RequestHead head_;        ///< its views end at consume_head()
  Exchange* exchange_ = nullptr;  ///< the one that is running
  bool idle_ = true;
  bool owes_leave_ = false;  ///< the client may still be sending what nobody wants
  bool draining_ = false;
  bool stopped_ = false;
};

}  // namespace proxy
