#include "server/api/bulk_shares.hpp"

#include <fmt/format.h>

#include <mutex>
#include <unordered_map>

namespace api {

/// As many entries as bulk threads, at most.
struct BulkShares::Held {
    std::mutex mutex;
    std::unordered_map<std::string, int> threads;
};

class BulkShares::Share {
  public:
    Share(std::shared_ptr<Held> held, std::string holder) : held_(std::move(held)), holder_(std::move(holder)) {}
    ~Share() {
        const std::lock_guard lock(held_->mutex);
        const auto entry = held_->threads.find(holder_);
        if (--entry->second == 0) held_->threads.erase(entry);
    }
    Share(const Share&) = delete;
    Share& operator=(const Share&) = delete;

  private:
    std::shared_ptr<Held> held_;
    std::string holder_;
};

BulkShares::BulkShares(int most_each) : most_each_(most_each), held_(std::make_shared<Held>()) {}
BulkShares::~BulkShares() = default;

std::shared_ptr<const void> BulkShares::take(const std::string& holder) {
    {
        const std::lock_guard lock(held_->mutex);
        int& threads = held_->threads[holder];
        if (threads >= most_each_)
            throw TooManyStreams(fmt::format("{} downloads of yours are under way: wait until one ends", threads));
        ++threads;
    }
    return std::make_shared<const Share>(held_, holder);
}

std::string bulk_holder(const Call& call) {
    return call.caller->is_anonymous() ? "address " + call.request->peer_address
                                       : fmt::format("person {}", call.caller->person_id);
}

}  // namespace api
