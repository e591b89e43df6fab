// SPDX-License-Identifier: Apache-2.0
#include "proxy/explain/report.hpp"

#include <fmt/format.h>

namespace proxy::explain {
namespace {

constexpr std::string_view indent = "         ";

void append(std::string_view what, const auto& texts, std::string& out) {
  for (const auto& text : texts) out += fmt::format("{}{} {}\n", indent, what, text);
}

std::string report(const Told& told) {
  auto out = told.supposed.empty() ? "" : fmt::format("if {}:\n", told.supposed);
  out += fmt::format("{:<8} {:<24} {} {}\n{}{}", to_string(told.fate), told.operation, told.method,
                     told.target, indent, told.rule);
  out += told.reason.empty() ? "\n" : ": " + told.reason + "\n";
  if (!told.message.empty())
    out += fmt::format("{}{}\n", indent, by_lines(told.message, indent.size()));
  append("to allow it:", told.change, out);
  append("put in", told.enforced, out);
  if (told.undone) out += fmt::format("{}the stand-in engine cannot do this\n", indent);
  return out;
}

std::string_view word_for(Outcome outcome) {
  switch (outcome) {
    case Outcome::allowed: return "allowed";
    case Outcome::refused: return "refused";
    case Outcome::inconclusive: break;
  }
  return "inconclusive";
}

Document head(Outcome outcome, const Subject& subject) {
  return {{"outcome", word_for(outcome)},
          {"profile", subject.profile},
          {"mode", subject.shadow ? "shadow" : "enforce"}};
}

}  // namespace

Outcome outcome(const Told& told) {
  return told.fate == Told::Fate::refused ? Outcome::refused : Outcome::allowed;
}

Outcome outcome(const Rehearsal& rehearsal) {
  if (rehearsal.refused() != 0) return Outcome::refused;
  return rehearsal.inconclusive().empty() ? Outcome::allowed : Outcome::inconclusive;
}

std::string report(const Rehearsal& rehearsal, const Subject& subject) {
  std::string out;
  for (const auto& told : rehearsal.requests) out += report(told);
  for (const auto& told : rehearsal.supposed) out += report(told);
  out += fmt::format("{} requests, {} refused; {} ended with {}\n", rehearsal.requests.size(),
                     rehearsal.refused(), subject.command.front(), rehearsal.exit_code);
  if (subject.shadow && rehearsal.refused() != 0)
    out +=
        fmt::format("profile {} is in shadow mode: the daemon lets these pass and records them\n",
                    subject.profile);
  const auto why = rehearsal.inconclusive();
  return why.empty() ? out : out + "inconclusive: " + why + "\n";
}

Document document(const Told& told, const Subject& subject) {
  auto out = head(outcome(told), subject);
  out["requests"].push_back(document(told));
  return out;
}

Document document(const Rehearsal& rehearsal, const Subject& subject) {
  auto out = head(outcome(rehearsal), subject);
  if (const auto why = rehearsal.inconclusive(); !why.empty()) out["why"] = why;
  out["client"] = {{"command", subject.command}, {"exit_code", rehearsal.exit_code}};
  out["requests"] = Document::array();
  for (const auto& told : rehearsal.requests) out["requests"].push_back(document(told));
  for (const auto& told : rehearsal.supposed) out["supposed"].push_back(document(told));
  return out;
}

}  // namespace proxy::explain
