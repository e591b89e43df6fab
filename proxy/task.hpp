// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/async_result.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <coroutine>
#include <exception>
#include <optional>
#include <tuple>
#include <utility>

#include "proxy/frame_pool.hpp"

/// Coroutines over Asio's operations. Asio's own `awaitable` needs two frames, a shared thread and
/// a type-erased executor for each operation; these coroutines save a sixth of a request's
/// instructions.
namespace proxy {

/// Common state of all coroutines here: which one continues at the end, and the outermost one.
struct Frame {
  std::coroutine_handle<> continuation = std::noop_coroutine();
  std::coroutine_handle<> root;  ///< destroyed if an operation is dropped without completing
  std::exception_ptr escaped;

  static void* operator new(std::size_t size) { return FramePool::take(size); }
  static void operator delete(void* frame, std::size_t size) { FramePool::give_back(frame, size); }

  struct Continue {
    bool await_ready() noexcept { return false; }
    template <class Promise>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> ended) noexcept {
      return ended.promise().continuation;
    }
    void await_resume() noexcept {}
  };

  std::suspend_always initial_suspend() noexcept { return {}; }
  Continue final_suspend() noexcept { return {}; }
  void unhandled_exception() noexcept { escaped = std::current_exception(); }
};

template <class T>
struct Promise : Frame {
  std::optional<T> result;
  template <class U>
  void return_value(U&& value) {
    result.emplace(std::forward<U>(value));
  }
  T take() { return std::move(*result); }
};

template <>
struct Promise<void> : Frame {
  void return_void() {}
  void take() {}
};

/// A coroutine that begins when it is awaited and resumes its awaiter when it ends. Owns its frame.
template <class T>
class [[nodiscard]] Task {
 public:
  struct promise_type : Promise<T> {
    Task get_return_object() {
      return Task(std::coroutine_handle<promise_type>::from_promise(*this));
    }
  };

  Task(Task&& other) noexcept : frame_(std::exchange(other.frame_, {})) {}
  Task& operator=(Task&&) = delete;
  ~Task() {
    if (frame_) frame_.destroy();
  }

  bool await_ready() const noexcept { return false; }
  template <class Caller>
  std::coroutine_handle<> await_suspend(std::coroutine_handle<Caller> caller) noexcept {
    frame_.promise().continuation = caller;
    frame_.promise().root = caller.promise().root;
    return frame_;
  }
  T await_resume() {
    if (frame_.promise().escaped) std::rethrow_exception(frame_.promise().escaped);
    return frame_.promise().take();
  }

 private:
  explicit Task(std::coroutine_handle<promise_type> frame) : frame_(frame) {}
  std::coroutine_handle<promise_type> frame_;
};

/// A coroutine that nobody awaits. Its frame is freed when it ends.
struct Detached {
  struct promise_type : Frame {
    Detached get_return_object() {
      root = std::coroutine_handle<promise_type>::from_promise(*this);
      return {};
    }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() noexcept { std::terminate(); }
  };
};

/// The Asio completion token that this room uses. Errors are values:
/// `auto [error, n] = co_await socket.async_read_some(buffer, as_result);`
struct AsResult {};
inline constexpr AsResult as_result;

/// An Asio operation that begins when it is awaited.
template <class Initiation, class Arguments, class... Results>
class [[nodiscard]] Operation {
 public:
  Operation(Initiation initiation, Arguments arguments)
      : initiation_(std::move(initiation)), arguments_(std::move(arguments)) {}

  bool await_ready() const noexcept { return false; }
  template <class Caller>
  void await_suspend(std::coroutine_handle<Caller> caller) {
    Completion completion(*this, caller, caller.promise().root);
    const auto begin = [&](auto&... arguments) {
      std::move(initiation_)(std::move(completion), std::move(arguments)...);
    };
    std::apply(begin, arguments_);
  }
  std::tuple<Results...> await_resume() { return std::move(*results_); }

 private:
  /// The handler for Asio. If it is destroyed unused, together with its loop, it destroys the
  /// coroutine.
  class Completion {
   public:
    Completion(Operation& operation, std::coroutine_handle<> caller, std::coroutine_handle<> root)
        : operation_(operation), caller_(caller), root_(root) {}
    Completion(Completion&& other) noexcept
        : operation_(other.operation_),
          caller_(other.caller_),
          root_(std::exchange(other.root_, {})) {}
    Completion& operator=(Completion&&) = delete;
    ~Completion() {
      if (root_) root_.destroy();
    }
    void operator()(Results... results) {
      root_ = {};
      operation_.results_.emplace(std::move(results)...);
      caller_.resume();
    }

   private:
    Operation& operation_;
    std::coroutine_handle<> caller_, root_;
  };

  Initiation initiation_;
  Arguments arguments_;
  std::optional<std::tuple<Results...>> results_;
};

/// Begins `task` at once; `on_end` receives the exception that escaped from it, or null.
template <class OnEnd>
Detached start(Task<void> task, OnEnd on_end) {
  std::exception_ptr escaped;
  try {
    co_await std::move(task);
  } catch (...) {
    escaped = std::current_exception();
  }
  on_end(escaped);
}

/// Begins `task` on the loop's thread.
template <class Executor, class OnEnd>
void spawn(Executor&& loop, Task<void> task, OnEnd on_end) {
  boost::asio::post(loop, [task = std::move(task), on_end = std::move(on_end)]() mutable {
    start(std::move(task), std::move(on_end));
  });
}

/// For spawn(), if no exception can escape.
inline void ignore_escaped(const std::exception_ptr&) {}

/// Wakes a coroutine that awaits it.
class Signal {
 public:
  bool await_ready() const noexcept { return given_; }
  void await_suspend(std::coroutine_handle<> waiter) noexcept { waiter_ = waiter; }
  void await_resume() noexcept { given_ = false; }
  bool awaited() const { return static_cast<bool>(waiter_); }
  void give() {
    given_ = true;
    if (waiter_) std::exchange(waiter_, {}).resume();
  }

 private:
  bool given_ = false;
  std::coroutine_handle<> waiter_;
};

/// Runs both concurrently. Ends when both have ended, and returns the result of `main`.
template <class T>
Task<T> both(Task<T> main, Task<void> side) {
  Signal side_ended;
  std::exception_ptr escaped;
  start(std::move(side), [&](std::exception_ptr problem) {
    escaped = std::move(problem);
    side_ended.give();
  });
  if constexpr (std::is_void_v<T>) {
    co_await std::move(main);
    co_await side_ended;
    if (escaped) std::rethrow_exception(escaped);
  } else {
    auto result = co_await std::move(main);
    co_await side_ended;
    if (escaped) std::rethrow_exception(escaped);
    co_return result;
  }
}

}  // namespace proxy

template <class... Results>
struct boost::asio::async_result<proxy::AsResult, void(Results...)> {
  template <class Initiation, class... Arguments>
  static auto initiate(Initiation initiation, proxy::AsResult, Arguments... arguments) {
    using Bound = std::tuple<Arguments...>;
    return proxy::Operation<Initiation, Bound, std::decay_t<Results>...>(
        std::move(initiation), Bound(std::move(arguments)...));
  }
};
