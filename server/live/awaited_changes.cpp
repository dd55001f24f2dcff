#include "server/live/awaited_changes.hpp"

#include <algorithm>
#include <iterator>

namespace live {

void AwaitedChanges::announce(std::function<void()> known) {
    ++announced_;
    when_known(std::move(known));
}

void AwaitedChanges::when_known(std::function<void()> known) {
    {
        const std::lock_guard lock(mutex_);
        if (!all_known() && waiting_.size() < most_waiting) {
            waiting_.emplace_back(announced_, std::move(known));
            return;
        }
    }
    known();
}

void AwaitedChanges::tell_known(std::uint64_t announced) {
    std::vector<std::pair<std::uint64_t, std::function<void()>>> told;
    {
        const std::lock_guard lock(mutex_);
        known_ = announced;
        const auto later =
            std::ranges::find_if(waiting_, [&](const auto& waiting) { return waiting.first > announced; });
        told.assign(std::make_move_iterator(waiting_.begin()), std::make_move_iterator(later));
        waiting_.erase(waiting_.begin(), later);
    }
    for (const auto& [number, tell] : told) tell();
}

}  // namespace live
