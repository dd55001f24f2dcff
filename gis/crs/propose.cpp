#include "gis/crs/propose.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "gis/crs/transformation.hpp"
#include "gis/error.hpp"

namespace gis {

namespace {

/// What receivers, total stations, plans and old deliveries come in. WGS 84 stands for RGF93 degrees as well.
constexpr std::array candidates{2154, 3950, 3949, 4326,  3948,  3947, 3946, 3945,
                                3944, 3943, 3942, 27572, 27561, 3857, 32631};

/// Surveys go beyond the last commune: this share of the territory's size, and never less than some kilometres.
constexpr double margin_share = 0.25;
constexpr double least_margin = 0.1;  // degrees

constexpr std::size_t most_proposals = 5;
constexpr double least_share = 0.5;
/// A lost sign puts any point of the northern hemisphere somewhere: likely a mistake, and not surely this one.
constexpr double doubtful = 0.6;

struct Turn {
    bool swapped = false;
    double sign_x = 1, sign_y = 1;
    const char* reason = "";
};
constexpr std::array turns{Turn{false, 1, 1, "les points tombent dans le territoire"},
                           Turn{true, 1, 1, "les axes sont inversés : le nord vient avant l'est"},
                           Turn{false, -1, 1, "le signe de la longitude (est ou ouest) semble perdu"},
                           Turn{false, 1, -1, "le signe de la latitude (nord ou sud) semble perdu"}};

GeographicBox widened(const GeographicBox& box) {
    const double x = std::max(least_margin, (box.east - box.west) * margin_share);
    const double y = std::max(least_margin, (box.north - box.south) * margin_share);
    return {box.west - x, box.south - y, box.east + x, box.north + y};
}

bool holds(const GeographicBox& box, double x, double y) {
    return x >= box.west && x <= box.east && y >= box.south && y <= box.north;
}

std::vector<double> turned(std::span<const double> xy, const Turn& turn) {
    std::vector<double> result(xy.begin(), xy.end());
    for (std::size_t i = 0; i + 1 < result.size(); i += 2) {
        if (turn.swapped) std::swap(result[i], result[i + 1]);
        result[i] *= turn.sign_x;
        result[i + 1] *= turn.sign_y;
    }
    return result;
}

std::optional<CrsProposal> judge(Transformation& transformation, int srid, const Turn& turn, std::span<const double> xy,
                                 const GeographicBox& area) {
    std::vector<double> degrees = turned(xy, turn);
    transformation.apply(degrees.data(), degrees.size() / 2);
    CrsProposal proposal;
    proposal.box = {180, 90, -180, -90};
    std::size_t inside = 0;
    std::size_t counted = 0;
    for (std::size_t i = 0; i + 1 < degrees.size(); i += 2) {
        const double x = degrees[i];
        const double y = degrees[i + 1];
        ++counted;
        if (!std::isfinite(x) || !std::isfinite(y) || !holds(area, x, y)) continue;
        ++inside;
        proposal.box = {std::min(proposal.box.west, x), std::min(proposal.box.south, y), std::max(proposal.box.east, x),
                        std::max(proposal.box.north, y)};
    }
    const double share = counted == 0 ? 0 : static_cast<double>(inside) / static_cast<double>(counted);
    if (share < least_share) return std::nullopt;
    const bool lost_sign = turn.sign_x < 0 || turn.sign_y < 0;
    proposal.srid = srid;
    proposal.swapped = turn.swapped;
    proposal.confidence = std::round(100 * share * (lost_sign ? doubtful : turn.swapped ? 0.95 : 1)) / 100;
    proposal.reason = turn.reason;
    if (const auto crs = crs_from_epsg(srid)) proposal.name = crs->name;
    return proposal;
}

}  // namespace

std::vector<CrsProposal> propose_crs(std::span<const double> xy, const GeographicBox& territory) {
    const GeographicBox area = widened(territory);
    std::vector<CrsProposal> proposals;
    for (const int srid : candidates) {
        const auto crs = crs_from_epsg(srid);
        if (!crs) continue;
        try {
            Transformation transformation(srid, 4326);
            for (const Turn& turn : turns) {
                // A metre has no lost sign that a plan could show.
                if (!crs->geographic && (turn.sign_x < 0 || turn.sign_y < 0)) continue;
                if (auto proposal = judge(transformation, srid, turn, xy, area))
                    proposals.push_back(std::move(*proposal));
            }
        } catch (const InvalidRequest&) {
            // A grid that is not installed: this system cannot be proposed here.
        }
    }
    std::stable_sort(proposals.begin(), proposals.end(),
                     [](const CrsProposal& a, const CrsProposal& b) { return a.confidence > b.confidence; });
    // Two systems that both fit leave the choice to a person.
    if (proposals.size() > 1 && proposals[1].confidence > proposals[0].confidence - 0.1) {
        for (CrsProposal& proposal : proposals) proposal.confidence *= 0.75;
    }
    if (proposals.size() > most_proposals) proposals.resize(most_proposals);
    return proposals;
}

}  // namespace gis
