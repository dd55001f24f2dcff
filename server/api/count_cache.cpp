#include "server/api/count_cache.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <unordered_set>

#include "server/api/digest.hpp"
#include "server/api/read_moment.hpp"

namespace api {

namespace {

constexpr std::size_t max_entries = 10'000;  // about 3 MB, 20 MB at the very most
constexpr std::size_t longest_key = 2000;
constexpr std::size_t max_tallies = 100;      // of layers and scopes; each 100 kB at most
constexpr std::int64_t most_failing = 1'000;  // ids held in a tally
constexpr int most_changes = 5'000;           // looked up one by one: cheaper than a count of a large layer
constexpr auto count_lifetime = std::chrono::minutes(30);  // far below the time the change feed is kept

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

/// Rows are the layer's own, and the caller sees them all.
bool can_follow(const gis::Layer& layer, const gis::Scope& scope) {
    return layer.tracked && layer.source_schema == layer.schema_name && layer.source_name == layer.table_name &&
           scope.of(layer).grant(gis::Right::Read).everything;
}

gis::SqlStatement failing_ids(const gis::Layer& layer, const gis::SqlStatement& condition) {
    gis::SqlStatement statement("select ");
    statement.ident(layer.id_column).text("::text from ").table(layer.source_schema, layer.source_name);
    statement.text(" where (" + condition.sql() + ") is not true");
    return statement;
}

std::int64_t count_rows(db::Connection& connection, const gis::Layer& layer, const gis::SqlStatement& condition) {
    gis::SqlStatement statement("select count(*) from ");
    statement.table(layer.source_schema, layer.source_name).text(" where " + condition.sql());
    return connection.query(statement.sql(), statement.parameters()).int64(0, 0);
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
        keep = read_moment(connection).is_by(scope);
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

bool CountCache::follow(db::Connection& connection, const gis::Layer& layer, const gis::SqlStatement& condition,
                        Tally& tally) {
    gis::SqlStatement changes("catalogue.changes_outside(");
    changes.param(layer.id)
        .text(", ")
        .param(tally.snapshot, "pg_snapshot")
        .text(", ")
        .param(most_changes + 1)
        .text(")");
    gis::SqlStatement look("select pg_current_snapshot()::text, ");
    look.text(sees_all_of(2)).text(", c.feature, c.op from (select) s left join ").append(changes).text(" c on true");
    const db::Result told = connection.query(look.sql(), look.parameters());
    if (!told.boolean(0, 1) || told.rows() > most_changes) return false;
    tally.snapshot = told.text(0, 0);
    if (told.is_null(0, 3)) return true;
    if (tally.unnamed_failing > 0) return false;
    std::unordered_set<std::string> changed;
    for (int row = 0; row < told.rows(); ++row) {
        const std::string op = told.text(row, 3);
        if (told.is_null(row, 2) || (op != "I" && op != "U" && op != "D")) return false;
        tally.rows += op == "I" ? 1 : op == "D" ? -1 : 0;
        changed.insert(told.text(row, 2));
    }
    std::erase_if(tally.failing, [&](const std::string& id) { return changed.contains(id); });
    gis::SqlStatement failing = failing_ids(layer, condition);
    failing.text(" and ").ident(layer.id_column).text(" = any (array(select feature::" + layer.id_sql_type + " from ");
    failing.append(changes).text(" c))");
    const db::Result now_failing = connection.query(failing.sql(), failing.parameters());
    for (int row = 0; row < now_failing.rows(); ++row) tally.failing.push_back(now_failing.text(row, 0));
    return std::ssize(tally.failing) <= most_failing;
}

CountCache::Tally CountCache::tally_anew(db::Connection& connection, const gis::Layer& layer,
                                         const gis::SqlStatement& condition) {
    gis::SqlStatement both("select pg_current_snapshot()::text, count(*), count(*) filter (where (");
    both.text(condition.sql()).text(") is not true) from ").table(layer.source_schema, layer.source_name);
    const db::Result counted = connection.query(both.sql(), both.parameters());
    Tally tally;
    tally.rows = counted.int64(0, 1);
    tally.snapshot = counted.text(0, 0);
    const std::int64_t failing_count = counted.int64(0, 2);
    if (failing_count > most_failing) tally.unnamed_failing = failing_count;
    if (failing_count == 0 || failing_count > most_failing) return tally;
    gis::SqlStatement failing = failing_ids(layer, condition);
    const db::Result ids = connection.query(failing.sql(), failing.parameters());
    for (int row = 0; row < ids.rows(); ++row) tally.failing.push_back(ids.text(row, 0));
    return tally;
}

std::int64_t CountCache::count_where(db::Connection& connection, const gis::Layer& layer,
                                     const gis::SqlStatement& condition, const gis::Scope& scope) {
    if (!can_follow(layer, scope)) {
        const std::string question = fmt::format("rows {} where {}", layer.updated, condition.sql());
        return count(connection, question, {&layer}, scope, [&] { return count_rows(connection, layer, condition); });
    }
    // Who sees the whole layer sees the same of it.
    const std::string key = digest_of(fmt::format("{} {} {}", layer.id, layer.updated, condition.sql()));
    std::optional<Tally> tally;
    {
        const std::lock_guard lock(mutex_);
        if (const auto found = tallies_.find(key); found != tallies_.end()) tally = found->second;
    }
    const auto now = std::chrono::steady_clock::now();
    const bool followed =
        tally && now - tally->counted_at < count_lifetime && follow(connection, layer, condition, *tally);
    bool keep = followed;
    if (!followed) {
        keep = read_moment(connection).is_by(scope);
        tally = tally_anew(connection, layer, condition);
    }
    tally->counted_at = now;
    const std::lock_guard lock(mutex_);
    ++(followed ? counters_.hits : counters_.misses);
    if (keep) {
        if (tallies_.size() >= max_tallies) tallies_.clear();
        tallies_[key] = *tally;
    }
    return tally->count();
}

CountCache::Counters CountCache::counters() const {
    const std::lock_guard lock(mutex_);
    return counters_;
}

}  // namespace api
