#pragma once

#include "http/awaitable.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>

namespace http {

/// The body of a request whose route takes it piece by piece, straight from the socket: whatever its length, memory
/// stays flat. The handler awaits `next` on its own thread; `stop` may be called from any.
class BodySource {
  public:
    /// Gives at most so many bytes; nothing when no more will come.
    using Receive = std::function<Awaitable<std::string>(std::uint64_t most)>;

    BodySource(std::uint64_t length, Receive receive) : length_(length), receive_(std::move(receive)) {}

    /// The next piece, some hundred kilobytes at most; empty when the body is whole or broke off.
    Awaitable<std::string> next() {
        std::string piece;
        if (taken_ < length_ && !stopped_) piece = co_await receive_(length_ - taken_);
        taken_ += piece.size();
        co_return piece;
    }

    /// As Content-Length announced it.
    std::uint64_t length() const { return length_; }
    bool whole() const { return taken_ == length_; }

    /// Gives the body up within a tenth of a second, as if the peer had left.
    void stop() { stopped_ = true; }
    bool stopped() const { return stopped_; }

  private:
    std::uint64_t length_;
    std::uint64_t taken_ = 0;
    Receive receive_;
    std::atomic<bool> stopped_{false};
};

}  // namespace http
