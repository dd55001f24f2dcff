#include "server/api/byte_channel.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>
#include <utility>

#include "gis/error.hpp"

namespace api {

namespace asio = boost::asio;

void ByteChannel::push(std::string piece) {
    std::unique_lock lock(mutex_);
    const auto has_room = [this] { return abandoned_ || pieces_.size() < capacity_; };
    if (!room_.wait_for(lock, patience_, has_room)) abandoned_ = true;
    if (abandoned_) throw Abandoned();
    pieces_.push_back(std::move(piece));
    wake_reader();
}

void ByteChannel::finish(std::exception_ptr error) {
    const std::lock_guard lock(mutex_);
    finished_ = true;
    error_ = std::move(error);
    wake_reader();
}

void ByteChannel::abandon() {
    std::deque<std::string> unread;  // destroyed outside the lock
    const std::lock_guard lock(mutex_);
    abandoned_ = true;
    unread.swap(pieces_);
    room_.notify_all();
    wake_reader();
}

void ByteChannel::wake_reader() {
    if (wake_) std::exchange(wake_, nullptr)();
}

http::Awaitable<std::string> ByteChannel::pop(std::chrono::milliseconds deadline) {
    const auto executor = co_await asio::this_coro::executor;
    std::shared_ptr<asio::steady_timer> timer;
    {
        const std::lock_guard lock(mutex_);
        if (!is_readable()) {
            timer = std::make_shared<asio::steady_timer>(executor, deadline);
            // Posted to the reader's own thread, so that it cannot come before the wait below has begun.
            wake_ = [timer, executor] { asio::post(executor, [timer] { timer->cancel(); }); };
        }
    }
    if (timer) {
        boost::system::error_code ignored;
        co_await timer->async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
    const std::lock_guard lock(mutex_);
    wake_ = nullptr;
    if (!pieces_.empty()) {
        std::string piece = std::move(pieces_.front());
        pieces_.pop_front();
        room_.notify_one();
        co_return piece;
    }
    if (error_) std::rethrow_exception(error_);
    if (finished_) co_return std::string();
    throw gis::Unavailable(abandoned_ ? "the answer was called off" : "the database took too long to answer");
}

}  // namespace api
