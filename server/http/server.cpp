#include "http/server.hpp"

#include "http/io_thread.hpp"
#include "http/server_context.hpp"

#include <boost/asio/ip/address.hpp>

#include <algorithm>
#include <mutex>
#include <stdexcept>
#include <system_error>
#include <vector>

namespace http {
namespace asio = boost::asio;
using tcp = asio::ip::tcp;

namespace {

/// After the grace period, how long cancelled handlers get to notice.
constexpr std::chrono::milliseconds cancel_patience{5000};

std::string without_trailing_slash(std::string text) {
    while (text.ends_with('/')) text.pop_back();
    return text;
}

ServerConfig checked(ServerConfig config) {
    config.public_url = without_trailing_slash(std::move(config.public_url));
    config.base_path = without_trailing_slash(std::move(config.base_path));
    const auto is_absolute = [](const std::string& url) {
        return url.starts_with("http://") || url.starts_with("https://");
    };
    if (!config.public_url.empty() && !is_absolute(config.public_url)) {
        throw std::invalid_argument("public URL: http:// or https:// expected, got '" + config.public_url + "'");
    }
    if (!config.base_path.empty() && !config.base_path.starts_with('/')) {
        throw std::invalid_argument("base path: '/' expected in front, got '" + config.base_path + "'");
    }
    config.io_threads = std::max(config.io_threads, 1U);
    config.worker_threads = std::max(config.worker_threads, 1U);
    return config;
}

tcp::endpoint listening_endpoint(const ServerConfig& config) {
    boost::system::error_code error;
    const auto address = asio::ip::make_address(config.host == "localhost" ? "127.0.0.1" : config.host, error);
    if (error) throw std::invalid_argument("host: a numeric address expected, got '" + config.host + "'");
    return {address, config.port};
}

/// Several sockets may share the port through SO_REUSEPORT, and so would a second server started by mistake. A socket
/// without that option finds out.
void check_port_is_free(const tcp::endpoint& endpoint) {
    asio::io_context io;
    tcp::acceptor probe(io);
    probe.open(endpoint.protocol());
    probe.set_option(tcp::acceptor::reuse_address(true));
    probe.bind(endpoint);
}

}  // namespace

ServerContext::ServerContext(ServerConfig configuration, Router routes, ErrorMapper errors, LogSink sink)
    : config(checked(std::move(configuration))),
      router(std::move(routes)),
      map_error(std::move(errors)),
      log(std::move(sink)),
      trusted(config.trusted_proxies),
      cors(config.cors_origins),
      metrics(config.io_threads),
      count(config.limits, trusted),
      workers(config.worker_threads) {}

struct Server::Running {
    Running(ServerConfig config, Router router, ErrorMapper errors, LogSink log)
        : context(std::move(config), std::move(router), std::move(errors), std::move(log)),
          endpoint(listening_endpoint(context.config)) {}

    ServerContext context;
    tcp::endpoint endpoint;
    std::mutex stopping;
    std::vector<std::unique_ptr<IoThread>> threads;
    bool leaks = false;  ///< a handler never ended; whoever it waits for still refers to us
};

Server::Server(ServerConfig config, Router router, ErrorMapper errors, LogSink log)
    : running_(std::make_unique<Running>(std::move(config), std::move(router), std::move(errors), std::move(log))) {}

Server::~Server() {
    stop(std::chrono::milliseconds(0));
    // Freeing memory that a stuck handler's pool will still write to would be worse than losing it at the very end.
    if (running_->leaks) static_cast<void>(running_.release());
}

void Server::start() {
    try {
        if (running_->endpoint.port() != 0) check_port_is_free(running_->endpoint);
        for (unsigned i = 0; i < running_->context.config.io_threads; ++i) {
            auto thread = std::make_unique<IoThread>(running_->context, running_->context.metrics[i]);
            thread->listen(running_->endpoint);
            running_->endpoint = thread->endpoint();
            running_->threads.push_back(std::move(thread));
        }
    } catch (const boost::system::system_error& error) {
        running_->threads.clear();
        throw std::system_error(error.code(), "listen on " + running_->context.config.host + " port " +
                                                  std::to_string(running_->endpoint.port()));
    }
    for (const auto& thread : running_->threads) thread->start();
}

std::uint16_t Server::port() const {
    return running_->endpoint.port();
}

void Server::stop(std::chrono::milliseconds grace) {
    const std::lock_guard lock(running_->stopping);
    if (running_->threads.empty() || running_->leaks) return;
    ConnectionCount& count = running_->context.count;
    running_->context.draining = true;
    for (const auto& thread : running_->threads) thread->drain();
    if (!count.wait_until_none(grace)) {
        for (const auto& thread : running_->threads) thread->abort();
        running_->leaks = !count.wait_until_none(cancel_patience);
    }
    for (const auto& thread : running_->threads) thread->join();
    if (!running_->leaks) {
        running_->context.workers.join();
        running_->threads.clear();
    }
}

MetricsSnapshot Server::metrics() const {
    MetricsSnapshot snapshot;
    for (const Metrics& metrics : running_->context.metrics) snapshot.add(metrics.snapshot());
    snapshot.open_connections = running_->context.count.open();
    return snapshot;
}

}  // namespace http
