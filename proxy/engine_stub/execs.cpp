// SPDX-License-Identifier: Apache-2.0
#include "proxy/engine_stub/answers.hpp"

namespace proxy::engine_stub {

Reply no_such_exec(std::string_view id) {
  return error(404, "No such exec instance: " + std::string(id));
}

Reply container_exec(Engine& engine, const Ask& ask) {
  const auto container = engine.container(ask.request.name());
  if (!container) return no_such_container(ask.request.name());
  if (!container->process.running())
    return error(409, "Container " + container->id + " is not running");
  const auto exec = engine.create_exec(container);
  auto& process = exec->process;
  for (const auto& word : member(ask.body, "Cmd"))
    if (word.is_string()) process.command.push_back(word.get<std::string>());
  process.tty = flag(ask.body, "Tty");
  process.open_stdin = process.stdin_once = flag(ask.body, "AttachStdin");
  process.watched = true;
  return {201, {{"Id", exec->id}}};
}

Reply exec_inspect(Engine& engine, const Ask& ask) {
  const auto exec = engine.exec(ask.request.name());
  if (!exec) return no_such_exec(ask.request.name());
  const auto& process = exec->process;
  const bool ended = process.state() == Process::State::exited;
  return {200,
          {{"ID", exec->id},
           {"ContainerID", exec->container->id},
           {"Running", process.running()},
           {"ExitCode", ended ? Json(process.exit_code()) : Json()},
           {"OpenStdin", process.open_stdin},
           {"OpenStdout", true},
           {"OpenStderr", true},
           {"ProcessConfig", {{"tty", process.tty}, {"arguments", process.command}}},
           {"Pid", 0}}};
}

Reply exec_resize(Engine& engine, const Ask& ask) {
  return engine.exec(ask.request.name()) ? Reply{200, {}} : no_such_exec(ask.request.name());
}

}  // namespace proxy::engine_stub
