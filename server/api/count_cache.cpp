#include "server/api/count_cache.hpp"

#include <optional>
#include <vector>

namespace api {

namespace {

constexpr std::size_t max_entries = 10'000;          // about 3 MB
constexpr auto lifetime = std::chrono::minutes(30);  // far below the time the change feed is kept

std::string key_of(const gis::SqlStatement& statement) {
    std::string key = statement.sql();
    for (const auto& parameter : statement.parameters()) {
        key += '\0';
        key += parameter.value_or("");
    }
    return key;
}

bool is_unchanged(db::Connection& connection, int layer_id, const std::string& snapshot) {
    const std::vector<db::Parameter> parameters{std::to_string(layer_id), snapshot};
    return !connection
                .query(
                    "select exists (select from catalogue.change where layer_id = $1::int "
                    "and xid >= pg_snapshot_xmin($2::pg_snapshot) and not pg_visible_in_snapshot(xid, "
                    "$2::pg_snapshot))",
                    parameters)
                .boolean(0, 0);
}

}  // namespace

std::int64_t CountCache::count(db::Connection& connection, const gis::FeatureQuery& query) {
    const gis::SqlStatement statement = gis::count_sql(query);
    if (!query.layer->tracked) return connection.query(statement.sql(), statement.parameters()).int64(0, 0);
    const std::string key = key_of(statement);
    std::optional<Entry> known;
    {
        const std::lock_guard lock(mutex_);
        const auto found = entries_.find(key);
        if (found != entries_.end()) known = found->second;
    }
    const auto now = std::chrono::steady_clock::now();
    const bool fresh =
        known && now - known->counted_at < lifetime && is_unchanged(connection, query.layer->id, known->snapshot);
    if (!fresh) {
        const std::string snapshot = connection.query("select pg_current_snapshot()::text").text(0, 0);
        known = Entry{connection.query(statement.sql(), statement.parameters()).int64(0, 0), snapshot, now};
    }
    const std::lock_guard lock(mutex_);
    ++(fresh ? counters_.hits : counters_.misses);
    if (!fresh) {
        if (entries_.size() >= max_entries) entries_.clear();
        entries_[key] = *known;
    }
    return known->count;
}

CountCache::Counters CountCache::counters() const {
    const std::lock_guard lock(mutex_);
    return counters_;
}

}  // namespace api
