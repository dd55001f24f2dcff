#include "http/connection_count.hpp"

namespace http {

bool ConnectionCount::enter(const std::string& address) {
    const bool trusted = trusted_.contains(address);
    const std::lock_guard lock(mutex_);
    if (open_ >= limits_.connections) return false;
    const auto known = by_address_.find(address);
    if (!trusted && known != by_address_.end() && known->second >= limits_.connections_per_address) return false;
    ++by_address_[address];
    ++open_;
    return true;
}

void ConnectionCount::leave(const std::string& address) {
    const std::lock_guard lock(mutex_);
    const auto known = by_address_.find(address);
    if (known != by_address_.end() && --known->second == 0) by_address_.erase(known);
    if (--open_ == 0) none_left_.notify_all();
}

std::size_t ConnectionCount::open() const {
    const std::lock_guard lock(mutex_);
    return open_;
}

bool ConnectionCount::wait_until_none(std::chrono::milliseconds time) {
    std::unique_lock lock(mutex_);
    return none_left_.wait_for(lock, time, [&] { return open_ == 0; });
}

}  // namespace http
