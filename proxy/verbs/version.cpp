// SPDX-License-Identifier: Apache-2.0
#include <gnu/libc-version.h>
#include <openssl/crypto.h>
#include <sysexits.h>

#include <cstdio>
#include <nlohmann/json.hpp>

#include "proxy/build_facts.hpp"
#include "proxy/commit.hpp"
#include "proxy/verbs/verb.hpp"

namespace proxy::verbs {
namespace {

nlohmann::ordered_json facts() {
  auto libraries = nlohmann::ordered_json::array();
  for (const auto& library : built_with)
    libraries.push_back(
        {{"name", library.name}, {"version", library.version}, {"linked", library.linked}});
  return {
      {"version", TIDEGATE_VERSION},
      {"commit", built_commit},
      {"compiler", built_by},
      {"libraries", libraries},
      // Shared ones may have been updated since the build.
      {"loaded",
       {{"openssl", ::OpenSSL_version(OPENSSL_VERSION_STRING)},
        {"glibc", ::gnu_get_libc_version()}}},
  };
}

}  // namespace

void add_version(CLI::App& app, Run& run) {
  auto& verb = *app.add_subcommand("version", "Print the version.");
  const auto as_json = std::make_shared<bool>(false);
  verb.add_flag("--json", *as_json,
                "Print an object with the commit, the compiler and the libraries, too.");
  verb.callback([as_json, &run] {
    run = [as_json] {
      if (*as_json)
        std::printf("%s\n", facts().dump(2).c_str());
      else
        std::printf("tidegate %s\n", TIDEGATE_VERSION);
      return EX_OK;
    };
  });
}

}  // namespace proxy::verbs
