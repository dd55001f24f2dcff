#include "tiles/encode/encode_layer.hpp"

#include <algorithm>
#include <cmath>

#include "gis/query/tile_sql.hpp"
#include "tiles/encode/layer_writer.hpp"
#include "tiles/encode/repair.hpp"
#include "tiles/encode/unit_grid.hpp"

namespace tiles {

namespace {

constexpr std::int64_t pixel = 8;  // units of a tile shown on 512 pixels
constexpr double pixel_area = pixel * pixel;
constexpr std::size_t fetched_ahead = 6;  // features: some hundred nanoseconds, as memory takes

struct Hit {
    std::uint64_t order = 0;
    std::uint32_t source = 0;
    std::uint32_t feature = 0;
};

/// Which part of the world grid a tile is.
class TileFrame {
  public:
    explicit TileFrame(TileCoord coord) : coord_(coord) {}

    /// The tile and a margin of `units` around it.
    WorldBox world_box(std::int64_t units) const {
        const UnitGrid grid(coord_.z, coord_.x, coord_.y);
        const WorldPoint low = grid.world({-units, -units});
        const WorldPoint high = grid.world({gis::tile_extent + units, gis::tile_extent + units});
        return {low.x, low.y, high.x, high.y};
    }
    /// The tile itself, without its eastern and southern edges: each point of the world is in one tile.
    bool holds(WorldPoint p) const {
        const unsigned shift = 32U - static_cast<unsigned>(coord_.z);
        return std::uint64_t{p.x} >> shift == coord_.x && std::uint64_t{p.y} >> shift == coord_.y;
    }

  private:
    TileCoord coord_;
};

/// The shapes of a pack, in units of a tile.
class WholeOutlines {
  public:
    WholeOutlines(const PackedShapes& shapes, const UnitGrid& grid) : shapes_(shapes), grid_(grid) {}
    std::uint32_t first_ring(std::uint32_t shape) const { return shapes_.first_ring(shape); }
    std::uint32_t end_ring(std::uint32_t shape) const { return shapes_.end_ring(shape); }
    bool is_hole(std::uint32_t ring) const { return shapes_.ring(ring).hole; }
    std::size_t most_points(std::uint32_t ring) const { return shapes_.points(shapes_.ring(ring)).size(); }
    template <typename Add>
    void each_point(std::uint32_t ring, Add add) const {
        for (const WorldPoint& point : shapes_.points(shapes_.ring(ring))) add(grid_.point(point));
    }

  private:
    const PackedShapes& shapes_;
    const UnitGrid& grid_;
};

/// The shapes of a level, in units of a tile.
class LevelOutlines {
  public:
    LevelOutlines(const LevelShapes& shapes, const UnitGrid& grid) : shapes_(shapes), grid_(grid) {}
    std::uint32_t first_ring(std::uint32_t shape) const { return shapes_.first_ring(shape); }
    std::uint32_t end_ring(std::uint32_t shape) const { return shapes_.end_ring(shape); }
    bool is_hole(std::uint32_t ring) const { return shapes_.is_hole(ring); }
    std::size_t most_points(std::uint32_t ring) const { return shapes_.most_points(ring); }
    template <typename Add>
    void each_point(std::uint32_t ring, Add add) const {
        shapes_.each_point(ring, [&](TilePoint point) { add(grid_.in_tile(point)); });
    }

  private:
    const LevelShapes& shapes_;
    const UnitGrid& grid_;
};

/// Draws the features of a layer one after the other.
class Drawing {
  public:
    Drawing(TileCoord coord, LayerWriter& writer) : grid_(coord.z, coord.x, coord.y), z_(coord.z), writer_(writer) {}

    /// Writes the feature's geometry; false when nothing of it is in the tile.
    bool draw(const PackedLayer& pack, std::uint32_t feature) {
        writer_.begin_geometry();
        const WorldBox& box = pack.tree().at(feature);
        inside_ = clip_.holds(grid_.point({box.min_x, box.min_y})) && clip_.holds(grid_.point({box.max_x, box.max_y}));
        const Kind kind = pack.kind(feature);
        if (kind == Kind::Point) {
            const PackedShapes& shapes = pack.shapes();
            draw_points(shapes.points(shapes.ring(shapes.first_ring(feature))));
        } else if (const Level* level = pack.level(z_)) {
            draw_level(pack, *level, feature, kind);
        } else {
            draw_whole(pack, feature, kind);
        }
        return writer_.has_geometry();
    }

  private:
    void draw_level(const PackedLayer& pack, const Level& level, std::uint32_t feature, Kind kind) {
        if (!level.has(feature)) {
            if (kind == Kind::Polygon) draw_tiny(pack, feature);
            return;
        }
        const std::uint32_t shape = level.place(feature);
        const LevelOutlines outlines(level.shapes(), grid_);
        if (kind == Kind::Line) {
            draw_lines(outlines, shape);
        } else {
            valid_ = true;
            if (inside_) gathered_ += level.lost_area(shape) / unit_area();
            draw_polygons(outlines, shape);
        }
    }

    void draw_whole(const PackedLayer& pack, std::uint32_t feature, Kind kind) {
        const WholeOutlines outlines(pack.shapes(), grid_);
        if (kind == Kind::Line) {
            draw_lines(outlines, feature);
        } else {
            const Rounded known = inside_ ? pack.rounded(feature, z_) : Rounded::Unknown;
            if (known == Rounded::AsStored) return write_as_stored(pack.shapes(), feature);
            valid_ = known == Rounded::Plain;
            broken_ = changed_ = false;
            draw_polygons(outlines, feature);
            if (inside_ && !valid_ && !broken_)
                pack.note_rounded(feature, z_, changed_ ? Rounded::Plain : Rounded::AsStored);
        }
    }

    void write_as_stored(const PackedShapes& shapes, std::uint32_t shape) {
        for (std::uint32_t r = shapes.first_ring(shape); r < shapes.end_ring(shape); ++r)
            writer_.add_ring(shapes.points(shapes.ring(r)), grid_);
    }

    void draw_points(std::span<const WorldPoint> points) {
        ring_.clear();
        for (const WorldPoint& world : points) {
            const TilePoint point = grid_.point(world);
            if (clip_.holds(point)) ring_.push_back(point);
        }
        writer_.add_points(ring_);
    }

    template <typename Outlines>
    void draw_lines(const Outlines& shapes, std::uint32_t shape) {
        for (std::uint32_t r = shapes.first_ring(shape); r < shapes.end_ring(shape); ++r) {
            ring_.clear();
            shapes.each_point(r, [&](TilePoint point) { append_point(ring_, point); });
            if (inside_) {
                if (ring_.size() > 1) writer_.add_line(ring_);
                continue;
            }
            pieces_.clear();
            clip_line(ring_, clip_, pieces_);
            for (const Ring& piece : pieces_) writer_.add_line(piece);
        }
    }

    template <typename Outlines>
    void draw_polygons(const Outlines& shapes, std::uint32_t shape) {
        const std::uint32_t end = shapes.end_ring(shape);
        for (std::uint32_t shell = shapes.first_ring(shape); shell < end;) {
            std::uint32_t next = shell + 1;
            while (next < end && shapes.is_hole(next)) ++next;
            draw_polygon(shapes, shell, next);
            shell = next;
        }
    }

    /// One polygon: the shell is ring `first`, its holes follow.
    template <typename Outlines>
    void draw_polygon(const Outlines& shapes, std::uint32_t first, std::uint32_t end) {
        read_rings(shapes, first, end, !inside_);
        if (ring_count_ == 0) return;
        const std::span<const Ring> rings(rings_.data(), ring_count_);
        if ((valid_ && inside_) || is_plain(rings)) {
            writer_.add_polygon(rings);
            return;
        }
        broken_ = true;
        read_rings(shapes, first, end, false);
        for (const TilePolygon& valid : repaired({rings_.data(), ring_count_}, clip_)) writer_.add_polygon(valid.rings);
    }

    /// Into rings_: those that have an area. None when the shell has none.
    template <typename Outlines>
    void read_rings(const Outlines& shapes, std::uint32_t first, std::uint32_t end, bool clipped) {
        ring_count_ = 0;
        for (std::uint32_t r = first; r < end; ++r) {
            if (ring_count_ == rings_.size()) rings_.emplace_back();
            Ring& ring = rings_[ring_count_];
            {
                RingMaker maker(ring, shapes.most_points(r));
                shapes.each_point(r, [&](TilePoint point) { maker.add_dropping_straight(point); });
            }
            close_ring(ring);
            if (clipped && ring.size() >= 3) clip_ring(ring, clip_);
            const std::int64_t area = ring.size() >= 3 ? area2(ring) : 0;
            changed_ |= area == 0 || (area < 0) != shapes.is_hole(r) || ring.size() != shapes.most_points(r);
            if (area != 0) {
                ++ring_count_;
            } else if (r == first) {
                return;
            }
        }
    }

    /// In square steps.
    double unit_area() const { return std::ldexp(1.0, 2 * (deepest_world_zoom - z_)); }

    /// A pixel's area of polygons that are too small or too thin is drawn as one pixel, where the last of them lies.
    void draw_tiny(const PackedLayer& pack, std::uint32_t feature) {
        const PackedShapes& shapes = pack.shapes();
        const auto outline = shapes.points(shapes.ring(shapes.first_ring(feature)));
        ring_.clear();
        for (const WorldPoint& world : outline) {
            const TilePoint point = grid_.point(world);
            if (clip_.holds(point)) ring_.push_back(point);
        }
        const double part = static_cast<double>(ring_.size()) / static_cast<double>(outline.size());
        gathered_ += part * pack.area(feature) / unit_area();
        if (gathered_ < pixel_area) return;
        // At its vertices, for what is long and thin may lie far from the middle of its box.
        const std::size_t most = std::min(ring_.size(), static_cast<std::size_t>(gathered_ / pixel_area));
        placed_.clear();
        for (std::size_t i = 0; i < most; ++i) {
            const TilePoint at = ring_[(2 * i + 1) * ring_.size() / (2 * most)];
            const bool is_free = std::none_of(placed_.begin(), placed_.end(), [&](TilePoint other) {
                return std::abs(other.x - at.x) <= pixel && std::abs(other.y - at.y) <= pixel;
            });
            if (is_free) placed_.push_back(at);
        }
        for (const TilePoint& at : placed_) {
            const TilePoint corner{at.x - pixel / 2, at.y - pixel / 2};
            Ring square{corner,
                        {corner.x + pixel, corner.y},
                        {corner.x + pixel, corner.y + pixel},
                        {corner.x, corner.y + pixel}};
            clip_ring(square, clip_);
            if (square.size() < 3) continue;
            gathered_ -= pixel_area;
            writer_.add_polygon({&square, 1});
        }
    }

    UnitGrid grid_;
    int z_;
    LayerWriter& writer_;
    ClipBox clip_{-gis::tile_buffer, gis::tile_extent + gis::tile_buffer};
    bool inside_ = false;   // nothing is to be cut
    bool valid_ = false;    // as it is, rounding breaks nothing
    bool broken_ = false;   // it did
    bool changed_ = false;  // rings lost points, or turn the other way
    double gathered_ = 0;
    Ring ring_;
    std::vector<Ring> pieces_;
    Ring placed_;
    std::vector<Ring> rings_;  // of the polygon at hand, the first ring_count_; the others keep their memory
    std::size_t ring_count_ = 0;
};

bool is_shown(const TileSource& source, std::uint32_t feature) {
    if (source.removed != nullptr && (*source.removed)[feature]) return false;
    return source.visible_sets == nullptr || (*source.visible_sets)[source.pack->commune_set(feature)];
}

/// The features that may be in the tile, in the one order that all packs share.
void search(std::span<const TileSource> sources, const WorldBox& box, std::vector<Hit>& hits) {
    std::size_t packs_with_hits = 0;
    for (std::uint32_t s = 0; s < sources.size(); ++s) {
        const std::size_t before = hits.size();
        sources[s].pack->tree().search(box, [&](std::uint32_t feature) {
            if (is_shown(sources[s], feature)) hits.push_back({sources[s].pack->order(feature), s, feature});
        });
        if (hits.size() > before) ++packs_with_hits;
    }
    if (packs_with_hits < 2) return;
    std::sort(hits.begin(), hits.end(), [&](const Hit& a, const Hit& b) {
        if (a.order != b.order) return a.order < b.order;
        const PackedLayer& pa = *sources[a.source].pack;
        const PackedLayer& pb = *sources[b.source].pack;
        if (pa.rules().numbered) return pa.number(a.feature) < pb.number(b.feature);
        return pa.values().at(pa.attributes(a.feature).front()) < pb.values().at(pb.attributes(b.feature).front());
    });
}

/// One feature of all groups with equal attributes that are seen.
void encode_merged(const LayerRules& rules, const MergedSource& source, TileCoord coord, std::string& tile) {
    const MergedBand* band = source.layer == nullptr ? nullptr : source.layer->band(coord.z, source.sees != nullptr);
    if (band == nullptr) return;
    const auto zoom = static_cast<std::size_t>(coord.z - band->first);
    LayerWriter writer(rules, coord.z, rules.name, 1, band->units[zoom].extent);
    const MergedGroup* last = nullptr;
    for (const MergedGroupPtr& group : band->groups) {
        const MergedGroup::Drawn& drawn = group->drawn[zoom];
        const auto found = drawn.find(coord.x, coord.y);
        if (!found || (source.sees && !source.sees(group->communes))) continue;
        if (last != nullptr && last->values != group->values) writer.end_feature(last->values, Kind::Polygon);
        if (last == nullptr || last->values != group->values) writer.begin_geometry();
        last = group.get();
        const MergedPiece& piece = drawn.pieces[*found];
        writer.add_written({piece.first[0], piece.first[1]}, drawn.bytes_of(*found), {piece.last[0], piece.last[1]});
    }
    if (last != nullptr) writer.end_feature(last->values, Kind::Polygon);
    writer.finish(tile);
}

void encode_shapes(std::span<const TileSource> sources, std::span<const Hit> hits, TileCoord coord, std::string& tile) {
    const LayerRules& rules = sources.front().pack->rules();
    LayerWriter shapes(rules, coord.z, rules.name, sources.size());
    Drawing drawing(coord, shapes);
    for (std::size_t i = 0; i < hits.size(); ++i) {
        const Hit& hit = hits[i];
        const PackedLayer& pack = *sources[hit.source].pack;
        if (i + fetched_ahead < hits.size()) {
            const Hit& later = hits[i + fetched_ahead];
            sources[later.source].pack->fetch(later.feature);
        }
        if (drawing.draw(pack, hit.feature)) shapes.end_feature(pack, hit.source, hit.feature, pack.kind(hit.feature));
    }
    shapes.finish(tile);
}

void encode_labels(std::span<const TileSource> sources, std::span<const Hit> hits, TileCoord coord, std::string& tile) {
    const LayerRules& rules = sources.front().pack->rules();
    const TileFrame frame(coord);
    const UnitGrid grid(coord.z, coord.x, coord.y);
    LayerWriter labels(rules, coord.z, rules.label_name, sources.size());
    for (const Hit& hit : hits) {
        const PackedLayer& pack = *sources[hit.source].pack;
        const WorldPoint* label = pack.label(hit.feature);
        if (label == nullptr || !frame.holds(*label)) continue;
        labels.begin_geometry();
        const TilePoint point = grid.point(*label);
        labels.add_points({&point, 1});
        labels.end_feature(pack, hit.source, hit.feature, Kind::Point);
    }
    labels.finish(tile);
}

}  // namespace

bool may_hold(const PackedLayer& pack, TileCoord coord) {
    return pack.tree().any(TileFrame(coord).world_box(gis::tile_buffer + 1));
}

void encode_layer(std::span<const TileSource> sources, const MergedSource& merged, TileCoord coord, std::string& tile) {
    if (sources.empty()) return;
    const LayerRules& rules = sources.front().pack->rules();
    if (coord.z < rules.min_zoom || coord.z > rules.max_zoom) return;
    const bool has_labels = rules.has_labels() && coord.z >= rules.label_zoom;
    if (rules.merges(coord.z)) {
        encode_merged(rules, merged, coord, tile);
        if (!has_labels) return;
    }
    static thread_local std::vector<Hit> hits;
    hits.clear();
    search(sources, TileFrame(coord).world_box(gis::tile_buffer + 1), hits);
    if (hits.empty()) return;
    if (!rules.merges(coord.z)) encode_shapes(sources, hits, coord, tile);
    if (has_labels) encode_labels(sources, hits, coord, tile);
}

void encode_layer(const PackedLayer& pack, TileCoord coord, std::string& tile) {
    const TileSource source{&pack, nullptr, nullptr};
    encode_layer({&source, 1}, {pack.merged().get(), {}}, coord, tile);
}

}  // namespace tiles
