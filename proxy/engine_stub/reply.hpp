// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "proxy/http/writer.hpp"

namespace proxy::engine_stub {

using Json = nlohmann::ordered_json;

/// The version of the Engine API that is spoken here.
inline constexpr unsigned newest_minor = 41, oldest_minor = 24;

/// A whole answer.
struct Reply {
  unsigned status = 200;
  Json body;  ///< null for none
};

/// In the engine's shape: {"message":"No such container: web"}.
Reply error(unsigned status, std::string_view message);

/// Appends the answer; `to_head` leaves its body out.
void append_reply(const Reply&, bool to_head, http::Connection, std::string& out);

/// Appends the head of an answer that goes on for a while.
void append_stream_head(std::string_view content_type, std::string& out);

/// Appends the head after which the connection is a raw stream: 101 where the client asked for the
/// upgrade, else the older 200.
void append_hijack_head(bool upgrades, std::string& out);

std::string dump(const Json&);

// What a member of a client's body says; the default where it is absent or of another type.
bool flag(const Json& object, std::string_view key);
std::string text(const Json& object, std::string_view key);
Json member(const Json& object, std::string_view key);

}  // namespace proxy::engine_stub
