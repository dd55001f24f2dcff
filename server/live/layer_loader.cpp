#include "server/live/layer_loader.hpp"

#include <fmt/format.h>

#include <stdexcept>
#include <utility>

#include "server/db/connection.hpp"
#include "server/live/layer_reader.hpp"
#include "server/live/tile_feed.hpp"

namespace live {

namespace {

/// What a right shows is another thing from the moment on that it is declared otherwise, which this server may not have
/// heard of yet.
void require_as_declared(db::Connection& connection, const gis::Layer& layer) {
    const auto text = [](bool value) { return std::optional<std::string>(value ? "true" : "false"); };
    const std::vector<db::Parameter> declared{std::to_string(layer.id), text(layer.sensitive),
                                              text(layer.hidden_from_public), text(layer.hidden_from_agents),
                                              text(layer.exact_for_agents)};
    const db::Result row = connection.query(
        "select access.is_sensitive(l) = $2::boolean and (public_resolution = 'hidden') = $3::boolean and "
        "(agent_resolution = 'hidden') = $4::boolean and (access.is_sensitive(l) and agent_resolution = 'exact') = "
        "$5::boolean from catalogue.layer l where layer_id = $1::int",
        declared);
    if (row.rows() == 1 && !row.boolean(0, 0)) throw std::runtime_error("it is declared otherwise meanwhile");
}

}  // namespace

LayerLoader::LayerLoader(Options options) : options_(std::move(options)), thread_([this] { run(); }) {}

LayerLoader::~LayerLoader() {
    stop();
}

void LayerLoader::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        changed_.notify_one();
    }
    if (thread_.joinable()) thread_.join();
}

void LayerLoader::request(const gis::Layer& layer) {
    const std::lock_guard lock(mutex_);
    forget(layer.id);
    wanted_[layer.id] = ++last_number_;
    requests_.push_back({layer, last_number_});
    changed_.notify_one();
}

void LayerLoader::cancel(int layer_id) {
    const std::lock_guard lock(mutex_);
    forget(layer_id);
    changed_.notify_one();
}

void LayerLoader::forget(int layer_id) {
    wanted_.erase(layer_id);
    std::erase_if(requests_, [&](const Request& request) { return request.layer.id == layer_id; });
    if (result_ && result_->layer_id == layer_id) result_.reset();
}

std::optional<LoadedLayer> LayerLoader::take(std::chrono::steady_clock::time_point moment) {
    const std::lock_guard lock(mutex_);
    if (!result_ || result_->end >= moment) return std::nullopt;
    wanted_.erase(result_->layer_id);
    changed_.notify_one();
    return std::exchange(result_, std::nullopt);
}

bool LayerLoader::is_loading(int layer_id) const {
    const std::lock_guard lock(mutex_);
    return wanted_.contains(layer_id);
}

std::size_t LayerLoader::loading() const {
    const std::lock_guard lock(mutex_);
    return wanted_.size();
}

void LayerLoader::run() {
    while (const auto request = next()) {
        if (offer(*request, read(*request))) options_.loaded();
    }
}

std::optional<LayerLoader::Request> LayerLoader::next() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return stopping_ || (!requests_.empty() && !result_); });
    if (stopping_) return std::nullopt;
    Request request = std::move(requests_.front());
    requests_.pop_front();
    return request;
}

LoadedLayer LayerLoader::read(const Request& request) const {
    const auto begin = std::chrono::steady_clock::now();
    LoadedLayer loaded;
    try {
        loaded = load(request);
    } catch (const std::exception& error) {
        options_.log(fmt::format("tiles: layer {}: {}", request.layer.name, error.what()));
    }
    loaded.layer_id = request.layer.id;
    loaded.begin = begin;
    loaded.end = std::chrono::steady_clock::now();
    return loaded;
}

LoadedLayer LayerLoader::load(const Request& request) const {
    LoadedLayer loaded;
    db::Connection connection(options_.dsn, {"statement_timeout=0", "lock_timeout=10s", "jit=off", "timezone=UTC",
                                             "datestyle=ISO", "extra_float_digits=1"});
    connection.run_script("begin isolation level repeatable read read only");
    loaded.snapshot = snapshot_of(connection);
    require_as_declared(connection, request.layer);
    const tiles::LayerRules rules = tiles::rules_of(request.layer);
    std::deque<tiles::LayerPacker> packers;
    const auto fits = [&] {
        std::size_t bytes = options_.held_beside(request.layer.id);
        for (const tiles::LayerPacker& packer : packers) bytes += packer.memory();
        return bytes <= options_.max_bytes;
    };
    const auto go_on = [&] {
        const bool wanted = [&] {
            const std::lock_guard lock(mutex_);
            return is_wanted(request);
        }();
        return wanted && fits();
    };
    for (const tiles::HeldRows& held : rules.held) {
        packers.emplace_back(rules);
        loaded.too_large = !read_rows(connection, held.sql, packers.back(), go_on) || !fits();
        if (loaded.too_large) return loaded;  // or not wanted, and nobody hears of it
    }
    connection.execute("commit");
    for (; !packers.empty(); packers.pop_front()) loaded.packed.push_back(packers.front().finish());
    return loaded;
}

bool LayerLoader::is_wanted(const Request& request) const {
    const auto found = wanted_.find(request.layer.id);
    return !stopping_ && found != wanted_.end() && found->second == request.number;
}

bool LayerLoader::offer(const Request& request, LoadedLayer loaded) {
    const std::lock_guard lock(mutex_);
    if (!is_wanted(request)) return false;
    result_ = std::move(loaded);
    return true;
}

}  // namespace live
