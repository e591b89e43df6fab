// SPDX-License-Identifier: Apache-2.0
// Host paths from the file to the decision: what `binds` lists, what `check` says about it, and
// what a container gets.
#include <string>
#include <utility>

#include "tests/unit/config/asked.hpp"
#include "tests/unit/config/loading.hpp"
#include "tests/unit/told.hpp"

namespace config {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

using Profiles = std::vector<std::pair<std::string, std::string>>;

/// \param profiles names and what stands in their `containers`
std::string file(const Profiles& profiles, const std::string& version = "version: 1\n") {
  std::string text = version + "profiles:\n";
  for (const auto& [name, containers] : profiles) {
    text += "  " + name + ": {allow: [\"*\"], containers: {" + containers + "}}\n";
  }
  return text + "listeners:\n  - {address: unix:///run/t.sock, profile: " + profiles[0].first +
         "}\n";
}

std::string binds(const std::string& rules) {
  return "binds: [" + rules + "]";
}

/// What becomes of a container that mounts `bind`, as `docker run -v` sends it: "passes", or the
/// reason of the refusal.
std::string run(const std::string& containers, const std::string& bind) {
  const auto loaded = load(file({{"p", containers}}));
  if (!loaded) return to_string(loaded.error().front());
  const auto body = R"({"Image":"a","HostConfig":{"Binds":[")" + bind + R"("]}})";
  return told(*loaded->policy, {}, "POST /containers/create", body).says();
}

std::vector<std::string> warnings(const std::string& text) {
  return warnings_of(load(text));
}

std::vector<std::string> mistakes(const Profiles& profiles) {
  return lines_of(load(file(profiles)));
}

constexpr auto refused = "constraint.binds";

TEST(HostPaths, are_listed_without_what_is_below_them) {
  const auto rules = binds("{path: /srv/ci-cache}");
  EXPECT_EQ(run(rules, "/srv/ci-cache:/c"), "passes");
  EXPECT_EQ(run(rules, "/srv/ci-cache/x:/h"), refused);
  EXPECT_EQ(run(rules, "/srv/ci-cache/lnk/docker.sock:/s"), refused);
  const std::string restricted =
      "level: restricted, waive: [user, capabilities.drop, security_opt.no_new_privileges, "
      "read_only_rootfs, resources.memory, resources.cpus, resources.pids], " +
      binds("{path: /srv/ci-cache, read_only: true}");
  EXPECT_EQ(run(restricted, "/srv/ci-cache/x:/h:ro"), refused);
  EXPECT_EQ(run(restricted, "/srv/ci-cache:/c:ro"), "passes");
}

TEST(HostPaths, have_stars_for_any_one_component) {
  const auto rules = binds("{path: /srv/ci/*}, {path: /srv/*/cache, read_only: true}");
  EXPECT_EQ(run(rules, "/srv/ci/job-1:/w"), "passes");
  EXPECT_EQ(run(rules, "/srv/ci/./x/../job-2/:/w"), "passes");
  EXPECT_EQ(run(rules, "/srv/web/cache:/c:ro"), "passes");
  for (const auto* source :
       {"/srv/ci", "/srv/ci/", "/srv/ci/job-1/x", "/srv/cache", "/srv/a/b/cache", "/srv/web",
        "/srv/web/cache/x", "/srv//cache", "/srv/ci/.."}) {
    EXPECT_EQ(run(rules, std::string(source) + ":/w:ro"), refused) << source;
  }
}

TEST(HostPaths, have_stars_for_whole_components_only) {
  for (const auto* path : {"/srv/a*", "/srv/*a/b", "/srv/**", "/srv/**/x", "/a*b"}) {
    EXPECT_THAT(mistakes({{"p", binds("{path: " + std::string(path) + "}")}}),
                ElementsAre(HasSubstr("has a `*` that is not a whole component")))
        << path;
  }
  EXPECT_THAT(mistakes({{"p", "devices: [{path: /dev/*}]"}}),
              ElementsAre(HasSubstr("has a `*`, which means nothing here")));
  EXPECT_THAT(mistakes({{"p", binds("{path: /" + std::string(4095, 'a') + "}")}}),
              ElementsAre(HasSubstr("a path has at most 4095 bytes")));
}

TEST(HostPaths, are_decided_about_by_the_rule_that_says_most) {
  const auto exact = binds("{path: /srv/*, read_only: true}, {path: /srv/ci}");
  EXPECT_EQ(run(exact, "/srv/ci:/c"), "passes");
  EXPECT_EQ(run(exact, "/srv/web:/c"), refused);
  EXPECT_EQ(run(exact, "/srv/web:/c:ro"), "passes");
  const auto reverse = binds("{path: /srv/ci, read_only: true}, {path: /srv/*}");
  EXPECT_EQ(run(reverse, "/srv/ci:/c"), refused);
  EXPECT_EQ(run(reverse, "/srv/web:/c"), "passes");
  const auto deeper =
      binds("{path: /srv, read_only: true, below: unresolved}, {path: /srv/a, below: unresolved}");
  EXPECT_EQ(run(deeper, "/srv/b:/c"), refused);
  EXPECT_EQ(run(deeper, "/srv/a/b:/c"), "passes");
}

TEST(HostPaths, that_are_read_only_are_not_relabelled) {
  Asked asked("{binds: [{path: /srv/ro, read_only: true}, {path: /srv/rw}]}");
  const auto bind = [&](const std::string& text) {
    return asked.says("POST /v1.44/containers/create",
                      R"({"HostConfig":{"Binds":[")" + text + R"("]}})");
  };
  EXPECT_EQ(bind("/srv/ro:/d:ro"), "passes");
  EXPECT_EQ(bind("/srv/rw:/d:z"), "passes");
  for (const auto* modes : {"ro,z", "Z,ro", "ro,nocopy,Z"}) {
    EXPECT_EQ(bind("/srv/ro:/d:" + std::string(modes)), "constraint.binds") << modes;
    EXPECT_THAT(asked.message(),
                testing::HasSubstr("`containers.binds: [{path: /srv/ro, read_only: false}]`"));
  }
}

TEST(HostPaths, are_read_only_where_two_rules_say_equally_much_and_one_says_so) {
  for (const auto* rules : {"{path: /srv/*/x}, {path: /srv/ci/*, read_only: true}",
                            "{path: /srv/ci/*, read_only: true}, {path: /srv/*/x}",
                            "{path: /srv/*/x, read_only: true}, {path: /srv/ci/*}",
                            "{path: /srv/ci/x}, {path: /srv/ci/x, read_only: true}"}) {
    EXPECT_EQ(run(binds(rules), "/srv/ci/x:/c"), refused) << rules;
    EXPECT_EQ(run(binds(rules), "/srv/ci/x:/c:ro"), "passes") << rules;
  }
}

TEST(HostPaths, open_what_is_below_where_a_rule_says_so_and_check_says_what_that_is) {
  const auto rules = binds("{path: /srv/ci, below: unresolved}");
  EXPECT_EQ(run(rules, "/srv/ci:/c"), "passes");
  EXPECT_EQ(run(rules, "/srv/ci/x/y:/c"), "passes");
  EXPECT_EQ(run(rules, "/srv/ci-x:/c"), refused);
  EXPECT_THAT(warnings(file({{"p", rules}})),
              ElementsAre(testing::AllOf(
                  HasSubstr("profiles.p.containers.binds[0]: opens what is below '/srv/ci'"),
                  HasSubstr("this is root on the host for anyone who can write there"))));
  EXPECT_THAT(mistakes({{"p", binds("{path: /srv/ci, below: resolved}")}}),
              ElementsAre(HasSubstr("unknown value 'resolved'")));
}

TEST(HostPaths, that_are_the_host_are_opened_by_their_names_only) {
  const auto wide = "docker_socket: allow, " +
                    binds(
                        "{path: /, read_only: true, below: unresolved}, "
                        "{path: /*, read_only: true}, {path: /var/lib/*, read_only: true}");
  for (const auto* source : {"/srv/x", "/etc", "/var/log", "/proc/1/root"}) {
    EXPECT_EQ(run(wide, std::string(source) + ":/d:ro"), "passes") << source;
  }
  for (const auto* source :
       {"/sys", "/sys/kernel", "/dev", "/dev/sda", "/var/lib", "/var/lib/jenkins",
        "/var/lib/docker", "/var/lib/docker/volumes", "/var/lib/containerd"}) {
    EXPECT_EQ(run(wide, std::string(source) + ":/d:ro"), refused) << source;
  }
  EXPECT_EQ(run(binds("{path: /sys}"), "/sys:/d"), "passes");
  EXPECT_EQ(run(binds("{path: /sys}"), "/sys/kernel:/d"), refused);
  EXPECT_EQ(run(binds("{path: /sys, below: unresolved}"), "/sys/kernel:/d"), "passes");
  EXPECT_EQ(run(binds("{path: /sys/fs/cgroup}"), "/sys/fs/cgroup:/d"), "passes");
  EXPECT_EQ(run(binds("{path: /var/lib/jenkins}"), "/var/lib/jenkins:/d"), "passes");
}

TEST(HostPaths, that_are_the_host_are_opened_by_no_star_and_check_says_so) {
  for (const auto& [rule, source] : std::vector<std::pair<std::string, std::string>>{
           {"/dev/*", "/dev/sda"},
           {"/sys/fs/*", "/sys/fs/cgroup"},
           {"/var/lib/*", "/var/lib/jenkins"},
           {"/var/lib/*/data", "/var/lib/jenkins/data"},
           {"/var/lib/docker/volumes/*/_data", "/var/lib/docker/volumes/v/_data"}}) {
    EXPECT_EQ(run(binds("{path: " + rule + "}"), source + ":/d"), refused) << rule;
    EXPECT_EQ(run(binds("{path: " + source + "}"), source + ":/d"), "passes") << source;
    EXPECT_THAT(warnings(file({{"p", binds("{path: " + rule + "}")}})),
                ElementsAre(HasSubstr("'" + rule + "' opens nothing: what is in ")))
        << rule;
  }
  EXPECT_EQ(run(binds("{path: /*/*}"), "/dev/sda:/d"), refused);
  EXPECT_EQ(run(binds("{path: /*/sda}"), "/dev/sda:/d"), refused);
}

TEST(HostPaths, that_lead_to_sockets_take_docker_socket_whatever_lists_them) {
  for (const auto* path : {"/", "/run", "/var", "/proc", "/run/user/1000/docker.sock"}) {
    const auto rule = binds("{path: " + std::string(path) + "}");
    EXPECT_EQ(run(rule, std::string(path) + ":/d"), "constraint.docker_socket") << path;
    EXPECT_EQ(run(rule + ", docker_socket: allow", std::string(path) + ":/d"), "passes") << path;
    EXPECT_EQ(run("docker_socket: allow", std::string(path) + ":/d"), refused) << path;
    EXPECT_THAT(warnings(file({{"p", rule}})), ElementsAre(HasSubstr("is refused all the same")))
        << path;
    EXPECT_THAT(warnings(file({{"p", rule + ", docker_socket: allow"}})),
                ElementsAre(HasSubstr("this is the host")))
        << path;
  }
  EXPECT_EQ(run(binds("{path: /run/udev, read_only: true}"), "/var/run/udev:/d:ro"), "passes");
  EXPECT_EQ(run(binds("{path: /var/log}"), "/var/log:/d"), "passes");
}

TEST(HostPaths, that_are_the_host_are_warned_of) {
  for (const auto* rule : {"{path: /sys, read_only: true}",
                           "{path: /dev}",
                           "{path: /var/lib}",
                           "{path: /var/lib/docker, read_only: true}",
                           "{path: /etc}",
                           "{path: /usr}",
                           "{path: /*}",
                           "{path: /etc/*}",
                           "{path: /etc/cron.d}",
                           "{path: /etc/cron.d/*}",
                           "{path: /root/*}",
                           "{path: /root/.ssh}",
                           "{path: /home}",
                           "{path: /home/*}",
                           "{path: /*/*}",
                           "{path: /*/cron.d}",
                           "{path: /usr/share/zoneinfo}",
                           "{path: /libx32}",
                           "{path: /dev/sda, read_only: true}",
                           "{path: /sys/kernel, read_only: true}",
                           "{path: /var/lib/docker/volumes, read_only: true}",
                           "{path: /var/lib/containerd/x}"}) {
    EXPECT_THAT(warnings(file({{"p", binds(rule)}})),
                ElementsAre(HasSubstr("profiles.p.containers.binds[0]: this is the host: ")))
        << rule;
  }
  for (const auto* rule :
       {"{path: /etc, read_only: true}", "{path: /usr/share/zoneinfo, read_only: true}",
        "{path: /etc/*, read_only: true}", "{path: /var/lib/jenkins}", "{path: /srv/*}",
        "{path: /home/ci}", "{path: /home/ci/*}", "{path: /home/*/cache}", "{path: /srv/etc}",
        "{path: /etcetera}"}) {
    EXPECT_THAT(warnings(file({{"p", binds(rule)}})), IsEmpty()) << rule;
  }
  EXPECT_THAT(warnings(file({{"p", "devices: [{path: /dev}]"}})),
              ElementsAre(HasSubstr("devices[0]: this is the host: '/dev' has all its devices")));
  EXPECT_THAT(warnings(file({{"p", "level: unconfined, " + binds("{path: /sys}")}})), IsEmpty());
}

TEST(HostPaths, under_a_path_that_clients_may_write_are_a_mistake) {
  for (const auto& [above, below] : std::vector<std::pair<std::string, std::string>>{
           {"{path: /srv/ci}", "{path: /srv/ci/x}"},
           {"{path: /srv/ci}", "{path: /srv/ci/x/y, read_only: true}"},
           {"{path: /srv/ci}", "{path: /srv/ci/*}"},
           {"{path: /srv/ci}", "{path: /srv/ci/x, below: unresolved}"},
           {"{path: /srv, below: unresolved}", "{path: /srv/ci}"},
           {"{path: /srv/ci/*}", "{path: /srv/ci/x/y}"},
           {"{path: /srv/*/x}", "{path: /srv/ci/*/y}"},
           {"{path: /srv/ci/x}", "{path: /srv/*/*/y}"},
           {"{path: /*}", "{path: /srv/ci}"}}) {
    SCOPED_TRACE(above + " " + below);
    EXPECT_THAT(mistakes({{"p", binds(above + ", " + below)}}),
                ElementsAre(HasSubstr("t.yaml:3: profiles.p.containers.binds[1]: ")));
    EXPECT_THAT(mistakes({{"ci", binds(below)}, {"web", binds(above)}}),
                ElementsAre(testing::AllOf(HasSubstr("profiles.ci.containers.binds[0]: "),
                                           HasSubstr("profiles.web.containers.binds[0] makes"))));
  }
}

TEST(HostPaths, under_a_path_that_clients_may_write_are_named_with_both_rules) {
  EXPECT_THAT(
      mistakes({{"ci", binds("{path: /srv/ci/x}")}, {"web", binds("{path: /a}, {path: /srv/ci}")}}),
      ElementsAre("t.yaml:3: profiles.ci.containers.binds[0]: '/srv/ci/x' lies under '/srv/ci', "
                  "which profiles.web.containers.binds[1] makes writable: its writers can put "
                  "a link to anywhere in its place; add `read_only: true` there, or list a path "
                  "that no client can write to"));
}

TEST(HostPaths, may_lie_side_by_side_or_under_what_is_only_read) {
  const std::string both = "{path: /srv/ci}, {path: /srv/cix}, {path: /srv/web}";
  EXPECT_THAT(mistakes({{"ci", binds(both)}, {"web", binds(both)}}), IsEmpty());
  EXPECT_THAT(mistakes({{"p", binds("{path: /srv, read_only: true}, {path: /srv/ci}")}}),
              IsEmpty());
  EXPECT_THAT(mistakes({{"p", binds("{path: /srv/*}, {path: /srv/ci}, {path: /opt/*/y}")}}),
              IsEmpty());
  // Who may mount everything needs no link.
  EXPECT_THAT(mistakes({{"ci", binds("{path: /srv/ci/x}")},
                        {"all", "level: unconfined, " + binds("{path: /srv}")},
                        {"some", "waive: [binds], " + binds("{path: /srv}")}}),
              IsEmpty());
}

TEST(HostPaths, of_devices_and_in_volumes_are_not_clients_to_replace) {
  EXPECT_THAT(
      mistakes({{"p", "devices: [{path: /srv/ci/disk}], " + binds("{path: /srv/ci}")}}),
      ElementsAre(HasSubstr("devices[0]: '/srv/ci/disk' lies under '/srv/ci', which profiles.p")));
  EXPECT_THAT(mistakes({{"p", binds("{path: /var/lib/docker/volumes/v/_data/x}")}}),
              ElementsAre(HasSubstr("which every named volume makes writable")));
}

TEST(HostPaths, that_a_file_for_0_1_lists_are_told_what_they_no_longer_open) {
  const auto old = [](const std::string& rules) {
    return warnings(file({{"p", binds(rules)}}, ""));
  };
  EXPECT_THAT(old("{path: /srv/ci-cache}"),
              Contains("t.yaml:2: profiles.p.containers.binds[0]: '/srv/ci-cache' no longer "
                       "opens what is below it; replace it by `/srv/ci-cache/*`, use named "
                       "volumes, or write `below: unresolved`: that opens all that is below"));
  EXPECT_THAT(old("{path: /srv/a, read_only: true}"), Contains(HasSubstr("; add `/srv/a/*`, or")));
  EXPECT_THAT(old("{path: /var/lib/a}"), Contains(HasSubstr("; list each path that is needed")));
  EXPECT_THAT(mistakes({{"p", binds("{path: /srv/ci-cache/*}")}}), IsEmpty());
  EXPECT_THAT(mistakes({{"p", binds("{path: /srv/a, read_only: true}, {path: /srv/a/*}")}}),
              IsEmpty());
  EXPECT_THAT(old("{path: /srv/ci-cache, below: unresolved}"),
              Contains(HasSubstr("opens what is below")));
  EXPECT_THAT(old("{path: /srv/ci-cache, below: unresolved}"),
              Not(Contains(HasSubstr("no longer opens"))));
  EXPECT_THAT(warnings(file({{"p", binds("{path: /srv/ci-cache}")}})), IsEmpty());
}

}  // namespace
}  // namespace config
