// SPDX-License-Identifier: Apache-2.0
#include "acl/schema/conform.hpp"

#include <algorithm>
#include <iterator>

#include "acl/capacity.hpp"
#include "acl/schema/schema.hpp"
#include "acl/text/shown.hpp"

namespace acl::schema {
namespace {

using json::Kind;
using json::Value;

/// HostConfig's fields that fill its gaps from the top level; all others count there only if there
/// is no HostConfig.
constexpr Field gap_fillers[] = {Field::Resources_Memory, Field::Resources_MemorySwap,
                                 Field::Resources_CpuShares, Field::Resources_CpusetCpus,
                                 Field::HostConfig_VolumeDriver};

/// A set of gap fillers, as bits.
using Fillers = unsigned;

Fillers filler(Field field) {
  const auto* found = std::ranges::find(gap_fillers, field);
  return found == std::end(gap_fillers) ? 0 : 1U << (found - std::begin(gap_fillers));
}

/// HostConfig's fields that the engine has pointers to or lists of, where zero differs from absent:
/// `MaskedPaths: []` unmasks all paths.
bool means_something_at_zero(Field field) {
  constexpr Field fields[] = {Field::Resources_MemorySwappiness, Field::Resources_OomKillDisable,
                              Field::Resources_PidsLimit,        Field::HostConfig_MaskedPaths,
                              Field::HostConfig_ReadonlyPaths,   Field::HostConfig_Init,
                              Field::HostConfig_Capabilities};
  return std::ranges::find(fields, field) != std::end(fields);
}

bool means_something(Value value, Field field) {
  return !value.is_zero() || (!value.is_null() && means_something_at_zero(field));
}

bool is_ascii(std::string_view key) {
  return std::all_of(key.begin(), key.end(),
                     [](char c) { return static_cast<signed char>(c) >= 0; });
}

class Matcher {
 public:
  Matcher(Operation operation, json::Document& body, const ConformSettings& settings,
          Conformance& out)
      : operation_(operation), body_(body), settings_(settings), out_(out) {}

  /// Moves HostConfig's fields from the top level to where every engine reads them, as far as
  /// engines up to 26.1 obey them: keeps_misplaced() drops the others.
  void move_to_host_config() {
    if (!moves()) return;
    const Value root = body_.root();
    const auto counts = [](Value member) { return misplaced_field(member) != Field::none; };
    if (root.kind() != Kind::object || std::none_of(root.begin(), root.end(), counts)) return;
    Value host = host_config();
    const bool is_all = host.is_null();
    if (!host.exists())
      host = body_.member(root, info(Field::ContainerCreateRequest_HostConfig).name);
    if (host.is_null()) body_.set_empty(host, Kind::object);
    if (host.kind() != Kind::object) return;
    const Fillers inner = fillers_set(host), outer = fillers_set(root);
    body_.filter(host, [=](Value member) { return !member.is_zero() || !fills(member, ~inner); });
    body_.move(root, host, [&](Value member) {
      const Field field = misplaced_field(member);
      if (field != Field::LegacyTopLevel_Cpuset)
        return field != Field::none && (is_all || (filler(field) & ~inner) != 0);
      if (((inner | outer) & filler(Field::Resources_CpusetCpus)) != 0) return false;
      body_.rename(member, info(Field::Resources_CpusetCpus).name);  // its name from API 1.18 on
      return true;
    });
  }

  void match(Value value, Type type) {
    if (value.is_null()) return;
    if (type.shape == Shape::one) return one(value, type);
    many(value, type);
  }

 private:
  bool moves() const {
    return operation_ == Operation::ContainerCreate && settings_.top_level == TopLevel::move;
  }

  /// The field of HostConfig that a member of the body sets; Field::none if it belongs where it is
  /// or means nothing.
  static Field misplaced_field(Value member) {
    constexpr Struct top = Struct::ContainerCreateRequest;
    const std::string_view key = member.key();
    if (!is_ascii(key) || find(top, key) != Field::none) return Field::none;
    const Field field = find(legacy_top_level(top), key);
    return means_something(member, field) ? field : Field::none;
  }

  static bool fills(Value member, Fillers gaps) {
    return is_ascii(member.key()) && (filler(find(Struct::HostConfig, member.key())) & gaps) != 0;
  }

  static Fillers fillers_set(Value object) {
    Fillers set = 0;
    for (const Value member : object)
      if (!member.is_zero() && is_ascii(member.key()))
        set |= filler(find(Struct::HostConfig, member.key()));
    return set;
  }

  Value host_config() const {
    for (const Value member : body_.root())
      if (is_ascii(member.key()) && find(Struct::ContainerCreateRequest, member.key()) ==
                                        Field::ContainerCreateRequest_HostConfig)
        return member;
    return {};
  }

  void one(Value value, Type type) {
    if (!takes(type.scalar, value.kind(), value.text())) return wrong_type(value, type);
    if (type.scalar == Scalar::object) object(value, type.object);
  }

  void many(Value value, Type type) {
    if (type.shape == Shape::string_or_list && value.kind() == Kind::string) {
      return body_.wrap(value);
    }
    // Go discards elements beyond a [2]uint. No client sends them, so they are refused.
    const bool fits = type.shape != Shape::pair || value.size() <= 2;
    const Kind kind = is_map(type.shape) ? Kind::object : Kind::array;
    if (value.kind() != kind || !fits) return wrong_type(value, type);
    for (const Value element : value) {
      if (is_decided()) return stop();
      match(element, inner(type));
    }
  }

  void object(Value value, Struct type) {
    body_.filter(value, [this, type](Value member) { return keeps(member, type); });
  }

  bool keeps(Value member, Struct type) {
    if (is_decided()) {
      stop();
      return true;
    }
    const Field field = find(type, member.key());
    if (field == Field::none) return keeps_unknown(member, type);
    // Structs are not recursive: an earlier object with this tag is this one or already finished.
    if (body_.tag(member, static_cast<std::uint16_t>(field))) {
      malformed(Reason::body_duplicate_key, member,
                [] { return "the field is given twice, in different spellings or places"; });
      return true;
    }
    const FieldInfo& known = info(field);
    if (known.type.scalar == Scalar::ignored) return keeps_habit(member);
    if (!keeps_habits()) body_.rename(member, known.name);
    match(member, known.type);
    return true;
  }

  bool keeps_unknown(Value member, Struct type) {
    if (!is_ascii(member.key())) {
      malformed(Reason::body_key_not_ascii, member,
                [] { return "the name of a field must be ASCII"; });
      return true;
    }
    const Habit habit = habit_of(operation_, type, member.key());
    if (habit == Habit::secret) return drops(member);
    const Field misplaced = find(legacy_top_level(type), member.key());
    if (misplaced != Field::none) return keeps_misplaced(member, misplaced);
    if (member.is_zero() || habit == Habit::known) return keeps_habit(member);
    if (settings_.unknown_fields == UnknownFields::drop) return drops(member);
    return refuses(Reason::body_unknown_field, member, [&] {
      const std::string_view near = nearest(type, member.key());
      return "the Engine API has no such field" +
             (near.empty() ? "" : "; did you mean " + quoted(near) + "?");
    });
  }

  /// Never keeps it, not even as a client's habit, since some engines read it.
  bool keeps_misplaced(Value member, Field field) {
    if (moves() || !means_something(member, field)) return drops(member);
    return refuses(Reason::body_top_level_host_config, member,
                   [] { return "belongs in HostConfig; engines up to 26.1 may obey it here too"; });
  }

  template <class Sentence>
  bool refuses(Reason reason, Value member, Sentence what) {
    problem(reason, member, what);
    return !settings_.drop_refused || drops(member);
  }

  /// Returns whether the body is refused in any case, and enough problems have been reported.
  bool is_decided() const {
    const bool refused = !out_.understood || !settings_.drop_refused;
    return refused && out_.problems.size() >= settings_.problems;
  }
  void stop() { out_.stopped = true; }

  bool keeps_habits() const { return settings_.habits == Habits::keep; }
  bool keeps_habit(Value member) { return keeps_habits() || drops(member); }

  bool drops(Value member) {
    if (out_.dropped.size() < settings_.dropped) {
      out_.dropped.push_back(member.path());
    } else {
      ++out_.more_dropped;
    }
    return false;
  }

  void wrong_type(Value value, Type type) {
    malformed(Reason::body_wrong_type, value, [&] {
      const bool out_of_range = value.kind() == Kind::number && type.shape == Shape::one &&
                                type.scalar >= Scalar::int64 && type.scalar <= Scalar::float32;
      return "must be " + to_string(type) + ", not " +
             (out_of_range ? shown(value.text()) : std::string(json::to_string(value.kind())));
    });
  }

  template <class Sentence>
  void malformed(Reason reason, Value where, Sentence what) {
    out_.understood = false;
    problem(reason, where, what);
  }

  /// \param what returns the sentence; not called for a problem that is only counted
  template <class Sentence>
  void problem(Reason reason, Value where, Sentence what) {
    if (out_.problems.size() >= settings_.problems) return stop();
    const std::string path = where.path();
    out_.problems.emplace_back(reason, (path.empty() ? "the body" : path) + ": " + what());
  }

  Operation operation_;
  json::Document& body_;
  const ConformSettings& settings_;
  Conformance& out_;
};

}  // namespace

std::size_t Conformance::capacity() const {
  std::size_t all = capacity_of(problems) + capacity_of(dropped);
  for (const Refusal& problem : problems) all += problem.message.capacity();
  return all;
}

void Conformance::clear() {
  problems.clear();
  dropped.clear();
  stopped = false;
  more_dropped = 0;
  understood = true;
}

void conform(Operation operation, json::Document& body, const ConformSettings& settings,
             Conformance& out) {
  out.clear();
  if (const std::optional<Type> type = body_of(operation)) {
    Matcher matcher(operation, body, settings, out);
    matcher.move_to_host_config();
    matcher.match(body.root(), *type);
  } else {
    out.understood = false;
    out.problems.emplace_back(Reason::body_unknown_field, "this operation takes no JSON body");
  }
}

}  // namespace acl::schema
