#include "server/gate/upkeep.hpp"

#include <chrono>

namespace gate {

using namespace std::chrono_literals;

std::int64_t tidy_up(db::Connection& connection) {
    connection.run_script("begin; set local role carreau_gate");
    const std::int64_t gone = connection.query("select audit.purge()").int64(0, 0);
    connection.execute("select access.forget()");
    connection.execute("commit");
    return gone;
}

DailyUpkeep::DailyUpkeep(std::string dsn, std::function<void(const std::string&)> log)
    : dsn_(std::move(dsn)), log_(std::move(log)), thread_([this] { work(); }) {}

DailyUpkeep::~DailyUpkeep() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    stop_.notify_all();
    thread_.join();
}

void DailyUpkeep::work() {
    std::chrono::seconds pause = 1min;
    std::unique_lock lock(mutex_);
    while (!stop_.wait_for(lock, pause, [this] { return stopping_; })) {
        lock.unlock();
        try {
            db::Connection connection(dsn_);
            if (const std::int64_t gone = tidy_up(connection); gone > 0)
                log_("the journal was purged of " + std::to_string(gone) + " lines");
        } catch (const std::exception& error) {
            log_(std::string("the daily upkeep failed: ") + error.what());
        }
        pause = 24h;
        lock.lock();
    }
}

}  // namespace gate
