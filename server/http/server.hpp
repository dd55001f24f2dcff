#pragma once

#include "http/limits.hpp"
#include "http/metrics.hpp"
#include "http/problem.hpp"
#include "http/quick.hpp"
#include "http/router.hpp"

#include <chrono>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace http {

struct ServerConfig {
    std::string host = "127.0.0.1";  ///< address to listen on, numeric; "localhost" is the IPv4 one
    std::uint16_t port = 0;          ///< 0 takes a free one, see Server::port
    unsigned io_threads = 2;
    unsigned worker_threads = 2;  ///< compress and read files
    Limits limits;
    std::string public_url;  ///< what links start with, when the proxy headers do not tell it; no trailing slash needed
    std::string base_path;   ///< "/carreau" when a proxy passes it on; taken away from paths, put into links
    std::vector<std::string> trusted_proxies{"127.0.0.0/8", "::1"};
    std::vector<std::string> cors_origins{"*"};
    std::string server_name = "Carreau";  ///< the Server header; "" for none
    std::function<QuickLook()> quick;     ///< called for each I/O thread; null: every request goes the common way
};

/// What is worth a line in the log about one answered request. A refused one has neither method nor route, and `path`
/// is empty: its bytes are not repeated. Query values are never in it.
struct RequestLog {
    std::string id;
    std::string method;
    std::string route;
    std::string path;
    int status = 0;
    std::uint64_t bytes = 0;  ///< of the answer, head included
    double milliseconds = 0;  ///< from the end of the head to the last byte handed to the kernel
    std::string peer;
    std::string user_agent;
    bool cancelled = false;  ///< the peer left, the deadline passed, or the server was stopped meanwhile
};

/// Called on an I/O thread, by several at once: it must not block or throw.
using LogSink = std::function<void(const RequestLog&)>;

/// Turns what a handler throws into an answer. Called on an I/O thread, by several at once.
using ErrorMapper = std::function<Response(const Request&, std::exception_ptr)>;

/// The HTTP/1.1 server: each I/O thread accepts and serves its own connections, handlers are coroutines on them and
/// must not block. Functions may be called from any thread but those of the server itself.
class Server {
  public:
    /// Throws std::invalid_argument for a malformed setting. A null mapper answers 500, a null sink logs nothing.
    Server(ServerConfig config, Router router, ErrorMapper errors = nullptr, LogSink log = nullptr);
    /// Stops with no grace.
    ~Server();

    /// Listens and returns. Throws std::system_error when the port is taken or the address is not ours.
    void start();
    /// The port listened on, once started.
    std::uint16_t port() const;
    /// Takes no new connection, closes idle ones, lets requests in progress end with `Connection: close`. After
    /// `grace` the rest is cancelled and closed. Returns when the threads have ended. May be called twice.
    void stop(std::chrono::milliseconds grace = std::chrono::seconds(30));
    MetricsSnapshot metrics() const;

  private:
    struct Running;
    std::unique_ptr<Running> running_;
};

}  // namespace http
