// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "acl/answer/exec_commands.hpp"
#include "acl/constraint/check.hpp"
#include "acl/decision.hpp"
#include "acl/headers.hpp"
#include "acl/identity.hpp"
#include "acl/object/lookup.hpp"
#include "acl/policy.hpp"
#include "acl/request.hpp"
#include "acl/scratch.hpp"

namespace acl {

/// Rules that apply to a request besides the client's profile: the listener's and the limits.
struct Terms {
  const WebRules& web;
  TargetLimits target = {};
  std::size_t lookups = constraint::most_lookups;       ///< questions to the engine
  std::size_t record_bytes = std::size_t{256} * 1024;   ///< a record of an answer
  std::size_t body_bytes = std::size_t{1024} * 1024;    ///< a body that is held or dropped
  std::size_t config_bytes = std::size_t{1536} * 1024;  ///< the same, if it has a swarm config
  KnownObjects* known = nullptr;                        ///< null: no object is remembered
  bool exec_commands = false;                           ///< for the record
};

/// The driver's next steps for a request. An empty plan means that the decision is final.
struct Plan {
  enum class Body : std::uint8_t {
    none,   ///< nothing is sent: there is no body, or the request was refused
    pass,   ///< send the body on as it arrives
    first,  ///< show Case::body() the first bytes, then send the body on as it arrives
    whole,  ///< show Case::body() all of it, and send what Case::body() made of it
    drop,   ///< read it and discard it: the operation does not use it
  };
  Body body = Body::none;
  std::size_t first_bytes = 0;  ///< how many bytes Body::first needs; a shorter body is shown whole
  std::size_t body_bytes = 0;   ///< the most that a body has which is held whole or dropped
  /// Questions that facts() needs answered before any part of the request is sent.
  std::span<const Lookup> lookups = {};

  enum class Answer : std::uint8_t {
    pass,     ///< send it on unchanged
    records,  ///< use answer_head() and answer()
  };
  Answer answer = Answer::pass;
};

/// One request under its policy, from its head to its record. A Case decides and says what it needs
/// next; its driver moves the bytes. The daemon, `explain`, tests, fuzzers and benchmarks all drive
/// this class, so that requests are checked in one order everywhere.
///
///   head() ─► Plan ─► facts() ─► body() ─► Plan ─► facts() ─► decision() ─► what is sent ─►
///   answer()
///
/// The plan says which steps between head() and decision() are needed: questions to the engine come
/// first, then the body.
///
/// A driver that skips a step gets Verdict::open and must send nothing.
class Case {
 public:
  /// Working memory of a Case, kept from request to request: once warm it allocates nothing.
  struct Memory {
    Request request;
    std::string method, target;  ///< the first bytes as written, for heads that could not be read
    std::vector<std::string> dropped, enforced, command;
    std::vector<Lookup> lookups;
    constraint::Findings found;     ///< what the refusal is about
    answer::ExecCommands commands;  ///< for an answer that is passed record by record

    std::size_t capacity() const;
    void clear();
  };

  /// All arguments must outlive the Case.
  Case(const Profile&, const Identity&, const Terms&, Memory&);

  /// Reads the head and checks all that can be checked without the body.
  const Plan& head(const RequestView&);
  /// Decides with the body, or with its first bytes, as the plan asks. For Body::whole the body to
  /// send is in `Scratch::body` afterwards: take it before the Scratch is used again.
  const Plan& body(std::string_view, Scratch&);
  /// Decides with the engine's answers to Plan::lookups, in the same order.
  const Plan& facts(std::span<const Fact>);
  /// Says that the engine did not answer a look-up, and why. In shadow mode the request passes.
  const Plan& no_facts(const Refusal&);
  /// Refuses the request, whatever was decided: it could not be read, or could not be sent on. This
  /// is the decision on record then, in shadow mode too.
  void refuse(Refusal);

  const Plan& plan() const { return plan_; }
  const Decision& decision() const { return decision_; }
  bool denied() const { return decision_.verdict == Verdict::deny; }
  bool allowed() const { return decision_.verdict == Verdict::allow; }
  /// Returns whether the request could be read. If not, nothing behind it can be.
  bool understood() const { return understood_; }
  /// Method and target for the record, without a query, if the request could not be read.
  std::string_view raw_method() const { return memory_.method; }
  std::string_view raw_target() const { return memory_.target; }

  // The request as it is sent to the engine, besides the body.
  const Request& request() const { return memory_.request; }
  /// The protocol to ask the engine for; empty for none.
  std::string_view upgrade() const { return upgrade_; }
  /// Returns whether parameters and fields that the engine ignores are still forwarded.
  schema::Habits habits() const;

  /// Returns whether the target is not the client's any more: it has an object's full id, or
  /// another API version.
  bool restated() const { return restated_; }
  /// The member of an engine's answer that tidegate does not know; empty: none.
  const std::string& unknown_member() const { return unknown_member_; }

  /// Takes the head of an answer that is looked into. \returns why the answer cannot go on
  std::optional<Reason> answer_head(unsigned status, std::string_view content_type);
  /// Returns whether the body must pass through answer(). Bodies of error answers need not.
  bool rewrites_answer() const { return rewrites_answer_; }
  /// The memory of answer bytes that have arrived and are not sent yet.
  std::size_t held_of_answer() const { return memory_.commands.capacity(); }
  /// Appends to `out` what is sent instead of a piece of the body. \returns why it cannot go on
  std::optional<Reason> answer(std::string_view piece, bool last, std::string& out);

  /// Returns whether the client waits for 100 (Continue) before it sends the body.
  bool expects_continue() const { return expects_continue_; }

 private:
  std::optional<Refusal> understand(const RequestView&);
  void check_rule();
  void deny_operation();
  void append_what_would_allow(Operation, std::string& out) const;
  std::string what_would_drop(const schema::Conformance&) const;
  void check_head();
  template <class Checks>
  void run(Checks);
  void plan_body(bool has_body);
  void plan_for_form();
  void plan_answer();
  void check_empty(std::string_view);
  void decide_with_body(std::string_view, Scratch&);
  bool read_body(std::string_view, Scratch&);
  bool read_body(std::string_view, const schema::ConformSettings&, Scratch&);
  void keep_command(const Scratch&);
  void check_body(Scratch&);
  void ask();
  void judge(std::span<const Fact>);
  void take_up(const Lookup&, const Fact&);
  void remember(std::span<const Fact>);

  std::string refused_for() const;
  void deny(constraint::Findings&);
  void deny(Reason, const std::string& message);

  const Profile& profile_;
  const Identity& identity_;
  const Terms& terms_;
  Memory& memory_;
  Plan plan_;
  Decision decision_;
  std::string_view upgrade_;
  std::string unknown_member_;
  bool understood_ = false;
  bool body_seen_ = false;
  bool expects_continue_ = false;
  bool form_ = false;  ///< a form is announced, and whether any comes is not known yet
  bool restated_ = false;
  bool rewrites_answer_ = false;
};

}  // namespace acl
