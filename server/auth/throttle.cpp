#include "auth/throttle.hpp"

#include "auth/secret.hpp"

namespace auth {

// Keys are kept as hashes: what people typed into a login field may be long, and may be a password.

std::optional<std::chrono::seconds> Throttle::blocked_for(std::string_view key, Time now) const {
    const std::string hash = sha256_hex(key);
    const std::lock_guard lock(mutex_);
    const auto found = by_key_.find(hash);
    if (found == by_key_.end() || found->second->failures.size() < limits_.failures) return std::nullopt;
    const auto left = found->second->failures.front() + limits_.window - now;
    if (left <= Time::duration::zero()) return std::nullopt;
    return std::chrono::ceil<std::chrono::seconds>(left);
}

void Throttle::failed(std::string_view key, Time now) {
    const std::string hash = sha256_hex(key);
    const std::lock_guard lock(mutex_);
    const auto found = by_key_.find(hash);
    if (found == by_key_.end()) {
        by_key_.emplace(hash, entries_.insert(entries_.end(), {hash, {}}));
    } else {
        entries_.splice(entries_.end(), entries_, found->second);
    }
    auto& failures = entries_.back().failures;
    if (failures.size() >= limits_.failures) failures.erase(failures.begin());
    failures.push_back(now);

    const auto is_over = [&] { return entries_.front().failures.back() + limits_.window <= now; };
    while (!entries_.empty() && (entries_.size() > limits_.keys || is_over())) {
        by_key_.erase(entries_.front().key);
        entries_.pop_front();
    }
}

void Throttle::succeeded(std::string_view key) {
    const std::string hash = sha256_hex(key);
    const std::lock_guard lock(mutex_);
    const auto found = by_key_.find(hash);
    if (found == by_key_.end()) return;
    entries_.erase(found->second);
    by_key_.erase(found);
}

}  // namespace auth
