#pragma once

#include <utility>  // Asio of Boost 1.74 uses std::exchange without including it; not needed with 1.83

#include <boost/asio/awaitable.hpp>

namespace http {

/// What a coroutine of the server returns: boost::asio::awaitable.
template <typename Value>
using Awaitable = boost::asio::awaitable<Value>;

}  // namespace http
