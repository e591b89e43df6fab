// SPDX-License-Identifier: Apache-2.0
#include "proxy/explain/child.hpp"

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <thread>

namespace proxy::explain {
namespace {

constexpr std::chrono::seconds patience{10};
constexpr std::chrono::milliseconds pause{5};

int code_of(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

bool answers(const std::string& path) {
  namespace net = boost::asio;
  net::io_context loop;
  net::local::stream_protocol::socket probe(loop);
  boost::system::error_code error;
  probe.connect(net::local::stream_protocol::endpoint(path), error);
  return !error;
}

}  // namespace

Child::Child(const std::function<int()>& run) {
  std::fflush(nullptr);  // what is buffered is written once
  pid_ = ::fork();
  if (pid_ != 0) return;
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  std::signal(SIGINT, SIG_DFL);
  const int code = run();
  std::fflush(nullptr);
  ::_exit(code);
}

int Child::wait() {
  if (pid_ < 0) return no_such_command;
  int status = 0;
  while (!exit_code_) {
    if (::waitpid(pid_, &status, 0) == pid_) exit_code_ = code_of(status);
  }
  return *exit_code_;
}

bool Child::ended() {
  int status = 0;
  if (!exit_code_ && ::waitpid(pid_, &status, WNOHANG) == pid_) exit_code_ = code_of(status);
  return exit_code_.has_value();
}

void Child::stop() {
  if (pid_ < 0 || ended()) return;
  ::kill(pid_, SIGTERM);
  wait();
}

bool Child::await_socket(const std::string& path) {
  const auto end = std::chrono::steady_clock::now() + patience;
  while (pid_ > 0 && !ended() && std::chrono::steady_clock::now() < end) {
    if (answers(path)) return true;
    std::this_thread::sleep_for(pause);
  }
  return false;
}

PrivateDirectory::PrivateDirectory() {
  std::error_code none;
  auto pattern = (std::filesystem::temp_directory_path(none) / "tidegate-XXXXXX").string();
  if (::mkdtemp(pattern.data()) != nullptr) path_ = pattern;
}

PrivateDirectory::~PrivateDirectory() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

int become(const std::vector<std::string>& command) {
  std::vector<std::string> words = command;
  std::vector<char*> arguments;
  for (auto& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  ::execvp(arguments.front(), arguments.data());
  std::perror(words.front().c_str());
  return no_such_command;
}

}  // namespace proxy::explain
