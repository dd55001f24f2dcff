#include "server/gate/sign_ins.hpp"

#include <utility>

namespace gate {

namespace {

constexpr auto sign_in_lifetime = std::chrono::minutes(10);
constexpr std::size_t max_pending = 5'000;

}  // namespace

void SignIns::keep(Pending pending) {
    const auto now = std::chrono::steady_clock::now();
    const std::lock_guard lock(mutex_);
    std::erase_if(entries_, [&](const auto& entry) { return now - entry.second.begun > sign_in_lifetime; });
    if (entries_.size() >= max_pending) entries_.clear();
    const std::string state = pending.start.state;
    entries_[state] = {std::move(pending), now};
}

std::optional<SignIns::Pending> SignIns::take(const std::string& state) {
    const std::lock_guard lock(mutex_);
    auto found = entries_.extract(state);
    if (!found || std::chrono::steady_clock::now() - found.mapped().begun > sign_in_lifetime) return std::nullopt;
    return std::move(found.mapped().pending);
}

}  // namespace gate
