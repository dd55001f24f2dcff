#include "http/transport.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <array>

namespace http {
namespace asio = boost::asio;
using boost::system::error_code;

namespace {

/// A piece handed to the kernel at once; progress is noticed at least this often.
constexpr std::size_t largest_write = 256UL * 1024;

constexpr std::chrono::milliseconds linger_time{2000};
constexpr std::size_t linger_bytes = 16UL * 1024 * 1024;

}  // namespace

Transport::Transport(asio::ip::tcp::socket socket) : socket_(std::move(socket)) {
    error_code ignored;
    socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
}

void Transport::expire_at(Clock::time_point when) {
    deadline_ = when;
    timed_out_ = false;
}

Awaitable<std::size_t> Transport::read_some(asio::mutable_buffer into) {
    error_code error;
    const std::size_t count = co_await socket_.async_read_some(into, asio::redirect_error(asio::use_awaitable, error));
    co_return error ? 0 : count;
}

Awaitable<bool> Transport::write(std::string_view first, std::string_view second, std::chrono::milliseconds stall,
                                 std::size_t bytes_per_second) {
    std::size_t sent = send_now(first, second);
    if (sent == first.size() + second.size()) co_return true;
    const std::size_t of_first_now = std::min(sent, first.size());
    first.remove_prefix(of_first_now);
    second.remove_prefix(sent - of_first_now);
    const Clock::time_point start = Clock::now();
    while (!first.empty() || !second.empty()) {
        const auto allowed = std::chrono::milliseconds(sent * 1000 / std::max<std::size_t>(bytes_per_second, 1));
        expire_at(std::min(Clock::now() + stall, start + stall + allowed));
        const std::array<asio::const_buffer, 2> pieces{
            asio::buffer(first.data(), first.size()),
            asio::buffer(second.data(), std::min(second.size(), largest_write))};
        error_code error;
        const std::size_t count =
            co_await socket_.async_write_some(pieces, asio::redirect_error(asio::use_awaitable, error));
        if (error) co_return false;
        sent += count;
        const std::size_t of_first = std::min(count, first.size());
        first.remove_prefix(of_first);
        second.remove_prefix(count - of_first);
    }
    co_return true;
}

std::size_t Transport::send_now(std::string_view first, std::string_view second) {
    std::array<iovec, 2> pieces{iovec{const_cast<char*>(first.data()), first.size()},
                                iovec{const_cast<char*>(second.data()), std::min(second.size(), largest_write)}};
    msghdr message{};
    message.msg_iov = pieces.data();
    message.msg_iovlen = second.empty() ? 1 : 2;
    const ssize_t sent = ::sendmsg(socket_.native_handle(), &message, MSG_DONTWAIT | MSG_NOSIGNAL);
    return sent < 0 ? 0 : static_cast<std::size_t>(sent);
}

void Transport::write_now(std::string_view bytes) {
    [[maybe_unused]] const auto sent =
        ::send(socket_.native_handle(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
}

Awaitable<void> Transport::linger() {
    shut_down_sending();
    expire_after(linger_time);
    std::array<char, 4096> discarded{};
    for (std::size_t total = 0; total < linger_bytes && !timed_out_;) {
        const std::size_t count = co_await read_some(asio::buffer(discarded));
        if (count == 0) break;
        total += count;
    }
    close();
}

void Transport::give_up() {
    timed_out_ = true;
    deadline_ = Clock::time_point::max();
    error_code ignored;
    socket_.cancel(ignored);
}

bool Transport::peer_left() {
    if (!socket_.is_open()) return true;
    pollfd look{socket_.native_handle(), POLLRDHUP, 0};
    return ::poll(&look, 1, 0) > 0 && (look.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

void Transport::shut_down_sending() {
    error_code ignored;
    socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
}

void Transport::discard_received() {
    std::array<char, 16UL * 1024> discarded;
    while (::recv(socket_.native_handle(), discarded.data(), discarded.size(), MSG_DONTWAIT) > 0) {
    }
}

void Transport::close() {
    error_code ignored;
    socket_.close(ignored);
}

}  // namespace http
