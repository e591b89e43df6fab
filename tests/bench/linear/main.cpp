// SPDX-License-Identifier: Apache-2.0
// Decides about each body of bodies.cpp, has callgrind dump its counters, which hold the decision
// alone, and prints a line: values an element, bytes, verdict, and what the body was.
//
//   valgrind --tool=callgrind --collect-atstart=no linear_cost LEVEL ELEMENTS [MODULO REMAINDER]

#include <valgrind/callgrind.h>

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "acl/case.hpp"
#include "acl/schema/schema.hpp"
#include "config/load.hpp"
#include "tests/bench/linear/bodies.hpp"
#include "tests/unit/told.hpp"

namespace {

[[noreturn]] void give_up(const std::string& what) {
  std::fprintf(stderr, "linear_cost: %s\n", what.c_str());
  std::exit(EXIT_FAILURE);
}

/// A profile that allows every operation with a body and has lists for the checkers to look into.
std::string configuration(const std::string& level) {
  std::string allow = "\"*\"";
  for (const acl::OperationInfo& operation : acl::all_operations()) {
    if (acl::schema::body_of(operation.id)) allow += ", " + std::string(operation.name);
  }
  return "version: 1\n"
         "listeners: [{ address: unix:///run/tidegate.sock, profile: p }]\n"
         "profiles:\n"
         "  p:\n"
         "    allow: [" +
         allow +
         "]\n"
         "    containers:\n"
         "      level: " +
         level +
         "\n"
         "      binds: [{ path: /srv/a }, { path: /srv/b, read_only: true }]\n"
         "      networks: [front, back]\n"
         "      enforce: { labels: { team: ci }, memory: 512MiB }\n";
}

std::size_t number(const char* text) {
  std::size_t value = 0;
  const std::string_view digits(text);
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 3 && count != 5) give_up("usage: linear_cost LEVEL ELEMENTS [MODULO REMAINDER]");
  const auto loaded = config::load_text(configuration(arguments[1]), "linear");
  if (!loaded) give_up(to_string(loaded.error().front()));
  const std::size_t elements = number(arguments[2]);
  const std::size_t modulo = count == 5 ? number(arguments[3]) : 1;
  const std::size_t remainder = count == 5 ? number(arguments[4]) : 0;
  const acl::Identity who{.unix_peer = acl::UnixPeer{.uid = 1000, .gid = 1000, .pid = 1}};
  const acl::WebRules rules;
  const acl::Terms terms{rules};
  const auto cases = linear::all_cases();
  for (std::size_t i = remainder; i < cases.size(); i += modulo) {
    const std::string body = linear::body_of(cases[i], elements, loaded->limits.body_bytes);
    const acl::OperationInfo& row = acl::info(cases[i].operation);
    const std::string target = target_of(row);
    acl::Case::Memory memory;
    acl::Scratch scratch;
    acl::Case request(loaded->policy->profile_of(who), who, terms, memory);
    CALLGRIND_TOGGLE_COLLECT;
    const auto plan = request.head(
        {.method = acl::to_string(row.method), .target = target, .body = !body.empty()});
    if (plan.body == acl::Plan::Body::whole) request.body(body, scratch);
    CALLGRIND_TOGGLE_COLLECT;
    if (request.request().operation != row.id) give_up(target + " is another operation");
    CALLGRIND_DUMP_STATS;
    std::printf("%zu\t%zu\t%s\t%s %s\n", linear::values_of(cases[i]), body.size(),
                request.denied() ? "refused" : "allowed", std::string(row.name).c_str(),
                cases[i].where.c_str());
  }
}
