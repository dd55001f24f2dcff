#include "gis/demo/settlement.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <string_view>
#include <utility>

#include "gis/demo/random.hpp"

namespace gis::demo {

namespace {

constexpr double urban_parcels_per_hectare = 23.5;
constexpr double rural_parcels_per_hectare = 1.75;

/// Smooth noise in [0, 1] on a lattice of `scale` metres.
double lattice_noise(Vec at, double scale, std::uint64_t seed) {
    const double x = at.x / scale, y = at.y / scale;
    const double fx = std::floor(x), fy = std::floor(y);
    const auto corner = [&](double dx, double dy) {
        const auto cx = static_cast<std::uint64_t>(fx + dx), cy = static_cast<std::uint64_t>(fy + dy);
        return static_cast<double>(mix(seed, mix(cx, cy)) >> 11) * 0x1.0p-53;
    };
    const auto ease = [](double t) { return t * t * (3 - 2 * t); };
    const double u = ease(x - fx), v = ease(y - fy);
    return (corner(0, 0) * (1 - u) + corner(1, 0) * u) * (1 - v) + (corner(0, 1) * (1 - u) + corner(1, 1) * u) * v;
}

}  // namespace

double parcels_per_hectare(Use use) {
    constexpr std::array<double, 8> yields{35, 35, 17, 17, 2.0, 1.0, 1.85, 0.5};
    return yields[static_cast<std::size_t>(use)];
}

Settlement::Settlement(Vec centre, const Ring& outline, std::vector<Line> roads, double parcels, bool mining,
                       std::uint64_t seed)
    : centre_(centre), seed_(seed), roads_(std::move(roads)) {
    const double hectares = area(outline) / 1e4;
    const double urban = std::clamp(
        (parcels - hectares * rural_parcels_per_hectare) / (urban_parcels_per_hectare - rural_parcels_per_hectare),
        hectares * 0.02, hectares * 0.88);
    place_nuclei(outline, urban * 1e4, parcels, mining, seed);
    // The threshold that lets just this area in: a quantile of the score over the commune.
    std::vector<double> scores;
    Random random(mix(seed, 31));
    double x0 = 1e300, x1 = -1e300, y0 = 1e300, y1 = -1e300;
    for (const Point p : outline) {
        x0 = std::min(x0, p.x / 100.0);
        x1 = std::max(x1, p.x / 100.0);
        y0 = std::min(y0, p.y / 100.0);
        y1 = std::max(y1, p.y / 100.0);
    }
    while (scores.size() < 3000) {
        const Vec at{random.between(x0, x1), random.between(y0, y1)};
        if (contains(outline, at)) scores.push_back(score(at).value);
    }
    const auto rank = static_cast<std::size_t>(static_cast<double>(scores.size()) * (1 - urban / hectares));
    std::nth_element(scores.begin(), scores.begin() + static_cast<std::ptrdiff_t>(rank), scores.end());
    threshold_ = scores[rank];
}

void Settlement::place_nuclei(const Ring& outline, double urban_area, double parcels, bool mining, std::uint64_t seed) {
    Random random(mix(seed, 32));
    const double reach = std::sqrt(urban_area / std::numbers::pi);
    core_radius_ = std::min(0.36 * reach, 420.0);
    nuclei_.push_back({centre_, reach, Use::Core});
    const auto add = [&](Use use, double near, double far, double radius) {
        for (int attempt = 0; attempt < 40; ++attempt) {
            const double d = random.between(near, far) * reach, angle = random.between(0, 2 * std::numbers::pi);
            Vec at = centre_ + Vec{std::cos(angle), std::sin(angle)} * d;
            if (!contains(outline, at)) continue;
            const bool free = std::none_of(nuclei_.begin() + 1, nuclei_.end(), [&](const Nucleus& other) {
                return length(other.at - at) < 0.6 * (other.radius + radius * reach);
            });
            if (!free) continue;
            nuclei_.push_back({at, radius * reach, use});
            return;
        }
    };
    const int estates = std::min(10, static_cast<int>(parcels / 1300));
    for (int i = 0; i < estates; ++i) add(Use::Suburb, 0.5, 1.3, random.between(0.3, 0.5));
    const int cites = mining ? std::min(11, 1 + static_cast<int>(parcels / 1000)) : static_cast<int>(parcels / 5000);
    for (int i = 0; i < cites; ++i) add(Use::Terrace, 0.55, 1.5, random.between(0.32, 0.55));
    const int activity = std::min(4, static_cast<int>(parcels / 2200) + (random.chance(0.3) ? 1 : 0));
    for (int i = 0; i < activity; ++i) add(Use::Activity, 0.9, 1.6, random.between(0.28, 0.45));
    if (parcels < 3000 && random.chance(0.7)) add(Use::Suburb, 1.8, 3.2, random.between(0.25, 0.4));  // a hamlet
}

double Settlement::noise(Vec at, double scale, std::uint64_t kind) const {
    return lattice_noise(at, scale, mix(seed_, kind));
}

Settlement::Score Settlement::score(Vec at) const {
    Score best{-1e9, nullptr};
    for (const Nucleus& nucleus : nuclei_) {
        const double value = 1 - length(at - nucleus.at) / nucleus.radius;
        if (value > best.value) best = {value, &nucleus};
    }
    double road = 1e9;
    for (const Line& line : roads_) road = std::min(road, distance_to_line(at, line));
    // Building follows the roads out of the centre.
    best.value += 0.45 * std::exp(-road / 130) + 0.35 * (noise(at, 260, 1) - 0.5);
    return best;
}

Use Settlement::use_at(Vec at) const {
    const Score here = score(at);
    if (here.value < threshold_) {
        // The hills in the south carry the woods; the northern plain has few.
        const double south = std::clamp((7'044'000 - at.y) / 9000, -0.4, 1.0);
        return noise(at, 900, 2) > 0.80 - 0.14 * south && noise(at, 330, 3) > 0.3 ? Use::Wood : Use::Field;
    }
    if (here.nucleus->use != Use::Core) return here.nucleus->use;
    if (length(at - centre_) < core_radius_) return Use::Core;
    return noise(at, 420, 4) > 0.62 ? Use::Terrace : Use::Suburb;
}

bool Settlement::is_fringe(Vec at) const {
    const double value = score(at).value;
    return value < threshold_ && value > threshold_ - 0.28;
}

bool Settlement::has_ribbon(Vec at) const {
    return score(at).value > threshold_ - 0.9 + 0.7 * noise(at, 500, 5);
}

bool is_mining(const CommuneFact& commune, const std::vector<CommuneFact>& communes) {
    constexpr std::array<std::string_view, 8> belt_communes{"62048", "62555", "62178", "62400",
                                                            "62083", "62617", "62846", "62276"};
    Line belt;
    for (const std::string_view insee : belt_communes) {
        const auto found =
            std::find_if(communes.begin(), communes.end(), [&](const auto& c) { return c.insee == insee; });
        if (found != communes.end()) belt.push_back(found->centre);
    }
    return distance_to_line(commune.centre, belt) < 1400;
}

std::vector<double> parcel_targets(const std::vector<CommuneFact>& communes, double total) {
    // The two centre towns have a fixed share; the others share the rest by area and by how densely they live.
    const std::array<std::pair<std::string_view, double>, 2> towns{{{"62119", 0.052}, {"62178", 0.055}}};
    std::vector<Vec> centres;
    for (const CommuneFact& commune : communes) {
        if (commune.insee == towns[0].first || commune.insee == towns[1].first) centres.push_back(commune.centre);
    }
    std::vector<double> out;
    double weights = 0, left = total;
    for (const CommuneFact& commune : communes) {
        const auto town =
            std::find_if(towns.begin(), towns.end(), [&](const auto& t) { return t.first == commune.insee; });
        if (town != towns.end()) {
            out.push_back(-town->second * total);  // negative: settled already
            left -= town->second * total;
            continue;
        }
        double away = 20'000;
        for (const Vec centre : centres) away = std::min(away, length(commune.centre - centre));
        const double density = 2.4 + 3.6 * std::exp(-away / 3800) + (is_mining(commune, communes) ? 4.6 : 0);
        out.push_back(density * commune.area_km2);
        weights += out.back();
    }
    for (double& target : out) target = target < 0 ? -target : target * left / weights;
    return out;
}

}  // namespace gis::demo
