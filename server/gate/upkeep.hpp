#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "server/db/connection.hpp"

namespace gate {

/// Takes away what may no longer be kept: lines of the journal past their time, and what ended sessions left. Gives how
/// many lines went. `connection` may act as carreau_gate; one transaction.
std::int64_t tidy_up(db::Connection& connection);

/// Does it once a day, the first time a minute after the start: a server that is started every morning does it too.
class DailyUpkeep {
  public:
    /// `dsn` is the serving one. `log` hears of what went and of failures, which wait for the next day.
    DailyUpkeep(std::string dsn, std::function<void(const std::string&)> log);
    ~DailyUpkeep();
    DailyUpkeep(const DailyUpkeep&) = delete;
    DailyUpkeep& operator=(const DailyUpkeep&) = delete;

  private:
    void work();

    std::string dsn_;
    std::function<void(const std::string&)> log_;
    std::mutex mutex_;
    std::condition_variable stop_;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace gate
