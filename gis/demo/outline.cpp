#include "gis/demo/outline.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <numbers>

#include "gis/demo/random.hpp"

namespace gis::demo {

namespace {

/// The seat of a cell. Communes come first; those of the outside around them only close the outer cells.
struct Site {
    Vec at;
    double weight = 0;  ///< square metres
};

/// A corner of a cell, and whose border starts there.
struct Corner {
    Vec at;
    std::size_t neighbour = Border::outside;
};

using Outlined = std::vector<Corner>;

constexpr double far_away = 60'000;

/// The cell of one site: a big square cut by the radical axis with each site that may be its neighbour.
Outlined cell_of(const std::vector<Site>& sites, std::size_t self, const std::vector<std::size_t>& others) {
    const Site& me = sites[self];
    Outlined cell;
    for (const Vec corner : {Vec{-1, -1}, Vec{1, -1}, Vec{1, 1}, Vec{-1, 1}})
        cell.push_back({me.at + corner * far_away});
    for (const std::size_t other : others) {
        const Vec d = sites[other].at - me.at;
        const double limit = (dot(d, d) + me.weight - sites[other].weight) / 2;
        Outlined kept;
        for (std::size_t i = 0; i < cell.size(); ++i) {
            const Corner& from = cell[i];
            const Corner& to = cell[(i + 1) % cell.size()];
            const double a = dot(from.at - me.at, d) - limit, b = dot(to.at - me.at, d) - limit;
            const auto hit = [&] { return from.at + (to.at - from.at) * (a / (a - b)); };
            if (a <= 0) kept.push_back(from);
            if (a <= 0 && b > 0) kept.push_back({hit(), other});
            if (a > 0 && b <= 0) kept.push_back({hit(), from.neighbour});
        }
        cell = std::move(kept);
        if (cell.size() < 3) return {};
    }
    return cell;
}

double cell_area(const Outlined& cell, Vec& centre) {
    double twice = 0;
    Vec sum;
    for (std::size_t i = 1; i + 1 < cell.size(); ++i) {
        const Vec a = cell[i].at - cell[0].at, b = cell[i + 1].at - cell[0].at;
        twice += cross(a, b);
        sum = sum + (a + b) * cross(a, b);
    }
    centre = twice > 0 ? cell[0].at + sum * (1 / (3 * twice)) : centre;
    return twice / 2;
}

double radius(const CommuneFact& commune) {
    return std::sqrt(commune.area_km2 * 1e6 / std::numbers::pi);
}

/// Sites of a hexagonal grid over the neighbourhood, where no commune of ours is.
void add_outside(std::vector<Site>& sites, const std::vector<CommuneFact>& communes) {
    constexpr double step = 2600;
    double x0 = 1e300, x1 = -1e300, y0 = 1e300, y1 = -1e300;
    for (const CommuneFact& commune : communes) {
        x0 = std::min(x0, commune.centre.x - 8000);
        x1 = std::max(x1, commune.centre.x + 8000);
        y0 = std::min(y0, commune.centre.y - 8000);
        y1 = std::max(y1, commune.centre.y + 8000);
    }
    int row = 0;
    for (double y = y0; y < y1; y += step * 0.866, ++row) {
        for (double x = x0 + (row % 2) * step / 2; x < x1; x += step) {
            const bool free = std::none_of(communes.begin(), communes.end(), [&](const CommuneFact& commune) {
                return length(Vec{x, y} - commune.centre) < radius(commune) * 1.05 + step * 0.42;
            });
            if (free) sites.push_back({{x, y}, step * step / 4});
        }
    }
}

/// Moves seats and weights until areas and centres come near the facts.
std::vector<Outlined> relaxed_cells(const std::vector<CommuneFact>& communes) {
    std::vector<Site> sites;
    for (const CommuneFact& commune : communes) sites.push_back({commune.centre, radius(commune) * radius(commune)});
    add_outside(sites, communes);
    // Seats move less than a kilometre: who is far away now stays without a common border.
    std::vector<std::vector<std::size_t>> others(communes.size());
    for (std::size_t i = 0; i < communes.size(); ++i) {
        for (std::size_t j = 0; j < sites.size(); ++j) {
            if (j != i && length(sites[j].at - sites[i].at) < 8500) others[i].push_back(j);
        }
    }
    std::vector<Outlined> cells(communes.size());
    constexpr int rounds = 1200;
    double worst = 1;  // relative error of an area
    for (int round = 0; round < rounds && worst > 0.02; ++round) {
        worst = 0;
        for (std::size_t i = 0; i < communes.size(); ++i) cells[i] = cell_of(sites, i, others[i]);
        for (std::size_t i = 0; i < communes.size(); ++i) {
            const double r = radius(communes[i]);
            Vec centre = communes[i].centre;
            const double have = cell_area(cells[i], centre);
            worst = std::max(worst, std::abs(have / (communes[i].area_km2 * 1e6) - 1));
            // Small steps: a seat that chases its centre, or a weight its area, throws the neighbours about.
            sites[i].weight += 0.1 * (communes[i].area_km2 * 1e6 - have) / std::numbers::pi;
            const Vec moved = sites[i].at + (communes[i].centre - centre) * 0.03 - communes[i].centre;
            const double most = 0.4 * r;
            sites[i].at = communes[i].centre + moved * std::min(1.0, most / std::max(1.0, length(moved)));
        }
    }
    return cells;
}

/// Midpoint displacement: the points strictly between `a` and `b`.
void displace(Vec a, Vec b, double amplitude, Random& random, Line& out) {
    const double l = length(b - a);
    if (l < 110) return;
    const Vec middle = (a + b) * 0.5 + left_of(unit(b - a)) * (random.bell() / 3 * amplitude * l);
    displace(a, middle, amplitude * 0.92, random, out);
    out.push_back(middle);
    displace(middle, b, amplitude * 0.92, random, out);
}

/// A border as nature and history would have it. It takes as much land from one side as from the other.
std::vector<Point> roughened(Point from, Point to, Random& random) {
    const Vec a = metres(from), b = metres(to), chord = b - a;
    const double l = length(chord);
    Line between;
    displace(a, b, 0.18, random, between);
    double taken = 0;
    Vec before = a;
    for (const Vec p : between) {
        taken += cross(before - a, p - a) / 2;
        before = p;
    }
    taken += cross(before - a, b - a) / 2;
    // A parabola over the chord holds two thirds of its height times the chord; left of the chord counts negative.
    const double height = 1.5 * taken / std::max(1.0, l);
    std::vector<Point> out{from};
    for (const Vec p : between) {
        const double t = std::clamp(dot(p - a, chord) / (l * l), 0.0, 1.0);
        out.push_back(rounded(p + left_of(unit(chord)) * (height * 4 * t * (1 - t))));
    }
    out.push_back(to);
    return out;
}

/// The wanted point, moved towards the middle until it stands well inside.
Vec seat_in(const Ring& outline, Vec wanted) {
    const Vec middle = centroid(outline);
    for (double share = 0; share < 1; share += 0.1) {
        const Vec at = wanted + (middle - wanted) * share;
        double border = 1e9;
        for (std::size_t i = 0; i < outline.size(); ++i) {
            border = std::min(border,
                              distance_to_segment(at, metres(outline[i]), metres(outline[(i + 1) % outline.size()])));
        }
        if (contains(outline, at) && border > 0.28 * std::sqrt(area(outline))) return at;
    }
    return middle;
}

}  // namespace

Outlines make_outlines(const std::vector<CommuneFact>& communes, std::uint64_t seed) {
    const std::vector<Outlined> cells = relaxed_cells(communes);
    Outlines out;
    out.communes.resize(communes.size());

    // A node is where three cells meet; the outside counts as many, so its nodes are told by the neighbours too.
    std::map<std::array<std::size_t, 3>, Point> nodes;
    const auto node = [&](std::size_t a, std::size_t b, std::size_t c, Vec at) {
        std::array<std::size_t, 3> name{a, b, c};
        std::sort(name.begin(), name.end());
        return nodes.try_emplace(name, rounded(at)).first->second;
    };
    std::map<std::pair<std::size_t, std::size_t>, std::vector<Point>> lines;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        const Outlined& cell = cells[i];
        for (std::size_t k = 0; k < cell.size(); ++k) {
            const std::size_t before = cell[(k + cell.size() - 1) % cell.size()].neighbour;
            const std::size_t here = cell[k].neighbour;
            const std::size_t after = cell[(k + 1) % cell.size()].neighbour;
            const Point from = node(i, before, here, cell[k].at);
            const Point to = node(i, here, after, cell[(k + 1) % cell.size()].at);
            std::vector<Point> line;
            const auto known = lines.find({here, i});
            if (known != lines.end()) {
                line.assign(known->second.rbegin(), known->second.rend());
            } else {
                Random random(mix(seed, mix(i, here)));
                line = roughened(from, to, random);
                lines[{i, here}] = line;
                out.borders.push_back({i, here < communes.size() ? here : Border::outside, line});
            }
            out.communes[i].insert(out.communes[i].end(), line.begin(), line.end() - 1);
        }
    }
    for (std::size_t i = 0; i < communes.size(); ++i)
        out.centres.push_back(seat_in(out.communes[i], communes[i].centre));
    return out;
}

}  // namespace gis::demo
