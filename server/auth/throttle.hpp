#pragma once

#include <chrono>
#include <cstddef>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace auth {

struct ThrottleLimits {
    std::size_t failures = 10;  ///< in any `window`; then the key is blocked
    std::chrono::seconds window = std::chrono::minutes(15);
    std::size_t keys = 20'000;  ///< remembered at once, some 8 MB; the one that failed longest ago is forgotten first
};

/// Counts failed attempts by key ("account:ada", "address:192.0.2.7") and says for how long one is blocked. May be
/// shared by threads. Attempts that run in parallel may pass the limit by as many as there are threads checking
/// passwords.
class Throttle {
  public:
    using Time = std::chrono::steady_clock::time_point;

    explicit Throttle(ThrottleLimits limits = {}) : limits_(limits) {}

    /// How long no attempt should be made for, at least one second; nothing when one may be made now.
    std::optional<std::chrono::seconds> blocked_for(std::string_view key, Time now) const;
    void failed(std::string_view key, Time now);
    /// Forgets the failures of the key.
    void succeeded(std::string_view key);

  private:
    struct Entry {
        std::string key;
        std::vector<Time> failures;  ///< the latest, oldest first, at most limits_.failures
    };
    using Entries = std::list<Entry>;

    ThrottleLimits limits_;
    mutable std::mutex mutex_;
    Entries entries_;  ///< in the order of their last failure
    std::unordered_map<std::string, Entries::iterator> by_key_;
};

}  // namespace auth
