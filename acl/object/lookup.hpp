// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What a request names exists on the engine, and the name alone does not tell what it is. A Case
/// asks; its driver brings what the engine says.
namespace acl {

/// A question about one object.
struct Lookup {
  enum class Kind : std::uint8_t {
    network,        ///< as a container finds it
    swarm_network,  ///< as a service finds it: by swarm's ids, among swarm's networks
  };
  Kind kind = Kind::network;
  std::string reference;  ///< a name, an id or the beginning of one, as the client wrote it
  std::string place;      ///< where it stands, for a refusal: "HostConfig.NetworkMode"
  bool in_path = false;   ///< the path names it: there its id takes its place

  /// The target of the engine's inspect operation, without a version: "/networks/ab12".
  std::string target() const;
};

/// What the engine said about it.
struct Fact {
  std::string id;  ///< 64 digits, or swarm's 25
  std::string name, driver;
  bool ingress = false;
  std::string
      unknown;  ///< a member of the answer that tidegate does not know, and that is not zero
};

/// Reads the engine's answer to Lookup::target().
/// \returns nothing where it is not what the engine says of such an object.
std::optional<Fact> read_fact(std::string_view answer);

/// Objects that a profile may use, by their whole id: what an id stands for never changes, so that
/// the engine need not be asked again. Bounded; of one worker and one policy.
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

  std::vector<Entry> entries_;  ///< by slot; empty until something is known
};

/// Whether such an object may be found by `reference` although none has that name: by its id or by
/// the beginning of its id. "" is the beginning of every id.
bool may_begin_id(Lookup::Kind, std::string_view reference);
/// Whether it is all the 64 digits of an engine's id.
bool is_whole_id(std::string_view reference);

}  // namespace acl
