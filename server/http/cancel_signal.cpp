#include "http/cancel_signal.hpp"

#include <utility>

namespace http {

void CancelSignal::on_cancel(std::function<void()> action) {
    {
        const std::lock_guard lock(mutex_);
        if (state_ == State::Armed) {
            actions_.push_back(std::move(action));
            return;
        }
        if (state_ != State::Fired) return;
    }
    action();
}

bool CancelSignal::cancelled() const {
    const std::lock_guard lock(mutex_);
    return state_ == State::Fired;
}

void CancelSignal::fire() {
    std::vector<std::function<void()>> actions;
    {
        const std::lock_guard lock(mutex_);
        if (state_ != State::Armed) return;
        state_ = State::Fired;
        actions.swap(actions_);
    }
    for (const auto& action : actions) action();
}

void CancelSignal::retire() {
    std::vector<std::function<void()>> actions;  // destroyed outside the lock: an action may own anything
    const std::lock_guard lock(mutex_);
    if (state_ == State::Armed) state_ = State::Retired;
    actions.swap(actions_);
}

}  // namespace http
