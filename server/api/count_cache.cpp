#include "server/api/count_cache.hpp"

#include <sodium.h>

#include <algorithm>
#include <optional>

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

std::string cached_question(const gis::SqlStatement& statement) {
    std::string question = statement.sql();
    for (const auto& parameter : statement.parameters()) {
        question += '\0';
        question += parameter.value_or("");
    }
    return question;
}

std::string count_key(const std::string& question, const std::vector<const gis::Layer*>& layers,
                      const gis::Scope& scope) {
    std::string key;
    for (const gis::Layer* layer : layers) key += std::to_string(layer->id) + ' ' + scope.class_of(*layer) + '\0';
    key += question;
    return key.size() <= longest_key ? key : digest_of(key);
}

struct Moment {
    gis::Scope::Time at;
    std::int64_t access_revision = 0;
};

Moment moment_of(db::Connection& connection) {
    const db::Result row = connection.query("select extract(epoch from now())::float8, catalogue.access_revision()");
    const std::chrono::duration<double> since_epoch(row.float64(0, 0));
    return {gis::Scope::Time(std::chrono::duration_cast<gis::Scope::Time::duration>(since_epoch)), row.int64(0, 1)};
}

}  // namespace

std::int64_t CountCache::count(db::Connection& connection, const gis::FeatureQuery& query, const gis::Scope& scope) {
    const gis::SqlStatement statement = gis::count_sql(query);
    return count(connection, cached_question(statement), {query.layer}, scope,
                 [&] { return connection.query(statement.sql(), statement.parameters()).int64(0, 0); });
}

std::int64_t CountCache::count(db::Connection& connection, const std::string& question,
                               const std::vector<const gis::Layer*>& layers, const gis::Scope& scope,
                               const std::function<std::int64_t()>& count_anew) {
    if (!std::ranges::all_of(layers, [](const gis::Layer* layer) { return layer->tracked; })) return count_anew();
    const std::string key = count_key(question, layers, scope);
    std::optional<Entry> known;
    bool keep = false;
    {
        const std::lock_guard lock(mutex_);
        const auto found = entries_.find(key);
        if (found != entries_.end()) known = found->second;
    }
    const auto now = std::chrono::steady_clock::now();
    const bool fresh =
        known && now - known->counted_at < count_lifetime && is_unchanged(connection, layers, known->state);
    if (!fresh) {
        const Moment moment = moment_of(connection);
        // Counted by rules that are not the scope's any more: right for this caller, not to be kept for its class.
        keep = moment.access_revision == scope.revision && moment.at < scope.valid_until;
        known = Entry{count_anew(), state_of(connection, layers), now};
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
