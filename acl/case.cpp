// SPDX-License-Identifier: Apache-2.0
#include "acl/case.hpp"

#include <algorithm>
#include <utility>

#include "acl/by_name.hpp"
#include "acl/capacity.hpp"
#include "acl/command_line.hpp"
#include "acl/constraint/archive.hpp"
#include "acl/constraint/check.hpp"
#include "acl/constraint/enforce.hpp"
#include "acl/constraint/rules.hpp"
#include "acl/group.hpp"
#include "acl/json/writer.hpp"
#include "acl/schema/read.hpp"
#include "acl/schema/schema.hpp"
#include "acl/text/shown.hpp"
#include "acl/version.hpp"

namespace acl {
namespace {

/// How much of an unknown path a message repeats, in bytes.
constexpr std::size_t longest_path_shown = 128;

// Returns "ContainerCreate", or the method and path of an unknown operation.
std::string name_of(const Request& request) {
  if (request.operation != Operation::unknown) return std::string(info(request.operation).name);
  return std::string(to_string(request.method)) +
         (request.method == Method::unknown ? " method on " : " ") +
         shown(shown_target(request.path), longest_path_shown);
}

// Says how an entry must name the operation if the level does not accept every group.
std::string naming_sentence(Operation operation, Level level) {
  std::string_view how;
  switch (naming_of(operation)) {
    case Naming::any: return "";
    case Naming::section: how = " or section, not by \"*\" or a group by effect"; break;
    case Naming::egress:
      how = " or \"@egress\", since the engine connects to a host that the client names";
      break;
  }
  return "; level " + std::string(to_string(level)) + " allows it only by its name" +
         std::string(how);
}

// Everything in the body that the engine would not accept.
std::string sentences(const schema::Conformance& conformance) {
  std::string out;
  for (const Refusal& problem : conformance.problems) {
    if (!out.empty()) out += "; ";
    out += problem.message;
  }
  if (conformance.stopped) out += "; there may be more";
  return out;
}

bool has_only(const schema::Conformance& conformance, Reason reason) {
  return std::ranges::all_of(conformance.problems,
                             [reason](const Refusal& problem) { return problem.reason == reason; });
}

}  // namespace

std::size_t Case::Memory::capacity() const {
  return request.capacity() + capacity_of(dropped) + capacity_of(enforced) + capacity_of(command) +
         capacity_of(lookups) + found.capacity() + commands.capacity();
}

void Case::Memory::clear() {
  request.clear();
  method.clear();
  target.clear();
  dropped.clear();
  enforced.clear();
  command.clear();
  lookups.clear();
  found.clear();
}

Case::Case(const Profile& profile, const Identity& identity, const Terms& terms, Memory& memory)
    : profile_(profile), identity_(identity), terms_(terms), memory_(memory) {}

const Plan& Case::head(const RequestView& view) {
  if (auto refusal = understand(view)) {
    constexpr std::size_t enough = 256;  // enough to recognise a request; a target may have 32 KiB
    memory_.method = view.method.substr(0, enough);
    memory_.target = shown_target(view.target).substr(0, enough);
    refuse(*std::move(refusal));
    return plan_;
  }
  understood_ = true;
  check_rule();
  if (!denied()) check_head();
  if (!denied()) plan_answer();
  if (!denied()) plan_body(view.body);
  if (!denied()) ask();
  return plan_;
}

std::optional<Refusal> Case::understand(const RequestView& view) {
  if (auto refusal = acl::understand(view.method, view.target, terms_.target, memory_.request))
    return refusal;
  if (auto refusal = check_sender(view.sender, terms_.web)) return refusal;
  upgrade_ = upgrade_to_ask(request(), view);
  expects_continue_ = !view.expect.empty();
  form_ = view.chunked && is_form(view.content_type);
  return check_headers(request(), view);
}

void Case::check_rule() {
  const Profile::Rule& rule = profile_.rule_of(request().operation);
  decision_.profile = profile_.name();
  decision_.rule = rule.text;
  if (profile_.is_nobodys()) {
    refuse(Refusal(Reason::client_unknown, "no rule under `clients` of " + identity_.listener_name +
                                               " matches " + seen_as(identity_)));
  } else if (!rule.allows) {
    deny_operation();
  }
}

void Case::deny_operation() {
  const Operation operation = request().operation;
  const bool known = operation != Operation::unknown;
  const Reason reason = known ? Reason::operation_denied : Reason::operation_unknown;
  constexpr std::size_t usual_length = 256;
  std::string why;
  why.reserve(usual_length);
  why += meaning(reason);
  // An unknown operation cannot be forwarded, not even in shadow mode.
  if (!known) return refuse(Refusal(reason, refused_for() + why));
  const ConstraintSpec& spec = profile_.constraints().spec();
  if (spec.level != Level::unconfined) why += naming_sentence(operation, spec.level);
  if (const auto named = why_by_name(spec, operation); !named.empty())
    why.append("; ").append(named);
  append_what_would_allow(operation, why);
  deny(reason, why);
}

/// Names the key or the variable; or the entry of `deny`, which no other key overrides.
void Case::append_what_would_allow(Operation operation, std::string& out) const {
  constexpr std::string_view denies = "deny ";
  const std::string_view rule = profile_.rule_of(operation).text;
  if (rule.starts_with(denies)) {
    out.append(": `deny` lists '").append(rule.substr(denies.size())).append("'");
    return;
  }
  const std::string opener = profile_.opener_of(operation);
  if (!opener.empty()) out.append(": ").append(opener).append(" would allow it");
}

void Case::check_head() {
  // An engine may serve the version no longer, and need not: it answers these operations alike.
  if (is_older_than_served(request().version))
    memory_.lookups.push_back({.kind = Lookup::Kind::version, .place = "the API version"});
  const constraint::Checker check = constraint::head_checker(request().operation);
  if (check != nullptr) run(check);
}

/// Runs checks that do not look into a document.
template <class Checks>
void Case::run(Checks checks) {
  constraint::Findings found;
  std::vector<std::string> none;
  constraint::Context context{profile_.constraints(), request(), nullptr, found, none,
                              memory_.lookups};
  context.buildkit =
      profile_.rule_of(Operation::Session).allows && profile_.rule_of(Operation::Grpc).allows;
  checks(context);
  if (!found.empty()) deny(found);
}

void Case::plan_body(bool has_body) {
  const Operation operation = request().operation;
  const bool has_config =
      operation == Operation::ConfigCreate || operation == Operation::ConfigUpdate;
  plan_.body_bytes = std::max(terms_.body_bytes, has_config ? terms_.config_bytes : 0);
  switch (info(operation).body) {
    case BodyKind::json: plan_.body = Plan::Body::whole; break;
    case BodyKind::opaque:
      plan_.first_bytes = constraint::first_bytes(profile_.constraints(), operation);
      plan_.body = plan_.first_bytes == 0 ? Plan::Body::pass : Plan::Body::first;
      break;
    case BodyKind::none:  // dockerode repeats queries as bodies
      if (!has_body) break;
      if (request().method == Method::get) {  // Case::body() sees whether it is empty
        plan_.body = Plan::Body::whole;
        break;
      }
      plan_.body = habits() == schema::Habits::keep ? Plan::Body::whole : Plan::Body::drop;
      break;
  }
  if (form_) plan_for_form();
}

/// Case::body() must see whether anything comes.
void Case::plan_for_form() {
  if (plan_.body == Plan::Body::drop) plan_.body = Plan::Body::whole;
  if (plan_.body != Plan::Body::pass) return;
  plan_.body = Plan::Body::first;
  plan_.first_bytes = 1;
}

const Plan& Case::body(std::string_view text, Scratch& scratch) {
  scratch.body.clear();
  if (decision_.verdict != Verdict::open || body_seen_) return plan_;
  body_seen_ = true;
  if (form_ && !text.empty()) {
    refuse(Refusal(Reason::body_form));
  } else if (plan_.body == Plan::Body::first) {
    run([text](constraint::Context& context) { constraint::check_first_bytes(context, text); });
  } else if (info(request().operation).body == BodyKind::json) {
    decide_with_body(text, scratch);
  } else if (request().method == Method::get) {
    check_empty(text);
  } else {
    restate(text, scratch);
  }
  if (!denied()) ask();
  return plan_;
}

/// Some clients announce a body with a GET and send nothing, or an object of no options. Whatever
/// else a GET's body says, it says to somebody who reads the request in another way than the
/// engine.
void Case::check_empty(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  std::string_view wanted = "{}";
  for (const char c : text) {
    if (blanks.find(c) != blanks.npos) continue;
    if (!wanted.starts_with(c)) return refuse(Refusal(Reason::body_unexpected));
    wanted.remove_prefix(1);
  }
  if (wanted == "}") refuse(Refusal(Reason::body_unexpected));
}

void Case::decide_with_body(std::string_view text, Scratch& scratch) {
  const Operation operation = request().operation;
  if (text.empty() && schema::body_is_optional(operation)) return;
  if (!read_body(text, scratch)) return;
  if (terms_.exec_commands && operation == Operation::ContainerExec) keep_command(scratch);
  check_body(scratch);
  if (!scratch.conformance.dropped.empty()) memory_.dropped.swap(scratch.conformance.dropped);
  if (!scratch.enforced.empty()) memory_.enforced.swap(scratch.enforced);
  decision_.dropped = memory_.dropped;
  decision_.more_dropped = scratch.conformance.more_dropped;
  decision_.enforced = memory_.enforced;
  const bool sends = !denied() && !schema::body_is_dropped(operation);
  if (sends) json::write(scratch.document.root(), scratch.body);
}

bool Case::read_body(std::string_view text, Scratch& scratch) {
  scratch.enforced.clear();
  schema::ConformSettings settings;
  settings.unknown_fields = profile_.constraints().spec().unknown_fields;
  settings.habits = habits();
  settings.drop_refused = profile_.mode() == Mode::shadow;
  const bool moves = profile_.constraints().level() == Level::unconfined ||
                     settings.unknown_fields == schema::UnknownFields::drop;
  if (moves) settings.top_level = schema::TopLevel::move;
  if (!read_body(text, settings, scratch)) return false;
  const bool is_refused = !scratch.conformance.ok();
  if (!is_refused || denied() || settings.top_level == schema::TopLevel::move) return true;
  // In shadow mode what is refused still reaches the engine.
  settings.top_level = schema::TopLevel::move;
  return read_body(text, settings, scratch);
}

bool Case::read_body(std::string_view text, const schema::ConformSettings& settings,
                     Scratch& scratch) {
  auto& conformance = scratch.conformance;
  const auto unreadable =
      schema::read(request().operation, text, scratch.document, settings, conformance);
  if (unreadable) {
    refuse(Refusal(unreadable->reason, refused_for() + unreadable->message));
  } else if (!conformance.ok()) {
    const Reason reason = conformance.problems.front().reason;
    if (conformance.understood)
      deny(reason, sentences(conformance) + what_would_drop(conformance));
    else
      refuse(Refusal(reason, refused_for() + sentences(conformance)));
  }
  return !unreadable;
}

void Case::keep_command(const Scratch& scratch) {
  const auto body = scratch.document.root();
  copy_command_line(schema::get(body, schema::Field::ExecCreateRequest_Cmd), memory_.command);
  decision_.command = memory_.command;
}

std::string Case::what_would_drop(const schema::Conformance& conformance) const {
  if (!profile_.is_from_file()) return "";
  if (has_only(conformance, Reason::body_unknown_field))
    return ": `containers.unknown_fields: drop` would leave it out";
  if (request().operation == Operation::ContainerCreate &&
      has_only(conformance, Reason::body_top_level_host_config))
    return ": `containers.unknown_fields: drop` would move it there if they obey it, or leave it "
           "out";
  return "";
}

void Case::check_body(Scratch& scratch) {
  if (denied()) return;
  scratch.found.clear();
  constraint::Context context{profile_.constraints(), request(),        &scratch.document,
                              scratch.found,          scratch.enforced, memory_.lookups};
  constraint::enforce(context);
  if (const auto check = constraint::body_checker(request().operation)) check(context);
  constraint::check_fields(context);
  if (!scratch.found.empty()) deny(scratch.found);
}

/// Puts the questions of the checks into the plan. If there are none and the body has been seen,
/// the decision is final.
void Case::ask() {
  auto& lookups = memory_.lookups;
  if (terms_.known != nullptr)
    std::erase_if(lookups, [this](const Lookup& each) {
      return each.lasts() && terms_.known->have(each.reference, &profile_);
    });
  if (lookups.size() > terms_.lookups)
    deny(Reason::object_too_many, std::string(meaning(Reason::object_too_many)) +
                                      ": more than `limits.lookups`, " +
                                      std::to_string(terms_.lookups));
  // In shadow mode, too, the first refusal counts. An old version is still sent as a newer one.
  if (decision_.refusal)
    std::erase_if(lookups, [this](const Lookup& each) {
      return denied() || each.kind != Lookup::Kind::version;
    });
  plan_.lookups = lookups;
  const bool awaits_body = plan_.body == Plan::Body::whole || plan_.body == Plan::Body::first;
  if (denied() || !lookups.empty() || (awaits_body && !body_seen_)) return;
  decision_.verdict = Verdict::allow;
}

const Plan& Case::facts(std::span<const Fact> facts) {
  if (decision_.verdict != Verdict::open || plan_.lookups.empty()) return plan_;
  if (facts.size() != plan_.lookups.size()) return no_facts(Refusal(Reason::object_unavailable));
  judge(facts);
  if (!decision_.refusal && terms_.known != nullptr) remember(facts);
  memory_.lookups.clear();
  ask();
  return plan_;
}

void Case::remember(std::span<const Fact> facts) {
  for (std::size_t i = 0; i < facts.size(); ++i)
    if (plan_.lookups[i].lasts()) terms_.known->add(facts[i].id, &profile_);
}

void Case::judge(std::span<const Fact> facts) {
  for (std::size_t i = 0; i < facts.size(); ++i) {
    take_up(plan_.lookups[i], facts[i]);
    if (!facts[i].unknown.empty()) unknown_member_ = facts[i].unknown;
  }
  run([&](constraint::Context& context) {
    for (std::size_t i = 0; i < facts.size(); ++i)
      constraint::judge(context, plan_.lookups[i], facts[i]);
  });
  if (!unknown_member_.empty() && profile_.constraints().restricted())
    deny(Reason::object_unknown_member,
         std::string(meaning(Reason::object_unknown_member)) + ": " + quoted(unknown_member_));
}

/// A name's object may change before the engine reads the name; an id's object does not.
void Case::take_up(const Lookup& asked, const Fact& fact) {
  if (asked.kind == Lookup::Kind::version) {
    memory_.request.version.minor = std::max(oldest_minor, fact.oldest_minor);
  } else if (asked.in_path && asked.reference != fact.id) {
    memory_.request.rename(fact.id);
  } else {
    return;
  }
  restated_ = true;
}

const Plan& Case::no_facts(const Refusal& why) {
  if (decision_.verdict != Verdict::open) return plan_;
  deny(why.reason, why.message);
  memory_.lookups.clear();
  ask();
  return plan_;
}

/// A profile in shadow mode changes nothing.
void Case::plan_answer() {
  const bool sees_commands = profile_.rule_of(Operation::ExecInspect).allows;
  if (request().operation != Operation::SystemEvents || sees_commands) return;
  if (answer::filters_ask_for_commands(request().parameter("filters"))) {
    std::string why =
        "`filters` selects events by the command line of an exec, which only a profile with "
        "ExecInspect sees";
    append_what_would_allow(Operation::ExecInspect, why);
    return deny(Reason::operation_denied, why);
  }
  if (profile_.mode() == Mode::enforce) plan_.answer = Plan::Answer::records;
}

std::optional<Reason> Case::answer_head(unsigned status, std::string_view content_type) {
  const bool is_error = status / 100 != 2;
  if (plan_.answer == Plan::Answer::pass || is_error) return std::nullopt;
  if (!answer::ExecCommands::knows(content_type)) return Reason::answer_form;
  memory_.commands.begin(terms_.record_bytes);
  rewrites_answer_ = true;
  return std::nullopt;
}

std::optional<Reason> Case::answer(std::string_view piece, bool last, std::string& out) {
  return memory_.commands.pass(piece, last, out);
}

schema::Habits Case::habits() const {
  return profile_.constraints().spec().client_habits;
}

/// Returns "ContainerCreate refused for profile 'ci': ".
std::string Case::refused_for() const {
  return name_of(request()) + " refused for profile '" + std::string(profile_.name()) + "': ";
}

void Case::deny(constraint::Findings& found) {
  if (decision_.refusal) return;
  deny(info(found.first()).reason,
       found.message(profile_.constraints().level(), profile_.is_from_file()));
  std::swap(memory_.found, found);
  decision_.found = &memory_.found;
}

/// Refuses. In shadow mode it records the first refusal, which is what a client would be told.
void Case::deny(Reason reason, const std::string& message) {
  if (decision_.refusal) return;
  decision_.refusal.emplace(reason, refused_for() + message);
  if (profile_.mode() == Mode::shadow) return;
  plan_ = {};
  decision_.verdict = Verdict::deny;
}

void Case::refuse(Refusal refusal) {
  plan_ = {};
  decision_.verdict = Verdict::deny;
  decision_.refusal = std::move(refusal);
  decision_.found = nullptr;
}

}  // namespace acl
