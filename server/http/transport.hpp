#pragma once

#include "http/awaitable.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <cstddef>
#include <string_view>

namespace http {

/// A client's socket with one deadline. Its I/O thread looks at all deadlines ten times a second, which costs less than
/// a timer for each read and write. Used by that thread only.
class Transport {
  public:
    using Clock = std::chrono::steady_clock;

    explicit Transport(boost::asio::ip::tcp::socket socket);

    /// From now on, a read or write that has not ended by then is given up.
    void expire_at(Clock::time_point when);
    void expire_after(std::chrono::milliseconds time) { expire_at(Clock::now() + time); }
    void never_expire() { expire_at(Clock::time_point::max()); }
    bool timed_out() const { return timed_out_; }
    Clock::time_point deadline() const { return deadline_; }

    /// Number of bytes read; 0 when the peer closed, the connection broke or the deadline passed.
    Awaitable<std::size_t> read_some(boost::asio::mutable_buffer into);

    /// Sends both pieces; the deadline moves on with the bytes: `stall` without one, or less than `bytes_per_second`
    /// on the whole, end it. False when not everything went out.
    Awaitable<bool> write(std::string_view first, std::string_view second, std::chrono::milliseconds stall,
                          std::size_t bytes_per_second);

    /// Sends what fits without waiting: a last word before closing.
    void write_now(std::string_view bytes);

    /// Closes the sending side and reads the rest for a while, so that the answer is not lost to a reset while the
    /// peer still sends.
    Awaitable<void> linger();

    /// For the thread's regular look: gives up the operation whose deadline passed.
    void give_up();
    /// True when the peer closed its side or the connection broke, whatever bytes still wait to be read.
    bool peer_left();
    /// Ends the sending side; what was written still goes out.
    void shut_down_sending();
    /// Throws away what has arrived, so that closing is no reset.
    void discard_received();
    void close();

  private:
    /// What the kernel takes at once: mostly all of it, and no handler has to be queued for it.
    std::size_t send_now(std::string_view first, std::string_view second);

    boost::asio::ip::tcp::socket socket_;
    Clock::time_point deadline_ = Clock::time_point::max();
    bool timed_out_ = false;
};

}  // namespace http
