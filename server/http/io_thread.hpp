#pragma once

#include "http/awaitable.hpp"
#include "http/connection.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstddef>
#include <memory>
#include <thread>
#include <unordered_set>

namespace http {

/// One thread that accepts connections and serves them with coroutines. Several of them listen on one port; the
/// kernel spreads the connections. Functions may be called from any thread unless they say otherwise.
class IoThread {
  public:
    /// `metrics`: the thread's own.
    IoThread(ServerContext& context, Metrics& metrics);
    ~IoThread();

    /// Listens; before `start`. A port of 0 takes a free one. Throws std::system_error.
    void listen(const boost::asio::ip::tcp::endpoint& endpoint);
    boost::asio::ip::tcp::endpoint endpoint() const { return acceptor_.local_endpoint(); }

    void start();
    /// Accepts no more, closes idle connections.
    void drain();
    /// Cancels and closes every connection.
    void abort();
    /// Ends the thread, whatever is left on it.
    void join();

  private:
    Awaitable<void> accept_connections();
    Awaitable<void> look_after_connections();
    Awaitable<void> serve(boost::asio::ip::tcp::socket socket);
    Awaitable<void> turn_away(boost::asio::ip::tcp::socket socket);

    ServerContext& context_;
    Metrics& metrics_;
    QuickLook quick_;
    boost::asio::io_context io_;
    boost::asio::ip::tcp::acceptor acceptor_;
    boost::asio::steady_timer look_timer_;
    boost::asio::steady_timer accept_timer_;
    std::unordered_set<Connection*> connections_;
    std::size_t turned_away_ = 0;
    std::thread thread_;
};

}  // namespace http
