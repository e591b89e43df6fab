// SPDX-License-Identifier: Apache-2.0
#include "acl/constraint/checks.hpp"

namespace acl::constraint {

void judge(Context& context, const Lookup& asked, const Fact& fact) {
  switch (asked.kind) {
    case Lookup::Kind::network:
    case Lookup::Kind::swarm_network: return judge_network(context, asked, fact);
    case Lookup::Kind::node: return judge_node(context, asked, fact);
    case Lookup::Kind::engine: return judge_cgroup_mode(context, asked, fact);
    case Lookup::Kind::version: return;  // the Case uses it
  }
}

}  // namespace acl::constraint
