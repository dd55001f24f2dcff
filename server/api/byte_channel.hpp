#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <string>

#include "server/http/awaitable.hpp"

namespace api {

/// A bounded queue of pieces of an answer, from one thread that may block to one coroutine that may not. Neither side
/// runs away from the other: the thread waits while `capacity` pieces are not taken.
class ByteChannel {
  public:
    /// Thrown by `push` when nobody will read on: the reader left, or took no piece for too long.
    struct Abandoned : std::exception {
        const char* what() const noexcept override { return "nobody reads the answer any more"; }
    };

    ByteChannel(std::size_t capacity, std::chrono::milliseconds patience) : capacity_(capacity), patience_(patience) {}

    /// Writing thread: hands over a piece that is not empty; waits for room, at most `patience`. Throws Abandoned.
    void push(std::string piece);
    /// Writing thread: nothing follows. `error` is thrown to the reader after the pieces.
    void finish(std::exception_ptr error);

    /// Reader: the next piece, empty at the end. Throws what `finish` was given, and gis::Unavailable when nothing
    /// comes before `deadline` has passed.
    http::Awaitable<std::string> pop(std::chrono::milliseconds deadline);
    /// Reader, from any thread, any number of times: reads no more.
    void abandon();

  private:
    bool is_readable() const { return finished_ || abandoned_ || !pieces_.empty(); }
    void wake_reader();

    const std::size_t capacity_;
    const std::chrono::milliseconds patience_;
    std::mutex mutex_;
    std::condition_variable room_;
    std::deque<std::string> pieces_;
    std::function<void()> wake_;  ///< set while the reader waits
    std::exception_ptr error_;
    bool finished_ = false;
    bool abandoned_ = false;
};

}  // namespace api
