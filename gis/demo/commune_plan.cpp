#include "gis/demo/commune_plan.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "gis/demo/names.hpp"
#include "gis/demo/random.hpp"

namespace gis::demo {

namespace {

/// A face cut in two, down to a cell: sections and places are subtrees, so they hold together.
struct Node {
    int left = -1;
    int right = -1;
    int cell = -1;
    double area = 0;     ///< square metres
    double parcels = 0;  ///< expected
    double urban_parcels = 0;
};

/// The biggest block of a use: metres.
struct BlockSize {
    double length;
    double width;
};

BlockSize block_size(Use use) {
    constexpr std::array<BlockSize, 8> sizes{
        {{135, 84}, {240, 104}, {190, 84}, {220, 84}, {420, 330}, {160, 120}, {600, 420}, {700, 500}}};
    return sizes[static_cast<std::size_t>(use)];
}

double street_jitter(Use use) {
    constexpr std::array<double, 8> radians{0.14, 0.0, 0.06, 0.06, 0.0, 0.05, 0.13, 0.15};
    return radians[static_cast<std::size_t>(use)];
}

Way way_inside(Use use, double area) {
    if (is_urban(use)) return area > 60'000 || use == Use::Activity ? Way::Street : Way::Lane;
    if (area > 400'000) return Way::Lane;
    return Way::Track;
}

/// Main roads and waters meet the outline: the faces they make, with their ways noted on the mesh.
std::vector<Mesh::Face> first_faces(const CommuneSetting& setting, const Geos& geos, Mesh& mesh) {
    Line outline;
    for (const Point p : setting.outline) outline.push_back(metres(p));
    outline.push_back(outline.front());
    const Geos::Geometry land = geos.geometry(setting.outline);

    std::vector<std::pair<Line, Way>> ways;
    const auto add = [&](const Line& line, Way way) {
        for (Line& inside : geos.lines(geos.intersection(geos.geometry(line), land)))
            ways.emplace_back(std::move(inside), way);
    };
    for (const Watercourse& water : setting.network.water) add(water.line, water.way);
    for (const MainRoad& road : setting.network.roads) {
        if (road.commune == setting.index) add(road.line, Way::Road);
    }

    std::vector<Line> edges{outline};
    for (const auto& [line, way] : ways) edges.push_back(line);
    std::vector<Ring> rings = geos.faces(edges);
    const Vec centre = setting.centre;
    const auto angle = [&](const Ring& ring) {
        const Vec v = centroid(ring) - centre;
        return std::atan2(v.y, v.x);
    };
    std::sort(rings.begin(), rings.end(), [&](const Ring& a, const Ring& b) { return angle(a) < angle(b); });

    std::vector<Mesh::Face> faces;
    for (const Ring& ring : rings) {
        const Mesh::Face face = mesh.add_face(ring);
        for (std::size_t i = 0; i < face.size(); ++i) {
            const std::size_t next = (i + 1) % face.size();
            const Vec middle = (metres(ring[i]) + metres(ring[next])) * 0.5;
            for (const auto& [line, way] : ways) {
                if (distance_to_line(middle, line) > 0.03) continue;
                mesh.set_way(face[i], face[next], way);
                break;
            }
        }
        faces.push_back(face);
    }
    return faces;
}

/// Cuts faces down to cells by where the settlement wants what.
class Divider {
  public:
    Divider(const Settlement& settlement, CommunePlan& plan, std::uint64_t seed)
        : settlement_(settlement), plan_(plan), seed_(seed) {}

    int divide(const Mesh::Face& face, std::uint64_t path);
    const std::vector<Node>& nodes() const { return nodes_; }

  private:
    struct Votes {
        Use use = Use::Field;
        bool mixed = false;
        bool urban = false;
    };

    Votes votes(const Ring& ring) const;
    int leaf(const Mesh::Face& face, Use use);
    int rural_leaf(const Mesh::Face& face, Use use, Random& random);
    int join(int left, int right);
    std::optional<std::pair<Mesh::Face, Mesh::Face>> cut(const Mesh::Face& face, const OrientedBox& box, bool across,
                                                         Use use, double area, Random& random);

    const Settlement& settlement_;
    CommunePlan& plan_;
    std::uint64_t seed_;
    std::vector<Node> nodes_;
};

Divider::Votes Divider::votes(const Ring& ring) const {
    const Vec centre = centroid(ring);
    const Use first = settlement_.use_at(centre);
    Votes out{first, false, is_urban(first)};
    const std::size_t step = std::max<std::size_t>(1, ring.size() / 8);
    int urban = is_urban(first) ? 1 : 0, all = 1;
    for (std::size_t i = 0; i < ring.size(); i += step, ++all) {
        const Vec at = centre + (metres(ring[i]) - centre) * 0.6;
        if (is_urban(settlement_.use_at(at))) ++urban;
    }
    out.mixed = urban > 0 && urban < all;
    return out;
}

int Divider::leaf(const Mesh::Face& face, Use use) {
    const Mesh::Face whole = plan_.mesh.expanded(face);
    const Ring ring = plan_.mesh.ring(whole);
    Node node;
    node.cell = static_cast<int>(plan_.cells.size());
    node.area = area(ring);
    node.parcels = node.area / 1e4 * parcels_per_hectare(use);
    node.urban_parcels = is_urban(use) ? node.parcels : 0;
    plan_.cells.push_back({face, use, use == Use::Field && settlement_.is_fringe(centroid(ring))});
    nodes_.push_back(node);
    return static_cast<int>(nodes_.size()) - 1;
}

/// Open land; along a main road near the village its front becomes a row of houses.
int Divider::rural_leaf(const Mesh::Face& face, Use use, Random& random) {
    const Mesh::Face whole = plan_.mesh.expanded(face);
    const Ring ring = plan_.mesh.ring(whole);
    const std::size_t n = ring.size();
    double longest = 0;
    Vec from, to;
    for (std::size_t i = 0; i < n; ++i) {
        // A run of road edges, as the chord between its ends.
        if (plan_.mesh.way(whole[i], whole[(i + 1) % n]) != Way::Road) continue;
        if (plan_.mesh.way(whole[(i + n - 1) % n], whole[i]) == Way::Road) continue;
        std::size_t j = i;
        while (j < i + n && plan_.mesh.way(whole[j % n], whole[(j + 1) % n]) == Way::Road) ++j;
        const Vec a = metres(ring[i]), b = metres(ring[j % n]);
        if (length(b - a) <= longest) continue;
        longest = length(b - a);
        from = a;
        to = b;
    }
    if (longest > 50 && settlement_.has_ribbon((from + to) * 0.5)) {
        const Vec u = unit(to - from);
        const Vec through = (from + to) * 0.5 + left_of(u) * (half_width(Way::Road) + random.between(36, 52));
        if (const auto parts = plan_.mesh.split(face, through, u, Way::None, {3, 900, 5})) {
            const int field = leaf(parts->first, use);
            return join(field, leaf(parts->second, Use::Frontage));
        }
    }
    return leaf(face, use);
}

int Divider::join(int left, int right) {
    const Node &a = nodes_[static_cast<std::size_t>(left)], &b = nodes_[static_cast<std::size_t>(right)];
    nodes_.push_back({left, right, -1, a.area + b.area, a.parcels + b.parcels, a.urban_parcels + b.urban_parcels});
    return static_cast<int>(nodes_.size()) - 1;
}

std::optional<std::pair<Mesh::Face, Mesh::Face>> Divider::cut(const Mesh::Face& face, const OrientedBox& box,
                                                              bool across, Use use, double area, Random& random) {
    const double side = across ? box.length : box.width;
    const BlockSize size = block_size(use);
    const double pieces = std::max(2.0, std::ceil(side / (across ? size.length : size.width)));
    double ratio = std::floor(pieces / 2) / pieces;  // equal blocks in the end
    if (use != Use::Terrace) ratio += random.between(-0.07, 0.07);
    if (random.chance(0.5)) ratio = 1 - ratio;
    const Vec along = across ? box.axis : left_of(box.axis);
    const Vec direction = turned(left_of(along), street_jitter(use) * random.bell() / 1.5);
    return plan_.mesh.split(face, box.centre + along * ((ratio - 0.5) * side), direction, way_inside(use, area),
                            {4, 900, 6});
}

int Divider::divide(const Mesh::Face& face, std::uint64_t path) {
    Random random(mix(seed_, path));
    const Ring ring = plan_.mesh.ring(plan_.mesh.expanded(face));
    const double size = area(ring);
    const Votes vote = votes(ring);
    const OrientedBox box = oriented_box(ring);
    const bool settled = vote.urban || (vote.mixed && size > 15'000);
    if (!settled) {
        if (size < random.between(70'000, 240'000)) return rural_leaf(face, vote.use, random);
    } else {
        const BlockSize limit = block_size(vote.use);
        const double stretch = vote.use == Use::Terrace ? 1.1 : random.between(0.85, 1.45);
        const bool fits = box.length <= limit.length * stretch && box.width <= limit.width * 1.12;
        if (fits && !(vote.mixed && size > 15'000)) {
            const bool facility = is_urban(vote.use) && size > 3000 && size < 30'000 && random.chance(0.035);
            return vote.urban ? leaf(face, facility ? Use::Facility : vote.use) : rural_leaf(face, vote.use, random);
        }
    }
    const BlockSize limit = block_size(vote.use);
    const bool long_enough = box.length > 1.8 * box.width || box.length > limit.length * 1.12;
    const bool across = long_enough || box.width <= limit.width * 1.12;
    auto parts = cut(face, box, across, vote.use, size, random);
    if (!parts) parts = cut(face, box, !across, vote.use, size, random);
    if (!parts) return vote.urban ? leaf(face, vote.use) : rural_leaf(face, vote.use, random);
    const int left = divide(parts->first, mix(path, 1));
    return join(left, divide(parts->second, mix(path, 2)));
}

void cells_below(const std::vector<Node>& nodes, int at, CellGroup& out) {
    const Node& node = nodes[static_cast<std::size_t>(at)];
    if (node.cell >= 0) {
        out.push_back(static_cast<std::size_t>(node.cell));
        return;
    }
    cells_below(nodes, node.left, out);
    cells_below(nodes, node.right, out);
}

/// The largest subtrees that `small_enough` accepts, in order.
template <typename Accept>
void subtrees(const std::vector<Node>& nodes, int at, Accept&& small_enough, std::vector<int>& out) {
    const Node& node = nodes[static_cast<std::size_t>(at)];
    if (node.cell >= 0 || small_enough(node)) {
        out.push_back(at);
        return;
    }
    subtrees(nodes, node.left, small_enough, out);
    subtrees(nodes, node.right, small_enough, out);
}

std::string letters(char first, std::size_t index) {
    return {static_cast<char>(first + static_cast<char>(index / 25)), static_cast<char>('A' + index % 25)};
}

/// Units of land and which of them touch.
class UnitMap {
  public:
    UnitMap(const std::vector<Node>& nodes, const std::vector<int>& units, const CommunePlan& plan)
        : nodes_(nodes), units_(units), touching_(units.size()) {
        std::map<std::pair<int, int>, std::size_t> owner;
        for (std::size_t u = 0; u < units.size(); ++u) {
            CellGroup cells;
            cells_below(nodes, units[u], cells);
            for (const std::size_t cell : cells) {
                const Mesh::Face face = plan.mesh.expanded(plan.cells[cell].face);
                for (std::size_t i = 0; i < face.size(); ++i) {
                    const auto edge = std::minmax({face[i], face[(i + 1) % face.size()]});
                    const auto [other, added] = owner.try_emplace(edge, u);
                    if (added || other->second == u) continue;
                    touching_[u].insert(other->second);
                    touching_[other->second].insert(u);
                }
            }
        }
    }

    std::size_t size() const { return units_.size(); }
    const Node& node(std::size_t unit) const { return nodes_[static_cast<std::size_t>(units_[unit])]; }
    const std::set<std::size_t>& touching(std::size_t unit) const { return touching_[unit]; }

  private:
    const std::vector<Node>& nodes_;
    const std::vector<int>& units_;
    std::vector<std::set<std::size_t>> touching_;
};

/// Groups of touching units with at most so many parcels, in the order of the units.
std::vector<std::vector<std::size_t>> group_units(const UnitMap& units, double most, double least) {
    constexpr std::size_t none = static_cast<std::size_t>(-1);
    std::vector<std::size_t> group_of(units.size(), none);
    std::vector<std::vector<std::size_t>> groups;
    std::vector<double> sums;
    const auto take = [&](std::size_t unit, std::size_t group) {
        group_of[unit] = group;
        groups[group].push_back(unit);
        sums[group] += units.node(unit).parcels;
    };
    for (std::size_t start = 0; start < units.size(); ++start) {
        if (group_of[start] != none) continue;
        const std::size_t group = groups.size();
        groups.emplace_back();
        sums.push_back(0);
        take(start, group);
        for (std::size_t k = 0; k < groups[group].size(); ++k) {
            for (const std::size_t next : units.touching(groups[group][k])) {
                if (group_of[next] == none && sums[group] + units.node(next).parcels <= most) take(next, group);
            }
        }
    }
    // What was left over between full groups joins the smallest of those it touches.
    for (std::size_t group = 0; group < groups.size(); ++group) {
        if (sums[group] >= least) continue;
        std::size_t best = none;
        for (const std::size_t unit : groups[group]) {
            for (const std::size_t next : units.touching(unit)) {
                const std::size_t other = group_of[next];
                if (other != group && (best == none || sums[other] < sums[best])) best = other;
            }
        }
        if (best == none) continue;
        for (const std::size_t unit : std::exchange(groups[group], {})) take(unit, best);
    }
    std::erase_if(groups, [](const auto& group) { return group.empty(); });
    return groups;
}

/// Sections of some hundred parcels. Built-up ones of a town are AB, AC ..., of a village A, B ...; land that was
/// reallocated has ZA, ZB ...
void make_sections(const std::vector<Node>& nodes, const std::vector<int>& roots, CommunePlan& plan) {
    constexpr double most = 460, least = 110;
    std::vector<int> subtree_of;
    double total = 0;
    for (const int root : roots) {
        subtrees(
            nodes, root, [](const Node& n) { return n.parcels <= most * 0.6; }, subtree_of);
        total += nodes[static_cast<std::size_t>(root)].parcels;
    }
    const UnitMap units(nodes, subtree_of, plan);
    const bool town = total > 2500;
    std::size_t built = 0, open = 0;
    for (const std::vector<std::size_t>& group : group_units(units, most, least)) {
        double parcels = 0, urban = 0, land = 0;
        for (const std::size_t unit : group) {
            parcels += units.node(unit).parcels;
            urban += units.node(unit).urban_parcels;
            land += units.node(unit).area;
        }
        Section section;
        if (urban < 0.4 * parcels) {
            section.code = letters(open < 25 ? 'Z' : 'Y', open % 25);
            ++open;
        } else if (town) {
            section.code = letters('A', ++built);
        } else {
            section.code = {'0', static_cast<char>('A' + built++)};
        }
        section.sheets.emplace_back();
        for (const std::size_t unit : group) {
            if (land > 1.5e6 && !section.sheets.back().empty()) section.sheets.emplace_back();
            cells_below(nodes, subtree_of[unit], section.sheets.back());
        }
        plan.sections.push_back(std::move(section));
    }
}

void make_places(const std::vector<Node>& nodes, const std::vector<int>& roots, std::uint64_t seed, CommunePlan& plan) {
    Random random(mix(seed, 41));
    PlaceNames names(mix(seed, 42));
    std::vector<int> units;
    for (const int root : roots)
        subtrees(
            nodes, root, [](const Node& n) { return n.area <= 420'000; }, units);
    for (const int unit : units) {
        const Node& node = nodes[static_cast<std::size_t>(unit)];
        const bool open = node.urban_parcels < 0.5 * node.parcels;
        if (node.area < 25'000 || !random.chance(open ? 0.92 : 0.45)) continue;
        Place place{open ? names.next_field() : names.next_quarter(), {}};
        cells_below(nodes, unit, place.cells);
        plan.places.push_back(std::move(place));
    }
}

/// The outline, and the pieces of water near it: what `bend` must leave where it is.
std::vector<Line> fixed_lines(const CommuneSetting& setting, double near) {
    Line outline;
    for (const Point p : setting.outline) outline.push_back(metres(p));
    outline.push_back(outline.front());
    double reach = 0;
    for (const Vec p : outline) reach = std::max(reach, length(p - setting.centre));
    std::vector<Line> out{outline};
    for (const Watercourse& water : setting.network.water) {
        Line piece;
        for (const Vec p : water.line) {
            if (length(p - setting.centre) < reach + near) piece.push_back(p);
        }
        if (piece.size() > 1) out.push_back(std::move(piece));
    }
    return out;
}

/// Streets and field limits were cut straight; the land is not. A gentle swell bends them, less and less towards the
/// outline and the waters, which stay where the neighbours and the flood plan know them.
void bend(const CommuneSetting& setting, Mesh& mesh) {
    constexpr double calm = 260;  // metres from a fixed line to the full swell: no slope above a quarter
    mesh.densify(90);
    const std::vector<Line> fixed = fixed_lines(setting, calm);
    Random random(mix(setting.seed, 91));
    std::array<double, 6> phase{};
    for (double& p : phase) p = random.between(0, 6.3);
    mesh.move_points([&](Vec at) {
        double room = calm;
        for (const Line& line : fixed) room = std::min(room, distance_to_line(at, line));
        const double t = room / calm, ease = t * t * (3 - 2 * t);
        const auto wave = [&](double across, double oblique, std::size_t k) {
            return 7 * std::sin(across / 100 + phase[k]) + 2.4 * std::sin(oblique / 60 + phase[k + 1]) +
                   26 * std::sin(across / 300 + phase[k + 2]);
        };
        return at + Vec{wave(at.y, at.x + at.y, 0), wave(at.x, at.x - at.y, 3)} * ease;
    });
}

}  // namespace

CommunePlan plan_commune(const CommuneSetting& setting, const Geos& geos) {
    std::vector<Line> roads;
    for (const MainRoad& road : setting.network.roads) {
        if (road.commune == setting.index) roads.push_back(road.line);
    }
    const Settlement settlement(setting.centre, setting.outline, std::move(roads), setting.parcels, setting.mining,
                                setting.seed);
    CommunePlan plan;
    Divider divider(settlement, plan, setting.seed);
    std::vector<int> roots;
    for (const Mesh::Face& face : first_faces(setting, geos, plan.mesh)) {
        roots.push_back(divider.divide(face, mix(setting.seed, 100 + roots.size())));
    }
    bend(setting, plan.mesh);
    make_sections(divider.nodes(), roots, plan);
    make_places(divider.nodes(), roots, setting.seed, plan);
    return plan;
}

}  // namespace gis::demo
