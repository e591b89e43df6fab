// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Look-ups: a request may name an object on the engine whose nature the name alone does not tell.
/// A Case asks, and its driver brings the engine's answer.
namespace acl {

/// A question about one object.
struct Lookup {
  enum class Kind : std::uint8_t {
    network,        ///< found as a container finds it
    swarm_network,  ///< found as a service finds it: by swarm's ids, among swarm's networks
    node,
    engine,   ///< the engine itself, as SystemInfo describes it
    version,  ///< the engine's API versions
  };
  Kind kind = Kind::network;
  /// A name, an id or the beginning of an id, as the client wrote it; empty for the engine itself.
  std::string reference;
  std::string place;     ///< where the reference stands, for a refusal: "HostConfig.NetworkMode"
  bool in_path = false;  ///< the path contains the reference; the object's id replaces it there

  /// Returns whether the answer holds as long as the engine has an object of that id.
  bool lasts() const { return kind == Kind::network || kind == Kind::swarm_network; }
  /// The target of the engine's operation that describes it, without a version: "/networks/ab12".
  std::string target() const;
};

/// The engine's description of an object.
struct Fact {
  std::string id;  ///< 64 hex digits, or 25 for swarm's objects; empty for the engine itself
  // Of a network
  std::string name, driver;
  bool ingress = false;
  // Of a node
  bool manager = false;
  std::string version;  ///< changes whenever the node does
  // Of the engine
  bool host_cgroups = false;  ///< its containers are in the host's cgroup namespace by default
  unsigned oldest_minor = 0;  ///< of its API versions

  std::string unknown;  ///< a non-zero member of an object that tidegate does not know
};

/// Reads the engine's answer to Lookup::target().
/// \returns nothing where the answer does not describe such an object
std::optional<Fact> read_fact(Lookup::Kind, std::string_view answer);

/// Objects that a profile may use, by their full id. An id always stands for the same object, so
/// the engine need not be asked again. Bounded; one for each worker and policy.
class KnownObjects {
 public:
  bool have(std::string_view id, const void* profile) const;
  void add(std::string_view id, const void* profile);
  void clear() { entries_.clear(); }

  static constexpr std::size_t most = 1024;

 private:
  struct Entry {
    std::string id;
    const void* profile = nullptr;
  };
  static std::size_t slot_of(std::string_view id);

  std::vector<Entry> entries_;  ///< indexed by slot; empty until an object is known
};

}  // namespace acl
