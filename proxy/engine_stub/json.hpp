// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace proxy::engine_stub {

using Json = nlohmann::ordered_json;

/// Fills in a JSON text. The text "$/a/b|otherwise" becomes the value that `from` has at /a/b;
/// where it has none, what follows the bar, which is JSON or else a text. Within a text, "{/a/b}"
/// becomes the text of that value.
Json fill(std::string_view shape, const Json& from);

/// A whole answer.
struct Reply {
  unsigned status = 200;
  Json body = {};      ///< null for none; a text is no JSON then
  bool lines = false;  ///< the body's elements are sent one after the other, a line each
};

/// In the engine's shape: {"message":"No such container: web"}.
Reply error(unsigned status, std::string_view message);
/// What the stand-in cannot do: 501 and why.
Reply not_here(std::string_view what);

std::string dump(const Json&);
/// A text as it is, anything else as JSON.
std::string as_text(const Json&);

// What a member of a client's body says; null, false or empty where it is absent or of another
// type.
const Json& member(const Json& object, std::string_view key);
bool flag(const Json& object, std::string_view key);
std::string text(const Json& object, std::string_view key);
/// The members of an object; none where it is no object.
const Json::object_t& members(const Json&);

}  // namespace proxy::engine_stub
