// SPDX-License-Identifier: Apache-2.0
#include "config/environment.hpp"

#include <gmock/gmock.h>

#include <cstdlib>
#include <string>
#include <vector>

namespace config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

/// Every mistake as a line.
std::vector<std::string> mistakes_in(const Environment& environment) {
  const auto loaded = load_environment(environment);
  std::vector<std::string> lines;
  if (loaded) return lines;
  for (const auto& mistake : loaded.error()) lines.push_back(to_string(mistake));
  return lines;
}

Settings settings_from(const Environment& environment) {
  auto loaded = load_environment(environment);
  if (loaded) return *loaded;
  ADD_FAILURE() << to_string(loaded.error().front());
  return {};
}

std::string text_of(const Environment& environment) {
  const auto text = text_from(environment);
  return text ? *text : to_string(text.error().front());
}

TEST(Environment, with_nothing_set_is_what_the_images_are) {
  const auto settings = settings_from({});
  ASSERT_EQ(settings.listeners.size(), 1U);
  EXPECT_EQ(settings.listeners.front().address.to_string(), "tcp://[::]:2375");
  EXPECT_TRUE(settings.listeners.front().insecure);
  EXPECT_EQ(settings.upstream.to_string(), "unix:///var/run/docker.sock");
  EXPECT_EQ(settings.log.level, "info");
  const auto& profile = settings.policy_spec.profiles.front();
  EXPECT_THAT(profile.allow,
              ElementsAre("SystemEvents", "SystemPing", "SystemPingHead", "SystemVersion"));
  EXPECT_EQ(profile.constraints.level, acl::Level::baseline);
}

TEST(Environment, tells_a_policy_where_a_switch_is_set) {
  EXPECT_FALSE(tells_policy({}));
  EXPECT_FALSE(tells_policy({{"PATH", "/bin"}, {"LOG_LEVEL", "debug"}, {"SOCKET_PATH", "/x"}}));
  EXPECT_TRUE(tells_policy({{"CONTAINERS", "0"}}));
  EXPECT_TRUE(tells_policy({{"ALLOW_LOGS", ""}}));
  EXPECT_TRUE(tells_policy({{"TIDEGATE_COMPAT", "tecnativa"}}));
}

TEST(Environment, is_that_of_the_process) {
  ASSERT_EQ(setenv("TIDEGATE_TEST", "a=b", 1), 0);  // NOLINT(concurrency-mt-unsafe)
  EXPECT_EQ(process_environment()["TIDEGATE_TEST"], "a=b");
}

TEST(Environment, reads_empty_switches_as_off) {
  EXPECT_THAT(text_of({{"PING", ""}}), Not(HasSubstr("SystemPing")));
  EXPECT_THAT(text_of({{"PING", "0"}}), Not(HasSubstr("SystemPing")));
}

TEST(Environment, refuses_words_for_switches_and_says_what_they_are_in_the_images) {
  EXPECT_THAT(mistakes_in({{"CONTAINERS", "true"}}),
              ElementsAre("environment: CONTAINERS: 'true' counts as off in the images, which read "
                          "a number; write `1` for on or `0` for off"));
  for (const std::string off : {"yes", "on", "TRUE", " 1", "00x"}) {
    EXPECT_THAT(mistakes_in({{"POST", off}}), ElementsAre(HasSubstr("counts as off"))) << off;
  }
  for (const std::string on : {"2", "-1", "01", "1 ", "1.2.3"}) {
    EXPECT_THAT(mistakes_in({{"POST", on}}), ElementsAre(HasSubstr("counts as on"))) << on;
  }
}

TEST(Environment, names_the_variable_that_was_meant) {
  EXPECT_THAT(
      mistakes_in({{"IAMGES", "1"}}),
      ElementsAre("environment: IAMGES: is not a variable that tidegate or the image knows; "
                  "did you mean 'IMAGES'?"));
  EXPECT_THAT(mistakes_in({{"CONTAINER", "true"}}), ElementsAre(HasSubstr("'CONTAINERS'")));
}

/// Every warning as a line.
std::vector<std::string> warnings_in(const Environment& environment) {
  std::vector<std::string> lines;
  for (const auto& warning : settings_from(environment).warnings)
    lines.push_back(to_string(warning));
  return lines;
}

TEST(Environment, warns_of_switches_that_change_nothing) {
  EXPECT_THAT(
      warnings_in({{"ALLOW_STOP", "1"}, {"COMMIT", "1"}, {"PUT", "0"}}),
      ElementsAre("environment: ALLOW_STOP: lets nothing through without POST=1",
                  "environment: COMMIT: lets nothing through without POST=1",
                  "environment: PUT: is not a variable of the images and changes nothing; set "
                  "`POST=1` or `POST=0`, for every method but GET and HEAD"));
  EXPECT_THAT(warnings_in({{"DELETE", "0"}, {"LOGS", "1"}, {"ALLOWED_METHODS", "GET,POST"}}),
              ElementsAre(HasSubstr("ALLOWED_METHODS: is not a variable"),
                          HasSubstr("DELETE: is not a variable"),
                          HasSubstr("set `ALLOW_LOGS` with `TIDEGATE_COMPAT=linuxserver`")));
  EXPECT_THAT(warnings_in({{"POST", "1"}}),
              ElementsAre(HasSubstr("POST: lets nothing through without a section")));
  EXPECT_THAT(warnings_in({{"TIDEGATE_COMPAT", "linuxserver"},
                           {"ALLOW_STOP", "1"},
                           {"ALLOW_LOGS", "1"},
                           {"LIBPOD_PODS", "1"}}),
              ElementsAre("environment: ALLOW_LOGS: lets nothing through without CONTAINERS=1",
                          HasSubstr("LIBPOD_PODS: lets nothing through: Podman's own API")));
}

TEST(Environment, warns_where_no_variable_lets_anything_through) {
  EXPECT_THAT(warnings_in({{"EVENTS", "0"}, {"PING", "0"}, {"VERSION", "0"}}),
              ElementsAre("environment: every request is refused: no variable allows any; switch "
                          "on what clients need, as CONTAINERS=1"));
}

TEST(Environment, warns_of_nothing_that_has_an_effect_or_is_off) {
  EXPECT_THAT(warnings_in({{"ALLOW_STOP", "1"}, {"POST", "1"}, {"EXEC", "0"}, {"PING", "0"}}),
              ElementsAre());
  EXPECT_THAT(warnings_in({{"CONTAINERS", "1"},
                           {"ALLOW_LOGS", "1"},
                           {"ALLOW_TOP", "0"},
                           {"POST", "0"},
                           {"TIDEGATE_COMPAT", "linuxserver"}}),
              ElementsAre());
}

TEST(Environment, leaves_other_variables_alone) {
  EXPECT_THAT(mistakes_in({{"HOST", "box"},
                           {"container", "podman"},
                           {"PATH", "/bin"},
                           {"SHLVL", "1"},
                           {"TZ", "Etc/UTC"},
                           {"PING_PORT", "1"}}),
              ElementsAre());
}

TEST(Environment, tells_all_mistakes_at_once) {
  EXPECT_THAT(mistakes_in({{"TIDEGATE_COMPAT", "linux"},
                           {"LEVEL", "strict"},
                           {"POST", "yes"},
                           {"SOCKET_PATH", "docker"},
                           {"LOG_LEVEL", "warn"},
                           {"NETWROKS", "1"}}),
              ElementsAre(HasSubstr("TIDEGATE_COMPAT: unknown value 'linux'"),
                          HasSubstr("LEVEL: unknown value 'strict'"), HasSubstr("POST: 'yes'"),
                          HasSubstr("SOCKET_PATH: 'docker' has no port"),
                          HasSubstr("LOG_LEVEL: unknown level 'warn'; known here: emerg"),
                          HasSubstr("NETWROKS")));
}

TEST(Environment, names_the_variable_of_a_value_that_the_file_would_refuse) {
  EXPECT_THAT(mistakes_in({{"BIND_CONFIG", "/shared/docker.sock mode 9"},
                           {"TIDEGATE_ADMIN", "tcp://0.0.0.0:9180"},
                           {"LOG_LEVEL", "loud"}}),
              ElementsAre("environment: BIND_CONFIG: '9' is not a mode; write three octal digits "
                          "after a zero, as \"0660\"",
                          HasSubstr("environment: TIDEGATE_ADMIN: whoever can connect"),
                          HasSubstr("environment: LOG_LEVEL: unknown level 'loud'")));
}

TEST(Environment, refuses_what_only_the_other_image_knows) {
  EXPECT_THAT(mistakes_in({{"ALLOW_LOGS", "1"}}),
              ElementsAre(HasSubstr("set `TIDEGATE_COMPAT=linuxserver` as well")));
  EXPECT_THAT(mistakes_in({{"ALLOW_LOGS", "0"}}), ElementsAre());
}

TEST(Environment, listens_where_HAProxy_would) {
  const auto listener = [](const std::string& bind) {
    return settings_from({{"BIND_CONFIG", bind}}).listeners.at(0);
  };
  EXPECT_EQ(listener(":2375").address.to_string(), "tcp://0.0.0.0:2375");
  EXPECT_EQ(listener("*:2376").address.to_string(), "tcp://0.0.0.0:2376");
  EXPECT_EQ(listener("[::]:2375 v4v6").address.to_string(), "tcp://[::]:2375");
  EXPECT_EQ(listener(":::2375").address.to_string(), "tcp://[::]:2375");
  EXPECT_EQ(listener("127.0.0.1:99").address.to_string(), "tcp://127.0.0.1:99");
  const auto socket = listener("/shared/docker.sock mode 660 user 1000 gid 999");
  EXPECT_EQ(socket.address.to_string(), "unix:///shared/docker.sock");
  EXPECT_EQ(socket.mode, 0660U);
  EXPECT_EQ(socket.owner, "1000");
  EXPECT_EQ(socket.group, "999");
  EXPECT_FALSE(socket.insecure);
  EXPECT_TRUE(listener("/shared/docker.sock mode 666").insecure);
}

TEST(Environment, refuses_bind_lines_that_it_cannot_keep) {
  const auto only_mistake = [](const std::string& bind) {
    const auto mistakes = mistakes_in({{"BIND_CONFIG", bind}});
    return mistakes.size() == 1 ? mistakes.front() : testing::PrintToString(mistakes);
  };
  EXPECT_THAT(only_mistake(":2376 ssl crt /x.pem"), HasSubstr("'ssl' is not a `bind` option"));
  EXPECT_THAT(only_mistake("/x.sock mode"), HasSubstr("'mode' has no value"));
  EXPECT_THAT(only_mistake("docker:2375"), HasSubstr("not a literal address"));
  EXPECT_THAT(only_mistake(" "), HasSubstr("is empty"));
  EXPECT_THAT(only_mistake("/x.sock mode 9"), HasSubstr("'9' is not a mode"));
  EXPECT_THAT(only_mistake("/var/run/docker.sock"), HasSubstr("is the upstream too"));
}

TEST(Environment, reads_the_other_variables_of_the_images) {
  EXPECT_EQ(settings_from({{"DISABLE_IPV6", "1"}}).listeners.at(0).address.to_string(),
            "tcp://0.0.0.0:2375");
  EXPECT_EQ(settings_from({{"DISABLE_IPV6", "Yes"}}).listeners.at(0).address.to_string(),
            "tcp://0.0.0.0:2375");
  EXPECT_THAT(mistakes_in({{"DISABLE_IPV6", "yes"}, {"TIDEGATE_COMPAT", "linuxserver"}}),
              ElementsAre(HasSubstr("DISABLE_IPV6: 'yes' counts as off")));
  EXPECT_EQ(settings_from({{"SOCKET_PATH", "/run/user/1000/docker.sock"}}).upstream.path,
            "/run/user/1000/docker.sock");
  EXPECT_EQ(settings_from({{"SOCKET_PATH", "10.0.0.1:2376"}}).upstream.to_string(),
            "tcp://10.0.0.1:2376");
  EXPECT_EQ(settings_from({{"SOCKET_PATH", "docker:2375"}}).upstream.to_string(),
            "tcp://docker:2375");
  EXPECT_EQ(settings_from({{"LOG_LEVEL", "err"}}).log.level, "error");
  EXPECT_EQ(settings_from({{"LEVEL", "unconfined"}}).policy_spec.profiles.at(0).constraints.level,
            acl::Level::unconfined);
}

TEST(Environment, as_text_tells_the_differences_and_what_is_useless) {
  const auto text = text_of({{"CONTAINERS", "1"}, {"COMMIT", "1"}});
  EXPECT_THAT(text, HasSubstr("docker-socket-proxy image of tecnativa"));
  EXPECT_THAT(text, HasSubstr("# - a container's files"));
  EXPECT_THAT(text, Not(HasSubstr("(constraint.*)")));
  EXPECT_THAT(text, HasSubstr("# COMMIT=1 lets nothing through without POST=1."));
  const auto level = text_of({{"CONTAINERS", "1"}, {"POST", "1"}, {"LEVEL", "restricted"}});
  EXPECT_THAT(level, HasSubstr("beyond the level restricted"));
  EXPECT_THAT(level, HasSubstr("(constraint.*)"));
  const auto unconfined = text_of({{"CONTAINERS", "1"}, {"POST", "1"}, {"LEVEL", "unconfined"}});
  EXPECT_THAT(unconfined, Not(HasSubstr("(constraint.*)")));
  EXPECT_THAT(unconfined, HasSubstr("needs EXEC=1"));
  EXPECT_THAT(unconfined, Not(HasSubstr("      - ContainerExec\n")));
}

TEST(Environment, names_the_hosts_of_what_listens_on_tcp) {
  const auto settings = settings_from({{"TIDEGATE_HOSTS", "Proxy.Corp, *.docker.example"},
                                       {"TIDEGATE_ADMIN", "tcp://127.0.0.1:9"}});
  EXPECT_THAT(settings.listeners.at(0).hosts, ElementsAre("proxy.corp", "*.docker.example"));
  EXPECT_THAT(settings.admin->hosts, ElementsAre("proxy.corp", "*.docker.example"));
  const auto on_unix = settings_from({{"TIDEGATE_HOSTS", "proxy.corp"},
                                      {"BIND_CONFIG", "/shared/docker.sock"},
                                      {"TIDEGATE_ADMIN", "unix:///run/admin.sock"}});
  EXPECT_THAT(on_unix.listeners.at(0).hosts, ElementsAre());
  EXPECT_THAT(on_unix.admin->hosts, ElementsAre());
  EXPECT_THAT(settings_from({{"TIDEGATE_HOSTS", ""}}).listeners.at(0).hosts, ElementsAre());
  for (const std::string list : {"tcp://proxy.corp", "proxy.corp:2375", "a.corp,,b.corp", "*"})
    EXPECT_THAT(mistakes_in({{"TIDEGATE_HOSTS", list}}),
                ElementsAre(HasSubstr("TIDEGATE_HOSTS: '")))
        << list;
}

TEST(Environment, as_text_tells_of_web_pages_and_names) {
  EXPECT_THAT(text_of({}), HasSubstr("(browser.origin)"));
  EXPECT_THAT(text_of({}), HasSubstr("TIDEGATE_HOSTS"));
  EXPECT_THAT(text_of({{"BIND_CONFIG", "/shared/docker.sock"}}), Not(HasSubstr("TIDEGATE_HOSTS")));
}

TEST(Environment, quotes_what_stands_in_its_text) {
  const auto settings = settings_from({{"SOCKET_PATH", "/run/a\" # \\b: c.sock"}});
  EXPECT_EQ(settings.upstream.path, "/run/a\" # \\b: c.sock");
}

}  // namespace
}  // namespace config
