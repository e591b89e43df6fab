// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "acl/json/document.hpp"
#include "acl/operation.hpp"
#include "acl/reason.hpp"
#include "acl/schema/conform.hpp"

namespace acl::schema {

/// Reads `text` into `body` and makes it conform, with the result of Document::read() and
/// conform(). It takes one pass where the text has only what the engine would write itself, as the
/// docker command's has. The operation must have a JSON body. `text` must outlive `body`.
/// \returns why the JSON is not accepted; the document is then empty and `out` has no meaning
std::optional<Refusal> read(Operation, std::string_view text, json::Document& body,
                            const ConformSettings&, Conformance& out);

}  // namespace acl::schema
