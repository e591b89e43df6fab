// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/intrusive/list.hpp>
#include <optional>
#include <string>

#include "acl/case.hpp"
#include "acl/identity.hpp"
#include "acl/policy.hpp"
#include "proxy/admission.hpp"
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
template <class Client, class Stream>
class Tunnel;

/// One client connection, from its first byte to its last. Lives on one worker's thread, in the
/// frame of the coroutine that serves it.
class Session : public boost::intrusive::list_base_hook<> {
 public:
  /// \param identity receives the certificate of a client that connects over TLS
  /// \param held counts the memory that all connections of this client hold
  /// \param handshake counts the handshake with which a TLS connection begins, until it is over
  Session(Socket client, acl::Identity& identity, HeldBytes& held, Worker&,
          std::optional<Admission::Handshake> handshake = std::nullopt);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Serves requests until the connection closes or becomes a tunnel that ends.
  Task<void> serve();

  /// Finishes the running request, then closes; an idle session closes at once.
  void drain();
  /// Stops at once.
  void stop();

  /// Whether a stream is open: events, an attach or the like, which may last for days.
  bool has_stream() const;
  /// Judges the client of an open stream again, by the certificates and the policy in force. If it
  /// would not get the stream any more, ends it where the listener wants that.
  /// \returns why it should have ended, if it goes on
  std::optional<acl::Reason> outlives();

 private:
  /// One request while it is served: its Case, the memory held for it, and its record.
  struct Turn {
    explicit Turn(Session&);

    Workspaces::Lease lease;
    Workspace& work{*lease};
    /// The client's body, and after the decision the body that the Case wrote in its place. For a
    /// relayed body: only the beginning that was read to decide.
    HeldBody body;
    Charge asked;  ///< for the memory of the head
    acl::Terms terms;
    acl::Case decided;
    std::optional<LookedUp::Words> engines_words;  ///< sent in place of our refusal
    AuditRecord record;  ///< written when it leaves scope, so no return can skip it
  };

  Task<bool> greet();
  Task<Next> serve_one();
  void take_snapshot();
  std::optional<acl::Reason> why_certificate_ended();
  std::optional<acl::Reason> why_profile_lost() const;
  std::optional<acl::Reason> why_too_late(const Turn&);
  bool ends_streams() const;
  std::chrono::milliseconds idle_time() const;
  bool is_retired() const;
  bool interrupts_client();
  std::optional<acl::Reason> why_cut() const;
  Task<void> decide(Turn&);
  void charge(Turn&);
  Task<void> await_room(Turn&);
  Task<void> announce(Turn&);
  Task<std::optional<acl::Reason>> read_body(acl::Plan, Turn&);
  void decide_with_body(Turn&);
  Task<void> look_up(Turn&);
  void note_unknown_member(const std::string&);
  void use_spare();
  Task<void> invite_body(const Turn&);
  Task<Next> forward(Turn&);
  Task<Next> exchange(const Outgoing&, Turn&);
  Task<void> tunnel(LeasedBuffer& behind_head, AuditRecord&);
  acl::Refusal because(acl::Reason, AuditRecord&) const;
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
  std::optional<Admission::Handshake> handshake_;
  std::shared_ptr<const Snapshot> snapshot_;  ///< used for the current request
  const acl::Profile* profile_ = nullptr;     ///< this client's in that snapshot
  Client client_;
  Upstream upstream_;
  Deadline deadline_;

  http::RequestHead head_;                    ///< its views are valid until consume_head()
  net::steady_timer* notice_wait_ = nullptr;  ///< for a stream's notice to be written
  LookUp* look_up_ = nullptr;                 ///< the one that is running
  Exchange* exchange_ = nullptr;              ///< null unless one is running
  Tunnel<Client, Stream>* tunnel_ = nullptr;
  /// By these the client's certificate was verified last; null on a plain listener.
  std::shared_ptr<const tls::Context> verified_by_;
  std::chrono::system_clock::time_point holds_until_;  ///< that certificate, by them
  AuditRecord::Clock::time_point retires_at_ = AuditRecord::Clock::time_point::max();
  std::optional<acl::Reason> stream_ended_by_;
  bool idle_ = true;
  bool owes_leave_ = false;  ///< take_leave() is needed: the client may still be sending
  bool draining_ = false;
  bool stopped_ = false;
};

}  // namespace proxy
