// SPDX-License-Identifier: Apache-2.0
// Any bytes: what the reader accepts says the same to an independent parser, reads back unchanged,
// what conforms to an operation's schema conforms again unchanged, and reading and conforming at
// once is what they are in turn.
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>

#include "acl/json/writer.hpp"
#include "acl/schema/conform.hpp"
#include "acl/schema/read.hpp"
#include "acl/schema/schema.hpp"

namespace {

std::string written(const acl::json::Document& document) {
  std::string out;
  acl::json::write(document.root(), out);
  return out;
}

using Theirs = nlohmann::ordered_json;

bool same(acl::json::Value ours, const Theirs& theirs);

bool same_children(acl::json::Value ours, const Theirs& theirs) {
  if (ours.size() != theirs.size()) return false;
  auto child = ours.begin();
  for (const auto& [key, value] : theirs.items()) {
    if (theirs.is_object() && (*child).key() != key) return false;
    if (!same(*child, value)) return false;
    ++child;
  }
  return true;
}

bool same(acl::json::Value ours, const Theirs& theirs) {
  switch (ours.kind()) {
    case acl::json::Kind::null: return theirs.is_null();
    case acl::json::Kind::boolean: return theirs.is_boolean() && theirs == ours.truth();
    case acl::json::Kind::number: return theirs.is_number() && Theirs::parse(ours.text()) == theirs;
    case acl::json::Kind::string: return theirs.is_string() && theirs == ours.text();
    case acl::json::Kind::array: return theirs.is_array() && same_children(ours, theirs);
    case acl::json::Kind::object: return theirs.is_object() && same_children(ours, theirs);
  }
  return false;
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

// What comes of a body: the same whether it is read and made to conform at once or in turn.
std::string outcome(const acl::json::Document& document, const acl::schema::Conformance& found) {
  std::string out = written(document);
  for (acl::json::Index i = 0; i < document.size(); ++i) {
    const acl::json::Value value(document, i);
    if (found.ok() && value.parent().exists()) out += " " + std::to_string(value.tag());
  }
  for (const auto& problem : found.problems) out += "\n" + problem.message;
  for (const auto& path : found.dropped) out += "\n" + path;
  return out;
}

void check_one_pass(acl::Operation operation, const std::string& text) {
  if (!acl::schema::body_of(operation)) return;
  acl::json::Document at_once;
  acl::json::Document in_turn;
  acl::schema::Conformance found;
  const auto refusal = acl::schema::read(operation, text, at_once, {}, found);
  const std::string once = outcome(at_once, found);
  const auto same_refusal = in_turn.read(text);
  if (refusal.has_value() != same_refusal.has_value()) std::abort();
  if (refusal) {
    if (refusal->message != same_refusal->message) std::abort();
    return;
  }
  acl::schema::conform(operation, in_turn, {}, found);
  if (outcome(in_turn, found) != once) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  // The first byte chooses the operation.
  const auto operation = static_cast<acl::Operation>(data[0] % acl::operation_count);
  const std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
  check_one_pass(operation, text);
  acl::json::Document document;
  if (document.read(text)) return 0;
  const auto theirs = Theirs::parse(text, nullptr, false);
  if (theirs.is_discarded() || !same(document.root(), theirs)) std::abort();
  const std::string once = written(document);
  if (Theirs::parse(once, nullptr, false) != theirs) std::abort();
  if (reread(once) != once) std::abort();
  check_conform(operation, document);
  return 0;
}
