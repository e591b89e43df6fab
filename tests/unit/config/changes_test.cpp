// SPDX-License-Identifier: Apache-2.0
// Dockerfile instructions that commit and import run.
#include <gmock/gmock.h>

#include <string>

#include "tests/unit/config/asked.hpp"

namespace config {
namespace {

using testing::HasSubstr;
using testing::Not;

/// As a client writes a parameter.
std::string escaped(const std::string& text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    out += {'%', digits[byte >> 4], digits[byte & 15]};
  }
  return out;
}

std::string commit(Asked& asked, const std::string& changes) {
  const auto query = "changes=" + escaped(changes);
  const auto answer = asked.says("POST /v1.44/commit?container=c&" + query, "{}");
  const auto imported = asked.says("POST /v1.44/images/create?fromSrc=-&" + query);
  EXPECT_EQ(answer, imported) << changes;
  return answer;
}

TEST(Changes, that_say_what_a_field_says_pass) {
  Asked asked;
  for (const std::string changes :
       {"CMD [\"sh\"]", "ENV A=b", "ENV A=b C=\"d e\" F='g h'", "ENV A b c $d", "env a=b",
        "ENTRYPOINT [\"/a\",\"b\"]", "EXPOSE 80/tcp 443", "LABEL a=b \"com.example.x\"=\"y z\"",
        "LABEL maintainer=J\u00fcrgen", "LABEL description a longer text", "USER 1000:1000",
        "VOLUME /data", "WORKDIR /app", "HEALTHCHECK --interval=5s CMD curl -f localhost || exit 1",
        "STOPSIGNAL SIGTERM", "  CMD  sh ", "", "CMD a\nENV B=c\r\nLABEL d=e",
        "CMD echo 'a=\\b' c"}) {
    EXPECT_EQ(commit(asked, changes), "passes") << changes << asked.message();
  }
}

TEST(Changes, give_no_label_with_a_reserved_prefix_in_any_spelling) {
  Asked asked;
  for (const std::string changes :
       {"LABEL com.docker.swarm.service.id=spoof", "label com.docker.swarm.x y",
        "LABEL a=b com.docker.swarm.x=y", "LABEL a=\"b c\"\tcom.docker.swarm.x=y",
        "LABEL \"com.docker.swarm.x\"=y", "CMD a\nLABEL tidegate.x=y"}) {
    EXPECT_EQ(commit(asked, changes), "constraint.labels") << changes;
  }
}

TEST(Changes, that_have_several_readings_are_refused) {
  Asked asked;
  for (const std::string changes : {"LABEL a=b \\",
                                    "LABEL a=b `",
                                    "# escape=`",
                                    "#",
                                    "LABEL com.docker.sw\\arm.x=y",
                                    "LABEL $A=b",
                                    "LABEL 'com.docker.swarm.x'=y",
                                    "LABEL com.docker.'swarm.x'=y",
                                    "LABEL a",
                                    "LABEL =b",
                                    "LABEL a=\"b",
                                    "LABEL a=b c",
                                    "LABEL a=b\u00a0com.docker.swarm.x=y",
                                    "LABEL a=b\u2003com.docker.swarm.x=y",
                                    "LABEL\u00a0a=b",
                                    "LABEL a=b\vc=d",
                                    "LABEL=a",
                                    "\u017fhell a",
                                    "LABEL \"a b\"=c",
                                    "ENV A=b\\ c",
                                    "ENV",
                                    "WORKDIR app",
                                    "WORKDIR /a$b",
                                    "WORKDIR \"/proc\"",
                                    "WORKDIR",
                                    "CMD a\\\nLABEL b=c"}) {
    EXPECT_NE(commit(asked, changes), "passes") << changes;
  }
}

TEST(Changes, run_nothing_and_leave_nothing_for_the_builds_of_others) {
  Asked asked;
  for (const std::string changes :
       {"ONBUILD RUN id", "onbuild LABEL a=b", "RUN id", "ADD http://x /", "COPY a b", "FROM a",
        "SHELL [\"a\"]", "ARG a", "MAINTAINER a"}) {
    EXPECT_EQ(commit(asked, changes), "constraint.changes") << changes;
  }
  constexpr auto body = R"({"OnBuild":["RUN id"]})";
  EXPECT_EQ(asked.says("POST /v1.44/commit?container=c", body), "constraint.changes");
  EXPECT_EQ(asked.says("POST /v1.44/containers/create", R"({"Image":"a","OnBuild":["RUN id"]})"),
            "constraint.changes");
  Asked waived("{waive: [changes]}");
  EXPECT_EQ(commit(waived, "ONBUILD RUN id"), "passes");
}

TEST(Changes, name_no_secret_at_restricted_and_show_no_value) {
  Asked asked("{level: restricted, image_import: true}");
  EXPECT_EQ(commit(asked, "ENV A=b DB_PASSWORD=hush"), "constraint.env");
  EXPECT_THAT(asked.message(), Not(HasSubstr("hush")));
  EXPECT_EQ(commit(asked, "ENV DB_PASSWORD hush"), "constraint.env");
  EXPECT_EQ(commit(asked, "ENV A=hush\\"), "constraint.changes");
  EXPECT_THAT(asked.message(), Not(HasSubstr("hush")));
}

}  // namespace
}  // namespace config
