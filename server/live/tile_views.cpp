#include "server/live/tile_views.hpp"

#include <utility>

namespace live {

namespace {

std::string class_key(const std::vector<const gis::Layer*>& layers, const gis::Scope& scope) {
    std::string key;
    for (const gis::Layer* layer : layers) {
        // With communes declared or not, or other resolutions for a right, the same class decides otherwise.
        key += std::to_string(layer->id) + (layer->has_communes() ? "c" : "");
        for (const gis::Resolution shown : gis::resolutions_by_right(*layer)) key += "nPAE"[static_cast<int>(shown)];
        key += ":" + scope.class_of(*layer) + ";";
    }
    return key;
}

std::shared_ptr<TileView> make_view(const std::vector<const gis::Layer*>& layers, const gis::Scope& scope) {
    auto made = std::make_shared<TileView>();
    for (const gis::Layer* layer : layers) {
        gis::Sight sight(*layer, scope.of(*layer));
        if (sight.has_perimeters()) return nullptr;
        made->parts.push_back({layer->id, std::move(sight)});
    }
    return made;
}

}  // namespace

TileViewPtr TileViews::of(const std::vector<const gis::Layer*>& layers, const gis::Scope& scope) {
    std::string key = class_key(layers, scope);
    const std::lock_guard lock(mutex_);
    const auto known = views_.find(key);
    if (known != views_.end()) return known->second;
    const std::shared_ptr<TileView> made = make_view(layers, scope);
    const bool is_list = layers.size() > 1;
    if (!made || views_.size() >= most || (is_list && lists_ >= most_lists)) return made;
    lists_ += is_list ? 1 : 0;
    made->id = static_cast<std::uint32_t>(views_.size() + 1);
    for (const gis::Layer* layer : layers) by_layer_[layer->id].push_back(made);
    views_.emplace(std::move(key), made);
    return made;
}

std::vector<std::uint32_t> TileViews::showing(int layer_id) const {
    const std::lock_guard lock(mutex_);
    std::vector<std::uint32_t> ids;
    const auto found = by_layer_.find(layer_id);
    if (found == by_layer_.end()) return ids;
    for (const TileViewPtr& view : found->second) ids.push_back(view->id);
    return ids;
}

TileViews::Use TileViews::use_of(int layer_id) const {
    const std::lock_guard lock(mutex_);
    Use use;
    const auto found = by_layer_.find(layer_id);
    if (found == by_layer_.end()) return use;
    for (const TileViewPtr& view : found->second) {
        use.hits += view->hits;
        use.misses += view->misses;
    }
    return use;
}

}  // namespace live
