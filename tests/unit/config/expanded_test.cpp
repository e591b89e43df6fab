// SPDX-License-Identifier: Apache-2.0
// What swarm, the engine, the runtime and the drivers of volumes and logs expand after the check.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/unit/config/asked.hpp"

namespace config {
namespace {

using nlohmann::json;
using testing::HasSubstr;

constexpr auto create = "POST /v1.44/containers/create";
constexpr auto create_volume = "POST /v1.44/volumes/create";
constexpr auto create_service = "POST /v1.44/services/create";

std::string with_host_config(const json& host_config) {
  return json{{"Image", "a"}, {"HostConfig", host_config}}.dump();
}

std::string with_tmpfs(const std::string& options) {
  return with_host_config({{"Tmpfs", {{"/run", options}}}});
}

std::string with_volume_options(const std::string& options) {
  return json{{"DriverOpts", {{"type", "tmpfs"}, {"device", "tmpfs"}, {"o", options}}}}.dump();
}

std::string with_tmpfs_options(const json& options) {
  return with_host_config(
      {{"Mounts",
        json::array({{{"Type", "tmpfs"}, {"Target", "/t"}, {"TmpfsOptions", options}}})}});
}

std::string with_log_option(const std::string& key, const std::string& value) {
  return with_host_config({{"LogConfig", {{"Type", "json-file"}, {"Config", {{key, value}}}}}});
}

std::string service(const json& container) {
  return json{{"Name", "s"}, {"TaskTemplate", {{"ContainerSpec", container}}}}.dump();
}

std::string with_service_mount(const json& mount) {
  return service({{"Image", "a"}, {"Mounts", json::array({mount})}});
}

TEST(TmpfsOptions, that_mount_a_tmpfs_pass_in_containers_and_volumes) {
  Asked asked;
  for (const std::string options :
       {"", "rw,noexec,nosuid,size=65536k", "ro,exec,suid,dev,mode=1777,uid=1000,gid=0", "size=1g",
        "size=1048576", "nr_inodes=10k,nr_blocks=1000", "defaults,noatime,relatime"}) {
    EXPECT_EQ(asked.says(create, with_tmpfs(options)), "passes") << options << asked.message();
    EXPECT_EQ(asked.says(create_volume, with_volume_options(options)), "passes")
        << options << asked.message();
  }
}

TEST(TmpfsOptions, that_mean_another_mount_are_refused_in_containers_and_volumes) {
  Asked asked;
  for (const std::string options :
       {"rbind", "remount", "rw,move", "shared", "rslave", "ro,context=x", "mode=9",
        "mode=17777777", "uid=-1", "uid=root", "uid", "mode=0700\nbind", " rw", "RW", "size"}) {
    EXPECT_EQ(asked.says(create, with_tmpfs(options)), "constraint.tmpfs") << options;
    EXPECT_NE(asked.says(create_volume, with_volume_options(options)), "passes") << options;
  }
  EXPECT_EQ(asked.says(create, with_tmpfs("bind")), "constraint.tmpfs");
  EXPECT_THAT(asked.message(), HasSubstr("HostConfig.Tmpfs[\"/run\"] is 'bind', level baseline "
                                         "wants options of a tmpfs"));
}

TEST(TmpfsSize, beyond_1_GiB_or_without_an_end_is_refused_wherever_it_is_said) {
  Asked asked;
  for (const std::string options :
       {"size=100g", "size=1025m", "size=1073741825", "size=0", "size=50%", "size=-1k",
        "size=0x7fffffff", "size=99999999999999999999", "size=1e", "size=1k{{x}}", "size=1m\nbind",
        "size=1m,size=2g", "nr_blocks=262145", "nr_blocks=0", "nr_inodes=0", "nr_inodes=2m"}) {
    EXPECT_EQ(asked.says(create, with_tmpfs(options)), "constraint.tmpfs") << options;
    EXPECT_EQ(asked.says(create_volume, with_volume_options(options)), "constraint.tmpfs")
        << options;
  }
  EXPECT_EQ(asked.says(create, with_tmpfs_options({{"SizeBytes", 1073741825}})),
            "constraint.tmpfs");
  EXPECT_EQ(asked.says(create, with_tmpfs_options({{"SizeBytes", -1}})), "constraint.tmpfs");
  EXPECT_EQ(asked.says(create, with_tmpfs_options({{"SizeBytes", 1073741824}})), "passes");
  EXPECT_THAT(asked.says(create, with_tmpfs("size=100g")) + asked.message(),
              HasSubstr("`containers.tmpfs: {max: 107374182400}`"));
}

TEST(TmpfsSize, is_bounded_by_the_profile_and_must_then_be_said) {
  Asked asked("{tmpfs: {max: 64MiB}}");
  EXPECT_EQ(asked.says(create, with_tmpfs("size=64m")), "passes") << asked.message();
  EXPECT_EQ(asked.says(create, with_tmpfs("nr_blocks=16384")), "passes") << asked.message();
  EXPECT_EQ(asked.says(create, with_tmpfs_options({{"SizeBytes", 1000}})), "passes");
  EXPECT_EQ(asked.says(create_volume, with_volume_options("size=64m")), "passes");
  for (const std::string options : {"size=65m", "", "rw", "nr_inodes=10"}) {
    EXPECT_EQ(asked.says(create, with_tmpfs(options)), "constraint.tmpfs") << options;
    EXPECT_EQ(asked.says(create_volume, with_volume_options(options)), "constraint.tmpfs");
  }
  EXPECT_EQ(asked.says(create, with_tmpfs_options(json::object())), "constraint.tmpfs");
  EXPECT_EQ(asked.says(create, with_tmpfs_options({{"SizeBytes", 67108865}})), "constraint.tmpfs");
  Asked large("{tmpfs: {max: 200GiB}}");
  EXPECT_EQ(large.says(create, with_tmpfs("size=100g")), "passes") << large.message();
}

TEST(TmpfsMount, has_its_list_of_options_looked_at) {
  Asked asked;
  const auto options = [](const char* list) { return json{{"Options", json::parse(list)}}; };
  EXPECT_EQ(asked.says("POST /v1.47/containers/create",
                       with_tmpfs_options(options(R"([["exec"],["mode","700"],[]])"))),
            "passes")
      << asked.message();
  for (const auto* list : {R"([["bind"]])", R"([["exec,bind"]])", R"([["size","100g"]])",
                           R"([["mode","700,bind"]])"}) {
    EXPECT_EQ(asked.says("POST /v1.47/containers/create", with_tmpfs_options(options(list))),
              "constraint.tmpfs")
        << list;
  }
}

TEST(DiskSize, is_one) {
  Asked asked;
  for (const std::string size : {"10G", "120", "1.5g", "64 KiB"}) {
    EXPECT_EQ(asked.says(create, with_host_config({{"StorageOpt", {{"size", size}}}})), "passes");
    EXPECT_EQ(asked.says(create_volume, json{{"DriverOpts", {{"size", size}}}}.dump()), "passes");
  }
  for (const std::string size : {"1m,bind", "{{x}}", "1q", "."}) {
    EXPECT_EQ(asked.says(create, with_host_config({{"StorageOpt", {{"size", size}}}})),
              "constraint.risky_fields");
    EXPECT_EQ(asked.says(create_volume, json{{"DriverOpts", {{"size", size}}}}.dump()),
              "constraint.volumes");
  }
}

TEST(TmpfsVolume, has_a_device_that_is_no_more_than_a_name) {
  Asked asked;
  EXPECT_EQ(asked.says(create_volume, R"({"DriverOpts":{"type":"tmpfs","device":"my-cache"}})"),
            "passes");
  EXPECT_EQ(asked.says(create_volume, R"({"DriverOpts":{"type":"tmpfs","device":"a b"}})"),
            "constraint.volumes");
}

TEST(LogOptions, that_are_ordinary_pass) {
  Asked asked;
  const std::pair<std::string, std::string> ordinary[] = {
      {"max-size", "10m"},
      {"max-size", "1k"},
      {"max-size", "1.5GB"},
      {"max-size", "1t"},
      {"max-file", "1"},
      {"max-file", "1000"},
      {"tag", "web"},
      {"tag", "{{.ImageName}}/{{.Name}}/{{.ID}}"},
      {"tag", "{{ .FullID }}"},
      {"mode", "non-blocking"},
      {"mode", "blocking"},
      {"max-buffer-size", "25m"},
      {"compress", "true"},
      {"labels", "team,com.example.role"},
      {"env", "A,B"},
      {"env-regex", "^(os|customer)"},
      {"cache-max-size", "20m"},
      {"cache-disabled", "False"},
  };
  for (const auto& [key, value] : ordinary) {
    EXPECT_EQ(asked.says(create, with_log_option(key, value)), "passes")
        << key << '=' << value << asked.message();
  }
}

TEST(LogOptions, that_cost_the_engine_memory_or_files_are_refused) {
  Asked asked;
  const std::pair<std::string, std::string> costly[] = {
      {"tag", R"({{pad "x" 700000000 1}})"},
      {"tag", "{{.Name | printf}}"},
      {"tag", "{{range .ContainerEnv}}{{.}}{{end}}"},
      {"tag", "{{.ContainerEnv}}"},
      {"tag", "{{.Name"},
      {"tag", "{{{{.Name}}"},
      {"tag", "{{- .Name -}}"},
      {"tag", "{{.Name}}{{/* */}}"},
      {"tag", std::string(1025, 'x')},
      {"max-size", "1"},
      {"max-size", "999"},
      {"max-size", "2t"},
      {"max-size", "-1"},
      {"max-size", "0"},
      {"max-size", "10x"},
      {"max-file", "0"},
      {"max-file", "1001"},
      {"max-file", "2000000000"},
      {"max-file", "+3"},
      {"max-buffer-size", "65m"},
      {"max-buffer-size", "1p"},
      {"cache-max-file", "2000000000"},
      {"cache-max-size", "1"},
      {"mode", "other"},
      {"compress", "maybe"},
      {"env-regex", std::string(257, 'x')},
      {"labels", std::string(4097, 'x')},
  };
  for (const auto& [key, value] : costly) {
    EXPECT_EQ(asked.says(create, with_log_option(key, value)), "constraint.log_driver")
        << key << '=' << value;
  }
}

TEST(LogOptions, of_a_listed_driver_are_its_own_but_for_those_of_every_driver) {
  Asked asked("{log_drivers: [syslog]}");
  const auto body = [](const std::string& tag) {
    return with_host_config(
        {{"LogConfig",
          {{"Type", "syslog"}, {"Config", {{"syslog-address", "udp://10.0.0.1"}, {"tag", tag}}}}}});
  };
  EXPECT_EQ(asked.says(create, body("{{.Name}}")), "passes") << asked.message();
  EXPECT_EQ(asked.says(create, body("{{pad .Name 7 7}}")), "constraint.log_driver");
  const auto of_service = service({{"Image", "a"}});
  auto with_log = json::parse(of_service);
  with_log["TaskTemplate"]["LogDriver"] = {{"Name", "json-file"},
                                           {"Options", {{"tag", R"({{pad "x" 7 1}})"}}}};
  EXPECT_EQ(asked.says(create_service, with_log.dump()), "constraint.log_driver");
}

TEST(ServiceTemplates, stand_in_no_mount) {
  Asked asked("{waive: [volumes, binds]}");
  const json plain = {{"Type", "volume"}, {"Source", "v"}, {"Target", "/v"}};
  EXPECT_EQ(asked.says(create_service, with_service_mount(plain)), "passes") << asked.message();
  for (
      const auto* patch :
      {R"({"Source":"{{.Node.Hostname}}"})", R"({"Target":"/{{printf \"%c\" 46}}/x"})",
       R"({"VolumeOptions":{"Labels":{"a":"{{.Task.Slot}}"}}})",
       R"({"VolumeOptions":{"Labels":{"{{.Task.Slot}}":"a"}}})",
       R"({"VolumeOptions":{"Subpath":"{{.Task.Slot}}"}})",
       R"({"VolumeOptions":{"DriverConfig":{"Name":"{{\"local\"}}"}}})",
       R"({"VolumeOptions":{"DriverConfig":{"Options":{"o":"size=1k{{printf \"%cbind\" 44}}"}}}})"}) {
    auto mount = plain;
    mount.merge_patch(json::parse(patch));
    EXPECT_NE(asked.says("POST /v1.45/services/create", with_service_mount(mount)), "passes")
        << patch;
    EXPECT_THAT(asked.message(), HasSubstr("`waive: [templates]`")) << patch;
  }
  const json bind = {{"Type", "bind"}, {"Source", "/srv/{{.Node.ID}}"}, {"Target", "/h"}};
  EXPECT_EQ(asked.says(create_service, with_service_mount(bind)), "constraint.templates");
}

TEST(ServiceTemplates, are_a_way_to_a_socket_whatever_the_level_and_what_is_waived) {
  for (const auto* containers :
       {"{level: unconfined}", "{waive: [templates, binds, volumes], binds: [{path: /srv/*}]}"}) {
    Asked asked(containers);
    for (const auto* mount :
         {R"({"Type":"bind","Source":"/srv/{{.Service.Labels.x}}"})",
          R"({"Type":"bind","Source":"{{.Service.Labels.x}}"})",
          R"({"Type":"volume","Source":"{{.Service.Labels.x}}"})",
          R"({"Type":"volume","VolumeOptions":{"DriverConfig":{"Options":{"type":"none",
              "o":"bind","device":"{{.Service.Labels.x}}"}}}})",
          R"({"Type":"volume","VolumeOptions":{"DriverConfig":{"Options":{
              "device":"/srv/{{.Service.Labels.x}}"}}}})",
          R"({"Type":"volume","VolumeOptions":{"DriverConfig":{"Options":{
              "type":"{{.Service.Labels.x}}"}}}})",
          R"({"Type":"volume","VolumeOptions":{"DriverConfig":{"Options":{"type":"overlay",
              "o":"lowerdir={{.Service.Labels.x}}"}}}})"}) {
      for (const auto* request :
           {"POST /v1.44/services/create", "POST /v1.44/services/s/update?version=1"}) {
        EXPECT_EQ(asked.says(request, with_service_mount(json::parse(mount))),
                  "constraint.docker_socket")
            << containers << mount;
      }
    }
  }
}

TEST(ServiceTemplates, may_stand_in_the_name_of_a_volume_where_they_are_waived) {
  const json volume = {{"Type", "volume"}, {"Source", "data-{{.Task.Slot}}"}, {"Target", "/v"}};
  for (const auto* containers : {"{level: unconfined}", "{waive: [templates]}"}) {
    Asked asked(containers);
    EXPECT_EQ(asked.says(create_service, with_service_mount(volume)), "passes") << asked.message();
  }
}

TEST(ServiceTemplates, may_stand_in_a_bind_where_sockets_are_allowed) {
  const json bind = {{"Type", "bind"}, {"Source", "/srv/{{.Node.ID}}"}, {"Target", "/h"}};
  Asked asked("{level: unconfined, docker_socket: allow}");
  EXPECT_EQ(asked.says(create_service, with_service_mount(bind)), "passes") << asked.message();
}

TEST(ServiceTemplates, that_only_services_have_are_parts_of_a_path_in_containers) {
  Asked asked("{level: unconfined}");
  EXPECT_EQ(asked.says(create, with_host_config({{"Binds", {"/srv/{{x}}:/h"}}})), "passes")
      << asked.message();
}

TEST(ServiceTemplates, are_the_placeholders_of_the_reference_elsewhere) {
  Asked asked;
  for (const std::string text :
       {"{{.Node.Hostname}}-{{.Task.Slot}}", "{{ .Service.Name }}", "{{.Service.ID}}{{.Task.ID}}",
        "{{.Service.Labels}}", "{{.Service.Labels.tier}}", "{{.Node.Platform.OS}}", "{.x} }} {"}) {
    const auto body = service({{"Image", "a"}, {"Hostname", text}, {"Env", {"A=" + text}}});
    EXPECT_EQ(asked.says(create_service, body), "passes") << text << asked.message();
  }
  for (const std::string text :
       {"{{printf \"%c\" 47}}", "{{.Task.Slot | len}}", "{{if .Task.ID}}x{{end}}", "{{.}}",
        "{{index .Service.Labels \"a\"}}", "{{.Task.Slot", "{{$x := 1}}",
        "{{.Service.Labels.a.b c}}", "{{-.Task.Slot}}", "{{\t.Task.Slot}}",
        "{{define \"x\"}}{{end}}"}) {
    EXPECT_EQ(asked.says(create_service, service({{"Image", "a"}, {"Hostname", text}})),
              "constraint.templates")
        << text;
    EXPECT_EQ(asked.says(create_service, service({{"Image", "a"}, {"Env", {"A=" + text}}})),
              "constraint.templates")
        << text;
  }
  auto with_alias = json::parse(service({{"Image", "a"}}));
  with_alias["TaskTemplate"]["Networks"] =
      json::array({{{"Target", "stack_front"}, {"Aliases", {"web-{{.Task.Slot}}"}}}});
  EXPECT_EQ(asked.says(create_service, with_alias.dump()), "passes") << asked.message();
  with_alias["TaskTemplate"]["Networks"][0]["Aliases"] = {"{{print 1}}"};
  EXPECT_EQ(asked.says(create_service, with_alias.dump()), "constraint.templates");
}

TEST(ServiceTemplates, that_nobody_expands_are_words_like_others) {
  Asked asked;
  const auto body = service({{"Image", "a"},
                             {"Labels", {{"traefik.rule", "{{ normalize .Name }}"}}},
                             {"Args", {"--format", "{{json .}}"}}});
  EXPECT_EQ(asked.says(create_service, body), "passes") << asked.message();
  const json container = {{"Image", "a"}, {"Env", {"A={{print 1}}"}}, {"Hostname", "{{x}}"}};
  EXPECT_EQ(asked.says(create, container.dump()), "passes") << asked.message();
}

TEST(WorkingDirectory, lies_outside_of_proc_in_containers_execs_services_and_images) {
  Asked asked;
  const auto everywhere = [&](const std::string& path) {
    const std::string quoted = json(path).dump();
    return std::vector<std::string>{
        asked.says(create, R"({"Image":"a","WorkingDir":)" + quoted + "}"),
        asked.says("POST /v1.44/containers/x/exec", R"({"Cmd":["a"],"WorkingDir":)" + quoted + "}"),
        asked.says(create_service, service({{"Image", "a"}, {"Dir", path}})),
        asked.says("POST /v1.44/commit?container=c", R"({"WorkingDir":)" + quoted + "}"),
        asked.says("POST /v1.44/commit?container=c&changes=WORKDIR%20" + path, "{}")};
  };
  for (const std::string path : {"/", "/app", "/process", "/dev/shm", "/srv/proc"}) {
    EXPECT_THAT(everywhere(path), testing::Each("passes")) << path << asked.message();
  }
  for (const std::string path : {"/proc/self/fd/8", "/proc", "//proc/1/root", "/a/../proc/self/cwd",
                                 "/./proc/thread-self/fd/7", "/dev/fd/8"}) {
    EXPECT_THAT(everywhere(path), testing::Each("constraint.working_dir")) << path;
  }
}

TEST(Ulimits, that_raise_priorities_are_refused_unless_the_profile_lists_them) {
  const auto ulimits = [](const std::string& name, int hard) {
    return json::array({{{"Name", name}, {"Hard", hard}}});
  };
  const auto verdicts = [&](Asked& asked, const std::string& name, int hard) {
    const json list = ulimits(name, hard);
    const std::string build =
        R"(%5B%7B%22Name%22:%22)" + name + R"(%22,%22Hard%22:)" + std::to_string(hard) + "%7D%5D";
    const json spec = {{"Image", "a"}, {"Ulimits", list}};
    return std::vector<std::string>{asked.says(create, with_host_config({{"Ulimits", list}})),
                                    asked.says("POST /v1.44/build?ulimits=" + build),
                                    asked.says(create_service, service(spec))};
  };
  Asked none, listed("{ulimits: {rtprio: 10, nice: 20}}"), unconfined("{level: unconfined}");
  for (const std::string name : {"rtprio", "nice", "RTPRIO", "Nice"}) {
    EXPECT_THAT(verdicts(none, name, 1), testing::Each("constraint.ulimits")) << name;
    EXPECT_THAT(verdicts(none, name, -1), testing::Each("constraint.ulimits")) << name;
    EXPECT_THAT(verdicts(none, name, 0), testing::Each("passes")) << name;
    EXPECT_THAT(verdicts(listed, name, 10), testing::Each("passes")) << name;
    EXPECT_THAT(verdicts(listed, name, 21), testing::Each("constraint.ulimits")) << name;
    EXPECT_THAT(verdicts(unconfined, name, 99), testing::Each("passes")) << name;
  }
  EXPECT_THAT(verdicts(none, "memlock", -1), testing::Each("passes"));
  none.says(create, with_host_config({{"Ulimits", ulimits("rtprio", 1)}}));
  EXPECT_THAT(none.message(), HasSubstr("at most 0, by `containers.ulimits.rtprio`"));
  none.says("POST /v1.44/build?ulimits=%5B%7B%22Name%22:%22nice%22,%22Hard%22:1%7D%5D");
  EXPECT_THAT(none.message(), HasSubstr("`containers.ulimits`"));
}

TEST(Ulimits, are_bounded_in_any_spelling_of_their_names) {
  Asked asked("{ulimits: {nofile: 100}}");
  const auto with_ulimit = [](const std::string& name) {
    return with_host_config(
        {{"Ulimits", json::array({{{"Name", name}, {"Soft", 101}, {"Hard", 101}}})}});
  };
  EXPECT_EQ(asked.says(create, with_ulimit("core")), "passes") << asked.message();
  for (const std::string name : {"nofile", "NOFILE", "noFile"}) {
    EXPECT_EQ(asked.says(create, with_ulimit(name)), "constraint.ulimits") << name;
  }
  EXPECT_EQ(asked.says(create, with_ulimit("nof\u0131le")), "constraint.ulimits");
}

}  // namespace
}  // namespace config
