#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "gis/access/scope.hpp"
#include "gis/layer/layer.hpp"

namespace live {

/// Layers as one caller sees them. Immutable but for its counters, shared by threads.
struct TileView {
    struct Part {
        int layer_id = 0;
        gis::Sight sight;  ///< decides by communes
    };
    std::uint32_t id = 0;  ///< 0: one of too many, whose tiles are not kept
    std::vector<Part> parts;
    mutable std::atomic<std::uint64_t> hits{0};
    mutable std::atomic<std::uint64_t> misses{0};
};
using TileViewPtr = std::shared_ptr<const TileView>;

/// The views there are. Callers of equal scope share them, and the tiles kept for them. Ids are never used again: a
/// tile that is still being made for a view must not become another's. One object may be used by several threads.
class TileViews {
  public:
    static constexpr std::size_t most = 5000;  ///< far more than an authority has conventions
    /// Of these, those of several layers: anybody may ask for layers in any order.
    static constexpr std::size_t most_lists = 200;

    /// The view of whoever has this scope; null when communes do not decide what he sees: the scope has perimeters.
    TileViewPtr of(const std::vector<const gis::Layer*>& layers, const gis::Scope& scope);

    /// Ids of the views that show the layer, those whose tiles are kept.
    std::vector<std::uint32_t> showing(int layer_id) const;

    struct Use {
        std::uint64_t hits = 0;    ///< tiles that were ready
        std::uint64_t misses = 0;  ///< tiles that had to be made
    };
    /// Of the views that show the layer.
    Use use_of(int layer_id) const;

  private:
    mutable std::mutex mutex_;
    std::unordered_map<std::string, TileViewPtr> views_;
    std::unordered_map<int, std::vector<TileViewPtr>> by_layer_;
    std::size_t lists_ = 0;
};

}  // namespace live
