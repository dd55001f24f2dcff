#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>
#include <utility>

#include "capture.hpp"

namespace {

constexpr const char* town = "62119";     // Béthune
constexpr const char* village = "62310";  // Essars

/// The shapes of a table's rows whose `column` has this value.
std::vector<Shapes::Shape> shapes_where(const std::string& name, const std::string& column, const std::string& value) {
    std::vector<Shapes::Shape> out;
    const Shapes shapes;
    for (const gis::Row& row : table(name).rows) {
        if (table(name).text(row, column) == value) out.push_back(shapes.read(row.wkb));
    }
    return out;
}

Shapes::Shape outline(const std::string& insee) {
    return std::move(shapes_where("org.commune", "code_insee", insee).at(0));
}

double sum_of_areas(const std::vector<Shapes::Shape>& all) {
    double sum = 0;
    for (const auto& shape : all) sum += Shapes().area(shape);
    return sum;
}

/// 0.1 %, and a part for the centimetre grid.
void expect_partition(const std::vector<Shapes::Shape>& parts, double whole) {
    const double sum = sum_of_areas(parts);
    EXPECT_NEAR(sum, whole, whole * 0.001);
    EXPECT_NEAR(Shapes().area_of_union(parts), sum, sum * 0.0001);
}

}  // namespace

TEST(Geometry, IsValidEverywhereInATownAndAVillage) {
    const Shapes shapes;
    for (const char* commune : {town, village}) {
        for (const char* name :
             {"cadastre.section", "cadastre.feuille", "cadastre.parcelle", "cadastre.batiment", "cadastre.lieu_dit"}) {
            const auto all = shapes_where(name, "commune", commune);
            EXPECT_FALSE(all.empty()) << name;
            for (const auto& shape : all) EXPECT_TRUE(shapes.valid(shape)) << name;
        }
    }
}

TEST(Geometry, IsValidInASampleOfEveryTable) {
    const Shapes shapes;
    for (const auto& [name, captured] : small_territory().tables) {
        const std::size_t step = std::max<std::size_t>(1, captured.rows.size() / 1500);
        for (std::size_t i = 0; i < captured.rows.size(); i += step) {
            const std::string& wkb = captured.rows[i].wkb;
            if (!wkb.empty()) {
                EXPECT_TRUE(shapes.valid(shapes.read(wkb))) << name << " row " << i;
            }
        }
    }
}

TEST(Geometry, CommunesHaveAboutTheirAreaAndDoNotOverlap) {
    const Shapes shapes;
    std::vector<Shapes::Shape> all;
    const CapturedTable& communes = table("org.commune");
    for (const gis::Row& row : communes.rows) {
        all.push_back(shapes.read(row.wkb));
        const double wanted = std::get<double>(row.values[communes.column("surface_km2")]);
        EXPECT_NEAR(shapes.area(all.back()) / 1e6, wanted, wanted * 0.06) << communes.text(row, "nom");
    }
    EXPECT_NEAR(shapes.area_of_union(all), sum_of_areas(all), 10);
}

TEST(Geometry, SectionsAndZonesCoverTheirCommune) {
    for (const char* commune : {town, village}) {
        const double whole = Shapes().area(outline(commune));
        expect_partition(shapes_where("cadastre.section", "commune", commune), whole);
        expect_partition(shapes_where("cadastre.feuille", "commune", commune), whole);
        expect_partition(shapes_where("urba.zone_urba", "perimetre", commune), whole);
    }
}

TEST(Geometry, ParcelsOfACommuneDoNotOverlap) {
    for (const char* commune : {town, village}) {
        const auto parcels = shapes_where("cadastre.parcelle", "commune", commune);
        const double sum = sum_of_areas(parcels), whole = Shapes().area(outline(commune));
        EXPECT_NEAR(Shapes().area_of_union(parcels), sum, sum * 0.0001);
        // Streets and water have no number: they are what is missing.
        EXPECT_LT(sum, 0.97 * whole);
        EXPECT_GT(sum, 0.70 * whole);
    }
}

TEST(Geometry, NeighbouringParcelsShareTheirPointsExactly) {
    // Of all parcel edges of the village, most are found twice, once in each direction, to the last bit.
    std::set<std::pair<std::string, std::string>> edges;
    std::size_t shared = 0;
    const CapturedTable& parcels = table("cadastre.parcelle");
    for (const gis::Row& row : parcels.rows) {
        if (parcels.text(row, "commune") != village) continue;
        constexpr std::size_t header = 9 + 9 + 4;  // multipolygon, polygon with one ring, number of points
        for (std::size_t at = header; at + 32 <= row.wkb.size(); at += 16) {
            const std::string a = row.wkb.substr(at, 16), b = row.wkb.substr(at + 16, 16);
            ASSERT_TRUE(edges.emplace(a, b).second) << parcels.text(row, "id");
            if (edges.contains({b, a})) ++shared;
        }
    }
    EXPECT_GT(static_cast<double>(shared) * 2, 0.45 * static_cast<double>(edges.size()));
}

TEST(Geometry, ContenanceIsNearTheMeasuredArea) {
    const Shapes shapes;
    const CapturedTable& parcels = table("cadastre.parcelle");
    for (std::size_t i = 0; i < parcels.rows.size(); i += 20) {
        const gis::Row& row = parcels.rows[i];
        const double measured = shapes.area(shapes.read(row.wkb));
        EXPECT_NEAR(static_cast<double>(parcels.integer(row, "contenance")), measured, 0.02 * measured + 0.5)
            << parcels.text(row, "id");
    }
}

TEST(Geometry, BuildingsStandInsideOneParcelOfTheirCommune) {
    // Walls keep a few centimetres from every limit, so that what all parcels cover together covers each building.
    const Shapes shapes;
    for (const char* commune : {town, village}) {
        const Shapes::Shape land = outline(commune);
        for (const auto& building : shapes_where("cadastre.batiment", "commune", commune)) {
            ASSERT_TRUE(shapes.within(building, land));
        }
    }
    const auto parcels = shapes_where("cadastre.parcelle", "commune", village);
    const auto buildings = shapes_where("cadastre.batiment", "commune", village);
    for (std::size_t i = 0; i < buildings.size(); i += 25) {
        int holders = 0;
        for (const auto& parcel : parcels) holders += shapes.within(buildings[i], parcel) ? 1 : 0;
        EXPECT_EQ(holders, 1);
    }
}

TEST(Geometry, FloodZonesLieInTheirPlansPerimeter) {
    const Shapes shapes;
    const CapturedTable& perimeters = table("risque.perimetre");
    for (const gis::Row& row : perimeters.rows) {
        if (perimeters.text(row, "etatprocedure") != "ANTICIPE") continue;
        const Shapes::Shape perimeter = shapes.read(row.wkb);
        std::vector<Shapes::Shape> zones;
        for (const gis::Row& zone : table("risque.zone_reglementaire").rows) {
            zones.push_back(shapes.read(zone.wkb));
            EXPECT_NEAR(shapes.area_of_intersection(zones.back(), perimeter), shapes.area(zones.back()), 1);
        }
        EXPECT_NEAR(shapes.area_of_union(zones), sum_of_areas(zones), 0.001 * sum_of_areas(zones));
    }
}

TEST(Geometry, OperationsLieInTheirCommunes) {
    const Shapes shapes;
    std::map<std::string, double> covered;
    const CapturedTable& links = table("archeo.operation_commune");
    std::map<std::string, std::string> shape_of;
    for (const gis::Row& row : table("archeo.operation").rows)
        shape_of[table("archeo.operation").text(row, "id")] = row.wkb;
    for (const gis::Row& row : links.rows) {
        const std::string id = links.text(row, "operation");
        const double part =
            shapes.area_of_intersection(shapes.read(shape_of.at(id)), outline(links.text(row, "code_insee")));
        EXPECT_GT(part, 100) << id;
        covered[id] += part;
    }
    for (const auto& [id, wkb] : shape_of) EXPECT_NEAR(covered[id], shapes.area(shapes.read(wkb)), 1) << id;
}
