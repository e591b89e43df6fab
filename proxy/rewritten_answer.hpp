// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "acl/case.hpp"
#include "proxy/held_bytes.hpp"
#include "proxy/http/body_filter.hpp"

namespace proxy {

/// Passes an answer's body through its Case, where the plan asks for it.
class RewrittenAnswer : public http::FilterChoice, public http::BodyFilter {
 public:
  RewrittenAnswer(acl::Case& decided, HeldBytes& held) : case_(decided), charge_(held) {}

  acl::Result<http::BodyFilter*, acl::Reason> filter_for(const http::ResponseHead& head) override {
    const auto reason = case_.answer_head(head.status, head.value_of(http::Known::content_type));
    if (reason) return *reason;
    return case_.rewrites_answer() ? this : nullptr;
  }

  std::optional<acl::Reason> pass(std::string_view piece, bool last, std::string& out) override {
    const auto reason = case_.answer(piece, last, out);
    if (!reason && !charge_.hold(case_.held_of_answer())) return acl::Reason::limit_memory;
    return reason;
  }

 private:
  acl::Case& case_;
  Charge charge_;  ///< for a record that arrived in pieces
};

}  // namespace proxy
