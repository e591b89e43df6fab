// SPDX-License-Identifier: Apache-2.0
#include "acl/schema/schema.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "acl/json/key_hash.hpp"
#include "acl/json/writer.hpp"
#include "acl/schema/conform.hpp"
#include "acl/schema/read.hpp"

namespace {

using acl::Operation;
using acl::json::Document;
using acl::schema::Conformance;
using acl::schema::ConformSettings;
using acl::schema::Field;
using acl::schema::Struct;
using testing::ElementsAre;
using testing::IsEmpty;

// What becomes of a body: its canonical text, or the refusals, one a line.
struct Outcome {
  std::string text;
  std::vector<std::string> dropped;
};

Outcome outcome(const std::optional<acl::Refusal>& refusal, const Document& document,
                const Conformance& found) {
  if (refusal) return {std::string(acl::id(refusal->reason)) + " " + refusal->message, {}};
  Outcome out{"", found.dropped};
  for (const auto& problem : found.problems) {
    out.text += std::string(acl::id(problem.reason)) + " " + problem.message + "\n";
  }
  if (found.ok()) acl::json::write(document.root(), out.text);
  return out;
}

// As the engine's words are read: in one pass, or in two where something is odd.
Outcome outcome(Operation operation, const std::string& text,
                const ConformSettings& settings = {}) {
  Document document;
  Conformance found;
  const auto refusal = acl::schema::read(operation, text, document, settings, found);
  const Outcome out = outcome(refusal, document, found);

  Document in_turn;
  const auto same_refusal = in_turn.read(text);
  if (!same_refusal) acl::schema::conform(operation, in_turn, settings, found);
  const Outcome same = outcome(same_refusal, in_turn, found);
  EXPECT_EQ(out.text, same.text);
  EXPECT_EQ(out.dropped, same.dropped);
  return out;
}

std::string create(std::string text) {
  return outcome(Operation::ContainerCreate, std::move(text)).text;
}

// Only the ids of the refusals, or the text.
std::string answer(Operation operation, std::string text) {
  const std::string whole = outcome(operation, std::move(text)).text;
  return whole.starts_with("body.") ? whole.substr(0, whole.find(' ')) : whole;
}

std::string create_answer(std::string text) {
  return answer(Operation::ContainerCreate, std::move(text));
}

TEST(Schema, has_a_body_for_each_json_operation) {
  for (const auto& row : acl::all_operations()) {
    if (row.body != acl::BodyKind::json) continue;
    EXPECT_TRUE(acl::schema::body_of(row.id)) << row.name;
  }
  EXPECT_FALSE(acl::schema::body_of(Operation::ContainerList));
}

TEST(Schema, finds_every_field_under_its_own_name_in_any_case) {
  for (std::size_t i = 1; i < acl::schema::all_fields().size(); ++i) {
    const auto& row = acl::schema::all_fields()[i];
    std::string upper(row.name);
    std::transform(upper.begin(), upper.end(), upper.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
    EXPECT_EQ(acl::schema::find(row.owner, row.name), static_cast<Field>(i)) << row.name;
    EXPECT_EQ(acl::schema::find(row.owner, upper), static_cast<Field>(i)) << row.name;
  }
}

TEST(KeyHash, is_the_same_for_the_compiler_in_either_case_and_beyond_eight_bytes) {
  constexpr std::uint32_t at_once = acl::json::key_hash("ReadonlyRootfs");
  std::string key = "rEADONLYrOOTFS";
  EXPECT_EQ(acl::json::key_hash(key), at_once);
  key[0] = 'x';
  EXPECT_NE(acl::json::key_hash(key), at_once);
  constexpr std::uint32_t brief = acl::json::key_hash("Tty");
  EXPECT_EQ(acl::json::key_hash(std::string("TTY")), brief);
}

TEST(Schema, finds_fields_of_embedded_structs) {
  EXPECT_EQ(acl::schema::find(Struct::HostConfig, "memory"), Field::Resources_Memory);
  EXPECT_EQ(acl::schema::find(Struct::ContainerUpdateConfig, "Memory"), Field::Resources_Memory);
  EXPECT_EQ(acl::schema::find(Struct::ContainerCreateRequest, "Image"), Field::Config_Image);
  EXPECT_EQ(acl::schema::find(Struct::ContainerCreateRequest, "Memory"), Field::none);
  EXPECT_EQ(acl::schema::find(Struct::Empty, "Memory"), Field::none);
}

TEST(Schema, no_struct_contains_itself) {
  // Duplicates are found by the object that had a field last; see Matcher::keeps().
  const auto fields = acl::schema::all_fields();
  std::vector<std::vector<bool>> reaches(256, std::vector<bool>(256, false));
  for (const auto& row : fields) {
    if (row.type.scalar != acl::schema::Scalar::object) continue;
    reaches[static_cast<std::size_t>(row.owner)][static_cast<std::size_t>(row.type.object)] = true;
  }
  for (std::size_t via = 0; via < 256; ++via) {
    for (std::size_t a = 0; a < 256; ++a) {
      for (std::size_t b = 0; reaches[a][via] && b < 256; ++b) {
        if (reaches[via][b]) reaches[a][b] = true;
      }
    }
  }
  for (std::size_t s = 1; s < 256; ++s) EXPECT_FALSE(reaches[s][s]) << s;
}

TEST(Schema, fields_that_follow_each_other_in_the_table_do_so_in_every_object) {
  // FieldGuide::Keys::guess() relies on it: no outer field may hide an embedded one.
  const auto fields = acl::schema::all_fields();
  for (std::size_t object = 1; object < 256; ++object) {
    for (std::size_t i = 1; i + 1 < fields.size(); ++i) {
      const auto at = [&](std::size_t f) {
        return acl::schema::find(static_cast<Struct>(object), fields[f].name);
      };
      if (at(i) != static_cast<Field>(i) || fields[i + 1].owner != fields[i].owner) continue;
      EXPECT_EQ(at(i + 1), static_cast<Field>(i + 1)) << object << " " << fields[i + 1].name;
    }
  }
}

// Trap 2: keys fold as Go folds them, and what it folds beyond ASCII is refused.
TEST(Conform, gives_every_key_the_spelling_of_the_engine) {
  EXPECT_EQ(create(R"({"image":"x","HOSTCONFIG":{"pRiViLeGeD":false,"\u0042inds":["/a:/b"]}})"),
            R"({"Image":"x","HostConfig":{"Privileged":false,"Binds":["/a:/b"]}})");
  EXPECT_EQ(answer(Operation::SystemAuth, R"({"UserName":"u"})"), R"({"username":"u"})");
}

TEST(Conform, refuses_names_that_are_not_ascii) {
  EXPECT_EQ(create("{\"Ho\xc5\xbftConfig\":{}}"),
            "body.key_not_ascii [\"Ho??tConfig\"]: the name of a field must be ASCII\n");
  EXPECT_EQ(create_answer(R"({"HostConfig":{"Networ\u212aMode":"host"}})"), "body.key_not_ascii");
  EXPECT_EQ(create_answer("{\"\xc3\xa4\":null}"), "body.key_not_ascii");
}

TEST(Conform, leaves_the_keys_of_maps_alone) {
  const std::string text =
      "{\"Labels\":{\"a\":\"1\",\"A\":\"2\",\"Ho\xc5\xbft\":\"3\"},"
      R"("HostConfig":{"Sysctls":{"privileged":"1"},"PortBindings":{"80/tcp":[{"HostPort":"1"}]}}})";
  EXPECT_EQ(create(text), text);
}

// Trap 3: repeated keys merge in the engine.
TEST(Conform, refuses_a_field_given_twice_in_any_spelling) {
  EXPECT_EQ(create(R"({"HostConfig":{"Privileged":false,"privileged":true}})"),
            "body.duplicate_key HostConfig.privileged: the field is given twice, in different "
            "spellings or places\n");
  EXPECT_EQ(create_answer(R"({"HostConfig":{"Memory":1},"hostconfig":null})"),
            "body.duplicate_key");
  EXPECT_EQ(create_answer(R"({"Labels":{},"labels":{}})"), "body.duplicate_key");
  EXPECT_EQ(create_answer(R"({"HostConfig":{"Mounts":[{"Type":"bind","type":""}]}})"),
            "body.duplicate_key");
  EXPECT_EQ(create_answer(R"({"Labels":{"a":"1","a":"2"}})"), "body.duplicate_key");
}

TEST(Conform, takes_the_same_field_in_several_objects) {
  const std::string text =
      R"({"HostConfig":{"Mounts":[{"Type":"tmpfs","Target":"/a"},{"Type":"tmpfs","Target":"/b"}]}})";
  EXPECT_EQ(create(text), text);
}

// Null is no value; but trap 9: `MaskedPaths: []` unmasks and null does not.
TEST(Conform, keeps_null_and_empty_apart) {
  const std::string text =
      R"({"Env":null,"Cmd":null,"HostConfig":{"MaskedPaths":null,"ReadonlyPaths":[],"Memory":null}})";
  EXPECT_EQ(create(text), text);
  EXPECT_EQ(create(R"({"HostConfig":null})"), R"({"HostConfig":null})");
  EXPECT_EQ(create("null"), "null");
}

struct TypeCase {
  const char* text;
  const char* wanted;  ///< "" where the engine takes the value
};

TEST(Conform, wants_the_types_that_go_decodes) {
  const TypeCase cases[] = {
      {R"({"HostConfig":{"Memory":9223372036854775807}})", ""},
      {R"({"HostConfig":{"Memory":9223372036854775808}})", "body.wrong_type"},
      {R"({"HostConfig":{"Memory":1.0}})", "body.wrong_type"},
      {R"({"HostConfig":{"Memory":1e3}})", "body.wrong_type"},
      {R"({"HostConfig":{"Memory":"1"}})", "body.wrong_type"},
      {R"({"HostConfig":{"Memory":true}})", "body.wrong_type"},
      {R"({"HostConfig":{"Memory":-0}})", ""},
      {R"({"HostConfig":{"IOMaximumIOps":18446744073709551615}})", ""},
      {R"({"HostConfig":{"IOMaximumIOps":-1}})", "body.wrong_type"},
      {R"({"HostConfig":{"BlkioWeight":65535}})", ""},
      {R"({"HostConfig":{"BlkioWeight":65536}})", "body.wrong_type"},
      {R"({"HostConfig":{"MemorySwappiness":-1}})", ""},
      {R"({"HostConfig":{"Privileged":1}})", "body.wrong_type"},
      {R"({"HostConfig":{"Privileged":"true"}})", "body.wrong_type"},
      {R"({"HostConfig":{"Binds":"/:/h"}})", "body.wrong_type"},
      {R"({"HostConfig":{"Binds":[1]}})", "body.wrong_type"},
      {R"({"HostConfig":{"Binds":[null]}})", ""},
      {R"({"HostConfig":[]})", "body.wrong_type"},
      {R"({"HostConfig":{"ConsoleSize":[1,2]}})", ""},
      {R"({"HostConfig":{"ConsoleSize":[1,2,3]}})", "body.wrong_type"},
      {R"({"HostConfig":{"DeviceRequests":[{"Capabilities":[["gpu"]]}]}})", ""},
      {R"({"HostConfig":{"DeviceRequests":[{"Capabilities":["gpu"]}]}})", "body.wrong_type"},
      {R"({"HostConfig":{"PortBindings":{"80/tcp":null}}})", ""},
      {R"({"HostConfig":{"PortBindings":{"80/tcp":{}}}})", "body.wrong_type"},
      {R"({"Volumes":{"/v":{}}})", ""},
      {R"({"Volumes":{"/v":{"x":1}}})", "body.unknown_field"},
      {R"({"Labels":{"a":1}})", "body.wrong_type"},
      {"[]", "body.wrong_type"},
      {"\"x\"", "body.wrong_type"},
  };
  for (const TypeCase& c : cases) {
    const std::string wanted = *c.wanted != '\0' ? c.wanted : c.text;
    EXPECT_EQ(create_answer(c.text), wanted) << c.text;
  }
}

TEST(Conform, says_what_type_is_wanted) {
  EXPECT_EQ(create(R"({"HostConfig":{"BlkioWeight":70000,"Mounts":{}},"Env":"A=b"})"),
            "body.wrong_type HostConfig.BlkioWeight: must be a plain integer from 0 to 65535, not "
            "70000\n"
            "body.wrong_type HostConfig.Mounts: must be a list of objects, not an object\n"
            "body.wrong_type Env: must be a list of strings, not a string\n");
}

// strslice.StrSlice: `"CapAdd":"SYS_ADMIN"` adds the capability.
TEST(Conform, makes_a_list_of_a_bare_string_where_the_engine_does) {
  EXPECT_EQ(create(R"({"Cmd":"sh","HostConfig":{"CapAdd":"SYS_ADMIN","CapDrop":[]},"Image":"x"})"),
            R"({"Cmd":["sh"],"HostConfig":{"CapAdd":["SYS_ADMIN"],"CapDrop":[]},"Image":"x"})");
}

// Trap 1: engines up to 26.1 take HostConfig's fields at the top level.
TEST(Conform, refuses_host_config_fields_at_the_top_level) {
  for (const char* member :
       {R"("Privileged":true)", R"("Binds":["/:/x"])", R"("CapAdd":"ALL")", R"("PidMode":"host")",
        R"("Memory":1)", R"("MemorySwap":-1)", R"("CpuShares":1)", R"("CpusetCpus":"0")",
        R"("Cpuset":"0")", R"("VolumeDriver":"x")", R"("mounts":[{}])",
        R"("NetworkMode":"host")"}) {
    const std::string text = std::string("{\"Image\":\"x\",") + member + "}";
    EXPECT_EQ(create_answer(text), "body.top_level_host_config") << text;
    EXPECT_EQ(answer(Operation::ContainerStart, text), "body.top_level_host_config") << text;
  }
}

TEST(Conform, drops_zero_host_config_fields_at_the_top_level) {
  const Outcome out = outcome(Operation::ContainerCreate,
                              R"({"Image":"x","Memory":0,"Binds":null,"Privileged":false})");
  EXPECT_EQ(out.text, R"({"Image":"x"})");
  EXPECT_THAT(out.dropped, ElementsAre("Memory", "Binds", "Privileged"));
}

TEST(Conform, keeps_what_belongs_to_the_top_level) {
  const std::string text = R"({"MacAddress":"02:42:ac:11:00:02","Volumes":{},"StopTimeout":10})";
  EXPECT_EQ(create(text), text);
}

TEST(Conform, refuses_unknown_fields_by_name_with_the_nearest_known_one) {
  EXPECT_EQ(create(R"({"HostConfig":{"Priviledged":true},"Zzzzzzzzzz":{"a":1}})"),
            "body.unknown_field HostConfig.Priviledged: the Engine API has no such field; did you "
            "mean 'Privileged'?\n"
            "body.unknown_field Zzzzzzzzzz: the Engine API has no such field\n");
}

TEST(Conform, drops_unknown_fields_that_are_zero) {
  const Outcome out =
      outcome(Operation::ContainerCreate,
              R"({"a":null,"b":false,"c":0,"d":"","e":[],"f":{},"NetworkingConfig":{"net":null}})");
  EXPECT_EQ(out.text, R"({"NetworkingConfig":{}})");
  EXPECT_THAT(out.dropped, ElementsAre("a", "b", "c", "d", "e", "f", "NetworkingConfig.net"));
}

TEST(Conform, drops_unknown_fields_if_told_to) {
  const ConformSettings settings{.unknown_fields = acl::schema::UnknownFields::drop};
  const Outcome out =
      outcome(Operation::ContainerCreate, R"({"Image":"x","New":{"a":[1]}})", settings);
  EXPECT_EQ(out.text, R"({"Image":"x"})");
  EXPECT_THAT(out.dropped, ElementsAre("New"));
  EXPECT_TRUE(outcome(Operation::ContainerCreate, R"({"Privileged":true})", settings)
                  .text.starts_with("body.top_level_host_config"));
}

TEST(Conform, drops_the_quirks_of_known_clients) {
  const struct {
    Operation operation;
    const char* text;
    const char* left;
  } cases[] = {
      {Operation::ContainerExec, R"({"Container":"id","Cmd":["a"]})", R"({"Cmd":["a"]})"},
      {Operation::ExecStart, R"({"hijack":true,"stdin":true,"Tty":true})", R"({"Tty":true})"},
      {Operation::ContainerCreate, R"({"name":"n","platform":"p","Image":"x"})",
       R"({"Image":"x"})"},
      {Operation::ImageCommit, R"({"repo":"r","tag":"t","changes":"c","pause":true})", "{}"},
      {Operation::ContainerStart, R"({"detachKeys":"ctrl-a"})", "{}"},
      {Operation::ContainerCreate, R"({"PortSpecs":["1"],"HostConfig":{"LxcConf":{"a":"b"}}})",
       R"({"HostConfig":{}})"},
      {Operation::SystemAuth, R"({"username":"u","stackOrchestrator":"x"})", R"({"username":"u"})"},
      {Operation::SystemAuth, R"({"Container":"x"})", "body.unknown_field"},
  };
  for (const auto& c : cases) EXPECT_EQ(answer(c.operation, c.text), c.left) << c.text;
}

TEST(Conform, keeps_what_clients_say_to_no_effect_if_told_to) {
  const ConformSettings settings{.habits = acl::schema::Habits::keep};
  const auto* const text = R"({"Container":"id","cmd":["a"],"Unknown":null})";
  const Outcome out = outcome(Operation::ContainerExec, text, settings);
  EXPECT_EQ(out.text, text);
  EXPECT_THAT(out.dropped, IsEmpty());
}

TEST(Conform, drops_the_host_config_of_a_commit_as_the_engine_does) {
  EXPECT_EQ(answer(Operation::ImageCommit, R"({"Env":["A=b"],"HostConfig":{"Privileged":true}})"),
            R"({"Env":["A=b"]})");
}

TEST(Conform, reports_all_problems_up_to_a_bound) {
  std::string text = "[";
  for (int i = 0; i < 30; ++i) text += "1,";
  text += "1]";
  Document document;
  ASSERT_FALSE(document.read(text));
  Conformance found;
  acl::schema::conform(Operation::PluginSet, document, {}, found);
  EXPECT_EQ(found.problems.size(), 20U);
  EXPECT_TRUE(found.stopped);
}

TEST(Conform, names_dropped_fields_up_to_a_bound) {
  std::string text = "{";
  for (int i = 0; i < 100; ++i) text += "\"x" + std::to_string(i) + "\":0,";
  text += "\"Image\":\"x\"}";
  Document document;
  ASSERT_FALSE(document.read(text));
  Conformance found;
  acl::schema::conform(Operation::ContainerCreate, document, {}, found);
  EXPECT_EQ(found.dropped.size(), 64U);
  EXPECT_EQ(found.more_dropped, 36U);
  EXPECT_EQ(document.root().size(), 1U);
}

// Also where a text may seem to be as the engine writes it, and is not.
TEST(Read, takes_an_odd_text_as_reading_and_conforming_in_turn_do) {
  for (const char* const text :
       {R"({"Hostname" :"a", "Domainname": "b" ,"User":"c"})",
        R"({"Hostname":"a","User":"c","Domainname":"b"})",
        R"({"Hostname":"a","Domainnam":"b"})",
        R"({"Hostname":"a","Domainname2":"b"})",
        R"({"Hostname":"a","Hostname":"a"})",
        R"({"Hostname":"a","hostname":"a"})",
        R"({"hostname":"a","Hostname":"a"})",
        R"({"Hostname":"a","\u0048ostname":"b"})",
        R"({"Hostname":"a","Domainname)",
        R"({"Hostname":"a","Domainname")",
        R"({"Hostname":"a","Domainname":)",
        R"({"":1})",
        R"({"":null})",
        R"({"Hostname":"a","":null})",
        R"({"Hostname":1})",
        R"({"Tty":"true"})",
        R"({"x":0,"x":0})",
        R"({"x":0,"Image":"i","X":0})",
        R"({"Cmd":"a"})",
        R"({"Cmd":[1]})",
        R"({"Volumes":{"/a":{"b":1}}})",
        R"({"Volumes":{"/a":{},"/a":{}}})",
        R"({"Volumes":{"/a":{"":null}}})",
        R"({"Labels":{"a":null,"b":"c"}})",
        R"({"Labels":[]})",
        R"({"Env":{}})",
        R"({"HostConfig":[]})",
        R"({"HostConfig":{}})",
        R"({"HostConfig":{"ConsoleSize":[1,2]}})",
        R"({"HostConfig":{"ConsoleSize":[1,2,3]}})",
        R"({"HostConfig":{"ConsoleSize":[-1,2]}})",
        R"({"HostConfig":{"ConsoleSize":{}}})",
        R"({"HostConfig":{"CapAdd":"ALL","CapDrop":["A"]}})",
        R"({"HostConfig":{"Memory":1.0}})",
        R"({"HostConfig":{"Memory":9223372036854775808}})",
        R"({"HostConfig":{"Memory":true}})",
        R"({"HostConfig":{"PortBindings":{"1/tcp":[{"HostPort":"1"}],"2/tcp":null}}})",
        R"({"HostConfig":{"PortBindings":{"1/tcp":{"HostPort":"1"}}}})",
        R"({"HostConfig":{"Mounts":[{"Type":"bind"},{"Type":"bind","Target":"/a"},null]}})",
        R"({"HostConfig":{"Mounts":[{"Type":"bind","type":"volume"}]}})",
        R"({"HostConfig":{"Mounts":{"Type":"bind"}},"Privileged":true})",
        R"({"Env":["A=b"],"HostConfig":1})",
        R"({"HostConfig":null})",
        R"({"HostConfig":{"RestartPolicy":{"MaximumRetryCount":0,"Type":"x"}}})",
        "[]",
        "null",
        "1",
        "{"}) {
    create(text);
    outcome(Operation::ImageCommit, text);
    outcome(Operation::ContainerCreate, text, {.habits = acl::schema::Habits::keep});
    outcome(Operation::ContainerCreate, text,
            {.unknown_fields = acl::schema::UnknownFields::drop, .drop_refused = true});
  }
}

class Tags : public testing::TestWithParam<const char*> {};

INSTANTIATE_TEST_SUITE_P(
    OnePass, Tags, testing::Values(R"({"HostConfig":{"Memory":7,"Mounts":[{"Source":"/"}]}})"));
INSTANTIATE_TEST_SUITE_P(
    TwoPasses, Tags, testing::Values(R"({"hostconfig":{"memory":7,"Mounts":[{"source":"/"}]}})"));

TEST_P(Tags, of_members_are_their_fields) {
  Document document;
  const std::string text = GetParam();
  Conformance found;
  ASSERT_FALSE(acl::schema::read(Operation::ContainerCreate, text, document, {}, found));
  const auto host = acl::schema::get(document.root(), Field::ContainerCreateRequest_HostConfig);
  EXPECT_EQ(acl::schema::get(host, Field::Resources_Memory).integer(), 7);
  const auto mount = acl::schema::get(host, Field::HostConfig_Mounts).first();
  EXPECT_EQ(acl::schema::field_of(mount.first()), Field::Mount_Source);
  EXPECT_FALSE(acl::schema::get(host, Field::HostConfig_Binds).exists());

  document.set(acl::schema::require(document, host, Field::Resources_PidsLimit), std::int64_t{99});
  EXPECT_EQ(acl::schema::get(host, Field::Resources_PidsLimit).path(), "HostConfig.PidsLimit");
}

// Every line is "Operation body": what real clients sent. It must conform, and stay as it is when
// it goes through again.
class CapturedBodies : public testing::TestWithParam<const char*> {};

TEST_P(CapturedBodies, conform_and_stay_the_same_afterwards) {
  std::ifstream file(std::string(TIDEGATE_SOURCE_DIR "/tests/unit/acl/bodies/") + GetParam());
  ASSERT_TRUE(file) << GetParam();
  int count = 0;
  for (std::string line; std::getline(file, line); ++count) {
    const auto operation = acl::operation_by_name(line.substr(0, line.find(' ')));
    ASSERT_TRUE(operation) << line;
    const Outcome once = outcome(*operation, line.substr(line.find(' ') + 1));
    EXPECT_FALSE(once.text.starts_with("body.")) << once.text << line;
    const Outcome twice = outcome(*operation, once.text);
    EXPECT_EQ(twice.text, once.text);
    EXPECT_THAT(twice.dropped, IsEmpty());
  }
  EXPECT_GT(count, 0);
}

INSTANTIATE_TEST_SUITE_P(Clients, CapturedBodies,
                         testing::Values("docker_cli_28.txt", "docker_cli_20_10.txt",
                                         "compose_1_29.txt", "docker_py_7.txt", "dockerode_4.txt"));

}  // namespace
