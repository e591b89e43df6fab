// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "acl/constraint/check.hpp"
#include "acl/text/words.hpp"

namespace acl::constraint {
namespace {

// Columns that ps prints as one word that is never empty.
constexpr auto words = std::to_array<std::string_view>({
    "%cpu",   "%mem",    "c",       "class",   "cls",     "cp",     "cputime", "cputimes", "egid",
    "egroup", "etime",   "etimes",  "euid",    "euser",   "f",      "flag",    "flags",    "gid",
    "group",  "lwp",     "maj_flt", "majflt",  "min_flt", "minflt", "ni",      "nice",     "nlwp",
    "pcpu",   "pgid",    "pgrp",    "pid",     "pmem",    "policy", "ppid",    "pri",      "psr",
    "rgid",   "rgroup",  "rss",     "rssize",  "rsz",     "rtprio", "ruid",    "ruser",    "s",
    "sess",   "session", "sgid",    "sid",     "size",    "spid",   "stat",    "state",    "stime",
    "suid",   "sz",      "tgid",    "thcount", "tid",     "time",   "times",   "tname",    "tt",
    "tty",    "uid",     "user",    "vsize",   "vsz",
});

// Columns that may have several words, and so move the columns behind them.
constexpr auto texts = std::to_array<std::string_view>(
    {"args", "bsdstart", "cmd", "comm", "command", "lstart", "start", "ucmd", "ucomm", "wchan"});

/// Checks the arguments of ps word by word. The engine runs ps as root on the host, finds the
/// column with the title PID, and keeps the rows where it holds a process of the container. So no
/// column may have a title that the client chooses, and none before `pid` may move it.
class PsArguments {
 public:
  bool take(std::string_view word) {
    if (word.empty()) return true;
    if (wants_columns_) return take_columns(word);
    const bool dash = word.starts_with('-');
    if (dash) word.remove_prefix(1);
    if (word.empty()) return false;
    // ps first takes "-aux" for a user named x, and for "aux" if there is no such user.
    if (!dash || word.starts_with("aux")) return take_flags(word, "acfgjlnruvwx", bsd_);
    return take_flags(word, "AFHLadefjlw", standard_);
  }

  /// If words contradict each other, ps reads all in the other syntax: "-e" shows environments.
  bool are_complete() const {
    return !wants_columns_ && !(standard_ && bsd_) && !(has_columns_ && has_format_);
  }

 private:
  bool take_flags(std::string_view flags, std::string_view known, bool& seen) {
    for (std::size_t i = 0; i < flags.size(); ++i) {
      const char flag = flags[i];
      if (flag == 'o') return take_list(flags.substr(i + 1));
      if (known.find(flag) == known.npos) return false;
      seen = seen || flag != 'w';
      has_format_ = has_format_ || std::string_view("Ffjluv").find(flag) != std::string_view::npos;
    }
    return true;
  }

  bool take_list(std::string_view columns) {
    wants_columns_ = true;
    return columns.empty() || take_columns(columns);
  }

  bool take_columns(std::string_view columns) {
    wants_columns_ = false;
    has_columns_ = true;
    bool known = true;
    for_each_word(columns, ',', [&](std::string_view column) {
      known = known && (is_one_of(words, column) || (has_pid_ && is_one_of(texts, column)));
      has_pid_ = has_pid_ || column == "pid";
    });
    return known;
  }

  bool wants_columns_ = false;
  bool has_columns_ = false;
  bool has_pid_ = false;
  bool has_format_ = false;
  bool standard_ = false;
  bool bsd_ = false;
};

bool are_harmless(std::string_view text) {
  PsArguments arguments;
  bool harmless = true;
  for_each_word(text, ' ',
                [&](std::string_view word) { harmless = harmless && arguments.take(word); });
  return harmless && arguments.are_complete();
}

}  // namespace

void check_container_top(Context& context) {
  const auto text = context.request.parameter("ps_args");
  if (are_harmless(text)) return;
  context.refuse(
      Constraint::ps_args, "ps_args", Quoted{text},
      "flags as in '-ef' or 'aux', without 'e' in the latter, or columns without titles, "
      "'pid' before those of text: '-eo user,pid,args', or `waive: [ps_args]`");
}

}  // namespace acl::constraint
