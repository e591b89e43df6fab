// SPDX-License-Identifier: Apache-2.0
#include "proxy/audit.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

namespace proxy {
namespace {

using Json = nlohmann::ordered_json;

/// One record, written when finish() ends its life.
class AuditLine : public testing::Test {
 protected:
  Json finish() {
    record_.reset();
    const auto line = log_.lines();
    EXPECT_EQ(line.find('\n'), line.size() - 1) << "one line";
    auto fields = Json::parse(line);
    EXPECT_TRUE(fields.at("duration_us").is_number_unsigned());
    time_ = fields.at("time");
    fields.erase("time");
    fields.erase("duration_us");
    return fields;
  }

  /// Has a policy decide, and then begins the record.
  void decide(const std::string& profile, const std::string& method, const std::string& target,
              const std::string& body = "") {
    record_.reset();  // it is written from the policy
    policy_ = *acl::compile({.profiles = {spec(profile)}, .listeners = {{"ci"}}});
    case_.emplace(policy_->profile_of(identity_), identity_, terms_, memory_);
    record_.emplace(log_, identity_, *case_);
    log_.lines().clear();
    const auto plan = case_->head({.method = method, .target = target});
    if (plan.body == acl::Plan::Body::whole) case_->body(body, scratch_);
  }

  /// "enforcing" puts values in, "shadow" only says what it would refuse.
  static acl::ProfileSpec spec(const std::string& kind) {
    acl::ProfileSpec profile{.name = "ci", .allow = {"@read", "@container"}};
    if (kind == "shadow") profile.mode = acl::Mode::shadow;
    profile.constraints.unknown_fields = acl::UnknownFields::drop;
    if (kind == "enforcing") {
      profile.constraints.enforce.read_only_rootfs = true;
      profile.constraints.enforce.memory = 1 << 20;
    }
    return profile;
  }

  HeldBytes held_{HeldBytes::unbounded};
  LineQueue queue_{audit_queue(config::Audit{"/dev/null"}, held_)};
  boost::asio::io_context loop_;
  AuditLog log_{queue_, loop_};
  acl::Identity identity_{.listener_name = "unix:///in.sock"};
  std::shared_ptr<const acl::Policy> policy_;
  acl::WebRules rules_;
  acl::Terms terms_{rules_};
  acl::Case::Memory memory_;
  acl::Scratch scratch_;
  acl::Profile nobodys_;
  std::optional<acl::Case> case_{std::in_place, nobodys_, identity_, terms_, memory_};
  std::optional<AuditRecord> record_{std::in_place, log_, identity_, *case_};
  std::string time_;
};

TEST_F(AuditLine, tells_who_asked_for_what_and_what_came_of_it) {
  identity_.unix_peer = acl::UnixPeer{1000, 4294967295, -1};
  decide("plain", "GET", "/v1.41/containers/web/json?size=1&odd=2&odder=3");
  record_->answered(200);
  record_->count_in(18446744073709551615U);
  record_->count_out(42);
  const AuditRecord::Clock::time_point sent{};
  record_->sent_on(sent, sent + std::chrono::microseconds(1234));
  EXPECT_EQ(finish().dump(),
            R"({"listener":"unix:///in.sock","uid":1000,"gid":4294967295,"pid":-1,)"
            R"("profile":"ci","operation":"ContainerInspect","method":"GET",)"
            R"("target":"/v1.41/containers/web/json",)"
            R"("decision":"allow","rule":"allow @read","status":200,)"
            R"("bytes_in":18446744073709551615,"bytes_out":42,"upstream_us":1234,)"
            R"("query":["size"],"dropped":["odd","odder"]})");
}

TEST_F(AuditLine, names_a_certificate_and_an_address) {
  identity_.address = "192.0.2.1";
  identity_.certificate =
      acl::Certificate{.common_name = "ops \"b\\ob\"\n",
                       .sans = {{acl::NameKind::dns, "a.example"}, {acl::NameKind::uri, "b\x01"}},
                       .serial = "0a"};
  const auto fields = finish();
  EXPECT_EQ(fields["address"], "192.0.2.1");
  EXPECT_EQ(fields["common_name"], "ops \"b\\ob\"\n");
  EXPECT_EQ(fields["sans"], Json({"a.example", "b\x01"}));
  EXPECT_EQ(fields["serial"], "0a");
  EXPECT_FALSE(fields.contains("uid"));
}

TEST_F(AuditLine, shows_a_request_that_nobody_understood_as_it_was_written) {
  decide("plain", "G\"T", "/\xff?secret=1");
  const auto fields = finish();
  EXPECT_EQ(fields["method"], "G\"T");
  EXPECT_EQ(fields["target"], "/\xef\xbf\xbd");
  EXPECT_EQ(fields["decision"], "deny");
  EXPECT_EQ(fields["reason"], "target.bad_byte");
}

TEST_F(AuditLine, holds_no_password_and_no_query_of_a_target) {
  for (const auto& [target, shown] : std::initializer_list<std::pair<const char*, const char*>>{
           {"http://user:hunter2@docker/info?a=b", "http://***@docker/info"},
           {"http://user:hun%3Fter2@docker/info", "http://***@docker/info"},
           {"//user:hunter2@docker/info", "//***@docker/info"},
           {"user:hunter2@docker:2375", "***@docker:2375"},
           {"/info#hunter2", "/info"},
           {"/info%3Fpassword=hunter2", "/info"},
           {"/v1.41/info%3fpassword=hunter2", "/v1.41/info"},
           {"/info%3fpassword=hunter2%", "/info"},
           {"/info%23hunter2", "/info"},
           {"/images/a@sha256:ab/json#x", "/images/a@sha256:ab/json"}}) {
    SCOPED_TRACE(target);
    record_.emplace(log_, identity_, *case_);
    memory_.clear();
    decide("plain", "GET", target);
    const auto fields = finish();
    EXPECT_EQ(fields["decision"], "deny");
    EXPECT_EQ(fields["target"], shown);
  }
}

TEST_F(AuditLine, names_the_certificate_of_a_refused_handshake_as_shown) {
  record_->shown(std::string(1000, '"'), "0A");
  const auto fields = finish();
  EXPECT_EQ(fields["shown_common_name"], std::string(256, '"') + "...");
  EXPECT_EQ(fields["shown_serial"], "0A");
  EXPECT_FALSE(fields.contains("common_name"));
  EXPECT_FALSE(fields.contains("serial"));
}

TEST_F(AuditLine, tells_what_a_body_lost_and_what_was_put_in) {
  decide("enforcing", "POST", "/containers/create", R"({"Image":"a","HostConfig":{"x\"":1}})");
  const auto fields = finish();
  EXPECT_EQ(fields["dropped_fields"], Json({R"(HostConfig["x""])"}));
  EXPECT_EQ(fields["enforced"], Json({"HostConfig.ReadonlyRootfs", "HostConfig.Memory"}));
}

TEST_F(AuditLine, says_what_a_profile_in_shadow_mode_would_have_refused) {
  decide("shadow", "POST", "/networks/prune");
  const auto fields = finish();
  EXPECT_EQ(fields["would_deny"], true);
  EXPECT_EQ(fields["reason"], "operation.denied");
  EXPECT_EQ(fields["message"],
            "NetworkPrune refused for profile 'ci': the profile does not allow this operation: "
            "`allow: [NetworkPrune]` would allow it");
}

TEST_F(AuditLine, lists_what_a_refusal_found) {
  decide("plain", "POST", "/containers/create",
         R"({"Image":"a","HostConfig":{"PidMode":"host","Annotations":{"a":"b"}}})");
  const auto fields = finish();
  EXPECT_EQ(fields["violations"],
            Json::parse(R"([{"constraint":"namespaces.pid","field":"HostConfig.PidMode",
                             "value":"'host'","wants":"'private' or none"},
                            {"constraint":"risky_fields","field":"HostConfig.Annotations",
                             "value":"set",
                             "wants":"no annotations: they steer the runtime"}])"));
}

TEST_F(AuditLine, has_no_violations_of_a_request_that_failed_later) {
  decide("shadow", "POST", "/containers/create",
         R"({"Image":"a","HostConfig":{"PidMode":"host"}})");
  case_->refuse(acl::Refusal(acl::Reason::upstream_unreachable));
  const auto fields = finish();
  EXPECT_EQ(fields["reason"], "upstream.unreachable");
  EXPECT_EQ(fields["decision"], "deny");
  EXPECT_FALSE(fields.contains("violations"));
  EXPECT_FALSE(fields.contains("would_deny"));
}

/// Everything that a client can make long, made as long as it gets.
TEST_F(AuditLine, fits_into_the_room_that_was_taken_for_it) {
  std::string odd, fields, binds;
  for (int i = 0; i < 60; ++i) {
    const auto number = std::to_string(i);
    odd += "&" + number + std::string(90, '"') + "=1";
    fields += ",\"_" + number + std::string(90, '_') + "\":1";
    binds += std::string(i == 0 ? "" : ",") + R"("/srv/\")" + number + R"(:/a")";
  }
  const std::string name = "%C3%A9" + std::string(300, 'x');
  identity_.certificate = acl::Certificate{.common_name = std::string(300, '"')};
  for (const char c : std::string_view("0123456789abcdefghijklmnopqrstuvwxyz"))
    identity_.certificate->sans.push_back({acl::NameKind::uri, c + std::string(300, '"')});
  for (const auto* const profile : {"plain", "shadow", "enforcing"}) {
    decide(profile, "POST", "/v1.41/containers/create?name=" + name + odd,
           R"({"Image":"a","HostConfig":{"Binds":[)" + binds + "]}" + fields + "}");
    ASSERT_TRUE(record_->has_room());
    const auto room = record_->expected_bytes();
    finish();
    EXPECT_LE(log_.lines().size(), room) << profile;
    EXPECT_GT(log_.lines().size(), 10'000U) << profile;
    EXPECT_LT(log_.lines().size(), 60'000U) << profile;
  }
  decide("plain", "GET", "/v1.41/containers/" + name + "/json");
  const auto room = record_->expected_bytes();
  finish();
  EXPECT_LE(log_.lines().size(), room);
}

TEST_F(AuditLine, is_dated_to_the_microsecond_in_utc) {
  finish();
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, micros = 0;
  ASSERT_EQ(time_.size(), std::string_view("2025-11-23T23:00:00.000000Z").size());
  ASSERT_EQ(std::sscanf(time_.c_str(), "%4d-%2d-%2dT%2d:%2d:%2d.%6dZ", &year, &month, &day, &hour,
                        &minute, &second, &micros),
            7);
  using namespace std::chrono;
  const sys_days date = std::chrono::year(year) / month / day;
  const auto said = date + hours(hour) + minutes(minute) + seconds(second) + microseconds(micros);
  const auto age = system_clock::now() - said;
  EXPECT_GE(age, microseconds(0));
  EXPECT_LT(age, hours(1));
}

TEST_F(AuditLine, follows_the_line_before_it) {
  finish();
  record_.emplace(log_, identity_, *case_);
  record_.reset();
  const auto& lines = log_.lines();
  EXPECT_EQ(std::ranges::count(lines, '\n'), 2);
  EXPECT_TRUE(Json::accept(std::string_view(lines).substr(lines.find('\n') + 1)));
}

}  // namespace
}  // namespace proxy
