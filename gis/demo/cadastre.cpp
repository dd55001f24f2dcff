#include "gis/demo/cadastre.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "gis/demo/buildings.hpp"

namespace gis::demo {

namespace {

std::vector<Ring> rings_of(const CommunePlan& plan, const CellGroup& cells) {
    std::vector<Ring> out;
    for (const std::size_t cell : cells) out.push_back(plan.cell_ring(cell));
    return out;
}

bool share_an_edge(const Ring& a, const Ring& b) {
    for (std::size_t i = 0; i < a.size(); ++i) {
        for (std::size_t j = 0; j < b.size(); ++j) {
            if (a[i] == b[(j + 1) % b.size()] && a[(i + 1) % a.size()] == b[j]) return true;
        }
    }
    return false;
}

}  // namespace

/// What is common to the parcels of one section while they are numbered.
struct CadastreWriter::SectionContext {
    const std::string& commune;
    const std::string& code;
    Random random;
    Day digitised;  ///< when the commune's plan became a file
    double site_share = 0;
    int last_number = 0;
    int* buildings;  ///< of the commune so far
    std::vector<BuildingSite>* sites;
};

CadastreWriter::CadastreWriter(RowSink& sink)
    : sections_(sink, "cadastre.section", {"id", "commune", "prefixe", "code"}),
      sheets_(sink, "cadastre.feuille",
              {"id", "commune", "prefixe", "section", "numero", "qualite", "modeconfection", "echelle"}),
      parcels_(sink, "cadastre.parcelle",
               {"id", "commune", "prefixe", "section", "numero", "contenance", "arpente", "created", "updated"}),
      buildings_(sink, "cadastre.batiment", {"id", "commune", "nom", "type", "created", "updated"}),
      places_(sink, "cadastre.lieu_dit", {"id", "commune", "nom"}) {}

void CadastreWriter::finish() {
    for (TableWriter* table : {&sections_, &sheets_, &parcels_, &buildings_, &places_}) table->finish();
}

std::vector<BuildingSite> CadastreWriter::write_commune(const CommuneSetting& setting, const CommunePlan& plan,
                                                        const Geos& geos, double site_share) {
    std::vector<BuildingSite> sites;
    int buildings = 0;
    Random random(mix(setting.seed, 51));
    const Day digitised = working_day(random, day(2003, 3, 1), day(2013, 11, 30));
    for (const Section& section : plan.sections) {
        write_section(setting, plan, section, geos);
        SectionContext context{
            setting.commune.insee, section.code, Random(random.next()), digitised, site_share, 0, &buildings, &sites};
        for (const CellGroup& sheet : section.sheets) {
            for (const std::size_t cell : sheet) {
                for (const Block& block : blocks_of(plan.mesh, plan.cells[cell].face, geos)) {
                    write_block(context, divide_block(block, plan.cells[cell].use, Random(context.random.next())));
                }
            }
        }
    }
    write_places(setting, plan, geos);
    return sites;
}

void CadastreWriter::write_section(const CommuneSetting& setting, const CommunePlan& plan, const Section& section,
                                   const Geos& geos) {
    const std::string& insee = setting.commune.insee;
    const std::string id = insee + "000" + section.code;
    std::vector<Ring> all;
    int number = 0;
    const bool urban = section.code[0] != 'Z' && section.code[0] != 'Y';
    for (const CellGroup& sheet : section.sheets) {
        std::vector<Ring> rings = rings_of(plan, sheet);
        const std::string numero = fmt::format("{:02}", ++number);
        sheets_.add({id + numero, insee, std::string("000"), section.code, numero, std::string("01"), std::string("04"),
                     std::int64_t{urban ? 1000 : 2000}},
                    wkb(geos.coverage_union(rings)));
        std::move(rings.begin(), rings.end(), std::back_inserter(all));
    }
    sections_.add({id, insee, std::string("000"), section.code}, wkb(geos.coverage_union(all)));
}

void CadastreWriter::write_block(SectionContext& context, const std::vector<Lot>& lots) {
    std::vector<std::string> ids;
    std::vector<Day> created;
    for (const Lot& lot : lots) {
        ids.push_back(fmt::format("{}000{}{:04}", context.commune, context.code, ++context.last_number));
        // One parcel in eight came later, from a division.
        created.push_back(context.random.chance(0.12)
                              ? working_day(context.random, context.digitised, day(2025, 12, 31))
                              : context.digitised);
        write_parcel(context, lot, ids.back(), created.back());
        write_buildings(context, lot, created.back());
    }
    if (context.site_share > 0) pick_sites(context, lots, ids, created);
}

void CadastreWriter::write_parcel(SectionContext& context, const Lot& lot, const std::string& id, Day created) {
    Random& random = context.random;
    const double measured = area(lot.ring);
    // What the fiscal file holds differs a little from what the plan measures.
    const double share = random.chance(0.4) ? 0 : random.between(-0.018, 0.018);
    const auto contenance = static_cast<std::int64_t>(std::max(1.0, std::round(measured * (1 + share))));
    const Day updated =
        random.chance(0.3) ? working_day(random, std::max(created, day(2016, 1, 1)), last_day) : created;
    parcels_.add({id, context.commune, std::string("000"), context.code, std::to_string(context.last_number),
                  contenance, random.chance(is_urban(lot.use) ? 0.3 : 0.08), iso(created), iso(updated)},
                 wkb(lot.ring));
}

void CadastreWriter::write_buildings(SectionContext& context, const Lot& lot, Day created) {
    for (const Building& building : build_on(lot, context.random)) {
        buildings_.add({fmt::format("{}B{:06}", context.commune, ++*context.buildings), context.commune, Value{},
                        std::string(building.light ? "02" : "01"), iso(created), iso(created)},
                       wkb(building.ring));
    }
}

void CadastreWriter::pick_sites(SectionContext& context, const std::vector<Lot>& lots,
                                const std::vector<std::string>& ids, const std::vector<Day>& created) {
    Random& random = context.random;
    for (std::size_t i = 0; i < lots.size(); ++i) {
        const double share = is_urban(lots[i].use) ? context.site_share : context.site_share * 0.06;
        if (lots[i].garden && is_urban(lots[i].use)) continue;
        if (!random.chance(share)) continue;
        BuildingSite site{{ids[i]}, {lots[i].ring}, lots[i].use, created[i]};
        const std::size_t more = random.chance(0.25) ? (random.chance(0.3) ? 2 : 1) : 0;
        for (std::size_t j = i + 1; j < lots.size() && site.rings.size() <= more; ++j) {
            if (!share_an_edge(site.rings.back(), lots[j].ring)) break;
            site.parcels.push_back(ids[j]);
            site.rings.push_back(lots[j].ring);
            site.known_since = std::max(site.known_since, created[j]);
        }
        context.sites->push_back(std::move(site));
    }
}

void CadastreWriter::write_places(const CommuneSetting& setting, const CommunePlan& plan, const Geos& geos) {
    int number = 0;
    for (const Place& place : plan.places) {
        places_.add({fmt::format("{}L{:03}", setting.commune.insee, ++number), setting.commune.insee, place.name},
                    wkb(geos.coverage_union(rings_of(plan, place.cells))));
    }
}

}  // namespace gis::demo
