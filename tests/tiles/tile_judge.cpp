#include "tests/tiles/tile_judge.hpp"

#include <fmt/format.h>
#include <geos_c.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <stdexcept>

namespace test {

namespace {

using Part = std::vector<std::pair<int, int>>;

double area2(const Part& ring) {
    double sum = 0;
    for (std::size_t i = 0; i < ring.size(); ++i) {
        const auto& [ax, ay] = ring[i];
        const auto& [bx, by] = ring[(i + 1) % ring.size()];
        sum += double(ax) * by - double(bx) * ay;
    }
    return sum;
}

/// How far `p` is from the segment in x or in y, whichever is more.
double to_segment(std::pair<int, int> p, std::pair<int, int> a, std::pair<int, int> b) {
    const double ax = a.first - p.first;
    const double ay = a.second - p.second;
    const double dx = b.first - a.first;
    const double dy = b.second - a.second;
    const auto far = [&](double t) { return std::max(std::abs(ax + t * dx), std::abs(ay + t * dy)); };
    double least = std::min(far(0), far(1));
    // The lesser of two such distances changes where one is zero or both are equal.
    for (const auto& [rest, slope] : {std::pair{ax, dx}, {ay, dy}, {ax - ay, dx - dy}, {ax + ay, dx + dy}}) {
        if (slope != 0) least = std::min(least, far(std::clamp(-rest / slope, 0.0, 1.0)));
    }
    return least;
}

double to_outline(std::pair<int, int> p, const MvtFeature& feature) {
    double least = 1e9;
    for (const Part& part : feature.parts) {
        if (part.size() == 1) least = std::min(least, to_segment(p, part[0], part[0]));
        for (std::size_t i = 0; i + 1 < part.size() + (feature.type == 3 ? 1 : 0); ++i)
            least = std::min(least, to_segment(p, part[i], part[(i + 1) % part.size()]));
    }
    return least;
}

/// Where a flat edge leaves the buffer, rounding moves the crossing along it by more than a unit.
bool is_on_buffer_edge(std::pair<int, int> p) {
    const auto at_edge = [](int v) { return v == -64 || v == 4096 + 64; };
    return at_edge(p.first) || at_edge(p.second);
}

double outline_distance(const MvtFeature& a, const MvtFeature& b) {
    double farthest = 0;
    for (const auto& p : a.vertices) farthest = is_on_buffer_edge(p) ? farthest : std::max(farthest, to_outline(p, b));
    for (const auto& p : b.vertices) farthest = is_on_buffer_edge(p) ? farthest : std::max(farthest, to_outline(p, a));
    return farthest;
}

std::string outline_text(const MvtFeature& feature) {
    std::string text;
    for (const Part& part : feature.parts) {
        text += "(";
        for (const auto& [x, y] : part) text += fmt::format("{} {},", x, y);
        text += ") ";
    }
    return text.substr(0, 1500);
}

/// A label at the very edge of a tile is in one tile only; the oracle gives it to both.
bool is_at_edge_of_tile(const MvtFeature& feature) {
    const auto& [x, y] = feature.vertices.front();
    return feature.type == 1 && (x <= 0 || y <= 0 || x >= 4096 || y >= 4096);
}

std::string key_of(const MvtFeature& feature) {
    if (feature.id) return std::to_string(*feature.id);
    std::string key;
    for (const auto& [name, value] : feature.properties) key += name + "=" + value + ";";
    return key;
}

/// A feature that rounding may leave out: a unit or two at the edge of the buffer, or thinner than that.
bool is_borderline(const MvtFeature& feature) {
    int min_x = 100000, min_y = 100000, max_x = -100000, max_y = -100000;
    for (const auto& [x, y] : feature.vertices) {
        min_x = std::min(min_x, x);
        max_x = std::max(max_x, x);
        min_y = std::min(min_y, y);
        max_y = std::max(max_y, y);
    }
    const int edge = 64;
    const bool at_edge =
        max_x <= -edge + 1 || max_y <= -edge + 1 || min_x >= 4096 + edge - 1 || min_y >= 4096 + edge - 1;
    return at_edge || (feature.type == 3 && (polygon_area(feature) <= 3 || max_x - min_x <= 1 || max_y - min_y <= 1));
}

struct Finish {
    GEOSContextHandle_t handle = GEOS_init_r();
    ~Finish() { GEOS_finish_r(handle); }
};

GEOSGeometry* ring_of(GEOSContextHandle_t geos, const Part& ring) {
    const auto size = static_cast<unsigned>(ring.size() + 1);
    GEOSCoordSequence* points = GEOSCoordSeq_create_r(geos, size, 2);
    for (unsigned i = 0; i < size; ++i) {
        const auto& [x, y] = ring[i % ring.size()];
        GEOSCoordSeq_setXY_r(geos, points, i, x, y);
    }
    return GEOSGeom_createLinearRing_r(geos, points);
}

/// Shells with the holes that follow them.
std::vector<GEOSGeometry*> polygons_of(GEOSContextHandle_t geos, const MvtFeature& feature) {
    std::vector<GEOSGeometry*> polygons;
    if (feature.type != 3) return polygons;
    for (std::size_t i = 0; i < feature.parts.size();) {
        std::vector<GEOSGeometry*> holes;
        std::size_t next = i + 1;
        for (; next < feature.parts.size() && area2(feature.parts[next]) < 0; ++next)
            holes.push_back(ring_of(geos, feature.parts[next]));
        polygons.push_back(GEOSGeom_createPolygon_r(geos, ring_of(geos, feature.parts[i]), holes.data(),
                                                    static_cast<unsigned>(holes.size())));
        i = next;
    }
    return polygons;
}

bool differ_by_spikes(const MvtFeature& a, const MvtFeature& b) {
    return a.type == 3 && gap_area({a}, {b}, 2) == 0 && gap_area({b}, {a}, 2) == 0;
}

}  // namespace

double polygon_area(const MvtFeature& feature) {
    double sum = 0;
    for (const Part& part : feature.parts) sum += area2(part) / 2;
    return sum;
}

double gap_area(const std::vector<MvtFeature>& drawn, const std::vector<MvtFeature>& truth, double width) {
    static thread_local Finish finish;
    GEOSContextHandle_t geos = finish.handle;
    const auto destroy = [geos](GEOSGeometry* geometry) { GEOSGeom_destroy_r(geos, geometry); };
    using Geometry = std::unique_ptr<GEOSGeometry, decltype(destroy)>;
    const auto united = [&](const std::vector<MvtFeature>& features) {
        std::vector<GEOSGeometry*> polygons;
        for (const MvtFeature& feature : features) {
            for (GEOSGeometry* polygon : polygons_of(geos, feature)) polygons.push_back(polygon);
        }
        const Geometry all(GEOSGeom_createCollection_r(geos, GEOS_GEOMETRYCOLLECTION, polygons.data(),
                                                       static_cast<unsigned>(polygons.size())),
                           destroy);
        return Geometry(GEOSUnaryUnion_r(geos, all.get()), destroy);
    };
    const Geometry ours = united(drawn);
    const Geometry theirs = united(truth);
    const Geometry missing(GEOSDifference_r(geos, theirs.get(), ours.get()), destroy);
    const Geometry wide(missing ? GEOSBuffer_r(geos, missing.get(), -width / 2, 4) : nullptr, destroy);
    double area = -1;
    if (!wide || GEOSArea_r(geos, wide.get(), &area) == 0) throw std::runtime_error("GEOS: no gaps could be measured");
    return area;
}

std::string polygon_problem(const MvtFeature& feature) {
    if (feature.type != 3) return "";
    static thread_local Finish finish;
    GEOSContextHandle_t geos = finish.handle;
    for (std::size_t i = 0; i < feature.parts.size();) {
        if (feature.parts[i].size() < 3) return "a ring of less than three points";
        if (area2(feature.parts[i]) <= 0) return "a shell that turns the wrong way";
        std::vector<GEOSGeometry*> holes;
        std::size_t next = i + 1;
        for (; next < feature.parts.size() && area2(feature.parts[next]) < 0; ++next)
            holes.push_back(ring_of(geos, feature.parts[next]));
        GEOSGeometry* polygon = GEOSGeom_createPolygon_r(geos, ring_of(geos, feature.parts[i]), holes.data(),
                                                         static_cast<unsigned>(holes.size()));
        std::string reason;
        if (GEOSisValid_r(geos, polygon) != 1) {
            char* text = GEOSisValidReason_r(geos, polygon);
            reason = text;
            GEOSFree_r(geos, text);
        }
        GEOSGeom_destroy_r(geos, polygon);
        if (!reason.empty()) return reason;
        i = next;
    }
    return "";
}

Judgement judge_tile(const std::string& ours, const std::string& oracle, double tolerance) {
    Judgement judgement;
    const auto wrong = [&](std::string text) {
        if (judgement.problem.empty()) judgement.problem = std::move(text);
    };
    const auto our_layers = decode_mvt(ours);
    const auto their_layers = decode_mvt(oracle);
    std::map<std::string, std::pair<const MvtLayer*, const MvtLayer*>> names;
    for (const MvtLayer& layer : our_layers) names[layer.name].first = &layer;
    for (const MvtLayer& layer : their_layers) names[layer.name].second = &layer;
    for (const auto& [name, pair] : names) {
        std::map<std::string, std::pair<const MvtFeature*, const MvtFeature*>> features;
        if (pair.first != nullptr) {
            if (pair.first->version != 2 || pair.first->extent != 4096) wrong(name + ": version or extent");
            for (const MvtFeature& feature : pair.first->features) {
                if (!std::exchange(features[key_of(feature)].first, &feature)) continue;
                wrong(name + ": twice " + key_of(feature));
            }
        }
        if (pair.second != nullptr) {
            for (const MvtFeature& feature : pair.second->features) features[key_of(feature)].second = &feature;
        }
        for (const auto& [key, both] : features) {
            ++judgement.features;
            if (both.first == nullptr || both.second == nullptr) {
                const MvtFeature& only = both.first == nullptr ? *both.second : *both.first;
                if (is_borderline(only) || (name.ends_with("_label") && is_at_edge_of_tile(only))) {
                    ++judgement.borderline;
                } else {
                    wrong(fmt::format("{}: {} is only in {}", name, key, both.first ? "ours" : "the oracle's"));
                }
                continue;
            }
            if (both.first->properties != both.second->properties) wrong(name + ": attributes of " + key);
            if (both.first->type != both.second->type) wrong(name + ": geometry type of " + key);
            if (const std::string reason = polygon_problem(*both.first); !reason.empty())
                wrong(fmt::format("{}: {} is invalid: {}", name, key, reason));
            const double distance = outline_distance(*both.first, *both.second);
            judgement.farthest = std::max(judgement.farthest, distance);
            if (distance > tolerance && distance <= 4) ++judgement.moved;
            if (distance <= std::max(tolerance, 4.0)) continue;
            if (differ_by_spikes(*both.first, *both.second)) {
                ++judgement.spikes;
            } else {
                wrong(fmt::format("{}: {} lies {:.2f} units away\nours   {}\noracle {}", name, key, distance,
                                  outline_text(*both.first), outline_text(*both.second)));
            }
        }
    }
    return judgement;
}

}  // namespace test
