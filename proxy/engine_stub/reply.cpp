// SPDX-License-Identifier: Apache-2.0
#include "proxy/engine_stub/reply.hpp"

namespace proxy::engine_stub {
namespace {

/// What the engine's own answers carry; clients choose their API version by it.
http::ResponseHead head_with(unsigned status, std::string_view content_type) {
  http::ResponseHead head;
  head.status = status;
  head.phrase = http::phrase(status);
  head.fields = {{"Api-Version", "1.41"},
                 {"Docker-Experimental", "false"},
                 {"Ostype", "linux"},
                 {"Builder-Version", "1"},
                 {"Server", "Docker/0 (tidegate stand-in)"}};
  if (!content_type.empty()) head.fields.push_back({"Content-Type", content_type});
  return head;
}

}  // namespace

Reply error(unsigned status, std::string_view message) {
  return {status, {{"message", message}}};
}

std::string dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

void append_reply(const Reply& reply, bool to_head, http::Connection connection, std::string& out) {
  const bool bodiless = reply.status == 204 || reply.status == 304;
  std::string body;
  // A ping is answered with two letters that are no JSON.
  if (reply.body.is_string()) body = reply.body.get<std::string>();
  if (!reply.body.is_null() && !reply.body.is_string()) body = dump(reply.body);
  const auto type = reply.body.is_string() ? "text/plain; charset=utf-8" : "application/json";
  http::OutgoingBody framing{http::Framing::length, body.size()};
  if (bodiless) framing = {};
  const auto head = head_with(reply.status, body.empty() ? "" : type);
  http::append_response_head(head, framing, connection, out);
  if (!to_head && !bodiless) out += body;
}

void append_stream_head(std::string_view content_type, std::string& out) {
  http::append_response_head(head_with(200, content_type), {http::Framing::chunked},
                             http::Connection::unsaid, out);
}

void append_hijack_head(bool upgrades, std::string& out) {
  auto head = head_with(upgrades ? 101 : 200, "application/vnd.docker.raw-stream");
  head.fields.push_back({"Upgrade", "tcp"});
  const auto connection = upgrades ? http::Connection::upgrade : http::Connection::close;
  http::append_response_head(head, {http::Framing::until_eof}, connection, out);
}

Json member(const Json& object, std::string_view key) {
  const auto found = object.is_object() ? object.find(key) : object.end();
  return found != object.end() ? *found : Json();
}

bool flag(const Json& object, std::string_view key) {
  const auto value = member(object, key);
  return value.is_boolean() && value.get<bool>();
}

std::string text(const Json& object, std::string_view key) {
  const auto value = member(object, key);
  return value.is_string() ? value.get<std::string>() : std::string();
}

}  // namespace proxy::engine_stub
