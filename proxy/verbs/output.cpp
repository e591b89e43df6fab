// SPDX-License-Identifier: Apache-2.0
#include <sysexits.h>

#include <cstdio>

#include "proxy/verbs/verb.hpp"

namespace proxy::verbs {

int report(const std::vector<std::string>& sentences, const char* consequence) {
  for (const auto& sentence : sentences) std::fprintf(stderr, "%s\n", sentence.c_str());
  std::fprintf(stderr, "%zu mistake%s%s\n", sentences.size(), sentences.size() == 1 ? "" : "s",
               consequence);
  return EX_CONFIG;
}

int report(const std::vector<config::Diagnostic>& diagnostics, const char* consequence) {
  std::vector<std::string> sentences;
  for (const auto& diagnostic : diagnostics) sentences.push_back(config::to_string(diagnostic));
  return report(sentences, consequence);
}

void warn(const std::vector<config::Diagnostic>& warnings) {
  for (const auto& warning : warnings)
    std::fprintf(stderr, "warning: %s\n", config::to_string(warning).c_str());
}

}  // namespace proxy::verbs
