#include "http/io_thread.hpp"

#include <sys/socket.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <vector>

namespace http {
namespace asio = boost::asio;
using boost::system::error_code;
using tcp = asio::ip::tcp;

namespace {

/// Deadlines are in seconds, so a tenth is precise enough.
constexpr std::chrono::milliseconds look_interval{100};
/// Out of file descriptors, accept would fail again at once: others get time to close.
constexpr std::chrono::milliseconds accept_pause{100};
/// Clients that are told "too many connections" at the same moment; further ones are closed without a word.
constexpr std::size_t most_turned_away = 32;

using ReusePort = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;

std::string address_text(const tcp::socket& socket) {
    error_code error;
    const auto endpoint = socket.remote_endpoint(error);
    if (error) return {};
    const auto address = endpoint.address();
    if (address.is_v6() && address.to_v6().is_v4_mapped()) {
        return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string();
    }
    return address.to_string();
}

/// Takes the connection off the books however its coroutine ends.
class Registration {
  public:
    Registration(std::unordered_set<Connection*>& all, ConnectionCount& count, Connection& connection, std::string peer)
        : all_(all), count_(count), connection_(connection), peer_(std::move(peer)) {
        all_.insert(&connection_);
    }
    Registration(const Registration&) = delete;
    Registration& operator=(const Registration&) = delete;
    ~Registration() {
        all_.erase(&connection_);
        count_.leave(peer_);
    }

  private:
    std::unordered_set<Connection*>& all_;
    ConnectionCount& count_;
    Connection& connection_;
    std::string peer_;
};

}  // namespace

IoThread::IoThread(ServerContext& context, Metrics& metrics)
    : context_(context),
      metrics_(metrics),
      quick_(context.config.quick ? context.config.quick() : nullptr),
      io_(1),
      acceptor_(io_),
      look_timer_(io_),
      accept_timer_(io_) {}

IoThread::~IoThread() {
    join();
}

void IoThread::listen(const tcp::endpoint& endpoint) {
    acceptor_.open(endpoint.protocol());
    acceptor_.set_option(tcp::acceptor::reuse_address(true));
    acceptor_.set_option(ReusePort(true));
    acceptor_.bind(endpoint);
    acceptor_.listen();
}

void IoThread::start() {
    asio::co_spawn(io_, accept_connections(), asio::detached);
    asio::co_spawn(io_, look_after_connections(), asio::detached);
    thread_ = std::thread([this] { io_.run(); });
}

void IoThread::drain() {
    asio::post(io_, [this] {
        error_code ignored;
        acceptor_.close(ignored);
        accept_timer_.cancel();
        for (Connection* connection : connections_) connection->drain();
    });
}

void IoThread::abort() {
    asio::post(io_, [this] {
        for (Connection* connection : connections_) connection->abort();
    });
}

void IoThread::join() {
    io_.stop();
    if (thread_.joinable()) thread_.join();
}

Awaitable<void> IoThread::accept_connections() {
    while (acceptor_.is_open()) {
        error_code error;
        tcp::socket socket = co_await acceptor_.async_accept(asio::redirect_error(asio::use_awaitable, error));
        if (!acceptor_.is_open()) co_return;
        if (!error) {
            asio::co_spawn(io_, serve(std::move(socket)), asio::detached);
        } else if (error != asio::error::connection_aborted) {
            accept_timer_.expires_after(accept_pause);
            co_await accept_timer_.async_wait(asio::redirect_error(asio::use_awaitable, error));
        }
    }
}

Awaitable<void> IoThread::serve(tcp::socket socket) {
    const std::string peer = address_text(socket);
    if (!context_.count.enter(peer)) {
        metrics_.count_refused_connection();
        if (turned_away_ < most_turned_away) co_await turn_away(std::move(socket));
        co_return;
    }
    const auto connection = std::make_unique<Connection>(std::move(socket), peer, context_, metrics_, quick_);
    const Registration registration(connections_, context_.count, *connection, peer);
    co_await connection->run();
}

Awaitable<void> IoThread::turn_away(tcp::socket socket) {
    ++turned_away_;
    Transport transport(std::move(socket));
    Request nobody;
    nobody.id = new_request_id();
    Response response = problem(503, "", "too many connections", &nobody);
    response.set_header("Retry-After", "5");
    context_.cors.decorate(response, nullptr);
    const Answer answer = make_answer(nobody, std::move(response));
    transport.write_now(
        format_head(answer, BodyEnd::Length, AfterAnswer::Close, context_.config.server_name, nobody.id) +
        *answer.bytes);
    transport.shut_down_sending();
    // A moment for the peer to read it: closing on its unread request would reset the connection.
    asio::steady_timer moment(io_);
    moment.expires_after(accept_pause);
    error_code ignored;
    co_await moment.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    transport.discard_received();
    --turned_away_;
}

Awaitable<void> IoThread::look_after_connections() {
    while (true) {
        look_timer_.expires_after(look_interval);
        error_code error;
        co_await look_timer_.async_wait(asio::redirect_error(asio::use_awaitable, error));
        if (error) co_return;
        const auto now = Transport::Clock::now();
        for (Connection* connection : connections_) connection->look(now);
    }
}

}  // namespace http
