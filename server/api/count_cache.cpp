#include "server/api/count_cache.hpp"

#include <sodium.h>

#include <optional>
#include <vector>

namespace api {

namespace {

constexpr std::size_t max_entries = 10'000;  // about 3 MB, 20 MB at the very most
constexpr std::size_t longest_key = 2000;
constexpr auto count_lifetime = std::chrono::minutes(30);  // far below the time the change feed is kept

/// Geometries of filters are large, and there are many entries.
std::string digest_of(const std::string& key) {
    std::string digest(crypto_generichash_BYTES, '\0');
    crypto_generichash(reinterpret_cast<unsigned char*>(digest.data()), digest.size(),
                       reinterpret_cast<const unsigned char*>(key.data()), key.size(), nullptr, 0);
    return digest;
}

std::string count_key(const gis::SqlStatement& statement, const std::string& scope_class) {
    std::string key = scope_class + '\0' + statement.sql();
    for (const auto& parameter : statement.parameters()) {
        key += '\0';
        key += parameter.value_or("");
    }
    return key.size() <= longest_key ? key : digest_of(key);
}

bool is_unchanged(db::Connection& connection, int layer_id, const std::string& snapshot) {
    const std::vector<db::Parameter> parameters{std::to_string(layer_id), snapshot};
    return !connection.query("select catalogue.changed_outside($1::int, $2::pg_snapshot)", parameters).boolean(0, 0);
}

struct Moment {
    std::string snapshot;
    gis::Scope::Time at;
    std::int64_t access_revision = 0;
};

Moment snapshot_of(db::Connection& connection) {
    const db::Result row = connection.query(
        "select pg_current_snapshot()::text, extract(epoch from now())::float8, catalogue.access_revision()");
    const std::chrono::duration<double> since_epoch(row.float64(0, 1));
    return {row.text(0, 0), gis::Scope::Time(std::chrono::duration_cast<gis::Scope::Time::duration>(since_epoch)),
            row.int64(0, 2)};
}

}  // namespace

std::int64_t CountCache::count(db::Connection& connection, const gis::FeatureQuery& query, const gis::Scope& scope) {
    const gis::SqlStatement statement = gis::count_sql(query);
    if (!query.layer->tracked) return connection.query(statement.sql(), statement.parameters()).int64(0, 0);
    const std::string key = count_key(statement, scope.class_of(*query.layer));
    std::optional<Entry> known;
    bool keep = false;
    {
        const std::lock_guard lock(mutex_);
        const auto found = entries_.find(key);
        if (found != entries_.end()) known = found->second;
    }
    const auto now = std::chrono::steady_clock::now();
    const bool fresh =
        known && now - known->counted_at < count_lifetime && is_unchanged(connection, query.layer->id, known->snapshot);
    if (!fresh) {
        const auto moment = snapshot_of(connection);
        // Counted by rules that are not the scope's any more: right for this caller, not to be kept for its class.
        keep = moment.access_revision == scope.revision && moment.at < scope.valid_until;
        known = Entry{connection.query(statement.sql(), statement.parameters()).int64(0, 0), moment.snapshot, now};
    }
    const std::lock_guard lock(mutex_);
    ++(fresh ? counters_.hits : counters_.misses);
    if (keep) {
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
