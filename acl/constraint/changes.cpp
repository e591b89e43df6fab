// SPDX-License-Identifier: Apache-2.0
// Dockerfile instructions that commit and import run (`changes`). They are read as the engine's
// parser reads them; whatever has more than one reading there is refused.
#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "acl/constraint/checks.hpp"
#include "acl/text/ascii.hpp"
#include "acl/text/shown.hpp"
#include "acl/text/words.hpp"

namespace acl::constraint {
namespace {

constexpr std::string_view where = "changes";
constexpr std::string_view blanks = " \t";
constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr std::string_view key_letters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-";

// Characters outside of ASCII that Go takes for a space, and so for the end of a word.
constexpr auto other_spaces = std::to_array<std::string_view>(
    {"\u0085", "\u00a0", "\u1680", "\u2000", "\u2001", "\u2002", "\u2003", "\u2004", "\u2005",
     "\u2006", "\u2007", "\u2008", "\u2009", "\u200a", "\u2028", "\u2029", "\u202f", "\u205f",
     "\u3000"});

std::string_view take(std::string_view& text, std::size_t size) {
  const auto taken = text.substr(0, size);
  text.remove_prefix(taken.size());
  return taken;
}

std::string_view take_word_of(std::string_view& text, std::string_view accepted) {
  return take(text, std::min(text.find_first_not_of(accepted), text.size()));
}

/// An instruction on one line.
struct Instruction {
  std::string name;  ///< in lower case
  std::string_view arguments;
};

// Instructions that commit and import do not run, or that the engine refuses there.
constexpr auto other_instructions = std::to_array<std::string_view>(
    {"add", "arg", "copy", "from", "maintainer", "onbuild", "run", "shell"});

/// A value may be a secret, so messages show only the instruction's name.
void refuse(Context& context, const Instruction& instruction, std::string_view wanted) {
  context.refuse(Constraint::changes, where, Quoted{instruction.name}, wanted);
}

bool has_odd_bytes(std::string_view line) {
  const bool control = std::ranges::any_of(
      line, [](char c) { return (c >= 0 && c < ' ' && c != '\t') || c == 0x7f; });
  return control || std::ranges::any_of(other_spaces, [&](std::string_view space) {
           return line.find(space) != line.npos;
         });
}

/// Returns nothing for a comment, which may be a directive, for a line that continues on the next,
/// and for bytes that only look like a space or a letter.
std::optional<Instruction> parse(std::string_view line) {
  line = trimmed(line, blanks);
  const bool goes_on = line.ends_with('\\') || line.ends_with('`');
  if (goes_on || has_odd_bytes(line)) return std::nullopt;
  const auto name = take_word_of(line, letters);
  if (name.empty() || (!line.empty() && blanks.find(line[0]) == blanks.npos)) return std::nullopt;
  return Instruction{lower_case(name), trimmed(line, blanks)};
}

/// Takes `"…"` or `'…'`; `text` begins with the opening quote.
bool skip_quoted(std::string_view& text) {
  const auto end = text.find(text[0], 1);
  if (end == text.npos) return false;
  text.remove_prefix(end + 1);
  return true;
}

/// Takes the value of a pair: bare and quoted pieces up to a space.
bool skip_value(std::string_view& text) {
  while (!text.empty() && blanks.find(text[0]) == blanks.npos) {
    const bool quote = text[0] == '"' || text[0] == '\'';
    if (quote && !skip_quoted(text)) return false;
    if (!quote) text.remove_prefix(1);
  }
  return true;
}

std::string_view take_key(std::string_view& text) {
  if (!text.starts_with('"')) return take_word_of(text, key_letters);
  auto rest = text.substr(1);
  const auto key = take_word_of(rest, key_letters);
  if (!rest.starts_with('"')) return {};
  text = rest.substr(1);
  return key;
}

/// Reads `key=value key="a value"`, or the old form `key the rest`. It does not read backslashes or
/// variables in keys.
/// \returns false for any other form
template <class Use>
bool for_each_key(std::string_view text, Use use) {
  if (text.empty() || text.find('\\') != text.npos) return false;
  for (bool first = true; !text.empty(); first = false) {
    const bool bare = text[0] != '"';
    const auto key = take_key(text);
    if (key.empty() || text.empty()) return false;
    use(key);
    if (text[0] != '=') return first && bare && blanks.find(text[0]) != blanks.npos;
    text.remove_prefix(1);
    if (!skip_value(text)) return false;
    text = trimmed(text, blanks);
  }
  return true;
}

void check_nothing(Context& /*context*/, const Instruction& /*instruction*/) {}

constexpr std::string_view pairs_wanted =
    "key=value with plain keys and without backslashes, or `waive: [changes]`";

void check_variables(Context& context, const Instruction& instruction) {
  const bool plain = for_each_key(
      instruction.arguments, [&](std::string_view name) { check_env_name(context, where, name); });
  if (!plain) refuse(context, instruction, pairs_wanted);
}

void check_label_pairs(Context& context, const Instruction& instruction) {
  const bool plain = for_each_key(
      instruction.arguments, [&](std::string_view key) { check_label_key(context, where, key); });
  if (!plain) refuse(context, instruction, pairs_wanted);
}

/// A relative path is joined to the image's directory, and a variable may be anything.
void check_directory(Context& context, const Instruction& instruction) {
  const auto path = instruction.arguments;
  const bool readable = path.starts_with('/') && path.find_first_of("$\\\"'`") == path.npos;
  if (!readable) {
    refuse(context, instruction, "an absolute path as it is, or `waive: [changes]`");
  } else if (!is_plain_directory(path)) {
    context.refuse(Constraint::working_dir, where, Quoted{path}, working_dir_wanted);
  }
}

struct Known {
  std::string_view name;
  void (*check)(Context&, const Instruction&);
};
constexpr auto known = std::to_array<Known>({
    {"cmd", check_nothing},
    {"entrypoint", check_nothing},
    {"env", check_variables},
    {"expose", check_nothing},
    {"healthcheck", check_nothing},
    {"label", check_label_pairs},
    {"stopsignal", check_nothing},
    {"user", check_nothing},  // of the image; whoever runs it names another or is asked to
    {"volume", check_nothing},
    {"workdir", check_directory},
});

void check_line(Context& context, std::string_view line) {
  if (trimmed(line, blanks).empty()) return;
  const auto instruction = parse(line);
  if (!instruction) {
    context.refuse(Constraint::changes, where, std::string("not one plain instruction"),
                   "an instruction on one line, or `waive: [changes]`");
    return;
  }
  const auto* const found = std::ranges::find(known, instruction->name, &Known::name);
  if (found != known.end()) return found->check(context, *instruction);
  // The second line of a quoted value looks like an instruction, too.
  const bool is_one = is_one_of(other_instructions, instruction->name);
  context.refuse(
      Constraint::changes, where, is_one ? quoted(instruction->name) : std::string(kept_secret),
      "CMD, ENTRYPOINT, ENV, EXPOSE, HEALTHCHECK, LABEL, STOPSIGNAL, USER, VOLUME or WORKDIR, "
      "or `waive: [changes]`");
}

}  // namespace

void check_changes(Context& context) {
  if (!context.checks(Constraint::changes)) return;
  for (const auto& parameter : context.request.query) {
    if (parameter.name != where) continue;
    for_each_word(parameter.value, '\n', [&](std::string_view line) {
      check_line(context, line.ends_with('\r') ? line.substr(0, line.size() - 1) : line);
    });
  }
}

}  // namespace acl::constraint
