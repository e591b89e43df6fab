// SPDX-License-Identifier: Apache-2.0
#include "proxy/http/head_memory.hpp"

#include <algorithm>
#include <cstring>

#include "acl/scan.hpp"

namespace proxy::http {
namespace {

/// The position of a text in the bytes of a head.
struct Stretch {
  std::uint16_t at, size;

  std::string_view in(const char* head) const { return {head + at, size}; }
};

Stretch stretch(std::string_view text, const char* head) {
  return {static_cast<std::uint16_t>(text.data() - head), static_cast<std::uint16_t>(text.size())};
}

/// The form of "Fri, 27 Nov 2026 22:01:44 GMT": letters and digits stand for others like them. The
/// meaning does not matter, since both readers accept every value of this form.
constexpr std::string_view date_form = "Aaa, 00 Aaa 0000 00:00:00 GMT";

bool is_date(const char* text) {
  constexpr auto bits_that_tell = [](char c) {
    return c == 'A' || c == 'a' ? 0xe0 : c == '0' ? 0xf0 : 0xff;
  };
  unsigned differing = 0;
  for (std::size_t i = 0; i < date_form.size(); ++i) {
    const auto form = static_cast<unsigned char>(date_form[i]);
    const auto byte = static_cast<unsigned char>(text[i]);
    differing |= ((byte ^ form) & bits_that_tell(date_form[i])) | unsigned{byte == acl::del};
  }
  return differing == 0;
}

/// Finds the value of the last Date field in the usual form. Searches from the end of the head,
/// where the engine writes it.
std::size_t date_in(std::string_view head) {
  constexpr std::string_view name = "Date: ", line_end = "\r\n";
  for (auto size = head.size() - line_end.size();;) {
    const auto* const lf = static_cast<const char*>(memrchr(head.data(), '\n', size - 1));
    if (lf == nullptr) return head.size();
    const auto line = static_cast<std::size_t>(lf + 1 - head.data());
    const bool fits = size - line == name.size() + date_form.size() + line_end.size();
    if (fits && head.substr(line).starts_with(name) && is_date(lf + 1 + name.size()))
      return line + name.size();
    size = line;
  }
}

/// Only the high bits of the product choose a place, because they depend on all bytes.
std::uint64_t mixed(std::uint64_t hash, std::string_view text) {
  constexpr std::uint64_t odd = 0x9e37'79b9'7f4a'7c15;
  if (text.size() < 8) return (hash ^ acl::load_up_to_eight(text.data(), text.size())) * odd;
  const char *at = text.data(), *const last = at + text.size() - 8;
  for (; at < last; at += 8) hash = (hash ^ acl::load<std::uint64_t>(at)) * odd;
  return (hash ^ acl::load<std::uint64_t>(last)) * odd;
}

std::string_view behind_date(std::string_view head, std::size_t date) {
  return head.substr(std::min(date + date_form.size(), head.size()));
}

/// Fields whose values say nothing about anybody. A head with any other field must not stay in
/// memory longer than its request: it may carry credentials.
bool is_harmless(const Field& field) {
  using enum Known;
  static constexpr Known harmless[] = {accept,  connection, content_length,   content_type,
                                       expect,  host,       keep_alive,       te,
                                       upgrade, user_agent, transfer_encoding};
  static constexpr std::string_view of_engine[] = {"Api-Version",
                                                   "Date",
                                                   "Docker-Experimental",
                                                   "Ostype",
                                                   "Server",
                                                   "Accept-Encoding",
                                                   "Builder-Version",
                                                   "Cache-Control",
                                                   "Pragma",
                                                   "Swarm"};
  return std::ranges::find(harmless, field.known) != std::end(harmless) ||
         std::ranges::any_of(of_engine, [&](std::string_view name) {
           return equals_ignoring_case(field.name, name);
         });
}

/// A query may hold secrets (`buildargs`); what is as short as "all=1" has no room for one.
bool is_harmless(std::string_view target) {
  constexpr std::size_t longest_query = 16;
  return target.size() - std::min(target.find('?'), target.size()) <= longest_query;
}

}  // namespace

/// A parsed head, as positions in its bytes.
struct HeadMemory::Entry {
  struct FieldPlace {
    Stretch name, value;
    Known known;
  };

  void keep(const Sighting&, const Head&);
  void restore(const char* bytes, Head& out) const;
  bool is(const Sighting&) const;

  Kind kind;
  Framing framing;
  bool keep_alive;
  std::uint8_t minor_version;
  std::uint16_t status;
  std::uint16_t size, date, fields;
  Stretch first, second;  ///< method and target of a request, or the phrase of an answer
  std::uint64_t length;
  std::array<FieldPlace, most_fields> places;
  std::array<char, most_bytes> bytes;
};

void HeadMemory::Entry::keep(const Sighting& seen, const Head& head) {
  kind = seen.kind;
  framing = head.framing;
  keep_alive = head.keep_alive;
  minor_version = static_cast<std::uint8_t>(head.minor_version);
  size = static_cast<std::uint16_t>(seen.bytes.size());
  date = static_cast<std::uint16_t>(seen.date);
  fields = static_cast<std::uint16_t>(head.fields.size());
  length = head.length;
  const char* const base = seen.bytes.data();
  auto* place = places.data();
  for (const auto& f : head.fields)
    *place++ = {stretch(f.name, base), stretch(f.value, base), f.known};
  std::memcpy(bytes.data(), base, size);
}

void HeadMemory::Entry::restore(const char* base, Head& out) const {
  out.minor_version = minor_version;
  out.framing = framing;
  out.length = length;
  out.keep_alive = keep_alive;
  out.fields.resize(fields);
  const auto* place = places.data();
  for (auto& field : out.fields) {
    field = Field(place->name.in(base), place->value.in(base), place->known);
    ++place;
  }
}

bool HeadMemory::Entry::is(const Sighting& seen) const {
  const auto behind = behind_date(seen.bytes, date);
  return kind == seen.kind && size == seen.bytes.size() && date == seen.date &&
         std::memcmp(bytes.data(), seen.bytes.data(), date) == 0 &&
         (behind.empty() ||
          std::memcmp(bytes.data() + size - behind.size(), behind.data(), behind.size()) == 0);
}

HeadMemory::HeadMemory() = default;

HeadMemory::~HeadMemory() = default;

HeadMemory::Sighting::Sighting(Kind k, std::string_view b)
    : kind(k), bytes(b), date(b.size()), hash(0) {
  if (bytes.size() > most_bytes || !bytes.ends_with("\r\n\r\n")) return;
  if (kind != Kind::request) date = date_in(bytes);
  hash = mixed(static_cast<std::uint64_t>(kind), bytes.substr(0, date));
  if (date != bytes.size()) hash = mixed(hash, behind_date(bytes, date));
  hash |= 1;
}

HeadMemory::Entry* HeadMemory::find(const Sighting& seen) {
  if (seen.hash == 0) return nullptr;
  auto place = seen.hash >> 58;
  if (hashes_[place] != seen.hash) place ^= 1;
  if (hashes_[place] != seen.hash || !entries_[place].is(seen)) return nullptr;
  last_used_[place / 2] = place % 2;
  came_again_[place] = true;
  return &entries_[place];
}

/// A head has two possible places. Replaces the older one, but none that has come again for one
/// that has not.
std::size_t HeadMemory::place_for(std::uint64_t hash) const {
  const auto pair = hash >> 59;
  const auto newer = pair * 2 + last_used_[pair], older = newer ^ 1;
  const bool keeps_older = hashes_[older] != 0 && came_again_[older] && !came_again_[newer];
  return keeps_older ? newer : older;
}

HeadMemory::Entry* HeadMemory::make_room(const Sighting& seen, const Head& head) {
  if (seen.hash == 0 || head.fields.size() > most_fields) return nullptr;
  const auto harmless = [](const Field& field) { return is_harmless(field); };
  if (!std::ranges::all_of(head.fields, harmless)) return nullptr;
  if (entries_ == nullptr) entries_ = std::make_unique_for_overwrite<Entry[]>(places);
  const auto place = place_for(seen.hash);
  hashes_[place] = seen.hash;
  came_again_[place] = false;
  last_used_[place / 2] = place % 2;
  entries_[place].keep(seen, head);
  return &entries_[place];
}

bool HeadMemory::recall(const Sighting& seen, RequestHead& out) {
  const auto* const entry = find(seen);
  if (entry == nullptr) return false;
  const char* const base = seen.bytes.data();
  entry->restore(base, out);
  out.method = entry->first.in(base);
  out.target = entry->second.in(base);
  return true;
}

bool HeadMemory::recall(const Sighting& seen, ResponseHead& out) {
  const auto* const entry = find(seen);
  if (entry == nullptr) return false;
  entry->restore(seen.bytes.data(), out);
  out.status = entry->status;
  out.phrase = entry->first.in(seen.bytes.data());
  return true;
}

void HeadMemory::remember(const Sighting& seen, const RequestHead& head) {
  if (!is_harmless(head.target)) return;
  if (auto* const entry = make_room(seen, head)) {
    entry->first = stretch(head.method, seen.bytes.data());
    entry->second = stretch(head.target, seen.bytes.data());
  }
}

void HeadMemory::remember(const Sighting& seen, const ResponseHead& head) {
  if (auto* const entry = make_room(seen, head)) {
    entry->status = static_cast<std::uint16_t>(head.status);
    entry->first = stretch(head.phrase, seen.bytes.data());
  }
}

}  // namespace proxy::http
