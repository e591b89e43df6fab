// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/engine/answers.hpp"

#include <algorithm>
#include <charconv>

namespace bench {
namespace {

constexpr std::size_t mebibyte = 1024 * 1024, most_mebibytes = 64 * 1024;
constexpr std::size_t piece = 32 * 1024;  // what dockerd copies at a time, and so its chunks
constexpr std::size_t pieces = 8;         // in one pattern
constexpr std::size_t list_size = 2048;

/// What dockerd's answers carry; clients choose their API version by it.
std::string head(std::string_view status, std::string_view type, std::string_view framing) {
  return "HTTP/1.1 " + std::string(status) +
         "\r\nApi-Version: 1.50\r\nDocker-Experimental: false\r\nOstype: linux\r\n"
         "Server: Docker/28.2.2 (linux)\r\nDate: Tue, 24 Nov 2026 00:00:00 GMT\r\n"
         "Content-Type: " +
         std::string(type) + "\r\n" + std::string(framing) + "\r\n\r\n";
}

std::string whole(std::string_view status, std::string_view type, std::string_view body) {
  const auto length = "Content-Length: " + std::to_string(body.size());
  return head(status, type, length) + std::string(body);
}

std::string json(std::string_view status, std::string_view body) {
  return whole(status, "application/json", body);
}

std::string chunk(std::string_view data) {
  char digits[16];
  const auto end = std::to_chars(digits, digits + sizeof digits, data.size(), 16).ptr;
  return std::string(digits, end) + "\r\n" + std::string(data) + "\r\n";
}

/// `docker ps` of a machine with a few containers.
std::string list() {
  std::string body = "[";
  for (int i = 0; body.size() < list_size - 400; ++i) {
    if (i > 0) body += ',';
    const std::string id(64, static_cast<char>('a' + i));
    body += R"({"Id":")" + id + R"(","Names":["/web-)" + std::to_string(i) +
            R"("],"Image":"alpine","ImageID":"sha256:)" + id +
            R"(","Command":"sleep 1000","Created":1764000000,"Ports":[],"Labels":{},)" +
            R"("State":"running","Status":"Up 2 hours","Mounts":[]})";
  }
  body.append(list_size - 1 - body.size(), ' ');
  return body + ']';
}

std::string upgraded() {
  return "HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.raw-stream\r\n"
         "Connection: Upgrade\r\nUpgrade: tcp\r\n\r\n";
}

std::string repeat(std::string_view text) {
  std::string all;
  for (std::size_t i = 0; i < pieces; ++i) all += text;
  return all;
}

const std::string data(piece, 'd'), in_chunks = repeat(chunk(data)), in_one = repeat(data);
const std::string ping = whole("200 OK", "text/plain; charset=utf-8", "OK");
const std::string containers = json("200 OK", list());
const std::string created = json("201 Created", R"({"Id":")" + std::string(64, 'c') +
                                                    R"(","Warnings":[]})"
                                                    "\n");
const std::string loaded = json("200 OK", R"({"stream":"Loaded image: alpine:latest\n"})"
                                          "\r\n");
const std::string unknown = json("404 Not Found", R"({"message":"page not found"})"
                                                  "\n");
const std::string upgrade = upgraded();
const std::string image_in_chunks =
    head("200 OK", "application/x-tar", "Transfer-Encoding: chunked");
const std::string events = head("200 OK", "application/json", "Transfer-Encoding: chunked");
const std::string one_event =
    chunk(R"({"status":"start","id":")" + std::string(64, 'e') +
          R"(","from":"alpine","Type":"container","Action":"start","time":1764000000})"
          "\n");

struct Row {
  std::string_view request;
  Answer answer;
};

const Row short_answers[] = {
    {"GET /_ping", {.head = ping}},
    {"GET /containers/json", {.head = containers}},
    {"POST /containers/create", {.head = created}},
    {"POST /images/load", {.head = loaded}},
    {"POST /containers/echo/attach", {.head = upgrade, .afterwards = Afterwards::echo}},
    {"GET /events", {.head = events, .afterwards = Afterwards::events}},
};

/// `METHOD /path`, without version, query and HTTP version.
std::string canonical(std::string_view line) {
  const auto space = line.find(' ');
  std::string method(line.substr(0, space));
  auto path = line.substr(space + 1);
  path = path.substr(0, path.find_first_of(" ?"));
  if (path.starts_with("/v1.")) path.remove_prefix(std::min(path.find('/', 1), path.size()));
  return method + ' ' + std::string(path);
}

/// The number in `prefix64suffix`; 0 where it is something else.
std::uint64_t mebibytes_in(std::string_view text, std::string_view prefix,
                           std::string_view suffix) {
  if (!text.starts_with(prefix) || !text.ends_with(suffix)) return 0;
  std::uint64_t number = 0;
  const auto digits = text.substr(prefix.size());
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number <= most_mebibytes ? number : 0;
}

}  // namespace

Answer answer_to(std::string_view request_line) {
  static std::string sized_head;  // there is one thread
  const auto request = canonical(request_line);
  for (const auto& row : short_answers)
    if (row.request == request) return row.answer;
  if (const auto size = mebibytes_in(request, "GET /images/chunked-", "/get")) {
    const auto chunks = size * mebibyte / piece;
    return {image_in_chunks, {in_chunks, chunks * in_chunks.size() / pieces, "0\r\n\r\n"}};
  }
  if (const auto size = mebibytes_in(request, "GET /images/sized-", "/get")) {
    const auto length = "Content-Length: " + std::to_string(size * mebibyte);
    sized_head = head("200 OK", "application/x-tar", length);
    return {sized_head, {in_one, size * mebibyte, ""}};
  }
  if (const auto size = mebibytes_in(request, "POST /containers/bulk-", "/attach"))
    return {upgrade, {in_one, size * mebibyte, ""}, Afterwards::close};
  return {.head = unknown};
}

std::string_view event() {
  return one_event;
}

}  // namespace bench
