#include "server/api/byte_channel.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <memory>
#include <system_error>
#include <utility>

#include "gis/error.hpp"

namespace api {

namespace asio = boost::asio;

namespace {

int make_bell() {
    const int bell = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (bell < 0) throw std::system_error(errno, std::generic_category(), "no descriptor for an answer");
    return bell;
}

using Descriptor = asio::posix::stream_descriptor;

/// Lends the bell to the reader's executor for one wait. Shared with the timer, whose end may come later.
struct Listening {
    Listening(const asio::any_io_executor& executor, int bell)
        : descriptor(std::make_shared<Descriptor>(executor, bell)) {}
    ~Listening() { descriptor->release(); }
    Listening(const Listening&) = delete;
    Listening& operator=(const Listening&) = delete;

    std::shared_ptr<Descriptor> descriptor;
};

}  // namespace

ByteChannel::ByteChannel(std::size_t capacity, std::chrono::milliseconds patience)
    : capacity_(capacity), patience_(patience), bell_(make_bell()) {}

ByteChannel::~ByteChannel() {
    ::close(bell_);
}

std::string ByteChannel::push(std::string piece) {
    std::string buffer;
    bool is_awaited = false;
    {
        std::unique_lock lock(mutex_);
        const auto has_room = [this] { return abandoned_ || pieces_.size() < capacity_; };
        if (!room_.wait_for(lock, patience_, has_room)) abandoned_ = true;
        if (abandoned_) throw Abandoned();
        pieces_.push_back(std::move(piece));
        if (!spare_.empty()) {
            buffer = std::move(spare_.back());
            spare_.pop_back();
        }
        is_awaited = std::exchange(waiting_, false);
    }
    if (is_awaited) ring();
    return buffer;
}

void ByteChannel::finish(std::exception_ptr error) {
    bool is_awaited = false;
    {
        const std::lock_guard lock(mutex_);
        finished_ = true;
        error_ = std::move(error);
        is_awaited = std::exchange(waiting_, false);
    }
    if (is_awaited) ring();
}

void ByteChannel::abandon() {
    bool is_awaited = false;
    {
        const std::lock_guard lock(mutex_);
        abandoned_ = true;
        room_.notify_all();
        is_awaited = std::exchange(waiting_, false);
    }
    if (is_awaited) ring();
}

void ByteChannel::ring() const {
    const std::uint64_t once = 1;
    // Fails only when the counter is full, which rings as well.
    [[maybe_unused]] const ssize_t written = ::write(bell_, &once, sizeof once);
}

http::Awaitable<std::string> ByteChannel::pop(std::chrono::milliseconds deadline) {
    const auto executor = co_await asio::this_coro::executor;
    const auto until = std::chrono::steady_clock::now() + deadline;
    while (true) {
        {
            const std::lock_guard lock(mutex_);
            waiting_ = !is_readable() && std::chrono::steady_clock::now() < until;
            if (!waiting_) break;
        }
        const Listening bell(executor, bell_);
        asio::steady_timer limit(executor, until);
        limit.async_wait([descriptor = bell.descriptor](const boost::system::error_code& called_off) {
            if (!called_off && descriptor->is_open()) descriptor->cancel();
        });
        boost::system::error_code ignored;
        co_await bell.descriptor->async_wait(Descriptor::wait_read, asio::redirect_error(asio::use_awaitable, ignored));
        std::uint64_t rung = 0;
        // Woken without reason (Asio reuses what it keeps of descriptors): it waits again.
        [[maybe_unused]] const ssize_t silenced = ::read(bell_, &rung, sizeof rung);
    }
    const std::lock_guard lock(mutex_);
    if (!pieces_.empty() && !abandoned_) {
        std::string piece;
        piece.reserve(pieces_.front().size() + 16);  // the server adds the end of a chunk
        piece = pieces_.front();
        pieces_.front().clear();
        spare_.push_back(std::move(pieces_.front()));
        pieces_.pop_front();
        room_.notify_one();
        co_return piece;
    }
    if (error_) std::rethrow_exception(error_);
    if (finished_ && !abandoned_) co_return std::string();
    throw gis::Unavailable(abandoned_ ? "the answer was called off" : "the database took too long to answer");
}

}  // namespace api
