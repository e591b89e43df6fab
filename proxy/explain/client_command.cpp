// SPDX-License-Identifier: Apache-2.0
#include "proxy/explain/client_command.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <span>
#include <string_view>

#include "acl/text/shown.hpp"
#include "acl/text/words.hpp"
#include "proxy/explain/client_environment.hpp"

namespace proxy::explain {
namespace {

using Words = std::span<const std::string>;
using Problem = std::optional<std::string>;

/// A client of the engine, and those of its own options that lead it to no other engine. Any other
/// option in front of its subcommand is refused.
struct Client {
  std::string_view name;
  std::string_view plain;   ///< options without a value
  std::string_view valued;  ///< options with a value
  std::string_view script;  ///< the interpreter where the client may be a script; empty: never
};

constexpr Client docker{"docker", "-D --debug -h --help -v --version", "-l --log-level", ""};
constexpr Client compose{
    "docker-compose",
    "-D --debug -h --help -v --version --verbose --no-ansi --compatibility --dry-run "
    "--all-resources --skip-hostname-check",
    "-f --file -p --project-name --project-directory --profile --env-file --ansi --progress "
    "--parallel --log-level",
    "python"};  // version 1
constexpr Client buildx{"docker-buildx", "-D --debug -h --help", "", ""};
constexpr Client podman{"podman", "-r --remote -h --help -v --version --syslog --trace",
                        "--log-level", ""};
constexpr Client podman_remote{"podman-remote", podman.plain, podman.valued, ""};
constexpr std::array clients = {docker, compose, buildx, podman, podman_remote};

/// Programs that act on something else than the engine in DOCKER_HOST.
struct Other {
  std::string_view name, why;
};
constexpr std::string_view loses_host =
    "it gives the client an environment without DOCKER_HOST; run tidegate itself as that user";
constexpr std::string_view not_docker = "it does not use the engine in DOCKER_HOST";
constexpr auto others = std::to_array<Other>({
    {"sudo", loses_host},
    {"doas", loses_host},
    {"su", loses_host},
    {"runuser", loses_host},
    {"pkexec", loses_host},
    {"run0", loses_host},
    {"systemd-run", loses_host},
    {"env", "it changes the client's environment; set variables in front of tidegate instead"},
    {"ssh", "it runs the client on another machine"},
    {"buildah", not_docker},
    {"buildctl", not_docker},
    {"crictl", not_docker},
    {"ctr", not_docker},
    {"nerdctl", not_docker},
    {"skopeo", not_docker},
});

/// A program that runs the command which stands behind its own options and operands.
struct Wrapper {
  Client own;
  std::size_t operands = 0;
};
constexpr std::array wrappers = {
    Wrapper{{"nice", "", "-n --adjustment", ""}},
    Wrapper{{"nohup", "", "", ""}},
    Wrapper{{"time", "-a --append -p --portability -q --quiet -v --verbose",
             "-f --format -o --output", ""}},
    Wrapper{{"timeout", "-f --foreground -p --preserve-status -v --verbose",
             "-k --kill-after -s --signal", ""},
            1},
};

/// Subcommands that ask the engine. What else docker has are plugins, and commands that ask
/// registries themselves.
constexpr std::string_view subcommands =
    "attach build builder buildx checkpoint commit compose config container cp create diff events "
    "exec export help history image images import info inspect kill load login logout logs network "
    "node pause plugin port ps pull push rename restart rm rmi run search secret service stack "
    "start stats stop swarm system tag top unpause update version volume wait";

std::string_view program(std::string_view word) {
  return word.substr(word.rfind('/') + 1);
}

/// The first line of what a command's word runs.
std::string first_line(const std::string& word) {
  const char* path = std::getenv("PATH");  // NOLINT(concurrency-mt-unsafe)
  std::string line;
  const auto read = [&line](const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    std::array<char, 128> bytes{};
    in.read(bytes.data(), bytes.size());
    line.assign(bytes.data(), static_cast<std::size_t>(in.gcount()));
    line.resize(std::min(line.size(), line.find('\n')));
    return ::access(file.c_str(), X_OK) == 0;
  };
  if (word.find('/') != word.npos || path == nullptr)
    read(word);
  else
    acl::all_words(path, ':', [&](std::string_view folder) {
      return !read((folder.empty() ? "." : std::string(folder)) + "/" + word);
    });
  return line;
}

/// The script that docker runs as its plugin `name`: "the script /root/.docker/…"; empty: it runs
/// none, or a program.
std::string script_of_plugin(std::string_view name) {
  for (const auto& directory : plugin_directories()) {
    const auto file = directory + "/" + std::string(name);
    if (::access(file.c_str(), F_OK) != 0) continue;
    return first_line(file).starts_with("#!") ? "the script " + file : "";
  }
  return "";
}

/// A script may do anything: a name tells only what a program is that we know.
bool is_unknown_script(const Client& client, const std::string& word) {
  const auto line = first_line(word);
  if (!line.starts_with("#!")) return false;
  return client.script.empty() || line.find(client.script) == line.npos;
}

/// \param list words with a space between them
bool lists(std::string_view list, std::string_view word) {
  return !acl::all_words(list, ' ', [word](std::string_view each) { return each != word; });
}

/// \returns how many words an option takes together with its value; 0: it may not be passed on.
std::size_t words_taken(const Client& client, std::string_view word) {
  if (word.starts_with("--")) {
    const auto name = word.substr(0, word.find('='));
    const bool has_value = name.size() != word.size();
    if (lists(client.valued, name)) return has_value ? 1 : 2;
    return lists(client.plain, name) && (!has_value || word.ends_with("=true")) ? 1 : 0;
  }
  for (std::size_t i = 1; i < word.size(); ++i) {  // -Dl debug
    const std::string letter{'-', word[i]};
    if (lists(client.valued, letter)) return i + 1 < word.size() ? 1 : 2;
    if (!lists(client.plain, letter)) return 0;
  }
  return word.size() > 1 ? 1 : 0;
}

std::string must_go(const Client& client, std::string_view option) {
  return std::string(client.name) + " must not get " + acl::quoted(option) +
         ": it may lead to another engine than the private one; leave it out";
}

/// Moves `words` from behind a client's name to its subcommand.
Problem skip_options(const Client& client, Words& words) {
  while (!words.empty() && words.front().starts_with('-')) {
    const auto taken = words_taken(client, words.front());
    if (taken == 0) return must_go(client, words.front());
    words = words.subspan(std::min(taken, words.size()));
  }
  return std::nullopt;
}

/// Builders and orchestrators may be anywhere. \param words from the subcommand on
Problem check_builder(const Client& client, Words words) {
  constexpr std::string_view commands = "bake build image stack";
  constexpr std::string_view leading = "--builder --kubeconfig --orchestrator";
  const bool is_buildx = client.name == buildx.name;
  if (!is_buildx && !lists(commands, words.front())) return std::nullopt;
  if (is_buildx && words.front() == "create")
    return std::string("docker-buildx must not create builders, which may be on another engine");
  for (const auto& word : words)
    if (lists(leading, word.substr(0, word.find('=')))) return must_go(client, word);
  return std::nullopt;
}

/// \param own podman's options in front of its subcommand
Problem check_podman(Words own, std::string_view subcommand) {
  const auto is_remote = [](std::string_view word) {
    if (word.starts_with("--")) return word.starts_with("--remote");
    return word.starts_with('-') && word.find('r') != word.npos;
  };
  if (std::ranges::none_of(own, is_remote))
    return "podman runs containers itself unless it is told otherwise; write podman --remote";
  if (subcommand == "compose")
    return "podman compose chooses its engine itself; use docker-compose";
  if (subcommand == "farm") return "podman farm uses engines of its own";
  return std::nullopt;
}

Checked check_client(const Client& client, Words words);

/// A client that docker runs as its plugin.
Checked check_plugin(const Client& client, Words words) {
  auto checked = check_client(client, words);
  checked.unknown = script_of_plugin(client.name);
  return checked;
}

/// \returns what is not known of the client, or why it must not be run.
Checked check_client(const Client& client, Words words) {
  const auto behind_name = words;
  if (auto problem = skip_options(client, words)) return {.problem = *std::move(problem)};
  if (words.empty()) return {};
  const std::string_view subcommand = words.front();
  const std::string_view next = words.size() > 1 ? std::string_view(words[1]) : "";
  const bool is_docker = client.name == docker.name;
  if (is_docker && subcommand == "compose") return check_plugin(compose, words.subspan(1));
  if (is_docker && (subcommand == "buildx" || subcommand == "builder"))
    return check_plugin(buildx, words.subspan(1));
  const bool is_podman = client.name == podman.name;
  auto problem =
      is_podman ? check_podman(behind_name.first(behind_name.size() - words.size()), subcommand)
                : check_builder(client, words);
  if (problem) return {.problem = *std::move(problem)};
  if ((is_docker || is_podman) && !lists(subcommands, subcommand))
    return {.unknown = std::string(client.name) + " " + std::string(subcommand)};
  const bool only_lists =
      lists("ps images", subcommand) ||
      (lists("container image network volume", subcommand) && lists("ls list ps", next));
  return {.only_lists = (is_docker || is_podman) && only_lists};
}

/// Where the command proper begins; unchanged where a wrapper's options are not known.
Words behind_wrappers(Words words) {
  while (!words.empty()) {
    const auto* wrapper = std::ranges::find(wrappers, program(words.front()),
                                            [](const Wrapper& each) { return each.own.name; });
    if (wrapper == wrappers.end() || is_unknown_script(wrapper->own, words.front())) break;
    auto behind = words.subspan(1);
    if (skip_options(wrapper->own, behind) || behind.size() <= wrapper->operands) break;
    words = behind.subspan(wrapper->operands);
  }
  return words;
}

}  // namespace

Checked check_command(const std::vector<std::string>& command) {
  const auto words = behind_wrappers(command);
  const auto name = program(words.front());
  if (const auto* other = std::ranges::find(others, name, &Other::name); other != others.end())
    return {.problem = std::string(name) + " cannot be explained: " + std::string(other->why)};
  const auto* client = std::ranges::find(clients, name, &Client::name);
  if (client == clients.end()) return {.unknown = std::string(name)};
  auto checked = check_client(*client, words.subspan(1));
  if (is_unknown_script(*client, words.front())) checked.unknown = "the script " + words.front();
  return checked;
}

}  // namespace proxy::explain
