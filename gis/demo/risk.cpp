#include "gis/demo/risk.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "gis/demo/random.hpp"
#include "gis/demo/table_writer.hpp"

namespace gis::demo {

namespace {

const std::string lawe = "62DDTM-DEMO-LAWE";
const std::string clarence = "62DDTM-DEMO-CLARENCE";
const std::string ppi = "62PPI-DEMO";

/// A band along the water: everything nearer than `reach` (a share of the flood width) and outside the band before.
/// Levels are those of the CNIG's standard that inundation plans use.
struct Band {
    double reach;
    const char* level;  ///< niveaualea; null: no hazard, regulation only
    const char* level_title;
    const char* regulation;  ///< typereglement
    const char* code;
    const char* regulation_title;
};

constexpr std::array<Band, 5> bands{{
    {0.30, "06", "Aléa très fort", "04", "RF", "Rouge foncé, interdiction stricte"},
    {0.60, "04", "Aléa fort", "03", "R", "Rouge, interdiction"},
    {0.90, "02", "Aléa moyen", "02", "B", "Bleu, prescriptions"},
    {1.20, "01", "Aléa faible", "02", "BC", "Bleu clair, prescriptions"},
    {1.50, nullptr, nullptr, "01", "V", "Hors aléa, prescriptions"},
}};

void write_procedures(const ParsedFacts& facts, RowSink& sink) {
    TableWriter procedures(
        sink, "risque.procedure",
        {"codeprocedure", "libelleprocedure", "typeprocedure", "etatprocedure", "dateetat", "source"});
    const std::string source =
        "Données fictives : code et géométrie inventés ; état et communes d'après le schéma de mutualisation, 8.3";
    procedures.add(
        {lawe, std::string("PPRI de la Lawe"), std::string("PPRN-I"), std::string("ANTICIPE"), Value{}, source});
    procedures.add({clarence, std::string("PPRI de la Clarence"), std::string("PPRN-I"), std::string("PRESCRIT"),
                    Value{}, source});
    procedures.add({ppi, std::string("Plan particulier d'intervention"), std::string("PPI"), std::string("EN VIGUEUR"),
                    Value{}, source});
    procedures.finish();

    TableWriter communes(sink, "risque.procedure_commune", {"codeprocedure", "code_insee"});
    for (const CommuneFact& commune : facts.communes) {
        if (commune.ppri_lawe) communes.add({lawe, commune.insee});
        if (commune.ppri_clarence) communes.add({clarence, commune.insee});
        if (commune.ppi) communes.add({ppi, commune.insee});
    }
    communes.finish();
}

void write_perimeters(const ParsedFacts& facts, const Outlines& outlines, const Geos& geos, RowSink& sink) {
    TableWriter table(sink, "risque.perimetre",
                      {"idperimetre", "codeprocedure", "libelle", "etatprocedure", "dateetat"});
    std::vector<Ring> of_lawe, of_clarence;
    for (std::size_t i = 0; i < facts.communes.size(); ++i) {
        if (facts.communes[i].ppri_lawe) of_lawe.push_back(outlines.communes[i]);
        if (facts.communes[i].ppri_clarence) of_clarence.push_back(outlines.communes[i]);
    }
    table.add({lawe + "-P1", lawe, std::string("Périmètre du PPRI de la Lawe (données fictives)"),
               std::string("ANTICIPE"), Value{}},
              wkb(geos.coverage_union(of_lawe)));
    table.add({clarence + "-P1", clarence, std::string("Périmètre du PPRI de la Clarence (données fictives)"),
               std::string("PRESCRIT"), Value{}},
              wkb(geos.coverage_union(of_clarence)));
    table.finish();
}

/// Everything within about `share` of the flood width of a regulated water: the valley widens and narrows on its way.
Geos::Geometry flood_area(const Network& network, double share, const Geos& geos, std::uint64_t seed) {
    std::vector<Geos::Geometry> parts;
    for (std::size_t w = 0; w < network.water.size(); ++w) {
        const Watercourse& water = network.water[w];
        if (water.flood_width <= 0) continue;
        Random random(mix(seed, mix(8100, w)));
        const double p1 = random.between(0, 6), p2 = random.between(0, 6);
        double along = 0;
        constexpr std::size_t step = 2;
        for (std::size_t i = 0; i + step < water.line.size(); i += step) {
            along += length(water.line[i + step] - water.line[i]);
            const double swell = 1 + 0.38 * std::sin(along / 520 + p1) + 0.22 * std::sin(along / 190 + p2 + share);
            // Near its source a stream floods little.
            const double growth = std::min(1.0, 0.3 + along / 6000);
            const Line piece{water.line[i], water.line[i + 1], water.line[i + step]};
            parts.push_back(geos.buffer(geos.geometry(piece), water.flood_width * share * swell * growth, 5));
        }
    }
    const Geos::Geometry all = geos.unary_union(geos.collection(std::move(parts)));
    // Out and in again rounds the notches between pieces.
    return geos.simplified(geos.buffer(geos.buffer(all, 25, 4), -25, 4), 2.5);
}

void write_zones(const ParsedFacts& facts, const Outlines& outlines, const Network& network, const Geos& geos,
                 std::uint64_t seed, RowSink& sink) {
    TableWriter hazards(sink, "risque.zone_alea",
                        {"idzonealea", "codeprocedure", "typealea", "niveaualea", "occurrence", "description"});
    TableWriter regulations(sink, "risque.zone_reglementaire",
                            {"idzonereglementaire", "codeprocedure", "codezonereglement", "libellezonereglement",
                             "typereglement", "existemesuresobligatoires"});
    std::vector<Geos::Geometry> areas;
    for (const Band& band : bands) areas.push_back(flood_area(network, band.reach, geos, seed));
    int hazard = 0, regulation = 0;
    for (std::size_t i = 0; i < bands.size(); ++i) {
        const Band& band = bands[i];
        const Geos::Geometry zone = i == 0 ? geos.unary_union(areas[0]) : geos.difference(areas[i], areas[i - 1]);
        for (std::size_t c = 0; c < facts.communes.size(); ++c) {
            if (!facts.communes[c].ppri_lawe) continue;
            for (const Polygon& part : geos.polygons(geos.intersection(zone, geos.geometry(outlines.communes[c])))) {
                if (area(MultiPolygon{part}) < 150) continue;
                const std::string shape = wkb(MultiPolygon{part});
                regulations.add(
                    {fmt::format("{}-R{:04}", lawe, ++regulation), lawe, std::string(band.code),
                     fmt::format("{} (données fictives)", band.regulation_title), std::string(band.regulation), i < 3},
                    shape);
                if (!band.level) continue;
                hazards.add({fmt::format("{}-A{:04}", lawe, ++hazard), lawe, std::string("112"),
                             std::string(band.level), std::string("centennale"),
                             fmt::format("{}, débordement de cours d'eau (données fictives)", band.level_title)},
                            shape);
            }
        }
    }
    hazards.finish();
    regulations.finish();
}

}  // namespace

void write_risk(const ParsedFacts& facts, const Outlines& outlines, const Network& network, const Geos& geos,
                std::uint64_t seed, RowSink& sink) {
    write_procedures(facts, sink);
    write_perimeters(facts, outlines, geos, sink);
    write_zones(facts, outlines, network, geos, seed, sink);
}

}  // namespace gis::demo
