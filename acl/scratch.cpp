// SPDX-License-Identifier: Apache-2.0
#include "acl/scratch.hpp"

#include "acl/capacity.hpp"
#include "acl/json/writer.hpp"

namespace acl {

std::size_t Scratch::capacity() const {
  return document.capacity() + conformance.capacity() + found.capacity() + capacity_of(enforced) +
         body.capacity();
}

std::string_view restate(std::string_view body, Scratch& scratch) {
  scratch.body.clear();
  if (!scratch.document.read(body)) json::write(scratch.document.root(), scratch.body);
  return scratch.body;
}

}  // namespace acl
