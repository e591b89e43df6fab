// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "proxy/engine_stub/engine.hpp"

namespace proxy::engine_stub {

/// How a kind of object looks to clients: JSON texts for fill().
struct Shape {
  std::string_view type;     ///< in events
  std::string_view missing;  ///< the error where there is no such object
  std::string_view whole;    ///< what inspecting it answers, from what its creation says
  std::string_view listed;   ///< what a list has of it, from `whole`
  std::string_view facts;    ///< what `filters` may ask about, from `whole`
};

const Shape& shape(Kind);

/// A new object. \param from what its shape asks for; its id and the time are added.
Object make(Kind, std::string name, Json from);
Object make_image(const std::string& name, const Json& labels);
/// Tells clients the names that an image has now.
void show_names(Object& image);
/// An object as lists show it, and what filters may ask about it.
Json listed(const Object&);
Json facts(const Object&, bool in_use);

}  // namespace proxy::engine_stub
