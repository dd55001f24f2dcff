#include "gis/demo/organisation.hpp"

#include <cmath>

#include "gis/demo/table_writer.hpp"

namespace gis::demo {

namespace {

constexpr const char* territory_since = "2014-01-01";  // the community in its 65 communes (seed facts)

void write_communes(const ParsedFacts& facts, const Outlines& outlines, RowSink& sink) {
    TableWriter table(sink, "org.commune", {"code_insee", "nom", "surface_km2", "valid_from"});
    for (std::size_t i = 0; i < facts.communes.size(); ++i) {
        const CommuneFact& commune = facts.communes[i];
        table.add({commune.insee, commune.name, commune.area_km2, std::string("1943-01-01")},
                  wkb(outlines.communes[i]));
    }
    table.finish();
}

void write_organisations(const ParsedFacts& facts, RowSink& sink) {
    TableWriter table(sink, "org.organisation", {"nom", "genre", "code_insee", "valid_from"});
    table.add({std::string("Artois Comm."), std::string("EPCI"), Value{}, std::string(territory_since)});
    for (const CommuneFact& commune : facts.communes) {
        table.add({"Commune de " + commune.name, std::string("commune"), commune.insee, std::string("1943-01-01")});
    }
    table.add({std::string("Territoire 62"), std::string("partenaire"), Value{}, std::string(territory_since)});
    table.add({std::string("Bureau d'études (fictif)"), std::string("bureau d'études"), Value{},
               std::string(territory_since)});
    table.finish();
}

void write_services(RowSink& sink) {
    TableWriter table(sink, "org.service", {"code", "titre"});
    table.add({std::string("SIG"), std::string("Système d'information géographique")});
    table.add({std::string("ADS"), std::string("Application du droit des sols")});
    table.add({std::string("ARCHEO"), std::string("Archéologie préventive")});
    table.finish();
}

void write_memberships(const ParsedFacts& facts, RowSink& sink) {
    TableWriter table(sink, "org.membership", {"code_insee", "service", "valid_from", "source"});
    for (const CommuneFact& commune : facts.communes) {
        for (const char* service : {"SIG", "ARCHEO"}) {
            table.add({commune.insee, std::string(service), std::string(territory_since),
                       std::string("service communautaire : toutes les communes")});
        }
        if (commune.ads_since.empty()) continue;
        table.add({commune.insee, std::string("ADS"), commune.ads_since,
                   std::string("convention ADS, schéma de mutualisation 4.1")});
    }
    table.finish();
}

}  // namespace

void write_organisation(const ParsedFacts& facts, const Outlines& outlines, RowSink& sink) {
    write_communes(facts, outlines, sink);
    write_organisations(facts, sink);
    write_services(sink);
    write_memberships(facts, sink);
}

}  // namespace gis::demo
