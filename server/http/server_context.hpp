#pragma once

#include "http/awaitable.hpp"
#include "http/connection_count.hpp"
#include "http/cors.hpp"
#include "http/forwarded.hpp"
#include "http/server.hpp"

#include <boost/asio/thread_pool.hpp>

#include <atomic>
#include <vector>

namespace http {

/// What all connections of a server share. Outlives them; all but the counters is fixed while it runs.
struct ServerContext {
    ServerContext(ServerConfig configuration, Router routes, ErrorMapper errors, LogSink sink);

    ServerConfig config;
    Router router;
    ErrorMapper map_error;
    LogSink log;
    TrustedProxies trusted;
    CorsPolicy cors;
    std::vector<Metrics> metrics;  ///< of each I/O thread
    ConnectionCount count;
    std::atomic<bool> draining{false};
    /// Compression and file reads. Its queue is bounded by the number of connections: each waits for one job at most.
    boost::asio::thread_pool workers;
};

}  // namespace http
