#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "gis/access/scope.hpp"
#include "gis/query/feature_query.hpp"
#include "server/api/change_feed.hpp"
#include "server/db/connection.hpp"

namespace api {

/// Exact counts that are counted once. An entry holds the database snapshot it was counted in; it is used again only
/// when the change feed shows no change of the layer outside that snapshot, so it is as right as counting anew.
class CountCache {
  public:
    /// How many features match, as the connection's transaction sees them in the caller's name. Callers of equal scope
    /// share counts. Layers without change triggers are always counted.
    std::int64_t count(db::Connection& connection, const gis::FeatureQuery& query, const gis::Scope& scope);
    /// The same of whatever `count_anew` counts in the rows of `layers`; `question` says what that is.
    std::int64_t count(db::Connection& connection, const std::string& question,
                       const std::vector<const gis::Layer*>& layers, const gis::Scope& scope,
                       const std::function<std::int64_t()>& count_anew);

    struct Counters {
        std::uint64_t hits = 0;
        std::uint64_t misses = 0;
    };
    Counters counters() const;

  private:
    struct Entry {
        std::int64_t count = 0;
        DataState state;
        std::chrono::steady_clock::time_point counted_at;
    };
    mutable std::mutex mutex_;
    std::unordered_map<std::string, Entry> entries_;
    Counters counters_;
};

}  // namespace api
