// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <ctime>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/engine_stub/process.hpp"
#include "proxy/engine_stub/reply.hpp"
#include "proxy/socket.hpp"

namespace proxy::engine_stub {

struct Options {
  bool any_image = false;  ///< every image that a client names is said to be there
};

struct Container {
  std::string id, name;
  Json config;  ///< the body of its creation
  Process process;
  std::time_t created = 0, started = 0, finished = 0;
  bool removed = false;
};

struct Exec {
  std::string id;
  std::shared_ptr<Container> container;
  Process process;
};

/// The stand-in's whole memory. Used on one thread.
class Engine {
 public:
  static constexpr std::size_t most_containers = 1000, most_execs = 1000, most_events = 1000;

  Engine(net::io_context& loop, Options options)
      : options_(options), changed_(loop, net::steady_timer::time_point::max()) {}

  const Options& options() const { return options_; }
  bool has_image(std::string_view reference) const;

  /// \returns nothing where there are too many.
  std::shared_ptr<Container> create(std::string name, Json config);
  /// By id, the beginning of an id that no other has, or name.
  std::shared_ptr<Container> container(std::string_view reference) const;
  const std::vector<std::shared_ptr<Container>>& containers() const { return containers_; }
  void start(const std::shared_ptr<Container>&);
  /// Ends its process; removes it too where it was created so.
  void end(const std::shared_ptr<Container>&, int exit_code);
  void remove(const std::shared_ptr<Container>&);

  std::shared_ptr<Exec> create_exec(std::shared_ptr<Container>);
  std::shared_ptr<Exec> exec(std::string_view id) const;

  /// Events so far, the oldest forgotten; counted from the first.
  std::uint64_t events_end() const { return forgotten_events_ + events_.size(); }
  std::uint64_t events_begin() const { return forgotten_events_; }
  const Json& event(std::uint64_t index) const { return events_[index - forgotten_events_]; }

  /// Something has changed, whatever it is: everybody who waits looks again.
  void change() { changed_.cancel(); }
  Task<void> changed();
  void stop();
  bool stopping() const { return stopping_; }

 private:
  void note(const Container&, std::string_view action);
  void settle(const std::shared_ptr<Container>&);

  Options options_;
  std::vector<std::shared_ptr<Container>> containers_;
  std::deque<std::shared_ptr<Exec>> execs_;
  std::deque<Json> events_;
  std::uint64_t forgotten_events_ = 0;
  net::steady_timer changed_;  ///< never runs out
  bool stopping_ = false;
};

/// The name of the one image there is.
inline constexpr std::string_view demo_image = "tidegate/demo";
inline constexpr std::string_view demo_image_id =
    "sha256:7469646567617465000000000000000000000000000000000000000000000000";

}  // namespace proxy::engine_stub
