#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <mutex>
#include <string>
#include <vector>

#include "server/http/awaitable.hpp"

namespace api {

/// A bounded queue of pieces of an answer, from one thread that may block to one coroutine that may not. Neither side
/// runs away from the other: the thread waits while `capacity` pieces are not taken.
///
/// The thread may be of lower priority than the coroutine's: it then may be halted anywhere, for as long as others of
/// its priority run. So it wakes the coroutine by a file descriptor and while it holds no lock (Asio's post wakes from
/// inside its own), and it alone frees what it allocated (malloc has locks too): pieces are copied out, their buffers
/// go back.
class ByteChannel {
  public:
    /// Thrown by `push` when nobody will read on: the reader left, or took no piece for too long.
    struct Abandoned : std::exception {
        const char* what() const noexcept override { return "nobody reads the answer any more"; }
    };

    ByteChannel(std::size_t capacity, std::chrono::milliseconds patience);
    ~ByteChannel();
    ByteChannel(const ByteChannel&) = delete;
    ByteChannel& operator=(const ByteChannel&) = delete;

    /// Writing thread: hands over a piece that is not empty; waits for room, at most `patience`. Gives an empty buffer
    /// for the next one. Throws Abandoned.
    std::string push(std::string piece);
    /// Writing thread: nothing follows. `error` is thrown to the reader after the pieces.
    void finish(std::exception_ptr error);

    /// Reader: the next piece, empty at the end. Throws what `finish` was given, and gis::Unavailable when nothing
    /// comes before `deadline` has passed.
    http::Awaitable<std::string> pop(std::chrono::milliseconds deadline);
    /// Reader, from any thread, any number of times: reads no more.
    void abandon();

  private:
    bool is_readable() const { return finished_ || abandoned_ || !pieces_.empty(); }
    /// Called without the lock, when `waiting_` was set.
    void ring() const;

    const std::size_t capacity_;
    const std::chrono::milliseconds patience_;
    std::mutex mutex_;
    std::condition_variable room_;
    std::deque<std::string> pieces_;
    std::vector<std::string> spare_;  ///< buffers of pieces that were read, at most `capacity`
    const int bell_;                  ///< an eventfd
    bool waiting_ = false;            ///< the reader wants the bell
    std::exception_ptr error_;
    bool finished_ = false;
    bool abandoned_ = false;
};

}  // namespace api
