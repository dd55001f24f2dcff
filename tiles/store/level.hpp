#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "tiles/encode/ring.hpp"
#include "tiles/encode/unit_grid.hpp"
#include "tiles/store/detail.hpp"
#include "tiles/store/level_shapes.hpp"
#include "tiles/store/packed_shapes.hpp"
#include "tiles/store/wkb.hpp"

namespace tiles {

/// A layer's lines and polygons as one zoom draws them: rounded to its units, polygons valid, with the points that can
/// be told apart there, and without those shapes that are below a pixel.
class Level {
  public:
    bool has(std::uint32_t feature) const { return (bits_[feature / 64] >> (feature % 64) & 1U) != 0; }
    /// Place in shapes() of a feature that it has.
    std::uint32_t place(std::uint32_t feature) const {
        const std::uint64_t earlier = bits_[feature / 64] & ((std::uint64_t{1} << (feature % 64)) - 1);
        return before_[feature / 64] + static_cast<std::uint32_t>(std::popcount(earlier));
    }
    const LevelShapes& shapes() const { return shapes_; }
    /// What a polygon lost of its area, in square steps.
    double lost_area(std::uint32_t place) const { return lost_[place]; }
    std::size_t memory() const {
        return bits_.capacity() * sizeof(std::uint64_t) + before_.capacity() * sizeof(std::uint32_t) +
               lost_.capacity() * sizeof(float) + shapes_.memory();
    }

  private:
    friend class LevelMaker;
    std::vector<std::uint64_t> bits_;
    std::vector<std::uint32_t> before_;  // how many there are before each word of bits_
    LevelShapes shapes_;
    std::vector<float> lost_;
};

/// Makes the levels of one layer.
class LevelMaker {
  public:
    /// `full_zoom`: from there on everything is drawn as it is. The arguments outlive the maker.
    LevelMaker(const PackedShapes& shapes, std::span<const Kind> kinds, std::span<const WorldBox> boxes, int full_zoom,
               const Tolerance& tolerance = {}, const TileUnits& units = {});

    /// Of one zoom below the full one.
    Level level(int z);
    /// By feature: the area of polygons, in square steps.
    const std::vector<float>& areas() const { return areas_; }

  private:
    bool draws(std::uint32_t feature, int z) const;
    std::span<const WorldPoint> points_at(const PackedShapes::Ring& ring, bool whole, int z);
    void add_lines(LevelShapes& to, std::uint32_t feature, bool whole, int z);
    /// Gives their area, in square units.
    double add_polygons(LevelShapes& to, std::uint32_t feature, bool whole, int z);

    const PackedShapes& shapes_;
    std::span<const Kind> kinds_;
    std::span<const WorldBox> boxes_;
    TileUnits units_;
    std::vector<float> areas_;
    std::vector<float> widths_;  // of polygons, on average
    std::vector<std::uint8_t> details_;
    std::vector<WorldPoint> kept_;
    Ring line_;
};

}  // namespace tiles
