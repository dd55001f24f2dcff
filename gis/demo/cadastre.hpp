#pragma once

#include <string>
#include <vector>

#include "gis/demo/calendar.hpp"
#include "gis/demo/commune_plan.hpp"
#include "gis/demo/lots.hpp"
#include "gis/demo/table_writer.hpp"

namespace gis::demo {

/// Neighbouring parcels somebody may want to build on.
struct BuildingSite {
    std::vector<std::string> parcels;
    std::vector<Ring> rings;
    Use use = Use::Suburb;
    Day known_since;  ///< the youngest parcel's creation
};

/// Writes cadastre.section, feuille, parcelle, batiment and lieu_dit, commune by commune.
class CadastreWriter {
  public:
    explicit CadastreWriter(RowSink& sink);

    /// Returns building sites among the parcels, about `site_share` of them.
    std::vector<BuildingSite> write_commune(const CommuneSetting& setting, const CommunePlan& plan, const Geos& geos,
                                            double site_share);
    void finish();

  private:
    struct SectionContext;

    void write_section(const CommuneSetting& setting, const CommunePlan& plan, const Section& section,
                       const Geos& geos);
    void write_block(SectionContext& context, const std::vector<Lot>& lots);
    void write_parcel(SectionContext& context, const Lot& lot, const std::string& id, Day created);
    void write_buildings(SectionContext& context, const Lot& lot, Day created);
    void write_places(const CommuneSetting& setting, const CommunePlan& plan, const Geos& geos);
    static void pick_sites(SectionContext& context, const std::vector<Lot>& lots, const std::vector<std::string>& ids,
                           const std::vector<Day>& created);

    TableWriter sections_, sheets_, parcels_, buildings_, places_;
};

}  // namespace gis::demo
