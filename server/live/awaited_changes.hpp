#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <utility>
#include <vector>

namespace live {

/// Changes that were announced before they are known, and who waits until they are. One object may be used by several
/// threads.
class AwaitedChanges {
  public:
    static constexpr std::size_t most_waiting = 10'000;  ///< more than there are requests at a time, but for a fault

    /// How many were announced. Whoever looks at the database after this call sees them all.
    std::uint64_t announced() const { return announced_; }
    bool all_known() const { return known_ == announced_; }

    /// One more; then as `when_known`.
    void announce(std::function<void()> known);
    /// Calls `known` when what was announced so far is known: at once where it is, or where too many wait already.
    void when_known(std::function<void()> known);
    /// As many as had been announced are known: who waits for them is called, on this thread.
    void tell_known(std::uint64_t announced);

  private:
    std::atomic<std::uint64_t> announced_{0};
    std::atomic<std::uint64_t> known_{0};
    std::mutex mutex_;
    std::vector<std::pair<std::uint64_t, std::function<void()>>> waiting_;  // in the order of their numbers
};

}  // namespace live
