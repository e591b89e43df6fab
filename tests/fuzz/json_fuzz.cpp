// SPDX-License-Identifier: Apache-2.0
// Any bytes: what the reader accepts is JSON to an independent parser too, reads back unchanged,
// and what conforms to an operation's schema conforms again unchanged.
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>

#include "acl/json/writer.hpp"
#include "acl/schema/conform.hpp"

namespace {

std::string written(const acl::json::Document& document) {
  std::string out;
  acl::json::write(document.root(), out);
  return out;
}

std::string reread(const std::string& text) {
  acl::json::Document document;
  if (document.read(text)) std::abort();
  return written(document);
}

void check_conform(acl::Operation operation, acl::json::Document& document) {
  acl::schema::Conformance found;
  acl::schema::conform(operation, document, {}, found);
  if (!found.ok()) return;
  const std::string once = written(document);
  acl::json::Document again;
  if (again.read(once)) std::abort();
  acl::schema::conform(operation, again, {}, found);
  if (!found.ok() || !found.dropped.empty() || written(again) != once) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  // The first byte chooses the operation.
  const auto operation = static_cast<acl::Operation>(data[0] % acl::operation_count);
  const std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
  acl::json::Document document;
  if (document.read(text)) return 0;
  if (!nlohmann::json::accept(text)) std::abort();
  const std::string once = written(document);
  if (reread(once) != once) std::abort();
  check_conform(operation, document);
  return 0;
}
