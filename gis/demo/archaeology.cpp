#include "gis/demo/archaeology.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "gis/demo/random.hpp"
#include "gis/demo/table_writer.hpp"

namespace gis::demo {

namespace {

/// A plot of four to six corners around a point.
Ring plot_around(Vec at, double length, double width, double angle, Random& random) {
    const Vec u = turned({1, 0}, angle), v = left_of(u);
    Ring out;
    for (const Vec corner :
         {Vec{-0.5, -0.5}, Vec{0.1, -0.54}, Vec{0.5, -0.45}, Vec{0.5, 0.5}, Vec{-0.12, 0.55}, Vec{-0.5, 0.46}}) {
        const double wobble = 1 + 0.06 * random.bell();
        out.push_back(rounded(at + u * (corner.x * length * wobble) + v * (corner.y * width * wobble)));
    }
    return out;
}

/// A place inside the outline, between its centre and its border.
Vec place_in(const Ring& outline, Vec centre, double reach, Random& random) {
    for (int attempt = 0; attempt < 50; ++attempt) {
        const double angle = random.between(0, 2 * std::numbers::pi), d = random.between(0.25, 0.75) * reach;
        const Vec at = centre + Vec{std::cos(angle), std::sin(angle)} * d;
        if (contains(outline, at)) return at;
    }
    return centre;
}

/// One commune: a plot inside it. Two: a plot across the border they share, one part in each.
MultiPolygon footprint(const OperationFact& operation, const ParsedFacts& facts, const Outlines& outlines,
                       const Geos& geos, Random& random) {
    std::vector<std::size_t> at;
    for (const std::string& insee : operation.communes) {
        at.push_back(static_cast<std::size_t>(facts.find_commune(insee) - facts.communes.data()));
    }
    const double length = random.between(110, 340), width = random.between(80, 190);
    const CommuneFact& first = facts.communes[at[0]];
    Vec middle = place_in(outlines.communes[at[0]], outlines.centres[at[0]],
                          std::sqrt(first.area_km2 * 1e6 / std::numbers::pi), random);
    double angle = random.between(0, std::numbers::pi);
    if (at.size() > 1) {
        for (const Border& border : outlines.borders) {
            if (std::minmax(border.a, border.b) != std::minmax(at[0], at[1])) continue;
            middle = metres(border.line[border.line.size() / 2]);
            const Vec across = left_of(metres(border.line.back()) - metres(border.line.front()));
            angle = std::atan2(across.y, across.x);
        }
    }
    const Geos::Geometry whole = geos.geometry(plot_around(middle, length, width, angle, random));
    MultiPolygon out;
    for (const std::size_t commune : at) {
        MultiPolygon part = geos.polygons(geos.intersection(whole, geos.geometry(outlines.communes[commune])));
        // The parts of two communes touch along the border, which one MultiPolygon may not: a metre stays between.
        if (at.size() > 1) part = geos.polygons(geos.buffer(geos.geometry(part), -0.5, 2));
        std::move(part.begin(), part.end(), std::back_inserter(out));
    }
    return out;
}

void write_operations(const ParsedFacts& facts, const Outlines& outlines, const Geos& geos, std::uint64_t seed,
                      RowSink& sink) {
    TableWriter operations(sink, "archeo.operation",
                           {"id", "type", "annee", "secteur", "amenageur", "projet", "communes", "operateur"});
    TableWriter communes(sink, "archeo.operation_commune", {"operation", "code_insee"});
    for (const OperationFact& fact : facts.operations) {
        Random random(mix(seed, mix(9300, static_cast<std::uint64_t>(fact.row))));
        const std::string id = fmt::format("OP-{}-{:02}", fact.year, fact.row);
        std::string names;
        for (const std::string& insee : fact.communes) {
            names += (names.empty() ? "" : ", ") + facts.find_commune(insee)->name;
            communes.add({id, insee});
        }
        operations.add({id, std::string(fact.excavation ? "FOUILLE" : "DIAG"), std::int64_t{fact.year}, fact.sector,
                        fact.developer, fact.project, names, std::string("Artois Comm.")},
                       wkb(footprint(fact, facts, outlines, geos, random)));
    }
    operations.finish();
    communes.finish();
}

struct EntityKind {
    std::string_view nature;
    std::string_view period;
    int sensitivity;
    double size;  ///< metres across, about
};

constexpr std::array<EntityKind, 12> entity_kinds{{
    {"enclos funéraire", "âge du Bronze", 2, 32},
    {"habitat", "second âge du Fer", 2, 110},
    {"nécropole", "second âge du Fer", 3, 60},
    {"villa", "époque gallo-romaine", 3, 140},
    {"voie", "époque gallo-romaine", 1, 90},
    {"parcellaire", "époque gallo-romaine", 1, 180},
    {"nécropole", "haut Moyen Âge", 3, 70},
    {"motte castrale", "Moyen Âge", 2, 65},
    {"maison forte", "Moyen Âge", 2, 80},
    {"village déserté", "Moyen Âge", 2, 160},
    {"moulin", "époque moderne", 1, 35},
    {"tranchées et abris", "Première Guerre mondiale", 1, 190},
}};

/// A rounded, slightly uneven blob.
Ring blob(Vec at, double size, Random& random) {
    const double stretch = random.between(0.7, 1.35), angle = random.between(0, 3.1);
    const double p2 = random.between(0, 6), p3 = random.between(0, 6);
    Ring out;
    constexpr int corners = 18;
    for (int i = 0; i < corners; ++i) {
        const double a = 2 * std::numbers::pi * i / corners;
        const double radius = size / 2 * (1 + 0.12 * std::sin(2 * a + p2) + 0.09 * std::sin(3 * a + p3));
        out.push_back(rounded(at + turned({radius * stretch * std::cos(a), radius / stretch * std::sin(a)}, angle)));
    }
    return out;
}

void write_entities(const ParsedFacts& facts, const Outlines& outlines, std::uint64_t seed, RowSink& sink) {
    TableWriter table(sink, "archeo.entite", {"id", "libelle", "nature", "chronologie", "sensibilite", "commune"});
    for (std::size_t c = 0; c < facts.communes.size(); ++c) {
        const CommuneFact& commune = facts.communes[c];
        Random random(mix(seed, mix(9400, c)));
        const double reach = std::sqrt(commune.area_km2 * 1e6 / std::numbers::pi);
        const int count = std::max(2, static_cast<int>(std::lround(commune.area_km2 * random.between(0.8, 1.6))));
        for (int i = 1; i <= count; ++i) {
            const EntityKind& kind = random.pick(entity_kinds);
            const Vec at = place_in(outlines.communes[c], outlines.centres[c], reach * 1.15, random);
            const Ring shape = blob(at, kind.size * random.between(0.7, 1.4), random);
            if (!strictly_inside(shape, outlines.communes[c])) continue;
            table.add({fmt::format("{}E{:03}", commune.insee, i),
                       fmt::format("{}, {} (données fictives)", kind.nature, kind.period), std::string(kind.nature),
                       std::string(kind.period), std::int64_t{kind.sensitivity}, commune.insee},
                      wkb(shape));
        }
    }
    table.finish();
}

}  // namespace

void write_archaeology(const ParsedFacts& facts, const Outlines& outlines, const Geos& geos, std::uint64_t seed,
                       RowSink& sink) {
    write_operations(facts, outlines, geos, seed, sink);
    write_entities(facts, outlines, seed, sink);
}

}  // namespace gis::demo
