#pragma once

#include <utility>  // before Asio: g++ 12 with Boost 1.74

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <functional>

namespace api {

/// Lets a coroutine wait for another thread: `begin` is given a function to call, from any thread, when the wait is
/// over. True when it was called within `limit`. Calling it later, when nobody waits any more, does nothing.
boost::asio::awaitable<bool> wait_for(std::function<void(std::function<void()>)> begin,
                                      std::chrono::milliseconds limit);

boost::asio::awaitable<void> pause_for(std::chrono::milliseconds time);

}  // namespace api
