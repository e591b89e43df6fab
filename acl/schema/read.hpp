// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "acl/json/document.hpp"
#include "acl/operation.hpp"
#include "acl/reason.hpp"
#include "acl/schema/conform.hpp"

namespace acl::schema {

/// Replaces the content of `body` by what `text` says, made to conform: as Document::read() and
/// conform() do it, but in one pass where the text has only what the engine would write itself, as
/// the docker command's has. The operation must have a JSON body. `text` must outlive `body`.
/// \returns why it is no acceptable JSON; the document is then empty, and `out` says nothing.
std::optional<Refusal> read(Operation, std::string_view text, json::Document& body,
                            const ConformSettings&, Conformance& out);

}  // namespace acl::schema
