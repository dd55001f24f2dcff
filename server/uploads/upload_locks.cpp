#include "server/uploads/upload_locks.hpp"

namespace uploads {

std::unique_ptr<UploadLocks::Hold> UploadLocks::take(const std::string& id, std::function<void()> stop,
                                                     std::function<void()> tell) {
    std::function<void()> ask;
    {
        const std::lock_guard lock(mutex_);
        const auto [held, is_free] = held_.try_emplace(id);
        if (is_free) {
            held->second.stop = std::move(stop);
        } else {
            held->second.waiting.push_back(std::move(tell));
            ask = held->second.stop;
        }
        if (is_free) return std::make_unique<Hold>(*this, id);
    }
    if (ask) ask();
    return nullptr;
}

void UploadLocks::release(const std::string& id) {
    std::list<std::function<void()>> waiting;
    {
        const std::lock_guard lock(mutex_);
        const auto held = held_.find(id);
        waiting = std::move(held->second.waiting);
        held_.erase(held);
    }
    for (const auto& tell : waiting) tell();
}

}  // namespace uploads
