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

/// What applies to a request beside the client's profile: its listener's rules and a limit.
struct Terms {
  const WebRules& web;
  std::size_t query_parameters = TargetLimits().parameters;  ///< of a query, known or not
  std::size_t lookups = constraint::most_lookups;            ///< questions to the engine
  std::size_t record_bytes = std::size_t{256} * 1024;        ///< a record of an answer
  KnownObjects* known = nullptr;                             ///< null: nothing is remembered
};

/// What has to be done next for a request. Where it asks for nothing, the decision is final.
struct Plan {
  enum class Body : std::uint8_t {
    none,   ///< the request has none, or it was refused: nothing of it goes on
    pass,   ///< send it on as it comes
    first,  ///< show Case::body() its beginning, then send it on as it comes
    whole,  ///< show Case::body() all of it, and send what Case::body() made of it
    drop,   ///< read it and forget it: the operation has no use for it
  };
  Body body = Body::none;
  std::size_t first_bytes = 0;  ///< how much Body::first asks for; all of a shorter body will do
  /// What facts() wants to be told before any of the request is sent.
  std::span<const Lookup> lookups = {};

  enum class Answer : std::uint8_t {
    pass,     ///< untouched
    records,  ///< by way of answer_head() and answer()
  };
  Answer answer = Answer::pass;
};

/// One request before its policy, from its head to its record. It decides, and says what it needs
/// for that; whoever drives it moves the bytes. The daemon, `explain`, tests, fuzzers and
/// benchmarks all drive this class, so that there is one order in which a request is checked.
///
///   head() ─► Plan ─► facts() ─► body() ─► Plan ─► facts() ─► decision() ─► what is sent ─►
///   answer()
///
/// The steps between head() and decision() are those that the plan asks for: questions to the
/// engine first, then the body.
///
/// A driver that leaves out a step is left with Verdict::open, and sends nothing.
class Case {
 public:
  /// What a Case works with, kept from request to request: a warm one allocates nothing.
  struct Memory {
    Request request;
    std::string method, target;  ///< their beginnings as they were written, where no Request is
    std::vector<std::string> dropped, enforced;
    std::vector<Lookup> lookups;
    answer::ExecCommands commands;  ///< of an answer that goes record by record

    std::size_t capacity() const;
    void clear();
  };

  /// All that is given must outlive the Case.
  Case(const Profile&, const Identity&, const Terms&, Memory&);

  /// Understands the head and checks all that can be checked without the body.
  const Plan& head(const RequestView&);
  /// Decides with the body, or with its first bytes, as the plan said. For Body::whole what is to
  /// be sent instead is then in `Scratch::body`: take it before the Scratch is used again.
  const Plan& body(std::string_view, Scratch&);
  /// Decides with what the engine said about each of Plan::lookups, in their order.
  const Plan& facts(std::span<const Fact>);
  /// The engine did not say what it was asked. In shadow mode that is recorded, and the request
  /// passes.
  const Plan& no_facts(Reason);
  /// The request could not be brought here, or may not go on. Refuses it, whatever was decided.
  void refuse(Refusal);

  const Plan& plan() const { return plan_; }
  const Decision& decision() const { return decision_; }
  bool denied() const { return decision_.verdict == Verdict::deny; }
  bool allowed() const { return decision_.verdict == Verdict::allow; }
  /// Whether the request could be read at all. Where it was not, nothing behind it can be.
  bool understood() const { return understood_; }
  /// What was asked for, as far as a record shows it, where it was not understood: no query.
  std::string_view raw_method() const { return memory_.method; }
  std::string_view raw_target() const { return memory_.target; }

  // What is sent to the engine, beside the body.
  const Request& request() const { return memory_.request; }
  /// The protocol to ask the engine for; empty for none.
  std::string_view upgrade() const { return upgrade_; }
  /// Whether what clients say to no effect is sent on.
  schema::Habits habits() const;

  /// The path names an object by its id now; the client had written less.
  bool renamed() const { return renamed_; }
  /// A member of the engine's answers that tidegate does not know; empty: none.
  const std::string& unknown_member() const { return unknown_member_; }

  /// The answer's head has come, where the plan says how its body goes on. \returns why it cannot.
  std::optional<Reason> answer_head(unsigned status, std::string_view content_type);
  /// Whether the body goes by way of answer(): errors do not.
  bool rewrites_answer() const { return rewrites_answer_; }
  /// The memory of what of it has come and is not sent yet.
  std::size_t held_of_answer() const { return memory_.commands.capacity(); }
  /// Appends to `out` what is sent in place of a piece of the answer's body. \returns why it cannot
  /// go on.
  std::optional<Reason> answer(std::string_view piece, bool last, std::string& out);

  /// The client waits for 100 (Continue) before it sends the body.
  bool expects_continue() const { return expects_continue_; }

 private:
  std::optional<Refusal> understand(const RequestView&);
  void check_rule();
  void deny_operation();
  void check_head();
  void plan_body(bool has_body);
  void plan_answer();
  void check_first_bytes(std::string_view);
  void decide_with_body(std::string_view, Scratch&);
  bool read_body(std::string_view, Scratch&);
  void check_body(Scratch&);
  void ask();
  void judge(std::span<const Fact>);
  void rename(const Lookup&, const Fact&);

  std::string refused_for() const;
  void deny(const constraint::Findings&);
  void deny(Reason, std::string message);

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
  bool renamed_ = false;
  bool rewrites_answer_ = false;
};

}  // namespace acl
