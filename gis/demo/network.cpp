#include "gis/demo/network.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string_view>

#include "gis/demo/random.hpp"

namespace gis::demo {

namespace {

/// A point a course passes: a commune's centre, moved aside by a share of the commune's radius (east, north).
struct Via {
    std::string_view insee;
    double east = 0;
    double north = 0;
};

struct Course {
    std::string_view name;
    Way way;
    double flood_width;
    double meander;  ///< metres
    std::vector<Via> via;
};

/// Which communes each course goes through, downstream, is geography; where in them is invented.
std::vector<Course> courses() {
    return {{"la Lawe",
             Way::River,
             150,
             55,
             {{"62232", -0.3, -0.5},
              {"62120", 0.1, -0.2},
              {"62457", -0.25, 0.1},
              {"62178", -0.1, -0.55},
              {"62178", 0.45, 0.1},
              {"62445", -0.5, 0.5},
              {"62377", 0.35, 0.1},
              {"62350", -0.1, 0.45},
              {"62119", -0.45, 0.05},
              {"62119", 0.1, 0.62},
              {"62310", -0.2, 0.2},
              {"62520", 0.3, -0.1},
              {"62252", -0.35, 0.2},
              {"62851", -0.2, -0.2},
              {"62851", -0.4, 1.6}}},
            {"la Brette",
             Way::Stream,
             70,
             35,
             {{"62218", 0.1, -0.4},
              {"62366", -0.3, -0.2},
              {"62441", 0.3, 0.5},
              {"62693", 0.2, 0.25},
              {"62457", -0.25, 0.1}}},
            {"la Loisne",
             Way::Stream,
             90,
             45,
             {{"62083", 0.3, 0.3},
              {"62617", -0.35, -0.1},
              {"62480", -0.3, 0.1},
              {"62847", 0.3, 0.4},
              {"62126", -0.35, 0.1},
              {"62252", -0.4, -0.6},
              {"62252", -0.35, 0.2}}},
            {"la Clarence",
             Way::River,
             0,
             50,
             {{"62197", -0.9, -0.3},
              {"62197", 0.1, 0.25},
              {"62194", -0.1, -0.35},
              {"62555", -0.3, 0.25},
              {"62489", 0.25, -0.2},
              {"62479", -0.55, 0.55},
              {"62224", 0.1, -0.25},
              {"62224", 0.3, 1.3}}},
            {"le canal d'Aire",
             Way::Canal,
             0,
             0,
             {{"62454", -1.5, 0.1},
              {"62454", 0.1, -0.4},
              {"62119", 0.3, 0.95},
              {"62126", 0.1, 0.45},
              {"62262", 0.0, 0.35},
              {"62276", 0.1, 0.9},
              {"62132", 0.9, 0.5}}}};
}

Vec via_point(const ParsedFacts& facts, const Via& via) {
    const CommuneFact* commune = facts.find_commune(via.insee);
    if (!commune) return {};
    const double radius = std::sqrt(commune->area_km2 * 1e6 / std::numbers::pi);
    return commune->centre + Vec{via.east, via.north} * radius;
}

/// A smooth line through the points (Catmull-Rom), a vertex about every `step` metres.
Line smooth(const std::vector<Vec>& through, double step) {
    Line out;
    for (std::size_t i = 0; i + 1 < through.size(); ++i) {
        const Vec a = through[i], b = through[i + 1];
        const Vec before = i > 0 ? through[i - 1] : a + (a - b);
        const Vec after = i + 2 < through.size() ? through[i + 2] : b + (b - a);
        const int pieces = std::max(1, static_cast<int>(length(b - a) / step));
        for (int k = 0; k < pieces; ++k) {
            const double t = static_cast<double>(k) / pieces, t2 = t * t, t3 = t2 * t;
            out.push_back((a * 2 + (b - before) * t + (before * 2 - a * 5 + b * 4 - after) * t2 +
                           (a * 3 - before - b * 3 + after) * t3) *
                          0.5);
        }
    }
    out.push_back(through.back());
    return out;
}

/// Swings a line left and right: three waves of unrelated length, nothing at the ends.
Line meandering(const Line& line, double amplitude, Random& random) {
    const double p1 = random.between(0, 6), p2 = random.between(0, 6), p3 = random.between(0, 6);
    Line out = line;
    double along = 0;
    for (std::size_t i = 1; i + 1 < line.size(); ++i) {
        along += length(line[i] - line[i - 1]);
        const double swing =
            0.5 * std::sin(along / 310 + p1) + 0.35 * std::sin(along / 140 + p2) + 0.25 * std::sin(along / 75 + p3);
        const double taper = std::min({1.0, static_cast<double>(i) / 5, static_cast<double>(line.size() - 1 - i) / 5});
        out[i] = line[i] + left_of(unit(line[i + 1] - line[i - 1])) * (swing * amplitude * taper);
    }
    return out;
}

std::vector<Watercourse> make_water(const ParsedFacts& facts, std::uint64_t seed) {
    std::vector<Watercourse> out;
    for (const Course& course : courses()) {
        std::vector<Vec> through;
        for (const Via& via : course.via) {
            if (facts.find_commune(via.insee)) through.push_back(via_point(facts, via));
        }
        if (through.size() < 2) continue;
        Random random(mix(seed, mix(7001, out.size())));
        out.push_back({std::string(course.name), course.way, meandering(smooth(through, 45), course.meander, random),
                       course.flood_width});
    }
    return out;
}

/// From a commune's centre to its border, arriving in direction `arrival`, with a slight bend of its own.
Line road_line(Vec centre, Vec border, Vec arrival, Random& random) {
    const double l = length(border - centre);
    const Vec start = unit(turned(border - centre, random.between(-0.22, 0.22))) * l, end = unit(arrival) * l;
    const int pieces = std::max(2, static_cast<int>(l / 65));
    Line out;
    for (int k = 0; k <= pieces; ++k) {
        const double t = static_cast<double>(k) / pieces, t2 = t * t, t3 = t2 * t;
        out.push_back(centre * (2 * t3 - 3 * t2 + 1) + start * (t3 - 2 * t2 + t) + border * (3 * t2 - 2 * t3) +
                      end * (t3 - t2));
    }
    out.front() = centre;
    out.back() = border;
    return out;
}

double border_length(const Border& border) {
    return length(metres(border.line.back()) - metres(border.line.front()));
}

/// The longest borders get a road first; another is refused where it would leave the centre beside an earlier one.
std::vector<MainRoad> make_roads(const Outlines& outlines, std::uint64_t seed) {
    std::vector<const Border*> wanted;
    for (const Border& border : outlines.borders) {
        if (border.line.size() > 4 && border_length(border) > (border.b == Border::outside ? 1100 : 450))
            wanted.push_back(&border);
    }
    std::stable_sort(wanted.begin(), wanted.end(), [](const Border* a, const Border* b) {
        const auto rank = [](const Border* x) { return (x->b == Border::outside ? 0.45 : 1.0) * border_length(*x); };
        return rank(a) > rank(b);
    });
    std::vector<std::vector<Vec>> taken(outlines.communes.size());
    const auto free = [&](std::size_t commune, Vec border) {
        const Vec out = unit(border - outlines.centres[commune]);
        return std::all_of(taken[commune].begin(), taken[commune].end(),
                           [&](Vec other) { return dot(out, other) < 0.76; });
    };
    std::vector<MainRoad> roads;
    for (const Border* border : wanted) {
        const Vec at = metres(border->line[border->line.size() / 2]);
        const bool shared = border->b != Border::outside;
        if (!free(border->a, at) || (shared && !free(border->b, at))) continue;
        const Vec from = outlines.centres[border->a];
        const Vec across = shared ? outlines.centres[border->b] - from : at - from;
        Random random(mix(seed, mix(border->a + 9000, border->b)));
        roads.push_back({border->a, road_line(from, at, across, random)});
        taken[border->a].push_back(unit(at - from));
        if (!shared) continue;
        const Vec other = outlines.centres[border->b];
        roads.push_back({border->b, road_line(other, at, across * -1, random)});
        taken[border->b].push_back(unit(at - other));
    }
    return roads;
}

}  // namespace

Network make_network(const ParsedFacts& facts, const Outlines& outlines, std::uint64_t seed) {
    return {make_water(facts, seed), make_roads(outlines, seed)};
}

}  // namespace gis::demo
