#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "gis/query/tile_sql.hpp"
#include "tiles/encode/byte_buffer.hpp"
#include "tiles/encode/ring.hpp"
#include "tiles/encode/unit_grid.hpp"
#include "tiles/store/packed_layer.hpp"

namespace tiles {

/// Writes one layer of a vector tile (MVT 2.1); one writer at a time on a thread. The bytes depend on the features and
/// their order only, not on which pack they come from.
class LayerWriter {
  public:
    /// `packs`: how many packs the features come from.
    LayerWriter(const LayerRules& rules, int z, std::string_view name, std::size_t packs,
                int extent = gis::tile_extent);

    void begin_geometry();
    void add_points(std::span<const TilePoint> points);
    void add_line(const Ring& line);
    /// Shells clockwise on the screen, holes against it: turned here as needed.
    void add_polygon(std::span<const Ring> rings);
    /// One ring as it is: it turns the right way, and no point of it is one too many.
    void add_ring(std::span<const WorldPoint> ring, const UnitGrid& grid);
    /// Commands that were written for a cursor at `first`, where they begin, and that leave it at `last`.
    void add_written(TilePoint first, std::string_view bytes, TilePoint last);
    bool has_geometry() const { return !scratch_.geometry.empty(); }
    /// Writes the feature with the geometry since begin_geometry.
    void end_feature(const PackedLayer& pack, std::size_t pack_number, std::uint32_t feature, Kind kind);
    /// The same for a feature without id, of these Value messages; an empty one: it has no such attribute.
    void end_feature(std::span<const std::string> values, Kind kind);
    /// Appends the layer to a tile; nothing when it has no feature.
    void finish(std::string& tile);

  private:
    /// Kept by each thread from layer to layer.
    struct Scratch {
        ByteBuffer geometry, tags, features, values;
        // Number in the pack's table to number in the tile: open addressing.
        struct Known {
            std::uint64_t key;
            std::uint32_t number;
            std::uint32_t writer;  // whose entry it is; of another writer: none
        };
        std::vector<Known> known = std::vector<Known>(1024);
        std::size_t known_count = 0;
        std::uint32_t writer = 0;
        std::unordered_map<std::string_view, std::uint32_t> by_bytes;
    };
    static Scratch& scratch();
    void grow_known();

    void add_feature(std::optional<std::uint64_t> id, Kind kind);
    std::uint32_t number_of(std::string_view value);
    std::uint32_t value_number(const ValueTable& values, std::size_t pack_number, std::uint32_t number);
    std::uint32_t new_value(std::string_view value);

    const LayerRules& rules_;
    std::string name_;
    bool several_packs_;
    int extent_;
    std::vector<std::uint32_t> attributes_;  // those written at this zoom; their place is the key's number
    TilePoint cursor_;
    Scratch& scratch_;
    std::uint32_t value_count_ = 0;
};

}  // namespace tiles
