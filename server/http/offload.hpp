#pragma once

#include "http/awaitable.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <functional>
#include <utility>

namespace http {

/// Runs `work` on a thread of the pool and comes back to the awaiting coroutine's own thread with its result, or with
/// what it threw. Give `work` a name before the co_await: g++ 12 destroys a lambda's captures twice when it is a
/// temporary of that expression.
template <typename Result>
Awaitable<Result> run_here(std::function<Result()> work) {
    co_return work();
}

template <typename Result>
Awaitable<Result> offload(boost::asio::thread_pool& pool, std::function<Result()> work) {
    co_return co_await boost::asio::co_spawn(pool.get_executor(), run_here<Result>(std::move(work)),
                                             boost::asio::use_awaitable);
}

}  // namespace http
