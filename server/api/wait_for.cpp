#include <utility>  // before Asio: g++ 12 with Boost 1.74

#include "server/api/wait_for.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>
#include <mutex>

namespace api {

namespace {

/// Between the one who waits and the one who tells; the latter may come when the former's executor is gone.
struct Signal {
    std::mutex mutex;
    bool is_over = false;
    bool was_told = false;
};

/// However the wait ends, from then on nobody reaches the executor.
class EndOfWait {
  public:
    explicit EndOfWait(std::shared_ptr<Signal> signal) : signal_(std::move(signal)) {}
    EndOfWait(const EndOfWait&) = delete;
    EndOfWait& operator=(const EndOfWait&) = delete;
    ~EndOfWait() {
        const std::lock_guard lock(signal_->mutex);
        signal_->is_over = true;
    }

  private:
    std::shared_ptr<Signal> signal_;
};

}  // namespace

boost::asio::awaitable<bool> wait_for(std::function<void(std::function<void()>)> begin,
                                      std::chrono::milliseconds limit) {
    const auto executor = co_await boost::asio::this_coro::executor;
    auto timer = std::make_shared<boost::asio::steady_timer>(executor, limit);
    auto signal = std::make_shared<Signal>();
    const EndOfWait end(signal);
    begin([signal, weak = std::weak_ptr(timer), executor] {
        const std::lock_guard lock(signal->mutex);
        if (signal->is_over || std::exchange(signal->was_told, true)) return;
        boost::asio::post(executor, [timer = weak.lock()] { timer->cancel(); });
    });
    boost::system::error_code ignored;
    co_await timer->async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, ignored));
    const std::lock_guard lock(signal->mutex);
    co_return signal->was_told;
}

boost::asio::awaitable<void> pause_for(std::chrono::milliseconds time) {
    std::function<void(std::function<void()>)> nobody_tells = [](const std::function<void()>&) {};
    co_await wait_for(std::move(nobody_tells), time);
}

}  // namespace api
