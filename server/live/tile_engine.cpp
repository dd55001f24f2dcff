#include "server/live/tile_engine.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <utility>

#include "gis/query/tile_rows.hpp"
#include "server/db/connection.hpp"
#include "server/live/sql_reason.hpp"
#include "server/live/tile_areas.hpp"

namespace live {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

namespace {

constexpr auto look = 250ms;   // a lost notification is noticed after this
constexpr auto step = 100ms;   // new declarations and a stop are noticed after this
constexpr auto believed = 2s;  // without a word from the database nothing is answered from memory
constexpr auto retry_pause = 500ms;
constexpr Clock::duration retry_load = 30s;   // of a layer that could not be read
constexpr Clock::duration retry_memory = 1h;  // of one that did not fit
constexpr auto longest_gap = 10min;           // after that a layer is read anew rather than followed
constexpr std::size_t most_changes = 20'000;
constexpr std::size_t most_boxes = 500;  // of changes at once, whose tiles are looked for one by one
constexpr const char* unreadable = "it could not be read";

bool can_be_followed(const FeedNews::OfLayer& news) {
    return !news.whole && news.ids.size() <= most_changes;
}

std::vector<LayerStore::Row> rows_of(const db::Result& result) {
    std::vector<LayerStore::Row> rows;
    for (int i = 0; i < result.rows(); ++i) {
        LayerStore::Row& row = rows.emplace_back();
        for (int c = 0; c < result.columns(); ++c)
            row.push_back(result.is_null(i, c) ? std::nullopt : std::optional(result.text(i, c)));
    }
    return rows;
}

}  // namespace

struct TileEngine::Entry {
    gis::Layer layer;
    std::optional<tiles::LayerRules> rules;     ///< none: its declaration is still to be read
    std::vector<LayerStore> stores;             ///< one for each of the rules' `held`; none: it is not held
    std::optional<Clock::time_point> retry_at;  ///< it could not be read
};

TileEngine::TileEngine(std::string dsn, CatalogWatch& watch, Options options,
                       std::function<void(const std::string&)> log)
    : dsn_(std::move(dsn)),
      watch_(watch),
      log_(std::move(log)),
      cache_(options.cache_bytes),
      wake_fd_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)),
      loader_({.dsn = dsn_,
               .max_bytes = options.store_bytes,
               .held_beside = [this](int layer_id) { return held_beside(layer_id); },
               .loaded = [this] { wake(); },
               .log = log_}),
      follower_([this] { follow(); }) {}

TileEngine::~TileEngine() {
    stopping_ = true;
    wake();
    loader_.stop();
    follower_.join();
    close(wake_fd_);
}

void TileEngine::wake() {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = write(wake_fd_, &one, sizeof one);
}

bool TileEngine::is_current() const {
    const Clock::time_point heard{Clock::duration(heard_at_.load())};
    return changes_.all_known() && !is_lost_ && Clock::now() - heard < believed;
}

void TileEngine::expect_change(std::function<void()> known) {
    changes_.announce(std::move(known));
    wake();
}

void TileEngine::when_current(std::function<void()> known) {
    if (is_lost_) {
        known();
    } else {
        changes_.when_known(std::move(known));
    }
}

// Answering

TileViewPtr TileEngine::view_of(const std::vector<const gis::Layer*>& layers, const gis::Scope& scope) {
    for (const gis::Layer* layer : layers) {
        const LayerStatePtr state = state_of(layer->id);
        // Held by another declaration than the caller's catalogue has: not yet, or not any more.
        if (!state || state->rules() != tiles::rules_of(*layer)) return nullptr;
    }
    return views_.of(layers, scope);
}

LayerStatePtr TileEngine::state_of(int layer_id) const {
    const std::lock_guard lock(mutex_);
    const auto found = published_.find(layer_id);
    return found == published_.end() ? nullptr : found->second.state;
}

bool TileEngine::encode(const TileView& view, tiles::TileCoord coord, std::string& tile) const {
    for (const TileView::Part& part : view.parts) {
        const LayerStatePtr state = state_of(part.layer_id);
        // Declared otherwise since the view was made: what it decided by may not be so any more.
        if (!state || !part.sight.decides(state->rules().has_communes, state->rules().by_right)) return false;
        const std::optional<gis::Resolution>& of_all = part.sight.of_all();
        std::vector<std::vector<bool>> visible(state->packs.size());
        std::vector<tiles::TileSource> sources;
        for (std::size_t i = 0; i < state->packs.size(); ++i) {
            const LayerState::Pack& pack = state->packs[i];
            if (of_all && *of_all != pack.shown_at) continue;
            tiles::TileSource source{pack.features.get(), pack.removed.get(), nullptr};
            if (!of_all) {
                for (const auto& codes : pack.features->commune_sets())
                    visible[i].push_back(part.sight.of(codes) == pack.shown_at);
                source.visible_sets = &visible[i];
            }
            sources.push_back(source);
        }
        // Of layers that are shown at one resolution alone.
        tiles::MergedSource merged{state->merged.get(), {}};
        if (!of_all) merged.sees = [&part](const auto& codes) { return part.sight.of(codes) != gis::Resolution::None; };
        tiles::encode_layer(sources, merged, coord, tile);
    }
    return true;
}

std::vector<TileEngine::LayerReport> TileEngine::report() const {
    std::vector<LayerReport> list;
    {
        const std::lock_guard lock(mutex_);
        for (const auto& [id, published] : published_) list.push_back(published.report);
    }
    for (LayerReport& report : list) {
        const TileViews::Use use = views_.use_of(report.layer_id);
        report.hits = use.hits;
        report.misses = use.misses;
    }
    return list;
}

double TileEngine::feed_lag() const {
    const Clock::time_point heard{Clock::duration(heard_at_.load())};
    return std::chrono::duration<double>(Clock::now() - heard).count();
}

std::size_t TileEngine::loading() const {
    return loader_.loading();
}

// What is held

void TileEngine::read_declarations(const gis::CatalogPtr& catalog) {
    declared_ = catalog;
    std::set<int> there;
    for (const gis::Layer& layer : catalog->layers()) {
        if (!layer.has_geometry()) continue;
        there.insert(layer.id);
        declare(entries_[layer.id], layer);
    }
    for (auto& [id, entry] : entries_) {
        if (there.contains(id)) continue;
        loader_.cancel(id);
        withdraw(entry, "gone");
    }
    const auto is_gone = [&](const auto& item) { return !there.contains(item.first); };
    std::erase_if(entries_, is_gone);
    const std::lock_guard lock(mutex_);
    std::erase_if(published_, is_gone);
}

void TileEngine::declare(Entry& entry, const gis::Layer& layer) {
    const std::string reason = sql_reason(layer);
    tiles::LayerRules rules = tiles::rules_of(layer);
    const bool same = entry.rules == rules && sql_reason(entry.layer) == reason;
    entry.layer = layer;
    if (same) return;
    entry.rules = std::move(rules);
    entry.retry_at.reset();
    if (reason.empty()) {
        reload(entry);
    } else {
        loader_.cancel(layer.id);
        withdraw(entry, reason);
    }
}

void TileEngine::reload(Entry& entry) {
    withdraw(entry, "loading");
    loader_.request(entry.layer);
}

void TileEngine::publish(const Entry& entry, LayerStatePtr state, const std::string& reason) {
    const std::lock_guard lock(mutex_);
    Published& published = published_[entry.layer.id];
    published.state.swap(state);  // the former one goes when the mutex is free
    LayerReport& report = published.report;
    report.layer_id = entry.layer.id;
    report.name = entry.layer.name;
    report.reason = reason;
    report.features = published.state ? published.state->features : 0;
    report.bytes = published.state ? published.state->memory : 0;
}

void TileEngine::withdraw(Entry& entry, const std::string& reason) {
    entry.stores.clear();
    publish(entry, nullptr, reason);
    const std::size_t dropped = cache_.drop_views(views_.showing(entry.layer.id));
    const std::lock_guard lock(mutex_);
    published_[entry.layer.id].report.dropped += dropped;
}

void TileEngine::give_up(Entry& entry) {
    withdraw(entry, unreadable);
    entry.retry_at = Clock::now() + retry_load;
}

std::size_t TileEngine::held_beside(int layer_id) const {
    const std::lock_guard lock(mutex_);
    std::size_t bytes = 0;
    for (const auto& [id, published] : published_) bytes += id == layer_id ? 0 : published.report.bytes;
    return bytes;
}

// Following

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
                for (auto& [id, entry] : entries_) entry.rules.reset();
                feed_snapshot_.clear();
            }
            told = false;
            follow_by(connection);
        } catch (const std::exception& error) {
            is_lost_ = true;  // nothing is answered from memory while nobody knows what happens
            if (!told) log_(std::string("tiles: ") + error.what());
            told = true;
            for (auto waited = 0ms; waited < retry_pause && !stopping_; waited += step)
                std::this_thread::sleep_for(step);
        }
    }
}

void TileEngine::follow_by(db::Connection& connection) {
    auto last = Clock::time_point{};
    while (!stopping_) {
        const gis::CatalogPtr catalog = watch_.catalog();
        if (catalog != declared_) read_declarations(catalog);
        bool news = false;
        for (auto channel = connection.wait_notification(last == Clock::time_point{} ? 0ms : step, wake_fd_); channel;
             channel = connection.wait_notification(0ms)) {
            news = true;
        }
        std::uint64_t count = 0;
        news = read(wake_fd_, &count, sizeof count) > 0 || news;
        if (!news && Clock::now() - last < look) continue;
        sync(connection);
        last = Clock::now();
    }
}

/// One look at the feed: everything up to one snapshot.
void TileEngine::sync(db::Connection& connection) {
    const std::uint64_t announced = changes_.announced();
    const auto begin = Clock::now();
    connection.run_script("begin isolation level repeatable read read only");
    const db::Result now = connection.query("select pg_current_snapshot()::text, n from access.revision");
    const std::string snapshot = now.text(0, 0);
    if (!feed_snapshot_.empty() && snapshot != feed_snapshot_) {
        const FeedNews news = news_since(connection, feed_snapshot_);
        for (const auto& [layer_id, of_layer] : news.layers) {
            const auto found = entries_.find(layer_id);
            if (found != entries_.end() && !found->second.stores.empty()) bring_up(connection, found->second, of_layer);
        }
    }
    // One that was read later may be ahead of this look: the next one would find its changes there already, and not the
    // tiles they left behind.
    if (auto loaded = loader_.take(begin)) take(connection, std::move(*loaded));
    for (auto& [id, entry] : entries_) {
        if (!entry.retry_at || Clock::now() < *entry.retry_at) continue;
        entry.retry_at.reset();
        loader_.request(entry.layer);
    }
    connection.execute("commit");
    feed_snapshot_ = snapshot;
    watch_.note_access_revision(now.int64(0, 1));
    heard_at_ = begin.time_since_epoch().count();
    is_lost_ = false;
    last_sync_ = begin;
    changes_.tell_known(announced);
}

void TileEngine::bring_up(db::Connection& connection, Entry& entry, const FeedNews::OfLayer& news) {
    if (!can_be_followed(news)) {
        reload(entry);
        return;
    }
    try {
        apply(connection, entry, news);
    } catch (...) {
        // Its own fault: the next look goes on without it. A lost connection is nobody's.
        if (connection.is_open()) give_up(entry);
        throw;
    }
}

void TileEngine::apply(db::Connection& connection, Entry& entry, const FeedNews::OfLayer& news) {
    const nlohmann::json ids(news.ids);
    LayerStore::Changed changed;
    for (LayerStore& store : entry.stores) {
        const gis::SqlStatement sql = gis::held_rows_of_sql(entry.layer, store.shown_at(), ids.dump());
        store.apply(news.ids, rows_of(connection.query(sql.sql(), sql.parameters())), changed);
    }
    publish(entry, joined_state(entry.stores));
    const std::size_t dropped = drop_tiles(entry, changed);
    {
        const std::lock_guard lock(mutex_);
        LayerReport& report = published_[entry.layer.id].report;
        report.changes += news.changes;
        report.dropped += dropped;
    }
    const bool wants_packing =
        std::ranges::any_of(entry.stores, [](const LayerStore& store) { return store.wants_packing(); });
    if (wants_packing && !loader_.is_loading(entry.layer.id) && !entry.retry_at) loader_.request(entry.layer);
}

std::size_t TileEngine::drop_tiles(const Entry& entry, const LayerStore::Changed& changed) {
    const std::vector<std::uint32_t> views = views_.showing(entry.layer.id);
    if (views.empty()) return 0;
    if (changed.features.size() > most_boxes || changed.merged.size() > most_boxes) return cache_.drop_views(views);
    const tiles::LayerRules& rules = *entry.rules;
    auto areas = areas_of(changed.features, rules.min_zoom, rules.max_zoom);
    const auto merged = areas_of(changed.merged, rules.min_zoom, rules.merge_zoom - 1);
    areas.insert(areas.end(), merged.begin(), merged.end());
    return cache_.drop(views, areas);
}

void TileEngine::take(db::Connection& connection, LoadedLayer loaded) {
    Entry& entry = entries_.at(loaded.layer_id);
    if (loaded.packed.empty()) {
        entry.retry_at = Clock::now() + (loaded.too_large ? retry_memory : retry_load);
        // One that is held and followed stays.
        if (entry.stores.empty()) withdraw(entry, loaded.too_large ? "memory" : unreadable);
        return;
    }
    try {
        hold(connection, entry, std::move(loaded));
    } catch (...) {
        // What was read is as of before the feed's last look, and what happened between is not known.
        give_up(entry);
        throw;
    }
}

void TileEngine::hold(db::Connection& connection, Entry& entry, LoadedLayer loaded) {
    FeedNews news = news_since(connection, loaded.snapshot, entry.layer.id);
    const FeedNews::OfLayer& since = news.layers[entry.layer.id];
    if (!can_be_followed(since)) {
        loader_.request(entry.layer);
        return;
    }
    const bool was_held = !entry.stores.empty();
    entry.stores.clear();
    for (std::size_t i = 0; i < loaded.packed.size(); ++i)
        entry.stores.emplace_back(std::move(loaded.packed[i]), entry.rules->held[i].shown_at);
    {
        const std::lock_guard lock(mutex_);
        LayerReport& report = published_[entry.layer.id].report;
        report.build_seconds = loaded.seconds();
        ++report.builds;
    }
    apply(connection, entry, since);
    // Packed anew, borders are cut where they now part: simplified tiles are drawn again.
    if (was_held) cache_.drop_views(views_.showing(entry.layer.id), entry.rules->full_zoom());
}

}  // namespace live
