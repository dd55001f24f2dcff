#include "tiles/store/merged_layer.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <tuple>
#include <utility>

#include "tiles/encode/pen.hpp"
#include "tiles/encode/repair.hpp"
#include "tiles/encode/varint.hpp"
#include "tiles/store/balance.hpp"
#include "tiles/store/hilbert.hpp"
#include "tiles/store/level.hpp"
#include "tiles/store/packed_layer.hpp"

namespace tiles {

namespace {

constexpr Tolerance merged_tolerance{4, 0.25};
constexpr int finest_pixel = 8;      // units
constexpr double most_lost = 0.005;  // of the area of equal values
constexpr double always_lost = 32;   // square units: half a pixel is not drawn

struct Member {
    const PackedLayer* pack = nullptr;
    std::uint32_t feature = 0;
};
using Members = std::map<std::string, std::vector<Member>>;

std::string_view value_of(const Member& member, std::uint32_t attribute) {
    const std::uint32_t number = member.pack->attributes(member.feature)[attribute];
    return number == ValueTable::none ? std::string_view() : member.pack->values().at(number);
}

const std::vector<std::string>& communes_of(const Member& member) {
    static const std::vector<std::string> none;
    const auto& sets = member.pack->commune_sets();
    return sets.empty() ? none : sets[member.pack->commune_set(member.feature)];
}

std::string key_of(const Member& member, const MergedBand& band) {
    std::string key;
    for (const std::uint32_t attribute : band.attributes) {
        const std::string_view value = value_of(member, attribute);
        append_varint(key, value.size());
        key += value;
    }
    if (!band.by_commune) return key;
    for (const std::string& code : communes_of(member)) key += code + ",";
    return key;
}

template <typename Wanted>
Members members_of(std::span<const PackPart> packs, const MergedBand& band, Wanted wanted) {
    Members members;
    for (const PackPart& part : packs) {
        for (std::uint32_t f = 0; f < part.pack->size(); ++f) {
            if ((part.removed != nullptr && (*part.removed)[f]) || part.pack->kind(f) != Kind::Polygon) continue;
            std::string key = key_of({part.pack, f}, band);
            if (wanted(key)) members[std::move(key)].push_back({part.pack, f});
        }
    }
    // The same order whichever pack a feature is in.
    for (auto& [key, list] : members) {
        std::sort(list.begin(), list.end(), [](const Member& a, const Member& b) {
            const std::uint64_t order_a = a.pack->order(a.feature);
            const std::uint64_t order_b = b.pack->order(b.feature);
            return order_a != order_b ? order_a < order_b : a.pack->id(a.feature) < b.pack->id(b.feature);
        });
    }
    return members;
}

void add_polygons(const Member& member, std::vector<TilePolygon>& polygons) {
    const PackedShapes& shapes = member.pack->shapes();
    for (std::uint32_t r = shapes.first_ring(member.feature); r < shapes.end_ring(member.feature); ++r) {
        const PackedShapes::Ring ring = shapes.ring(r);
        if (!ring.hole) polygons.emplace_back();
        Ring& points = polygons.back().rings.emplace_back();
        for (const WorldPoint& point : shapes.points(ring)) points.push_back({point.x, point.y});
    }
    // What has no area bounds nothing.
    std::erase_if(polygons, [](const TilePolygon& polygon) { return polygon.rings.front().size() < 3; });
    for (TilePolygon& polygon : polygons)
        std::erase_if(polygon.rings, [](const Ring& ring) { return ring.size() < 3; });
}

/// Polygons of several groups, exact, in the order of the groups.
struct GroupParts {
    PackedShapes shapes;
    std::vector<WorldBox> boxes;

    std::uint32_t count() const { return shapes.size(); }
    /// The union of a group's members, in Hilbert order.
    void add(std::span<const Member> members) {
        std::vector<TilePolygon> polygons;
        for (const Member& member : members) add_polygons(member, polygons);
        struct Part {
            std::uint64_t order;
            WorldBox box;
            const TilePolygon* polygon;
        };
        std::vector<Part> parts;
        polygons = united(polygons);
        for (const TilePolygon& polygon : polygons) {
            WorldBox box;
            for (const TilePoint& p : polygon.rings.front()) box.add(world(p));
            const WorldPoint centre{box.min_x + (box.max_x - box.min_x) / 2, box.min_y + (box.max_y - box.min_y) / 2};
            parts.push_back({hilbert_key(centre), box, &polygon});
        }
        std::stable_sort(parts.begin(), parts.end(), [](const Part& a, const Part& b) { return a.order < b.order; });
        for (const Part& part : parts) {
            for (std::size_t i = 0; i < part.polygon->rings.size(); ++i) {
                for (const TilePoint& p : part.polygon->rings[i]) shapes.writable_points().push_back(world(p));
                shapes.end_ring_at(shapes.points().size(), i > 0);
            }
            shapes.end_shape();
            boxes.push_back(part.box);
        }
    }

  private:
    static WorldPoint world(TilePoint p) { return {static_cast<std::uint32_t>(p.x), static_cast<std::uint32_t>(p.y)}; }
};

/// Cuts polygons by the tiles of one zoom.
class Pieces {
  public:
    Pieces(int z, const TileUnits& units)
        : last_tile_((std::int64_t{1} << z) - 1), extent_(units.extent), buffer_(units.buffer) {}

    /// In units counted from the world's corner.
    void add(const std::vector<Ring>& rings) {
        Reach reach;
        for (const TilePoint& p : rings.front()) reach.add(p);
        const auto tile_of = [&](std::int64_t at) {
            return std::clamp(floor_of(at, extent_), std::int64_t{0}, last_tile_);
        };
        for (std::int64_t x = tile_of(reach.low.x - buffer_); x <= tile_of(reach.high.x + buffer_); ++x) {
            for (std::int64_t y = tile_of(reach.low.y - buffer_); y <= tile_of(reach.high.y + buffer_); ++y) {
                std::vector<Ring> local(rings);
                for (Ring& ring : local)
                    for (TilePoint& p : ring) p = {p.x - x * extent_, p.y - y * extent_};
                const ClipBox box{-buffer_, extent_ + buffer_};
                const bool inside = box.holds({reach.low.x - x * extent_, reach.low.y - y * extent_}) &&
                                    box.holds({reach.high.x - x * extent_, reach.high.y - y * extent_});
                const std::pair at(static_cast<std::uint32_t>(x), static_cast<std::uint32_t>(y));
                if (inside) {
                    write(at, local);
                } else {
                    for (const TilePolygon& piece : cut(local, box)) write(at, piece.rings);
                }
            }
        }
    }

    MergedGroup::Drawn take() {
        MergedGroup::Drawn drawn;
        for (const auto& [at, written] : written_) {
            drawn.bytes += written.bytes.view().substr(first_move);
            MergedPiece& piece = drawn.pieces.emplace_back();
            std::tie(piece.x, piece.y) = at;
            piece.end = static_cast<std::uint32_t>(drawn.bytes.size());
            set(piece.first, written.first);
            set(piece.last, written.cursor);
        }
        drawn.bytes.shrink_to_fit();
        drawn.pieces.shrink_to_fit();
        return drawn;
    }

  private:
    struct Reach {
        TilePoint low{INT64_MAX, INT64_MAX}, high{INT64_MIN, INT64_MIN};
        void add(TilePoint p) {
            low = {std::min(low.x, p.x), std::min(low.y, p.y)};
            high = {std::max(high.x, p.x), std::max(high.y, p.y)};
        }
    };
    struct Written {
        ByteBuffer bytes;
        TilePoint first, cursor;
    };
    static constexpr std::size_t first_move = 3;  // the command, and no way to go

    static std::int64_t floor_of(std::int64_t at, std::int64_t side) {
        return at >= 0 ? at / side : -((side - 1 - at) / side);
    }
    static void set(std::int16_t (&to)[2], TilePoint p) {
        to[0] = static_cast<std::int16_t>(p.x);
        to[1] = static_cast<std::int16_t>(p.y);
    }
    void write(std::pair<std::uint32_t, std::uint32_t> at, std::span<const Ring> rings) {
        Written& to = written_[at];
        if (to.bytes.empty()) to.first = to.cursor = rings.front().front();
        for (std::size_t i = 0; i < rings.size(); ++i) write_ring(to.bytes, rings[i], i == 0, to.cursor);
    }

    std::int64_t last_tile_, extent_, buffer_;
    std::map<std::pair<std::uint32_t, std::uint32_t>, Written> written_;
};

/// Makes what one zoom draws of one group.
class Sketch {
  public:
    Sketch(const GroupParts& parts, const Level& level, const LonePoints& lone, std::span<const float> areas, int z,
           const TileUnits& units)
        : parts_(parts),
          level_(level),
          lone_(lone),
          areas_(areas),
          pixel_side_(finest_pixel >> units.coarseness),
          grid_(z, 0, 0, units),
          pieces_(z, units) {
        const auto unit = static_cast<double>(grid_.world({1, 1}).x);
        unit_area_ = unit * unit;
        pixel_area_ = static_cast<double>(pixel_side_ * pixel_side_) * unit_area_;
    }

    MergedGroup::Drawn of(std::uint32_t begin, std::uint32_t end) {
        for (std::uint32_t part = begin; part < end; ++part) {
            if (level_.has(part)) {
                add_level(level_.place(part));
            } else {
                gather(part);
            }
        }
        if (gathered_ >= pixel_area_ / 2 && last_tiny_) place(*last_tiny_, 1);
        lost_ += gathered_;
        for (std::vector<Ring>& rings : polygons_) {
            give_back(rings);
            pieces_.add(rings);
        }
        MergedGroup::Drawn drawn = pieces_.take();
        drawn.lost = static_cast<float>(lost_);
        return drawn;
    }

  private:
    /// What simplifying left of a part may be several polygons.
    void add_level(std::uint32_t shape) {
        lost_ += level_.lost_area(shape);
        const std::size_t first = polygons_.size();
        const LevelShapes& shapes = level_.shapes();
        for (std::uint32_t r = shapes.first_ring(shape); r < shapes.end_ring(shape); ++r) {
            if (polygons_.size() == first || !shapes.is_hole(r)) polygons_.emplace_back();
            Ring& ring = polygons_.back().emplace_back();
            shapes.each_point(r, [&](TilePoint point) { ring.push_back(point); });
        }
        for (std::size_t i = first; i < polygons_.size(); ++i) give_back(polygons_[i]);
    }

    /// What outlines lost of their area they get back where they have no neighbours.
    void give_back(std::vector<Ring>& rings) { lost_ -= balance(rings, lone_, lost_ / unit_area_) * unit_area_; }

    /// A pixel's area of parts that are too small or too thin is drawn as one pixel.
    void gather(std::uint32_t part) {
        last_tiny_ = part;
        gathered_ += areas_[part] + std::exchange(lost_, 0);
        if (gathered_ >= pixel_area_) place(part, static_cast<std::size_t>(gathered_ / pixel_area_));
    }

    /// Pixels at the part's vertices, for what is long and thin may lie far from the middle of its box.
    void place(std::uint32_t part, std::size_t most) {
        const auto outline = parts_.shapes.points(parts_.shapes.ring(parts_.shapes.first_ring(part)));
        most = std::min(most, outline.size());
        std::vector<TilePoint> placed;
        for (std::size_t i = 0; i < most; ++i) {
            const TilePoint at = grid_.point(outline[(2 * i + 1) * outline.size() / (2 * most)]);
            const bool is_free = std::none_of(placed.begin(), placed.end(), [&](TilePoint other) {
                return std::abs(other.x - at.x) <= pixel_side_ && std::abs(other.y - at.y) <= pixel_side_;
            });
            if (!is_free) continue;
            placed.push_back(at);
            const TilePoint low{at.x - pixel_side_ / 2, at.y - pixel_side_ / 2};
            const TilePoint high{low.x + pixel_side_, low.y + pixel_side_};
            polygons_.push_back({{low, {high.x, low.y}, high, {low.x, high.y}}});
            gathered_ -= pixel_area_;
        }
    }

    const GroupParts& parts_;
    const Level& level_;
    const LonePoints& lone_;
    std::span<const float> areas_;
    std::int64_t pixel_side_;
    UnitGrid grid_;
    Pieces pieces_;
    std::vector<std::vector<Ring>> polygons_;
    double unit_area_ = 0;
    double pixel_area_ = 0;
    double lost_ = 0;      // of the parts that are drawn by their outlines
    double gathered_ = 0;  // of others
    std::optional<std::uint32_t> last_tiny_;
};

/// By what rounding and pixels add.
void widen(WorldBox& box, std::uint32_t steps) {
    box.min_x -= std::min(box.min_x, steps);
    box.min_y -= std::min(box.min_y, steps);
    box.max_x += std::min(UINT32_MAX - box.max_x, steps);
    box.max_y += std::min(UINT32_MAX - box.max_y, steps);
}

/// Makes the groups of a band, simplified together.
class Groups {
  public:
    Groups(const Members& members, const MergedBand& band, int full_zoom) : full_zoom_(full_zoom) {
        for (const auto& [key, list] : members) {
            auto group = std::make_shared<MergedGroup>();
            group->key = key;
            for (const std::uint32_t attribute : band.attributes)
                group->values.emplace_back(value_of(list.front(), attribute));
            if (band.by_commune) group->communes = communes_of(list.front());
            parts_.add(list);
            for (const Member& member : list) group->bounds.add(member.pack->tree().at(member.feature));
            widen(group->bounds, std::uint32_t{finest_pixel} << (deepest_world_zoom - band.first));
            ends_.push_back(parts_.count());
            groups_.push_back(std::move(group));
        }
        kinds_.assign(parts_.count(), Kind::Polygon);
    }

    /// Draws one more zoom, in these units. False when they are not the finest and values lose of their area in them.
    bool draw(int z, const TileUnits& units) {
        std::vector<MergedGroup::Drawn> drawn = sketch(z, units);
        if (units.coarseness > 0 && !keep_area(drawn, z)) return false;
        for (std::size_t i = 0; i < groups_.size(); ++i) groups_[i]->drawn.push_back(std::move(drawn[i]));
        return true;
    }
    /// Draws one more zoom in the coarsest units in which no values lose of their area; gives them.
    TileUnits draw(int z) {
        unsigned coarseness = coarsest;
        while (!draw(z, coarse_units(coarseness)) && coarseness > 0) --coarseness;
        return coarse_units(coarseness);
    }
    std::vector<MergedGroupPtr> take() const { return {groups_.begin(), groups_.end()}; }

  private:
    LevelMaker& maker(const TileUnits& units) {
        std::optional<LevelMaker>& made = makers_.at(units.coarseness);
        if (!made) made.emplace(parts_.shapes, kinds_, parts_.boxes, full_zoom_, merged_tolerance, units);
        return *made;
    }
    std::uint32_t begin_of(std::size_t group) const { return group == 0 ? 0 : ends_[group - 1]; }

    std::vector<MergedGroup::Drawn> sketch(int z, const TileUnits& units) {
        const Level level = maker(units).level(z);
        const LonePoints lone(level.shapes());
        std::vector<MergedGroup::Drawn> drawn;
        for (std::size_t i = 0; i < groups_.size(); ++i)
            drawn.push_back(Sketch(parts_, level, lone, maker(units).areas(), z, units).of(begin_of(i), ends_[i]));
        return drawn;
    }

    bool keep_area(const std::vector<MergedGroup::Drawn>& drawn, int z) {
        struct Sum {
            double area = 0;
            double lost = 0;
        };
        std::map<std::vector<std::string>, Sum> sums;
        const std::vector<float>& areas = maker(coarse_units(coarsest)).areas();
        for (std::size_t i = 0; i < groups_.size(); ++i) {
            Sum& sum = sums[groups_[i]->values];
            sum.lost += static_cast<double>(drawn[i].lost);
            for (std::uint32_t part = begin_of(i); part < ends_[i]; ++part)
                sum.area += static_cast<double>(areas[part]);
        }
        const double unit = std::ldexp(1.0, deepest_world_zoom - z);
        return std::all_of(sums.begin(), sums.end(), [&](const auto& one) {
            const Sum& sum = one.second;
            return std::abs(sum.lost) <= most_lost * sum.area + always_lost * unit * unit;
        });
    }

    int full_zoom_;
    GroupParts parts_;
    std::vector<Kind> kinds_;
    std::vector<std::uint32_t> ends_;  // of each group's parts
    std::vector<std::shared_ptr<MergedGroup>> groups_;
    std::array<std::optional<LevelMaker>, coarsest + 1> makers_;
};

/// All groups of a band, and its units.
void fill_band(MergedBand& band, std::span<const PackPart> packs, int full_zoom) {
    const Members members = members_of(packs, band, [](const std::string&) { return true; });
    Groups groups(members, band, full_zoom);
    band.units.clear();
    for (int z = band.first; z < band.end; ++z) band.units.push_back(groups.draw(z));
    band.groups = groups.take();
}

}  // namespace

std::optional<std::size_t> MergedGroup::Drawn::find(std::uint32_t x, std::uint32_t y) const {
    const auto found =
        std::lower_bound(pieces.begin(), pieces.end(), std::pair(x, y),
                         [](const MergedPiece& piece, const auto& at) { return std::pair(piece.x, piece.y) < at; });
    if (found == pieces.end() || found->x != x || found->y != y) return std::nullopt;
    return static_cast<std::size_t>(found - pieces.begin());
}

MergedLayer MergedLayer::of(std::span<const PackPart> packs, int first, int end) {
    const LayerRules& rules = packs.front().pack->rules();
    MergedLayer made;
    for (int z = first; z < end; ++z) {
        std::vector<std::uint32_t> attributes = rules.attributes_at(z);
        if (!made.bands_.empty() && made.bands_.back().attributes == attributes) {
            made.bands_.back().end = z + 1;
        } else {
            made.bands_.push_back({z, z + 1, false, std::move(attributes), {}, {}});
        }
    }
    made.has_communes_ = rules.has_communes;
    for (std::size_t i = 0, count = made.bands_.size(); made.has_communes_ && i < count; ++i) {
        MergedBand band = made.bands_[i];
        band.by_commune = true;
        made.bands_.push_back(std::move(band));
    }
    for (MergedBand& band : made.bands_) fill_band(band, packs, rules.full_zoom());
    return made;
}

void MergedLayer::touch(const PackedLayer& pack, std::uint32_t feature, TouchedGroups& touched) const {
    touched.resize(bands_.size());
    for (std::size_t i = 0; i < bands_.size(); ++i) touched[i].insert(key_of({&pack, feature}, bands_[i]));
}

MergedLayer MergedLayer::renewed(std::span<const PackPart> packs, const TouchedGroups& touched,
                                 std::vector<WorldBox>& bounds) const {
    MergedLayer made(*this);
    for (std::size_t i = 0; i < touched.size(); ++i) {
        MergedBand& band = made.bands_[i];
        const auto is_touched = [&](const std::string& key) { return touched[i].contains(key); };
        for (const MergedGroupPtr& group : band.groups)
            if (is_touched(group->key)) bounds.push_back(group->bounds);
        std::erase_if(band.groups, [&](const MergedGroupPtr& group) { return is_touched(group->key); });
        const int full_zoom = packs.front().pack->rules().full_zoom();
        Groups groups(members_of(packs, band, is_touched), band, full_zoom);
        bool fits = true;
        for (int z = band.first; fits && z < band.end; ++z)
            fits = groups.draw(z, band.units[static_cast<std::size_t>(z - band.first)]);
        if (!fits) {
            for (const MergedGroupPtr& group : band.groups) bounds.push_back(group->bounds);
            fill_band(band, packs, full_zoom);
            for (const MergedGroupPtr& group : band.groups) bounds.push_back(group->bounds);
            continue;
        }
        for (MergedGroupPtr& group : groups.take()) {
            bounds.push_back(group->bounds);
            const auto place =
                std::upper_bound(band.groups.begin(), band.groups.end(), group,
                                 [](const MergedGroupPtr& a, const MergedGroupPtr& b) { return a->key < b->key; });
            band.groups.insert(place, std::move(group));
        }
    }
    return made;
}

const MergedBand* MergedLayer::band(int z, bool by_commune) const {
    const auto found = std::find_if(bands_.begin(), bands_.end(), [&](const MergedBand& b) {
        return z >= b.first && z < b.end && b.by_commune == (by_commune && has_communes_);
    });
    return found == bands_.end() ? nullptr : &*found;
}

std::size_t MergedLayer::memory() const {
    std::size_t bytes = 0;
    for (const MergedBand& band : bands_) {
        for (const MergedGroupPtr& group : band.groups) {
            bytes += sizeof(MergedGroup) + group->key.capacity();
            for (const std::string& value : group->values) bytes += sizeof(std::string) + value.capacity();
            bytes += group->communes.size() * sizeof(std::string);
            for (const MergedGroup::Drawn& drawn : group->drawn)
                bytes += sizeof drawn + drawn.pieces.capacity() * sizeof(MergedPiece) + drawn.bytes.capacity();
        }
    }
    return bytes;
}

}  // namespace tiles
