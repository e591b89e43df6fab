// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "acl/request.hpp"

namespace {

using acl::Reason;

// "/v1.41/info" as the engine would be sent it, or the id of the reason why not.
std::string outcome(std::string_view target, std::string_view method = "GET") {
  acl::Request request;
  if (const auto refusal = acl::understand(method, target, {}, request)) {
    return std::string(acl::id(refusal->reason));
  }
  std::string out;
  acl::append_target(request, out);
  return out;
}

std::string message(std::string_view target) {
  acl::Request request;
  const auto refusal = acl::understand("GET", target, {}, request);
  return refusal ? refusal->message : "";
}

struct Spelling {
  std::string_view target;
  std::string_view outcome;
};

class CanonicalTarget : public testing::TestWithParam<Spelling> {};

TEST_P(CanonicalTarget, has_one_spelling_or_a_reason) {
  EXPECT_EQ(outcome(GetParam().target), GetParam().outcome) << GetParam().target;
}

INSTANTIATE_TEST_SUITE_P(
    Spelling, CanonicalTarget,
    testing::Values(Spelling{"/containers/json", "/containers/json"},
                    Spelling{"/%63ontainers/j%73on", "/containers/json"},
                    Spelling{"/_ping", "/_ping"}, Spelling{"/", "/"},
                    Spelling{"/networks/", "/networks/"},
                    Spelling{"/v1.41/networks/", "/v1.41/networks/"},
                    Spelling{"/debug/pprof/", "/debug/pprof/"},
                    Spelling{"/containers/a%20b/json", "/containers/a%20b/json"},
                    Spelling{"/containers/a;b/json", "/containers/a%3Bb/json"},
                    Spelling{"/containers/a\\b/json", "/containers/a%5Cb/json"},
                    Spelling{"/containers/a%23b/json", "/containers/a%23b/json"},
                    Spelling{"/containers/a%3fb/json", "/containers/a%3Fb/json"},
                    Spelling{"/containers/a%252fb/json", "/containers/a%252fb/json"},
                    Spelling{"/containers/a+b/json", "/containers/a+b/json"},
                    Spelling{"/containers/%c3%bc/json", "/containers/%C3%BC/json"}));

INSTANTIATE_TEST_SUITE_P(
    SlashInImageName, CanonicalTarget,
    testing::Values(
        Spelling{"/images/library%2Fbusybox:latest/json", "/images/library/busybox:latest/json"},
        Spelling{"/images/r.io:5000%2fa/b@sha256:ab/json", "/images/r.io:5000/a/b@sha256:ab/json"},
        Spelling{"/v1.30/distribution/a%2Fb/json", "/v1.30/distribution/a/b/json"},
        Spelling{"/plugins/vieux%2Fsshfs:latest/json", "/plugins/vieux/sshfs:latest/json"},
        Spelling{"/images/a%2F%2Fb/json", "target.not_canonical"},
        Spelling{"/images%2Fa/json", "target.encoded_slash"},
        Spelling{"/images/a%2Fb%2Fjson", "target.encoded_slash"}));

INSTANTIATE_TEST_SUITE_P(
    EncodedSlash, CanonicalTarget,
    testing::Values(Spelling{"/containers%2fjson", "target.encoded_slash"},
                    Spelling{"/containers/victim%2Fexport", "target.encoded_slash"},
                    Spelling{"/containers/a%2Fb/json", "target.encoded_slash"},
                    Spelling{"/no%2Fsuch", "target.encoded_slash"},
                    Spelling{"/v1.41%2fcontainers/json", "target.encoded_slash"},
                    Spelling{"/v1.41%2fimages/a%2Fb/json", "target.encoded_slash"}));

INSTANTIATE_TEST_SUITE_P(
    NotCanonical, CanonicalTarget,
    testing::Values(Spelling{"//containers/json", "target.not_canonical"},
                    Spelling{"/./containers/json", "target.not_canonical"},
                    Spelling{"/images/../containers/json", "target.not_canonical"},
                    Spelling{"/images/%2e%2e/containers/json", "target.not_canonical"},
                    Spelling{"/images/a%2f..%2fb/json", "target.not_canonical"},
                    Spelling{"/containers//json", "target.not_canonical"},
                    Spelling{"/containers/json/", "target.not_canonical"},
                    Spelling{"/volumes/", "target.not_canonical"},
                    Spelling{"/v1.41//info", "target.not_canonical"},
                    Spelling{"/info/..", "target.not_canonical"}));

INSTANTIATE_TEST_SUITE_P(
    Form, CanonicalTarget,
    testing::Values(Spelling{"", "target.form"}, Spelling{"*", "target.form"},
                    Spelling{"http://docker/info", "target.form"},
                    Spelling{"unix:///info", "target.form"}, Spelling{"foo:/info", "target.form"},
                    Spelling{"docker:2375", "target.form"}, Spelling{"info", "target.form"},
                    Spelling{"/info#x", "target.form"}, Spelling{"/info?a=b#x", "target.form"}));

INSTANTIATE_TEST_SUITE_P(
    Bytes, CanonicalTarget,
    testing::Values(
        Spelling{"/info%", "target.bad_escape"}, Spelling{"/info%4", "target.bad_escape"},
        Spelling{"/%zzinfo", "target.bad_escape"}, Spelling{"/info%g0", "target.bad_escape"},
        Spelling{"/info\n", "target.bad_byte"}, Spelling{"/in fo", "target.bad_byte"},
        Spelling{"/info\x7f", "target.bad_byte"}, Spelling{"/info\xc3\xbc", "target.bad_byte"},
        Spelling{"/info?a=\xc3\xbc", "target.bad_byte"},
        Spelling{"/containers/a%00/json", "target.bad_byte"},
        Spelling{"/containers/a%0a/json", "target.bad_byte"},
        Spelling{"/containers/a%7F/json", "target.bad_byte"},
        Spelling{"/containers/%ff/json", "target.bad_byte"},
        Spelling{"/containers/%c0%af/json", "target.bad_byte"},
        Spelling{"/containers/%ed%a0%80/json", "target.bad_byte"},
        Spelling{"/containers/%f4%90%80%80/json", "target.bad_byte"}));

INSTANTIATE_TEST_SUITE_P(
    Version, CanonicalTarget,
    testing::Values(
        Spelling{"/v1.41.0/info", "/v1.41/info"}, Spelling{"/v1.041/info", "/v1.41/info"},
        Spelling{"/v01.41/info", "/v1.41/info"}, Spelling{"/v1.41./info", "/v1.41/info"},
        Spelling{"/v1.0041.0.0/info", "/v1.41/info"}, Spelling{"/v1%2e41/info", "/v1.41/info"},
        Spelling{"/%76%31.41/info", "/v1.41/info"}, Spelling{"/v1.24/info", "/v1.24/info"},
        Spelling{"/v1.23/info", "version.too_old"}, Spelling{"/v1.023/info", "version.too_old"},
        Spelling{"/v1/info", "version.too_old"}, Spelling{"/v1.12/nope", "/v1.12/nope"},
        Spelling{"/v2.0/info", "version.malformed"}, Spelling{"/v0.41/info", "version.malformed"},
        Spelling{"/v./info", "version.malformed"}, Spelling{"/v1..41/info", "version.malformed"},
        Spelling{"/v1.41../info", "version.malformed"}, Spelling{"/v.41/info", "version.malformed"},
        Spelling{"/v1.41.1/info", "version.malformed"},
        Spelling{"/v1.1000/info", "version.malformed"},
        Spelling{"/v1.99999999999999999999/info", "version.malformed"}));

INSTANTIATE_TEST_SUITE_P(
    Query, CanonicalTarget,
    testing::Values(Spelling{"/containers/json?", "/containers/json"},
                    Spelling{"/containers/json?all=1&size=0", "/containers/json?all=1&size=0"},
                    Spelling{"/containers/json?&&all=1&", "/containers/json?all=1"},
                    Spelling{"/containers/json?all", "/containers/json?all="},
                    Spelling{"/containers/json?%61ll=1", "/containers/json?all=1"},
                    Spelling{"/containers/json?ALL=1", "/containers/json"},
                    Spelling{"/containers/json?filters=%7B%22label%22%3A+%5B%22a%3Db%22%5D%7D",
                             "/containers/json?filters=%7B%22label%22:%20%5B%22a%3Db%22%5D%7D"},
                    Spelling{"/containers/json?filters={\"a\":1}",
                             "/containers/json?filters=%7B%22a%22:1%7D"},
                    Spelling{"/containers/json?all=1?2", "/containers/json?all=1%3F2"},
                    Spelling{"/containers/x/archive?path=%2Fa%2Bb%00%ff",
                             "/containers/x/archive?path=/a%2Bb%00%FF"},
                    Spelling{"/images/get?names=a&names=b", "/images/get?names=a&names=b"},
                    Spelling{"/containers/json?all=1&all=1", "query.repeated"},
                    Spelling{"/containers/json?all=&%61ll=x", "query.repeated"},
                    Spelling{"/containers/json?nope=1&nope=2", "/containers/json"},
                    Spelling{"/containers/json?all=1;size=1", "query.malformed"},
                    Spelling{"/containers/json?all=1%3Bx", "/containers/json?all=1%3Bx"},
                    Spelling{"/containers/json?all=%zz", "query.malformed"},
                    Spelling{"/containers/json?%=1", "query.malformed"},
                    Spelling{"/containers/json?nope=%1", "query.malformed"}));

TEST(Target, names_the_version_that_is_too_old) {
  EXPECT_EQ(message("/v1.19/info"),
            "SystemInfo is served for API version 1.24 and later, not for 1.19");
  EXPECT_EQ(message("/v1.11/_ping"),
            "SystemPing is served for API version 1.12 and later, not for 1.11");
}

TEST(Target, says_which_parameter_is_repeated) {
  EXPECT_EQ(message("/containers/json?size=1&all=1&all=2"),
            "the query parameter 'all' is given twice and is not a list");
}

TEST(Target, messages_hold_no_byte_of_a_client_that_could_harm_a_terminal) {
  const auto text = message("/images/%c2%9b/../x");
  EXPECT_NE(text.find("??"), text.npos);
  EXPECT_EQ(text.find('\xc2'), text.npos);
}

TEST(Target, unknown_parameters_are_dropped_and_their_names_recorded) {
  acl::Request request;
  ASSERT_FALSE(acl::understand("POST", "/secrets/create?Data=c2VjcmV0&Name=x%0ay", {}, request));
  EXPECT_EQ(request.dropped, (std::vector<std::string>{"Data", "Name"}));
  EXPECT_TRUE(request.query.empty());
}

TEST(Target, dropped_names_are_printable_and_bounded) {
  acl::Request request;
  const acl::TargetLimits limits{.parameters = 64, .dropped_names = 2, .dropped_name_bytes = 4};
  ASSERT_FALSE(acl::understand("GET", "/info?a%0ab=1&abcdefgh=2&third=3", limits, request));
  EXPECT_EQ(request.dropped, (std::vector<std::string>{"a?b", "abcd..."}));
}

TEST(Target, too_many_parameters_are_refused_known_or_not) {
  acl::Request request;
  const acl::TargetLimits limits{.parameters = 2};
  EXPECT_FALSE(acl::understand("GET", "/info?a&b", limits, request));
  const auto refusal = acl::understand("GET", "/info?a&b&c", limits, request);
  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->reason, Reason::query_too_many);
}

TEST(Target, a_parameter_is_read_by_its_first_value) {
  acl::Request request;
  ASSERT_FALSE(acl::understand("GET", "/images/get?names=a%2Fb&names=c", {}, request));
  EXPECT_EQ(request.parameter("names"), "a/b");
  EXPECT_EQ(request.parameter("platform"), "");
}

TEST(Target, a_refused_request_is_left_without_an_operation) {
  acl::Request request;
  ASSERT_FALSE(acl::understand("GET", "/containers/web/json?size=1", {}, request));
  ASSERT_TRUE(acl::understand("GET", "/containers/web/json?size=1&size=2", {}, request));
  EXPECT_EQ(request.operation, acl::Operation::unknown);
  EXPECT_TRUE(request.path.empty());
  EXPECT_TRUE(request.query.empty());
}

TEST(Target, nothing_of_a_former_request_is_left) {
  acl::Request request;
  ASSERT_FALSE(
      acl::understand("GET", "/v1.41/containers/web/logs?tail=5&follow=1&x=1", {}, request));
  ASSERT_FALSE(acl::understand("GET", "/info", {}, request));
  EXPECT_FALSE(request.version.given());
  EXPECT_EQ(request.name(), "");
  EXPECT_TRUE(request.query.empty());
  EXPECT_TRUE(request.dropped.empty());
}

}  // namespace
