#pragma once

#include <functional>
#include <mutex>
#include <vector>

namespace http {

/// Tells whoever works for a request that nobody waits for the answer any more: the peer left, the deadline passed
/// or the server stops. Every function may be called from any thread. Fires at most once.
class CancelSignal {
  public:
    /// `action` runs once when the signal fires, on the thread that fires it (usually an I/O thread: it must not
    /// block), or at once when it has fired already. It is dropped unused when the request has been answered.
    void on_cancel(std::function<void()> action);
    bool cancelled() const;

    /// Called by the server.
    void fire();
    /// Called by the server when the answer is out: actions are forgotten and later ones never kept.
    void retire();

  private:
    enum class State { Armed, Fired, Retired };

    mutable std::mutex mutex_;
    State state_ = State::Armed;
    std::vector<std::function<void()>> actions_;
};

}  // namespace http
