#include "gis/demo/urban_plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <string_view>
#include <utility>

#include "gis/demo/calendar.hpp"
#include "gis/demo/random.hpp"

namespace gis::demo {

namespace {

struct ZoneKind {
    std::string_view label;
    std::string_view title;
    std::string_view type;
};

constexpr std::array<ZoneKind, 10> zone_kinds{{
    {"UA", "Zone urbaine centrale, dense", "U"},
    {"UB", "Zone urbaine de cités et de maisons en bande", "U"},
    {"UC", "Zone urbaine pavillonnaire", "U"},
    {"UE", "Zone d'activités économiques", "U"},
    {"UF", "Zone d'équipements publics", "U"},
    {"1AU", "Zone à urbaniser à court terme", "AUc"},
    {"2AU", "Zone à urbaniser à long terme", "AUs"},
    {"A", "Zone agricole", "A"},
    {"N", "Zone naturelle et forestière", "N"},
    {"Nv", "Zone naturelle de vallée", "N"},
}};

std::string_view zone_of(const CommunePlan& plan, const Cell& cell, Random& random) {
    switch (cell.use) {
        case Use::Core:
            return "UA";
        case Use::Terrace:
            return "UB";
        case Use::Suburb:
        case Use::Frontage:
            return "UC";
        case Use::Activity:
            return "UE";
        case Use::Facility:
            return "UF";
        case Use::Wood:
            return "N";
        case Use::Field:
            break;
    }
    const Mesh::Face face = plan.mesh.expanded(cell.face);
    for (std::size_t i = 0; i < face.size(); ++i) {
        if (is_water(plan.mesh.way(face[i], face[(i + 1) % face.size()]))) return "Nv";
    }
    const double lot = random.unit();
    if (cell.fringe && lot < 0.16) return "1AU";
    if (cell.fringe && lot < 0.26) return "2AU";
    return "A";
}

/// A rectangle around a point.
Ring plot(Vec at, Vec axis, double length, double width) {
    const Vec u = axis * (length / 2), v = left_of(axis) * (width / 2);
    return {rounded(at - u - v), rounded(at + u - v), rounded(at + u + v), rounded(at - u + v)};
}

}  // namespace

struct UrbanPlanWriter::Document {
    std::string id;         ///< idurba
    std::string perimeter;  ///< INSEE code
    std::string approved;
    Random random;
    int features = 0;

    std::string next_id() { return fmt::format("{}-{:05}", perimeter, ++features); }
};

UrbanPlanWriter::UrbanPlanWriter(RowSink& sink)
    : documents_(sink, "urba.doc_urba",
                 {"idurba", "typedoc", "etat", "nomproc", "datappro", "nomreg", "typeref", "dateref"}),
      zones_(sink, "urba.zone_urba", {"id", "idurba", "perimetre", "libelle", "libelong", "typezone", "datvalid"}),
      surfaces_(sink, "urba.prescription_surf",
                {"id", "idurba", "perimetre", "libelle", "txt", "typepsc", "stypepsc", "datvalid"}),
      lines_(sink, "urba.prescription_lin",
             {"id", "idurba", "perimetre", "libelle", "txt", "typepsc", "stypepsc", "datvalid"}),
      points_(sink, "urba.prescription_pct",
              {"id", "idurba", "perimetre", "libelle", "txt", "typepsc", "stypepsc", "datvalid"}) {}

void UrbanPlanWriter::finish() {
    for (TableWriter* table : {&documents_, &zones_, &surfaces_, &lines_, &points_}) table->finish();
}

void UrbanPlanWriter::write_commune(const CommuneSetting& setting, const CommunePlan& plan, const Geos& geos) {
    Random random(mix(setting.seed, 61));
    const std::string& insee = setting.commune.insee;
    const Day approved = insee == "62119" ? day(2014, 3, 10) : working_day(random, day(2005, 1, 10), day(2014, 3, 1));
    std::string compact = iso(approved);
    std::erase(compact, '-');
    Document document{insee + "_PLU_" + compact, insee, iso(approved), random};
    documents_.add({document.id, std::string("PLU"), std::string("03"), std::string("E"), document.approved,
                    std::string("Règlement (données fictives)"), std::string("01"), document.approved});
    write_zones(document, plan, geos);
    write_prescriptions(document, plan, geos);
}

void UrbanPlanWriter::write_zones(Document& document, const CommunePlan& plan, const Geos& geos) {
    std::map<std::string_view, std::vector<Ring>> by_label;
    for (std::size_t i = 0; i < plan.cells.size(); ++i) {
        by_label[zone_of(plan, plan.cells[i], document.random)].push_back(plan.cell_ring(i));
    }
    for (const auto& [label, rings] : by_label) {
        const auto kind =
            std::find_if(zone_kinds.begin(), zone_kinds.end(), [&](const ZoneKind& k) { return k.label == label; });
        for (Polygon& part : geos.coverage_union(rings)) {
            zones_.add({document.next_id(), document.id, document.perimeter, std::string(label),
                        fmt::format("{} (données fictives)", kind->title), std::string(kind->type), document.approved},
                       wkb(MultiPolygon{std::move(part)}));
        }
    }
}

void UrbanPlanWriter::write_prescriptions(Document& document, const CommunePlan& plan, const Geos& geos) {
    Random& random = document.random;
    const auto add = [&](TableWriter& table, std::string label, std::string type, std::string subtype,
                         std::string shape) {
        table.add({document.next_id(), document.id, document.perimeter, std::move(label),
                   std::string("Données fictives"), std::move(type), std::move(subtype), document.approved},
                  std::move(shape));
    };
    std::vector<Ring> woods;
    int reserved = 0;
    for (std::size_t i = 0; i < plan.cells.size(); ++i) {
        const Cell& cell = plan.cells[i];
        const Mesh::Face face = plan.mesh.expanded(cell.face);
        const Ring ring = plan.mesh.ring(face);
        const Vec middle = centroid(ring);
        const OrientedBox box = oriented_box(ring);
        if (cell.use == Use::Wood) woods.push_back(ring);
        if (is_urban(cell.use) && random.chance(0.03)) {
            const Ring place = plot(middle, box.axis, random.between(14, 0.35 * box.length + 14),
                                    random.between(8, 0.3 * box.width + 8));
            const bool road = random.chance(0.5);
            add(surfaces_,
                fmt::format("Emplacement réservé n° {} : {}", ++reserved, road ? "voirie" : "équipement public"), "05",
                road ? "01" : "02", wkb(place));
        }
        if (cell.use == Use::Core && random.chance(0.14)) {
            add(surfaces_, "Ensemble bâti remarquable", "07", "01",
                wkb(plot(middle, box.axis, random.between(20, 45), random.between(15, 30))));
        }
        if (random.chance(cell.use == Use::Core ? 0.12 : 0.02)) {
            add(points_, random.chance(0.5) ? "Chapelle ou calvaire" : "Façade remarquable", "07", "01",
                wkb_multi_point(rounded(middle + box.axis * random.between(-0.3, 0.3) * box.length)));
        }
        const double line = random.unit();
        if (line > 0.05) continue;
        // A hedge or a row of trees along one side of open land, an alignment along a street.
        const std::size_t from = static_cast<std::size_t>(random.whole(0, static_cast<int>(face.size()) - 1));
        Ring side{ring[from]};
        for (std::size_t k = 1; k < face.size() && k < 5; ++k) side.push_back(ring[(from + k) % face.size()]);
        if (is_urban(cell.use)) {
            add(lines_, "Alignement imposé des constructions", "15", "01", wkb_multi_line(side));
        } else {
            add(lines_, "Haie ou alignement d'arbres à préserver", "07", "02", wkb_multi_line(side));
        }
    }
    if (woods.empty()) return;
    for (Polygon& part : geos.coverage_union(woods)) {
        add(surfaces_, "Espace boisé classé", "01", "00", wkb(MultiPolygon{std::move(part)}));
    }
}

}  // namespace gis::demo
