// What the checker finds: nothing in Carreau's own documents, each fault where it was put.

#include "gis/write/inspire/check.hpp"

#include <gtest/gtest.h>

#include "gis/error.hpp"
#include "gis/write/inspire/code_lists.hpp"
#include "server/embedded/embedded.hpp"
#include "tests/inspire/inspire_fixture.hpp"

namespace {

using std::string_view;

/// Two parcels and their section.
std::string parcels() {
    test::Writing writing(gis::inspire::parse_theme(embedded::text_of(embedded::inspire_themes(), "cp")));
    const gis::Layer section = test::layer_of("section", "cadastre.section", {"id", "code"});
    writing.layer(section);
    writing.add("62119000AB", test::square(2, 50), {{"id", string_view("62119000AB")}, {"code", string_view("AB")}});
    const gis::Layer parcelle =
        test::layer_of("parcelle", "cadastre.parcelle", {"id", "numero", "contenance", "updated"});
    writing.layer(parcelle);
    for (const string_view id : {"62119000AB0001", "62119000AB0002"}) {
        writing.add(id, test::square(2, 50),
                    {{"id", id},
                     {"numero", string_view("1")},
                     {"contenance", std::int64_t{5}},
                     {"updated", string_view("2024-02-29")}});
    }
    return writing.whole();
}

std::string with(const std::string& document, string_view part, string_view instead) {
    const auto at = document.find(part);
    EXPECT_NE(at, std::string::npos) << part;
    return at == std::string::npos ? document : std::string(document).replace(at, part.size(), instead);
}

std::string rules_of(const std::string& document) {
    std::string rules;
    for (const gis::inspire::Finding& finding : gis::inspire::check_document(document).findings) {
        rules += (rules.empty() ? "" : " ") + finding.rule;
        EXPECT_FALSE(finding.places.empty());
        EXPECT_FALSE(finding.french.empty() || finding.english.empty());
    }
    return rules;
}

TEST(InspireCheck, NothingIsWrongWithOurOwn) {
    const gis::inspire::CheckReport report = gis::inspire::check_document(parcels());
    EXPECT_EQ(report.objects, 3);
    EXPECT_EQ(rules_of(parcels()), "");
}

TEST(InspireCheck, EachFaultIsFound) {
    const std::string good = parcels();
    EXPECT_EQ(rules_of(with(good, "def/crs/EPSG/0/4258", "def/crs/EPSG/0/2154")), "crs");
    EXPECT_EQ(rules_of(with(good, "http://www.opengis.net/def/crs", "https://www.opengis.net/def/crs")), "crs");
    EXPECT_EQ(rules_of(with(good, " xsi:nil=\"true\"", "")), "nil");
    EXPECT_EQ(rules_of(with(good, " nilReason=\"unknown\"", "")), "nil");
    EXPECT_EQ(rules_of(with(good, "nilReason=\"unknown\"", "nilReason=\"inconnu\"")), "nil-reason");
    EXPECT_EQ(rules_of(with(good, "gml:id=\"CP.CadastralParcel.62119000AB0002\"",
                            "gml:id=\"CP.CadastralParcel.62119000AB0001\"")),
              "id");
    EXPECT_EQ(rules_of(with(good, "localId>CadastralParcel.62119000AB0002", "localId>CadastralParcel.62119000AB0001")),
              "id");
    EXPECT_EQ(rules_of(with(good, "href=\"#CP.CadastralZoning.62119000AB\"", "href=\"#CP.CadastralZoning.X\"")),
              "reference");
    EXPECT_EQ(rules_of(with(good, "49.5 1.5</gml:posList>", "49.5 1.6</gml:posList>")), "ring");
    EXPECT_EQ(rules_of(with(good, "<gml:posList>49.5", "<gml:posList>x")), "ring");
    EXPECT_EQ(rules_of(with(good, "49.5 1.5 49.5 2.5 50.5 2.5 50.5 1.5 49.5 1.5",
                            "49.5 1.5 50.5 2.5 49.5 2.5 50.5 1.5 49.5 1.5")),
              "geometry");
    EXPECT_EQ(rules_of(with(good, "CadastralZoningLevelValue/2ndOrder", "CadastralZoningLevelValue/4thOrder")),
              "code-list");
    EXPECT_EQ(rules_of(with(good, "CadastralZoningLevelValue/2ndOrder", "HILUCSValue/6_6_NotKnownUse")), "code-list");
    EXPECT_EQ(rules_of(with(good, "http://inspire.ec.europa.eu/codelist/CadastralZ", "urn:x:CadastralZ")), "code-list");
    EXPECT_EQ(rules_of(with(good, "uom=\"m2\"", "uom=\"ha\"")), "unit");
    EXPECT_EQ(
        rules_of(with(with(good, "<wfs:FeatureCollection", "<wfs:Autre"), "</wfs:FeatureCollection", "</wfs:Autre")),
        "collection");
    EXPECT_EQ(rules_of(with(good,
                            "http://inspire.ec.europa.eu/schemas/cp/4.0 http://inspire.ec.europa.eu/schemas/cp/4.0/"
                            "CadastralParcels.xsd",
                            "urn:x x.xsd")),
              "schema");
    EXPECT_EQ(
        rules_of(with(good, "<cp:geometry>",
                      "<cp:endLifespanVersion>2023-01-01T00:00:00Z</cp:endLifespanVersion><cp:beginLifespanVersion>"
                      "2024-01-01T00:00:00Z</cp:beginLifespanVersion><cp:geometry>")),
        "lifespan");
    EXPECT_EQ(rules_of(with(good, "<cp:label>", "<gml:Arc/><cp:label>")), "interpolation");
}

TEST(InspireCheck, ValuesOfTheNewListsAreKnown) {
    const auto wrong = [](std::string_view property, const std::string& code, std::string_view object = "") {
        return gis::inspire::wrong_code(object, property, "http://inspire.ec.europa.eu/codelist/" + code);
    };
    EXPECT_EQ(wrong("level", "LocatorLevelValue/siteLevel", "AddressLocator"), "");
    EXPECT_EQ(wrong("level", "LocatorLevelValue/siteLevel", "AdminUnitName"), "AdministrativeHierarchyLevel");
    EXPECT_EQ(wrong("level", "CadastralZoningLevelValue/1stOrder", "CadastralZoning"), "");
    EXPECT_EQ(wrong("specification", "GeometrySpecificationValue/entrance", "GeographicPosition"), "");
    EXPECT_EQ(wrong("specification", "GeometrySpecificationValue/door", "GeographicPosition"),
              "GeometrySpecificationValue");
    EXPECT_EQ(wrong("hazardCategory", "NaturalHazardCategoryValue/flood"), "");
    EXPECT_EQ(wrong("hazardCategory", "NaturalHazardCategoryValue/floods"), "NaturalHazardCategoryValue");
    EXPECT_EQ(gis::inspire::wrong_code("", "hazardCategory", "http://a.example/ruissellement"), "")
        << "narrower values";
    EXPECT_EQ(wrong("levelOfSpatialPlan", "LevelOfSpatialPlanValue/infraLocal"), "");
    EXPECT_EQ(wrong("levelOfSpatialPlan", "LevelOfSpatialPlanValue/communal"), "LevelOfSpatialPlanValue");
    EXPECT_EQ(gis::inspire::wrong_code("", "levelOfSpatialPlan", "http://a.example/communal"),
              "LevelOfSpatialPlanValue");
    EXPECT_EQ(wrong("determinationMethod", "DeterminationMethodValue/modelling"), "");
    EXPECT_EQ(wrong("determinationMethod", "DeterminationMethodValue/guess"), "DeterminationMethodValue");
    EXPECT_EQ(wrong("supplementaryRegulation", "SupplementaryRegulationValue/3_3_BuiltHeritageProtection"), "");
    EXPECT_EQ(wrong("supplementaryRegulation", "SupplementaryRegulationValue/3_3"), "SupplementaryRegulationValue");
    EXPECT_EQ(wrong("exposedElementCategory", "ExposedElementCategoryValue/property"), "");
    EXPECT_EQ(wrong("exposedElementCategory", "ExposedElementCategoryValue/lune"), "ExposedElementCategoryValue");
}

TEST(InspireCheck, NamesTheObjectAndCountsAll) {
    std::string document = parcels();
    for (auto at = document.find("uom=\"m2\""); at != std::string::npos; at = document.find("uom=\"m2\""))
        document.replace(at, 8, "uom=\"ha\"");
    const gis::inspire::CheckReport report = gis::inspire::check_document(document);
    ASSERT_EQ(report.findings.size(), 1U);
    EXPECT_EQ(report.findings[0].count, 2);
    EXPECT_EQ(report.findings[0].places[1], "CP.CadastralParcel.62119000AB0002: cp:areaValue");
    EXPECT_THROW(gis::inspire::check_document("<a>"), gis::InvalidRequest);
}

}  // namespace
