#pragma once

#include "http/forwarded.hpp"
#include "http/limits.hpp"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <map>
#include <mutex>
#include <string>

namespace http {

/// How many connections are open, in all and per address. Shared by the I/O threads.
class ConnectionCount {
  public:
    ConnectionCount(const Limits& limits, const TrustedProxies& trusted) : limits_(limits), trusted_(trusted) {}

    /// Counts one connection, unless that would pass a limit. A trusted proxy is held to the total only.
    bool enter(const std::string& address);
    void leave(const std::string& address);
    std::size_t open() const;

    /// Waits until none is open; false when `time` passed first.
    bool wait_until_none(std::chrono::milliseconds time);

  private:
    const Limits& limits_;
    const TrustedProxies& trusted_;
    mutable std::mutex mutex_;
    std::condition_variable none_left_;
    std::size_t open_ = 0;
    std::map<std::string, std::size_t> by_address_;
};

}  // namespace http
