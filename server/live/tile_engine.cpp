#include "server/live/tile_engine.hpp"

#include <fmt/format.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "gis/query/tile_rows.hpp"
#include "server/db/connection.hpp"
#include "server/live/layer_reader.hpp"
#include "server/live/tile_areas.hpp"

namespace live {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

namespace {

constexpr auto look = 250ms;   // a lost notification is noticed after this
constexpr auto step = 100ms;   // new declarations and a stop are noticed after this
constexpr auto believed = 2s;  // without a word from the database nothing is answered from memory
constexpr auto retry_pause = 500ms;
constexpr auto retry_load = 30s;     // of a layer that could not be read
constexpr auto retry_memory = 1h;    // of one that did not fit
constexpr auto longest_gap = 10min;  // after that a layer is read anew rather than followed
constexpr std::size_t most_changes = 20'000;
constexpr std::size_t most_boxes = 500;  // of changes at once, whose tiles are looked for one by one
constexpr std::size_t most_views = 5000;
constexpr std::size_t most_lists = 200;  // of the views: those of several layers, for anybody may ask for any order
constexpr std::size_t most_waiting = 10'000;

bool has_plain_ids(const gis::Layer& layer) {
    if (layer.id_type == gis::FieldType::Integer) return true;
    const std::string& type = layer.id_sql_type;
    return type == "text" || type == "uuid" || type.starts_with("character varying");
}

double seconds_since(Clock::time_point begin) {
    return std::chrono::duration<double>(Clock::now() - begin).count();
}

}  // namespace

std::string sql_reason(const gis::Layer& layer) {
    if (layer.tiles_by_sql) return "declared";
    if (layer.sensitive) return "sensitive";
    if (layer.source_schema != layer.schema_name || layer.source_name != layer.table_name) return "view";
    if (!layer.tracked) return "untracked";
    if (!layer.commune_link.empty()) return "communes by a table";
    if (!has_plain_ids(layer)) return "id type";
    if (layer.min_zoom > tiles::deepest_world_zoom) return "zoom";
    return "";
}

struct TileEngine::Entry {
    gis::Layer layer;
    tiles::LayerRules rules;
    bool is_read = false;
    std::uint64_t generation = 0;
    bool is_loading = false;
    std::optional<LayerStore> store;
    std::size_t memory = 0;
    std::optional<Clock::time_point> retry_at;  ///< it could not be read
};

TileEngine::TileEngine(std::string dsn, CatalogWatch& watch, Options options,
                       std::function<void(const std::string&)> log)
    : dsn_(std::move(dsn)),
      watch_(watch),
      options_(options),
      log_(std::move(log)),
      cache_(options.cache_bytes),
      wake_fd_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
    loader_ = std::thread([this] { load_layers(); });
    follower_ = std::thread([this] { follow(); });
}

TileEngine::~TileEngine() {
    stopping_ = true;
    wake();
    {
        const std::lock_guard lock(mutex_);
        load_wanted_.notify_all();
    }
    follower_.join();
    loader_.join();
    close(wake_fd_);
}

void TileEngine::wake() {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = write(wake_fd_, &one, sizeof one);
}

bool TileEngine::is_current() const {
    const Clock::time_point heard{Clock::duration(heard_at_.load())};
    return known_ == asked_ && !is_lost_ && Clock::now() - heard < believed;
}

void TileEngine::expect_change(std::function<void()> known) {
    {
        const std::lock_guard lock(mutex_);
        const std::uint64_t ticket = ++asked_;
        if (known) waiting_.emplace_back(ticket, std::move(known));
    }
    wake();
}

void TileEngine::when_current(std::function<void()> known) {
    {
        const std::lock_guard lock(mutex_);
        if (known_ != asked_ && !is_lost_ && waiting_.size() < most_waiting) {
            waiting_.emplace_back(asked_, std::move(known));
            return;
        }
    }
    known();
}

void TileEngine::tell_known(std::uint64_t ticket) {
    std::vector<std::function<void()>> told;
    {
        const std::lock_guard lock(mutex_);
        known_ = ticket;
        std::erase_if(waiting_, [&](auto& waiting) {
            if (waiting.first > ticket) return false;
            told.push_back(std::move(waiting.second));
            return true;
        });
    }
    for (const auto& tell : told) tell();
}

// Reading layers

void TileEngine::load_layers() {
    while (true) {
        Load wanted;
        {
            std::unique_lock lock(mutex_);
            load_wanted_.wait(lock, [this] { return stopping_ || !to_load_.empty(); });
            if (stopping_) return;
            wanted = std::move(to_load_.front());
            to_load_.pop_front();
        }
        Loaded loaded;
        try {
            loaded = load(wanted);
        } catch (const std::exception& error) {
            log_(fmt::format("tiles: layer {}: {}", wanted.layer.name, error.what()));
            loaded.reason = "it could not be read";
        }
        loaded.layer_id = wanted.layer.id;
        loaded.generation = wanted.generation;
        {
            const std::lock_guard lock(mutex_);
            loaded_.push_back(std::move(loaded));
        }
        wake();
    }
}

TileEngine::Loaded TileEngine::load(const Load& wanted) {
    const auto begin = Clock::now();
    std::size_t others = 0;
    {
        const std::lock_guard lock(mutex_);
        for (const auto& [id, state] : published_) others += id == wanted.layer.id || !state ? 0 : state->memory;
    }
    Loaded loaded;
    db::Connection connection(dsn_, {"statement_timeout=0", "lock_timeout=10s", "jit=off", "timezone=UTC",
                                     "datestyle=ISO", "extra_float_digits=1"});
    connection.run_script("begin isolation level repeatable read read only");
    loaded.snapshot = snapshot_of(connection);
    tiles::LayerPacker packer(tiles::rules_of(wanted.layer));
    const auto fits = [&] { return others + packer.memory() <= options_.store_bytes; };
    const auto go_on = [&] { return !stopping_ && fits(); };
    if (!read_layer(connection, packer, go_on) || !fits()) {
        loaded.reason = "memory";
        return loaded;
    }
    connection.execute("commit");
    loaded.packed = packer.finish();
    loaded.seconds = seconds_since(begin);
    return loaded;
}

void TileEngine::request_load(Entry& entry) {
    if (!entry.is_loading) ++loading_;
    entry.is_loading = true;
    const std::lock_guard lock(mutex_);
    std::erase_if(to_load_, [&](const Load& earlier) { return earlier.layer.id == entry.layer.id; });
    to_load_.push_back({entry.layer, ++entry.generation});
    load_wanted_.notify_one();
}

// What is held

void TileEngine::publish(Entry& entry, LayerStatePtr state) {
    entry.memory = state ? state->memory : 0;
    const std::lock_guard lock(mutex_);
    LayerReport& report = reports_[entry.layer.id];
    report.name = entry.layer.name;
    report.features = state ? state->features : 0;
    report.bytes = entry.memory;
    if (state) report.reason.clear();
    published_[entry.layer.id] = std::move(state);
}

void TileEngine::withdraw(Entry& entry, const std::string& reason) {
    entry.store.reset();
    publish(entry, nullptr);
    const std::vector<std::uint32_t> views = views_of(entry.layer.id);
    const std::size_t dropped = views.empty() ? 0 : cache_.drop_views(views);
    const std::lock_guard lock(mutex_);
    reports_[entry.layer.id].reason = reason;
    reports_[entry.layer.id].dropped += dropped;
}

void TileEngine::read_declarations(const gis::CatalogPtr& catalog) {
    declared_ = catalog;
    std::set<int> there;
    for (const gis::Layer& layer : catalog->layers()) {
        if (!layer.has_geometry()) continue;
        there.insert(layer.id);
        Entry& entry = entries_[layer.id];
        const std::string reason = sql_reason(layer);
        const tiles::LayerRules rules = tiles::rules_of(layer);
        const bool same = entry.is_read && entry.rules == rules && sql_reason(entry.layer) == reason;
        entry.layer = layer;
        if (same) continue;
        entry.rules = rules;
        entry.is_read = true;
        ++entry.generation;
        withdraw(entry, reason.empty() ? "loading" : reason);
        entry.retry_at.reset();
        if (reason.empty()) {
            request_load(entry);
        } else if (std::exchange(entry.is_loading, false)) {
            --loading_;
        }
    }
    for (auto at = entries_.begin(); at != entries_.end();) {
        if (there.contains(at->first)) {
            ++at;
            continue;
        }
        if (at->second.is_loading) --loading_;
        withdraw(at->second, "gone");
        const std::lock_guard lock(mutex_);
        published_.erase(at->first);
        reports_.erase(at->first);
        at = entries_.erase(at);
    }
}

// Following

void TileEngine::take_loaded(db::Connection& connection) {
    while (true) {
        Loaded loaded;
        {
            const std::lock_guard lock(mutex_);
            if (loaded_.empty()) return;
            loaded = std::move(loaded_.front());
            loaded_.pop_front();
        }
        const auto found = entries_.find(loaded.layer_id);
        if (found == entries_.end() || found->second.generation != loaded.generation) continue;
        found->second.is_loading = false;
        --loading_;
        try {
            take(connection, found->second, loaded);
        } catch (...) {
            // What was read is as of before the feed's last look, and what happened between is not known.
            give_up(found->second);
            throw;
        }
    }
}

void TileEngine::take(db::Connection& connection, Entry& entry, Loaded& loaded) {
    if (!loaded.packed) {
        entry.retry_at = Clock::now() + (loaded.reason == "memory" ? Clock::duration(retry_memory) : retry_load);
        if (!entry.store) withdraw(entry, loaded.reason);  // one that is held and followed stays
        return;
    }
    const FeedNews news = news_since(connection, loaded.snapshot, loaded.layer_id);
    const auto of_layer = news.layers.find(loaded.layer_id);
    const bool changed = of_layer != news.layers.end();
    if (changed && (of_layer->second.whole || of_layer->second.ids.size() > most_changes)) {
        request_load(entry);
        return;
    }
    const bool was_held = entry.store.has_value();
    entry.store.emplace(std::move(*loaded.packed));
    {
        const std::lock_guard lock(mutex_);
        LayerReport& report = reports_[loaded.layer_id];
        report.build_seconds = loaded.seconds;
        ++report.builds;
    }
    if (changed) {
        apply(connection, entry, of_layer->second);
    } else {
        publish(entry, entry.store->state());
    }
    // Packed anew, borders are cut where they now part: simplified tiles are drawn again.
    if (was_held) cache_.drop_views(views_of(loaded.layer_id), entry.rules.full_zoom());
}

void TileEngine::give_up(Entry& entry) {
    withdraw(entry, "it could not be read");
    entry.retry_at = Clock::now() + retry_load;
}

void TileEngine::apply(db::Connection& connection, Entry& entry, const FeedNews::OfLayer& news) {
    const nlohmann::json ids(news.ids);
    const gis::SqlStatement sql = gis::tile_rows_of_sql(entry.layer, ids.dump());
    const db::Result result = connection.query(sql.sql(), sql.parameters());
    std::vector<LayerStore::Row> rows;
    for (int i = 0; i < result.rows(); ++i) {
        LayerStore::Row& row = rows.emplace_back();
        for (int c = 0; c < result.columns(); ++c)
            row.push_back(result.is_null(i, c) ? std::nullopt : std::optional(result.text(i, c)));
    }
    const std::vector<tiles::WorldBox> boxes = entry.store->apply(news.ids, std::move(rows));
    publish(entry, entry.store->state());
    const std::vector<std::uint32_t> views = views_of(entry.layer.id);
    std::size_t dropped = 0;
    if (!views.empty()) {
        dropped = boxes.size() > most_boxes
                      ? cache_.drop_views(views)
                      : cache_.drop(views, areas_of(boxes, entry.rules.min_zoom, entry.rules.max_zoom));
    }
    {
        const std::lock_guard lock(mutex_);
        LayerReport& report = reports_[entry.layer.id];
        report.changes += news.changes;
        report.dropped += dropped;
    }
    if (entry.store->wants_packing() && !entry.is_loading && !entry.retry_at) request_load(entry);
}

/// One look at the feed: everything up to one snapshot.
void TileEngine::sync(db::Connection& connection) {
    const std::uint64_t ticket = asked_;
    const auto begin = Clock::now();
    connection.run_script("begin isolation level repeatable read read only");
    const db::Result now = connection.query("select pg_current_snapshot()::text, n from access.revision");
    const std::string snapshot = now.text(0, 0);
    if (!feed_snapshot_.empty() && snapshot != feed_snapshot_) {
        const FeedNews news = news_since(connection, feed_snapshot_);
        for (const auto& [layer_id, of_layer] : news.layers) {
            const auto found = entries_.find(layer_id);
            if (found == entries_.end() || !found->second.store) continue;
            Entry& entry = found->second;
            if (of_layer.whole || of_layer.ids.size() > most_changes) {
                withdraw(entry, "loading");
                request_load(entry);
                continue;
            }
            try {
                apply(connection, entry, of_layer);
            } catch (...) {
                // Its own fault: the next look goes on without it. A lost connection is nobody's.
                if (connection.is_open()) give_up(entry);
                throw;
            }
        }
    }
    take_loaded(connection);
    for (auto& [id, entry] : entries_) {
        if (!entry.retry_at || Clock::now() < *entry.retry_at) continue;
        entry.retry_at.reset();
        request_load(entry);
    }
    connection.execute("commit");
    feed_snapshot_ = snapshot;
    watch_.note_access_revision(now.int64(0, 1));
    heard_at_ = begin.time_since_epoch().count();
    is_lost_ = false;
    last_sync_ = begin;
    tell_known(ticket);
}

void TileEngine::follow() {
    bool told = false;
    while (!stopping_) {
        try {
            db::Connection connection(dsn_, {"lock_timeout=1s", "statement_timeout=10s", "jit=off", "timezone=UTC",
                                             "datestyle=ISO", "extra_float_digits=1"});
            connection.execute("listen carreau_change");
            connection.execute("listen carreau_access");
            if (!feed_snapshot_.empty() && Clock::now() - last_sync_ > longest_gap) {
                declared_.reset();
                for (auto& [id, entry] : entries_) entry.is_read = false;
                feed_snapshot_.clear();
            }
            auto last = Clock::time_point{};
            told = false;
            while (!stopping_) {
                const gis::CatalogPtr catalog = watch_.catalog();
                if (catalog != declared_) read_declarations(catalog);
                bool news = false;
                for (auto channel = connection.wait_notification(last == Clock::time_point{} ? 0ms : step, wake_fd_);
                     channel; channel = connection.wait_notification(0ms)) {
                    news = true;
                }
                std::uint64_t count = 0;
                news = read(wake_fd_, &count, sizeof count) > 0 || news;
                if (!news && Clock::now() - last < look) continue;
                sync(connection);
                last = Clock::now();
            }
        } catch (const std::exception& error) {
            is_lost_ = true;  // nothing is answered from memory while nobody knows what happens
            if (!told) log_(std::string("tiles: ") + error.what());
            told = true;
            for (auto waited = 0ms; waited < retry_pause && !stopping_; waited += step)
                std::this_thread::sleep_for(step);
        }
    }
}

// Answering

TileViewPtr TileEngine::view_of(const std::vector<const gis::Layer*>& layers, const gis::Scope& scope) {
    std::string key;
    std::vector<tiles::LayerRules> rules;
    for (const gis::Layer* layer : layers) {
        // With communes declared or not the same class decides otherwise.
        key += std::to_string(layer->id) + (layer->commune_column.empty() ? ":" : "c:") + scope.class_of(*layer) + ";";
        rules.push_back(tiles::rules_of(*layer));
    }
    const std::lock_guard lock(mutex_);
    for (std::size_t i = 0; i < layers.size(); ++i) {
        const auto held = published_.find(layers[i]->id);
        // Held by another declaration than the caller's catalogue has: not yet, or not any more.
        if (held == published_.end() || !held->second || held->second->packs.front().features->rules() != rules[i])
            return nullptr;
    }
    const auto known = views_.find(key);
    if (known != views_.end()) return known->second;
    auto made = std::make_shared<TileView>();
    for (const gis::Layer* layer : layers) {
        TileView::Part part{layer->id, false, !layer->commune_column.empty(), scope.of(*layer).grant(gis::Right::Read)};
        part.everything = part.grant.everything || (part.grant.partly && !part.has_communes);
        if (!part.everything && !part.grant.perimeter.empty()) return nullptr;
        made->parts.push_back(std::move(part));
    }
    // Ids are never used again: a tile that is still being made for a view must not become another's.
    const bool is_list = layers.size() > 1;
    if (views_.size() < most_views && (!is_list || lists_ < most_lists)) {
        lists_ += is_list ? 1 : 0;
        made->id = static_cast<std::uint32_t>(views_.size() + 1);
        views_.emplace(std::move(key), made);
    }
    return made;
}

std::vector<std::uint32_t> TileEngine::views_of(int layer_id) const {
    const std::lock_guard lock(mutex_);
    std::vector<std::uint32_t> ids;
    for (const auto& [key, view] : views_) {
        if (std::ranges::any_of(view->parts, [&](const TileView::Part& part) { return part.layer_id == layer_id; }))
            ids.push_back(view->id);
    }
    return ids;
}

LayerStatePtr TileEngine::state_of(int layer_id) const {
    const std::lock_guard lock(mutex_);
    const auto found = published_.find(layer_id);
    return found == published_.end() ? nullptr : found->second;
}

bool TileEngine::encode(const TileView& view, tiles::TileCoord coord, std::string& tile) const {
    for (const TileView::Part& part : view.parts) {
        const LayerStatePtr state = state_of(part.layer_id);
        // Declared otherwise since the view was made: what it decided by may not be so any more.
        if (!state || state->packs.front().features->rules().has_communes != part.has_communes) return false;
        std::vector<std::vector<bool>> visible(state->packs.size());
        std::vector<tiles::TileSource> sources;
        for (std::size_t i = 0; i < state->packs.size(); ++i) {
            const LayerState::Pack& pack = state->packs[i];
            tiles::TileSource source{pack.features.get(), pack.removed.get(), nullptr};
            if (!part.everything) {
                for (const auto& codes : pack.features->commune_sets()) visible[i].push_back(part.grant.covers(codes));
                // Features without communes are for those who see everything.
                if (visible[i].empty()) visible[i].push_back(false);
                source.visible_sets = &visible[i];
            }
            sources.push_back(source);
        }
        tiles::encode_layer(sources, coord, tile);
    }
    return true;
}

std::vector<TileEngine::LayerReport> TileEngine::report() const {
    const std::lock_guard lock(mutex_);
    std::map<int, LayerReport> reports = reports_;
    for (const auto& [key, view] : views_) {
        for (const TileView::Part& part : view->parts) {
            const auto found = reports.find(part.layer_id);
            if (found == reports.end()) continue;
            found->second.hits += view->hits;
            found->second.misses += view->misses;
        }
    }
    std::vector<LayerReport> list;
    for (auto& [id, report] : reports) list.push_back(std::move(report));
    return list;
}

double TileEngine::feed_lag() const {
    return seconds_since(Clock::time_point(Clock::duration(heard_at_.load())));
}

std::size_t TileEngine::loading() const {
    return loading_;
}

}  // namespace live
