#include "tiles/encode/encode_layer.hpp"

#include <algorithm>

#include "gis/query/tile_sql.hpp"
#include "tiles/encode/layer_writer.hpp"
#include "tiles/encode/repair.hpp"

namespace tiles {

namespace {

constexpr std::int64_t pixel = 8;  // units of a tile shown on 512 pixels
constexpr std::int64_t shortest_line = 4;
constexpr std::int64_t smallest_simplified = 32;  // below, what simplifying takes away would show in the area

struct Hit {
    std::uint64_t order = 0;
    std::uint32_t source = 0;
    std::uint32_t feature = 0;
};

/// From the world grid to the units of one tile.
class TileFrame {
  public:
    explicit TileFrame(TileCoord coord)
        : coord_(coord),
          shift_(static_cast<unsigned>(deepest_world_zoom - coord.z)),
          half_(shift_ == 0 ? 0 : std::uint64_t{1} << (shift_ - 1)) {}

    TilePoint point(WorldPoint p) const { return {unit(p.x, coord_.x), unit(p.y, coord_.y)}; }
    /// The tile and a margin of `units` around it, on the world grid.
    WorldBox world_box(std::int64_t units) const {
        return {edge(coord_.x, -units), edge(coord_.y, -units), edge(coord_.x, gis::tile_extent + units),
                edge(coord_.y, gis::tile_extent + units)};
    }
    /// The tile itself, without its eastern and southern edges: each point of the world is in one tile.
    bool holds(WorldPoint p) const {
        const unsigned shift = 32U - static_cast<unsigned>(coord_.z);
        return std::uint64_t{p.x} >> shift == coord_.x && std::uint64_t{p.y} >> shift == coord_.y;
    }

  private:
    std::int64_t unit(std::uint32_t world, std::uint32_t tile) const {
        return static_cast<std::int64_t>((world + half_) >> shift_) - std::int64_t{tile} * gis::tile_extent;
    }
    std::uint32_t edge(std::uint32_t tile, std::int64_t units) const {
        const std::int64_t at = (std::int64_t{tile} * gis::tile_extent + units) * (std::int64_t{1} << shift_);
        return static_cast<std::uint32_t>(std::clamp<std::int64_t>(at, 0, UINT32_MAX));
    }

    TileCoord coord_;
    unsigned shift_;
    std::uint64_t half_;
};

/// Draws the features of a layer one after the other.
class Drawing {
  public:
    Drawing(TileCoord coord, const LayerRules& rules, LayerWriter& writer)
        : frame_(coord), z_(coord.z), simplified_(coord.z < rules.full_zoom()), writer_(writer) {}

    /// Writes the feature's geometry; false when nothing of it is in the tile.
    bool draw(const PackedLayer& pack, std::uint32_t feature) {
        writer_.begin_geometry();
        const WorldBox& box = pack.tree().at(feature);
        const TilePoint low = frame_.point({box.min_x, box.min_y});
        const TilePoint high = frame_.point({box.max_x, box.max_y});
        inside_ = clip_.holds(low) && clip_.holds(high);
        const std::int64_t width = high.x - low.x;
        const std::int64_t height = high.y - low.y;
        whole_ = !simplified_ || std::max(width, height) < smallest_simplified;
        switch (pack.kind(feature)) {
            case Kind::Point:
                draw_points(pack, feature);
                break;
            case Kind::Line:
                if (!simplified_ || std::max(width, height) >= shortest_line) draw_lines(pack, feature);
                break;
            case Kind::Polygon:
                if (simplified_ && width * height < pixel * pixel) {
                    draw_tiny(pack, feature, low, high);
                } else {
                    draw_polygons(pack, feature);
                }
                break;
            case Kind::Nothing:
                break;
        }
        return writer_.has_geometry();
    }

  private:
    void read(const PackedLayer& pack, const PackedLayer::Ring& ring, bool drop_straight) {
        ring_.clear();
        const auto points = pack.points();
        const auto details = pack.details();
        const bool whole = whole_ || details.empty();
        for (std::uint32_t i = ring.begin; i < ring.end; ++i) {
            if (whole || details[i] <= z_) append_point(ring_, frame_.point(points[i]), drop_straight);
        }
    }

    void draw_points(const PackedLayer& pack, std::uint32_t feature) {
        const PackedLayer::Ring all = pack.ring(pack.first_ring(feature));
        ring_.clear();
        for (std::uint32_t i = all.begin; i < all.end; ++i) {
            const TilePoint point = frame_.point(pack.points()[i]);
            if (clip_.holds(point)) ring_.push_back(point);
        }
        writer_.add_points(ring_);
    }

    void draw_lines(const PackedLayer& pack, std::uint32_t feature) {
        for (std::uint32_t r = pack.first_ring(feature); r < pack.end_ring(feature); ++r) {
            read(pack, pack.ring(r), false);
            if (inside_) {
                if (ring_.size() > 1) writer_.add_line(ring_);
                continue;
            }
            pieces_.clear();
            clip_line(ring_, clip_, pieces_);
            for (const Ring& piece : pieces_) writer_.add_line(piece);
        }
    }

    void draw_polygons(const PackedLayer& pack, std::uint32_t feature) {
        const std::uint32_t end = pack.end_ring(feature);
        for (std::uint32_t shell = pack.first_ring(feature); shell < end;) {
            std::uint32_t next = shell + 1;
            while (next < end && pack.ring(next).hole) ++next;
            draw_polygon(pack, shell, next);
            shell = next;
        }
    }

    /// One polygon: the shell is ring `first`, its holes follow.
    void draw_polygon(const PackedLayer& pack, std::uint32_t first, std::uint32_t end) {
        read_rings(pack, first, end, !inside_);
        if (ring_count_ == 0) return;
        const std::span<const Ring> rings(rings_.data(), ring_count_);
        if (is_plain(rings)) {
            writer_.add_polygon(rings);
            return;
        }
        read_rings(pack, first, end, false);
        for (const TilePolygon& valid : repaired({rings_.data(), ring_count_}, clip_)) writer_.add_polygon(valid.rings);
    }

    /// Into rings_: those that have an area. None when the shell has none.
    void read_rings(const PackedLayer& pack, std::uint32_t first, std::uint32_t end, bool clipped) {
        ring_count_ = 0;
        for (std::uint32_t r = first; r < end; ++r) {
            read(pack, pack.ring(r), true);
            close_ring(ring_);
            if (clipped && ring_.size() >= 3) clip_ring(ring_, clip_);
            if (ring_.size() >= 3 && area2(ring_) != 0) {
                if (ring_count_ == rings_.size()) rings_.emplace_back();
                std::swap(rings_[ring_count_++], ring_);
            } else if (r == first) {
                return;
            }
        }
    }

    /// A pixel's area of tiny polygons is drawn as one pixel, where the last of them lies.
    void draw_tiny(const PackedLayer& pack, std::uint32_t feature, TilePoint low, TilePoint high) {
        const WorldBox& box = pack.tree().at(feature);
        double area = 0;
        for (std::uint32_t r = pack.first_ring(feature); r < pack.end_ring(feature); ++r) {
            const PackedLayer::Ring ring = pack.ring(r);
            double twice = 0;
            for (std::uint32_t i = ring.begin; i < ring.end; ++i) {
                const WorldPoint a = pack.points()[i];
                const WorldPoint b = pack.points()[i + 1 == ring.end ? ring.begin : i + 1];
                twice += (double(a.x) - box.min_x) * (double(b.y) - box.min_y) -
                         (double(b.x) - box.min_x) * (double(a.y) - box.min_y);
            }
            area += (ring.hole ? -0.5 : 0.5) * std::abs(twice);
        }
        const double unit = static_cast<double>(std::int64_t{1} << (deepest_world_zoom - z_));
        gathered_ += area / (unit * unit);
        if (gathered_ < static_cast<double>(pixel * pixel)) return;
        const TilePoint corner{(low.x + high.x) / 2 - pixel / 2, (low.y + high.y) / 2 - pixel / 2};
        ring_ = {
            corner, {corner.x + pixel, corner.y}, {corner.x + pixel, corner.y + pixel}, {corner.x, corner.y + pixel}};
        clip_ring(ring_, clip_);
        if (ring_.size() < 3) return;
        gathered_ -= static_cast<double>(pixel * pixel);
        writer_.add_polygon({&ring_, 1});
    }

    TileFrame frame_;
    int z_;
    bool simplified_;
    LayerWriter& writer_;
    ClipBox clip_{-gis::tile_buffer, gis::tile_extent + gis::tile_buffer};
    bool inside_ = false;
    bool whole_ = true;
    double gathered_ = 0;
    Ring ring_;
    std::vector<Ring> pieces_;
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

}  // namespace

bool may_hold(const PackedLayer& pack, TileCoord coord) {
    return pack.tree().any(TileFrame(coord).world_box(gis::tile_buffer + 1));
}

void encode_layer(std::span<const TileSource> sources, TileCoord coord, std::string& tile) {
    if (sources.empty()) return;
    const LayerRules& rules = sources.front().pack->rules();
    if (coord.z < rules.min_zoom || coord.z > rules.max_zoom) return;
    static thread_local std::vector<Hit> hits;
    hits.clear();
    const TileFrame frame(coord);
    search(sources, frame.world_box(gis::tile_buffer + 1), hits);
    if (hits.empty()) return;

    LayerWriter shapes(rules, coord.z, rules.name, sources.size());
    Drawing drawing(coord, rules, shapes);
    for (const Hit& hit : hits) {
        const PackedLayer& pack = *sources[hit.source].pack;
        if (drawing.draw(pack, hit.feature)) shapes.end_feature(pack, hit.source, hit.feature, pack.kind(hit.feature));
    }
    shapes.finish(tile);

    if (!rules.has_labels() || coord.z < rules.label_zoom) return;
    LayerWriter labels(rules, coord.z, rules.label_name, sources.size());
    for (const Hit& hit : hits) {
        const PackedLayer& pack = *sources[hit.source].pack;
        const WorldPoint* label = pack.label(hit.feature);
        if (label == nullptr || !frame.holds(*label)) continue;
        labels.begin_geometry();
        const TilePoint point = frame.point(*label);
        labels.add_points({&point, 1});
        labels.end_feature(pack, hit.source, hit.feature, Kind::Point);
    }
    labels.finish(tile);
}

}  // namespace tiles
