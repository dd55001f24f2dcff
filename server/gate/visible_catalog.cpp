#include "server/gate/visible_catalog.hpp"

#include <algorithm>

#include "gis/crs/join_box.hpp"

namespace gate {

namespace {

constexpr std::size_t max_entries = 500;  // some 20 kB each

std::optional<gis::GeographicBox> extent_of(const gis::CommuneIndex& communes, const gis::Grant& grant) {
    std::optional<gis::GeographicBox> box;
    for (const gis::Commune& commune : communes.communes()) {
        if (!grant.everything && !std::ranges::binary_search(grant.communes, commune.code_insee)) continue;
        gis::join_box(box, commune.extent);
    }
    return box;
}

bool sees_all_as_it_is(const gis::Layer& layer, const gis::Scope& scope) {
    const gis::Grant& grant = scope.of(layer).grant(layer.sensitive ? gis::Right::Exact : gis::Right::Read);
    return grant.everything || (grant.partly && !layer.has_communes());
}

}  // namespace

gis::CatalogPtr visible_catalog(const gis::Catalog& catalog, const gis::Scope& scope,
                                const gis::CommuneIndex& communes) {
    std::vector<gis::Layer> layers;
    for (const gis::Layer& layer : catalog.layers()) {
        if (!scope.sees(layer)) continue;
        layers.push_back(layer);
        if (layer.extent && !sees_all_as_it_is(layer, scope)) {
            gis::Grant seen = scope.of(layer).grant(gis::Right::Read);
            if (!seen.perimeter.empty()) seen.everything = true;
            layers.back().extent = extent_of(communes, seen);
        }
    }
    return std::make_shared<const gis::Catalog>(std::move(layers));
}

live::Snapshot VisibleCatalogs::of(live::Snapshot known, const CallerPtr& caller) {
    const std::lock_guard lock(mutex_);
    if (entries_.size() > max_entries) entries_.clear();
    Entry& entry = entries_[caller];
    if (entry.all != known.catalog || entry.communes != known.communes) {
        entry = {known.catalog, known.communes, visible_catalog(*known.catalog, caller->scope, *known.communes)};
    }
    known.catalog = entry.visible;
    return known;
}

}  // namespace gate
