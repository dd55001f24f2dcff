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

    /// How many rows of a layer meet a condition that nearly all of them do: SQL without parameters, of the layer's own
    /// columns. Changes are followed row by row where the caller sees the whole layer, so that an edit costs no count.
    std::int64_t count_where(db::Connection& connection, const gis::Layer& layer, const gis::SqlStatement& condition,
                             const gis::Scope& scope);

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
    /// All rows of a layer in a snapshot, and those that fail a condition.
    struct Tally {
        std::int64_t rows = 0;
        std::vector<std::string> failing;  ///< ids
        std::int64_t unnamed_failing = 0;  ///< too many to hold their ids: any change takes a count anew
        std::string snapshot;
        std::chrono::steady_clock::time_point counted_at;

        std::int64_t count() const { return rows - unnamed_failing - static_cast<std::int64_t>(failing.size()); }
    };
    /// The tally as it is in the transaction at hand; false where the feed does not tell.
    static bool follow(db::Connection& connection, const gis::Layer& layer, const gis::SqlStatement& condition,
                       Tally& tally);
    static Tally tally_anew(db::Connection& connection, const gis::Layer& layer, const gis::SqlStatement& condition);

    mutable std::mutex mutex_;
    std::unordered_map<std::string, Entry> entries_;
    std::unordered_map<std::string, Tally> tallies_;
    Counters counters_;
};

}  // namespace api
