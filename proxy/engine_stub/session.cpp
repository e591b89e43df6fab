// SPDX-License-Identifier: Apache-2.0
#include "proxy/engine_stub/session.hpp"

#include <algorithm>
#include <array>

#include "acl/headers.hpp"

namespace proxy::engine_stub {
namespace {

using acl::Operation;

struct Row {
  Operation operation;
  Reply (*reply)(Engine&, const Ask&);
  StreamAnswer stream = nullptr;  ///< in the reply's place
};

constexpr std::array rows = {
    Row{Operation::SystemPing, ping},
    Row{Operation::SystemPingHead, ping},
    Row{Operation::SystemVersion, version},
    Row{Operation::SystemInfo, info},
    Row{Operation::SystemEvents, nullptr, events},
    Row{Operation::ImageList, image_list},
    Row{Operation::ImageInspect, image_inspect},
    Row{Operation::NetworkList, network_list},
    Row{Operation::NetworkInspect, network_inspect},
    Row{Operation::VolumeList, volume_list},
    Row{Operation::VolumeInspect, volume_inspect},
    Row{Operation::ContainerCreate, container_create},
    Row{Operation::ContainerList, container_list},
    Row{Operation::ContainerInspect, container_inspect},
    Row{Operation::ContainerStart, container_start},
    Row{Operation::ContainerStop, container_stop},
    Row{Operation::ContainerKill, container_kill},
    Row{Operation::ContainerDelete, container_delete},
    Row{Operation::ContainerResize, container_resize},
    Row{Operation::ContainerAttach, nullptr, container_attach},
    Row{Operation::ContainerLogs, nullptr, container_logs},
    Row{Operation::ContainerWait, nullptr, container_wait},
    Row{Operation::ContainerExec, container_exec},
    Row{Operation::ExecInspect, exec_inspect},
    Row{Operation::ExecResize, exec_resize},
    Row{Operation::ExecStart, nullptr, exec_start},
};

const config::Limits& limits() {
  static const config::Limits defaults;
  return defaults;
}

std::optional<Reply> check_version(const acl::Request& request) {
  if (!request.version.given()) return std::nullopt;
  const auto [major, minor] = request.version;
  if (major == 1 && minor <= newest_minor) return std::nullopt;
  return error(400, "client version " + std::to_string(major) + "." + std::to_string(minor) +
                        " is too new. Maximum supported API version is 1.41");
}

}  // namespace

Session::Session(Socket socket, Engine& engine, Deadlines& deadlines)
    : engine_(engine),
      client_(std::move(socket), limits(), held_, heads_, [this] { engine_.change(); }),
      deadline_(deadlines, [this] { stop(); }) {}

Task<void> Session::serve() {
  while (!engine_.stopping() && co_await serve_one()) {
  }
  co_await client_.stop_reading();
}

void Session::stop() {
  client_.stream().cancel();
}

Task<bool> Session::serve_one() {
  http::RequestHead head;
  const auto arrived = co_await client_.read_head(deadline_, head);
  if (!arrived && arrived.error().left) co_return false;
  request_.clear();
  if (!arrived) co_return co_await refuse(acl::Refusal(arrived.error().reason));
  if (const auto refusal = acl::understand(head.method, head.target, {}, request_))
    co_return co_await refuse(*refusal);
  const bool keep_alive = head.keep_alive;
  co_return co_await answer(head) && keep_alive;
}

Task<bool> Session::answer(const http::RequestHead& head) {
  const auto headers = http::view_of(head);
  if (const auto refusal = acl::check_headers(request_, headers))
    co_return co_await refuse(*refusal);
  const bool upgrades = !acl::upgrade_to_ask(request_, headers).empty();
  client_.consume_head(head);
  HeldBody body(bodies_, held_);
  if (const auto reason = co_await client_.read_body(limits().body_bytes, body))
    co_return co_await refuse(acl::Refusal(*reason));
  body_ = Json::parse(body.text(), nullptr, false);
  if (body_.is_discarded()) body_ = Json();

  const Call call{engine_, client_, request_, body_, upgrades};
  if (auto problem = check_version(request_)) co_return co_await send_reply(call, *problem);
  const auto row = std::ranges::find(rows, request_.operation, &Row::operation);
  if (row == rows.end()) {
    const auto name = acl::info(request_.operation).name;
    const bool known = request_.operation != Operation::unknown;
    co_return co_await send_reply(call, known ? not_here(name) : error(404, "page not found"));
  }
  if (row->stream != nullptr) co_return co_await row->stream(call);
  co_return co_await send_reply(call, row->reply(engine_, {request_, body_}));
}

Task<bool> Session::refuse(const acl::Refusal& refusal) {
  const auto status = static_cast<unsigned>(acl::status(refusal.reason));
  std::string out;
  append_reply(error(status, refusal.message), false, http::Connection::close, out);
  co_await client_.stream().write(out);
  co_return false;
}

}  // namespace proxy::engine_stub
