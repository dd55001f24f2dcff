#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <tuple>

#include "server/db/connection.hpp"
#include "server/gate/caller.hpp"

namespace gate {

/// Tiles are too many for a line of the journal each: they are counted by person, layer and day, and written now and
/// then.
class TileUse {
  public:
    using Counter = std::shared_ptr<std::atomic<std::int64_t>>;

    void add(const Caller& caller, const std::string& layer) { ++*counter(caller, layer); }
    /// What counts the caller's tiles of the layer, for who adds often.
    Counter counter(const Caller& caller, const std::string& layer);
    /// True once a minute, for the one who then flushes.
    bool is_due();
    /// Writes what was counted, in a transaction of the role Gate. What fails to be written is counted again.
    void flush(db::Connection& connection);

  private:
    using Key = std::tuple<int, std::string, std::string>;  ///< person id, login, layer
    std::mutex mutex_;
    std::map<Key, Counter> counts_;
    std::chrono::steady_clock::time_point flushed_at_ = std::chrono::steady_clock::now();
};

}  // namespace gate
