#include "gis/layer/catalog.hpp"

#include <algorithm>
#include <utility>

namespace gis {

Catalog::Catalog(std::vector<Layer> layers) : layers_(std::move(layers)) {
    std::stable_sort(layers_.begin(), layers_.end(),
                     [](const Layer& a, const Layer& b) { return a.sort_order < b.sort_order; });
}

const Layer* Catalog::find(std::string_view name) const {
    const auto found = std::find_if(layers_.begin(), layers_.end(), [&](const Layer& l) { return l.name == name; });
    return found == layers_.end() ? nullptr : &*found;
}

}  // namespace gis
