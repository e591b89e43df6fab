// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <boost/asio/steady_timer.hpp>
#include <ctime>
#include <deque>
#include <memory>
#include <vector>

#include "acl/request.hpp"
#include "proxy/engine_stub/json.hpp"
#include "proxy/engine_stub/process.hpp"
#include "proxy/socket.hpp"

namespace proxy::engine_stub {

struct Options {
  bool any_image = false;  ///< every image that a client names is said to be there
  /// A file that gets a line of JSON for each answer that another engine might not have given:
  /// {"image": …}, which is made up, or {"nothing": …}, the operation that found no object. Empty:
  /// none.
  std::string guesses = {};
};

enum class Kind : std::uint8_t {
  container,
  exec,
  image,
  network,
  volume,
  service,
  secret,
  config,
  none
};

/// What the engine keeps. `whole` is what inspecting it answers.
struct Object {
  Kind kind = Kind::none;
  std::string id;
  std::vector<std::string> names;  ///< an image has any number of them, others have one
  Json whole;
  Process process;                ///< of a container or an exec
  std::shared_ptr<Object> owner;  ///< the container of an exec
  std::time_t created = 0;
  bool removed = false;

  std::string name() const { return names.empty() ? "" : names.front(); }
};
using Handle = std::shared_ptr<Object>;

/// One of the networks that are always there.
bool built_in(const Object&);
std::string new_id();
/// "2026-01-31T23:59:59Z"; the engine's own zero for what has not happened.
std::string time_text(std::time_t);
/// An image's name as it is listed: docker.io/library/alpine is alpine:latest.
std::string image_name(std::string_view reference);

/// The stand-in's whole memory. Used on one thread.
class Engine {
 public:
  static constexpr std::size_t most_objects = 1000, most_events = 1000;  // of objects: a kind

  Engine(net::io_context& loop, Options options);

  /// Keeps an object. \returns nothing where there are too many; the oldest exec gives way.
  Handle add(Object);
  /// By name, id, or the beginning of an id that no other has.
  Handle find(Kind, std::string_view reference) const;
  const std::vector<Handle>& all(Kind kind) const {
    return objects_[static_cast<std::size_t>(kind)];
  }
  /// The first container that uses an image, a network or a volume.
  Handle user_of(const Object&) const;
  void remove(const Handle&);

  /// Starts or ends the process of a container or an exec. A container may go with its end.
  void start(const Handle&);
  void end(const Handle&, int exit_code);
  void connect(Object& container, std::string_view network, const Json& endpoint);
  void disconnect(Object& container, std::string_view network);

  /// Events so far, the oldest forgotten; counted from the first.
  std::uint64_t events_end() const { return forgotten_events_ + events_.size(); }
  std::uint64_t events_begin() const { return forgotten_events_; }
  const Json& event(std::uint64_t index) const { return events_[index - forgotten_events_]; }
  void note(const Object&, std::string_view action);
  /// Writes down that an answer rests on an image, if that is made up.
  void rest_on(const Handle& image) const;
  /// Writes down that an answer rests on there being no object.
  void found_nothing(acl::Operation) const;

  /// Something has changed, whatever it is: everybody who waits looks again.
  void change() { changed_.cancel(); }
  Task<void> changed();
  void stop();
  bool stopping() const { return stopping_; }

 private:
  void settle(const Handle&);
  void guess(const Json&) const;
  Json published_ports(const Object& container);

  Options options_;
  std::array<std::vector<Handle>, static_cast<std::size_t>(Kind::none)> objects_;
  std::deque<Json> events_;
  std::uint64_t forgotten_events_ = 0;
  unsigned next_port_ = 32768;
  net::steady_timer changed_;  ///< never runs out
  bool stopping_ = false;
};

}  // namespace proxy::engine_stub
