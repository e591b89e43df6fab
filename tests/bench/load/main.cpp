// SPDX-License-Identifier: Apache-2.0
// Puts load on tidegate, another proxy or an engine, and prints what it has measured as one line of
// JSON. Whatever goes wrong ends it with a sentence.
#include <sysexits.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <fstream>
#include <iterator>

#include "tests/bench/load/options.hpp"

namespace bench {

std::string request(std::string_view method, std::string_view path, std::string_view fields,
                    std::string_view body) {
  std::string text(method);
  text.append(" ").append(path).append(" HTTP/1.1\r\nHost: api.moby.localhost\r\n");
  text.append("User-Agent: Docker-Client/28.2.2 (linux)\r\n").append(fields).append("\r\n");
  return text.append(body);
}

namespace {

constexpr unsigned longest = 120;  // seconds in all

/// The command line.
struct Words {
  std::string to, tls_folder, body_file;
  std::vector<std::string> paths;
  std::uint64_t mebibytes = 0;
};

std::string content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) give_up("cannot read " + path);
  return {std::istreambuf_iterator<char>(file), {}};
}

void take(const Words& words, Options& options) {
  options.to = address_of(words.to);
  if (!words.tls_folder.empty()) options.credentials.emplace(words.tls_folder);
  options.bytes = words.mebibytes * 1024 * 1024;
}

std::string json_request(const std::string& path, const std::string& body) {
  return request(
      "POST", path,
      "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n",
      body);
}

/// As `docker attach` asks. Not as exec: HAProxy takes the upgrade out of a request with a body.
std::string upgrade_request(const std::string& path) {
  return request("POST", path,
                 "Connection: Upgrade\r\nUpgrade: tcp\r\nContent-Type: text/plain\r\n"
                 "Content-Length: 0\r\n");
}

void write_requests(const Words& words, const std::string& verb, Options& options) {
  for (const auto& path : words.paths) {
    if (verb == "upload")
      options.requests.push_back(request(
          "POST", path, "Content-Type: application/x-tar\r\nTransfer-Encoding: chunked\r\n"));
    else if (verb == "stream" || verb == "echo")
      options.requests.push_back(upgrade_request(path));
    else if (!words.body_file.empty())
      options.requests.push_back(json_request(path, content_of(words.body_file)));
    else
      options.requests.push_back(request("GET", path));
  }
}

using Run = void (*)(const Options&);

struct Verb {
  const char* name;
  const char* what;
  Run run;
};

constexpr Verb verbs[] = {
    {"requests", "Make requests for a while.", make_requests},
    {"download", "Read the body of an answer.", download},
    {"upload", "Send a body in chunks.", upload},
    {"stream", "Upgrade, and read to the end.", read_stream},
    {"echo", "Upgrade, and send 64 bytes there and back.", echo},
    {"hold", "Ask once on each connection, and keep them until standard input ends.", hold},
};

void add_options(CLI::App& app, Words& words, Options& options) {
  app.add_option("--to", words.to, "unix:/path or tcp:127.0.0.1:port")->required();
  app.add_option("--tls", words.tls_folder, "folder with ca.pem, cert.pem and key.pem");
  app.add_option("--path", words.paths, "paths to ask for in turn")->required();
  app.add_option("--body", words.body_file, "JSON file; makes POST of GET");
  app.add_option("--expect", options.expected, "status of the answers");
  app.add_option("--connections", options.connections, "at a time");
  app.add_option("--each", options.each, "requests of a connection; 0: no end");
  app.add_option("--seconds", options.seconds, "how long")->check(CLI::Range(0.0, 60.0));
  app.add_option("--mebibytes", words.mebibytes, "of the body or the stream");
  app.require_subcommand(1)->fallthrough();
  for (const auto& verb : verbs) app.add_subcommand(verb.name, verb.what);
}

}  // namespace
}  // namespace bench

int main(int count, char** arguments) {
  CLI::App app("The load generator of tests/bench.");
  bench::Words words;
  bench::Options options;
  bench::add_options(app, words, options);
  CLI11_PARSE(app, count, arguments);
  ::alarm(bench::longest);
  std::signal(SIGPIPE, SIG_IGN);
  bench::raise_descriptor_limit();
  bench::take(words, options);
  for (const auto& verb : bench::verbs) {
    if (!app.got_subcommand(verb.name)) continue;
    bench::write_requests(words, verb.name, options);
    verb.run(options);
  }
  return EX_OK;
}
