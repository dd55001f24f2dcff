#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tiles/project/projector.hpp"
#include "tiles/project/world.hpp"
#include "tiles/store/box_tree.hpp"
#include "tiles/store/layer_rules.hpp"
#include "tiles/store/level.hpp"
#include "tiles/store/packed_shapes.hpp"
#include "tiles/store/value_table.hpp"
#include "tiles/store/wkb.hpp"

namespace tiles {

class MergedLayer;

/// A column of a row in PostgreSQL's binary format; nothing is NULL.
using Cell = std::optional<std::string_view>;

/// What the polygons of a feature are once rounded to the units of a zoom that draws whole shapes.
enum class Rounded : std::uint8_t {
    Unknown = 0,
    Plain = 1,     ///< no edges meet
    AsStored = 3,  ///< and every ring keeps all its points, and turns as it is stored
};

/// Features of one layer, packed for tiles: positions on the world grid, attributes as the bytes tiles carry, in
/// Hilbert order under a packed R-tree. Immutable, shared by threads. Features are told by their place in the order.
class PackedLayer {
  public:
    std::size_t size() const { return tree_.size(); }
    const LayerRules& rules() const { return rules_; }
    const BoxTree& tree() const { return tree_; }

    Kind kind(std::uint32_t feature) const { return kinds_[feature]; }
    const PackedShapes& shapes() const { return shapes_; }
    /// What zoom z, not below the merge zoom, draws; null from the layer's full zoom on, where the shapes are drawn as
    /// they are.
    const Level* level(int z) const {
        return z < rules_.full_zoom() ? &levels_.at(static_cast<std::size_t>(z - first_level_)) : nullptr;
    }
    /// What zooms below the merge zoom draw; null where there are none, and for packs that others complete.
    const std::shared_ptr<const MergedLayer>& merged() const { return merged_; }
    /// Of a polygon, in square steps; where there are levels.
    double area(std::uint32_t feature) const { return areas_[feature]; }
    /// Where the feature's text goes.
    const WorldPoint* label(std::uint32_t feature) const {
        return labels_.empty() || kinds_[feature] != Kind::Polygon ? nullptr : &labels_[feature];
    }
    /// Number in values() of each attribute of the rules.
    std::span<const std::uint32_t> attributes(std::uint32_t feature) const {
        return std::span(attributes_).subspan(feature * rules_.attributes.size(), rules_.attributes.size());
    }
    const ValueTable& values() const { return values_; }
    /// Asks memory for what drawing the feature reads.
    void fetch(std::uint32_t feature) const {
        __builtin_prefetch(&attributes_[feature * rules_.attributes.size()]);
        __builtin_prefetch(shapes_.points(shapes_.ring(shapes_.first_ring(feature))).data());
    }
    /// What was noted of the feature's polygons; where a whole shape is rounded to does not depend on the tile.
    Rounded rounded(std::uint32_t feature, int z) const {
        const unsigned bits = rounded_[feature].load(std::memory_order_relaxed);
        return static_cast<Rounded>(bits >> rounded_place(z) & 3U);
    }
    /// Nobody has to look again. For any thread.
    void note_rounded(std::uint32_t feature, int z, Rounded found) const {
        const unsigned bits = static_cast<unsigned>(found) << rounded_place(z);
        rounded_[feature].fetch_or(static_cast<std::uint16_t>(bits), std::memory_order_relaxed);
    }
    /// For numbered layers.
    std::int64_t number(std::uint32_t feature) const { return numbers_[feature]; }
    /// Place in Hilbert order, for features of several packs to be written in one order.
    std::uint64_t order(std::uint32_t feature) const { return orders_[feature]; }
    /// Index in commune_sets().
    std::uint32_t commune_set(std::uint32_t feature) const { return commune_of_.empty() ? 0 : commune_of_[feature]; }
    const std::vector<std::vector<std::string>>& commune_sets() const { return commune_sets_; }
    /// The id as text.
    std::string id(std::uint32_t feature) const;
    std::optional<std::uint32_t> find(std::string_view id) const;
    std::size_t memory() const;

  private:
    friend class LayerPacker;
    /// Of the two bits of a zoom; beyond the eighth zoom nothing is noted.
    unsigned rounded_place(int z) const { return std::min(2U * static_cast<unsigned>(z - rules_.full_zoom()), 16U); }
    std::size_t slot_of(std::string_view id) const;
    void index_ids();

    LayerRules rules_;
    BoxTree tree_;
    std::vector<std::uint64_t> orders_;
    std::vector<Kind> kinds_;
    PackedShapes shapes_;
    std::vector<Level> levels_;
    int first_level_ = 0;
    std::vector<float> areas_;
    std::shared_ptr<const MergedLayer> merged_;
    std::unique_ptr<std::atomic<std::uint16_t>[]> rounded_;  // two bits for each zoom from the full one on
    std::vector<WorldPoint> labels_;
    std::vector<std::uint32_t> attributes_;
    std::vector<std::int64_t> numbers_;
    std::vector<std::uint32_t> commune_of_;
    std::vector<std::vector<std::string>> commune_sets_;
    ValueTable values_;
    std::vector<std::uint32_t> id_slots_;
};

/// Makes a PackedLayer of rows, on the thread that made the packer.
class LayerPacker {
  public:
    /// `only_zoom`: tiles of no other zoom will be asked for.
    explicit LayerPacker(LayerRules rules, std::optional<int> only_zoom = std::nullopt);

    /// One row, as gis::tile_rows_sql gives it. Rows without geometry, or whose geometry is no place on the map, are
    /// left out: their attributes have nowhere to be drawn. Throws std::invalid_argument for bytes that make no sense.
    void add(std::span<const Cell> row);
    const LayerRules& rules() const { return rules_; }
    /// Bytes held so far, to stop before memory runs out.
    std::size_t memory() const;
    /// Above which number of points a pack cannot grow.
    static constexpr std::size_t most_points = (1U << 31U) - 1;
    PackedLayer finish();
    /// Of features that are drawn together with those of other packs: without merged polygons.
    PackedLayer finish_part();

  private:
    struct Feature {
        std::uint64_t order;
        std::uint32_t place;  // in the order they came
        WorldBox box;
        Kind kind;
    };
    void add_shape();
    /// From `first`, the lowest zoom that is asked for, to below `end`.
    void add_levels(PackedLayer& packed, int first, int end) const;
    int first_zoom() const { return only_zoom_.value_or(rules_.min_zoom); }
    int end_zoom() const { return only_zoom_ ? *only_zoom_ + 1 : rules_.full_zoom(); }
    void add_attributes(std::span<const Cell> row);

    LayerRules rules_;
    std::optional<int> only_zoom_;
    Projector& projector_;
    Shape shape_;
    std::vector<Feature> features_;
    PackedLayer raw_;
    std::string value_;
    ValueTable commune_texts_;
};

}  // namespace tiles
