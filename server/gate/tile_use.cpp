#include "server/gate/tile_use.hpp"

#include <vector>

namespace gate {

using namespace std::chrono_literals;

TileUse::Counter TileUse::counter(const Caller& caller, const std::string& layer) {
    const std::lock_guard lock(mutex_);
    Counter& counter = counts_[{caller.person_id, caller.login, layer}];
    if (!counter) counter = std::make_shared<std::atomic<std::int64_t>>(0);
    return counter;
}

bool TileUse::is_due() {
    const std::lock_guard lock(mutex_);
    const auto now = std::chrono::steady_clock::now();
    if (counts_.empty() || now - flushed_at_ < 60s) return false;
    flushed_at_ = now;
    return true;
}

void TileUse::flush(db::Connection& connection) {
    std::map<Key, std::int64_t> counts;
    {
        const std::lock_guard lock(mutex_);
        for (const auto& [key, counter] : counts_) {
            if (const std::int64_t count = counter->exchange(0); count > 0) counts[key] = count;
        }
        // Those that nobody holds and nothing was counted with: people who left.
        std::erase_if(
            counts_, [&](const auto& entry) { return entry.second.use_count() == 1 && !counts.contains(entry.first); });
    }
    try {
        for (const auto& [key, count] : counts) {
            const auto& [person, login, layer] = key;
            const std::vector<db::Parameter> values{person == 0 ? std::nullopt : db::Parameter(std::to_string(person)),
                                                    login, layer, std::to_string(count)};
            connection.query(
                "insert into audit.entry (person_id, login, action, layer, result, count) "
                "values ($1::int, $2, 'tiles', $3, 'answered', $4::int8)",
                values);
        }
    } catch (...) {
        const std::lock_guard lock(mutex_);
        for (const auto& [key, count] : counts) {
            Counter& counter = counts_[key];
            if (!counter) counter = std::make_shared<std::atomic<std::int64_t>>(0);
            *counter += count;
        }
        throw;
    }
}

}  // namespace gate
