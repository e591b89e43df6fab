// SPDX-License-Identifier: Apache-2.0
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
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

void log_to_stderr(const std::string& level) {
  auto logger = std::make_shared<spdlog::logger>("tidegate",
                                                 std::make_shared<spdlog::sinks::stderr_sink_mt>());
  logger->set_pattern("%Y-%m-%dT%H:%M:%S.%e %l %v");
  logger->set_level(spdlog::level::from_str(level));
  logger->flush_on(spdlog::level::trace);
  spdlog::set_default_logger(std::move(logger));
}

}  // namespace proxy::verbs
