// What the theme files that the program carries make of the values of rows.

#include <gtest/gtest.h>

#include <map>

#include "server/embedded/embedded.hpp"
#include "tests/inspire/inspire_fixture.hpp"
#include "tests/support/xml_schema.hpp"

namespace {

using std::string_view;

TEST(ThemeCp, ParcelsAndZonings) {
    const std::string file = embedded::text_of(embedded::inspire_themes(), "cp");
    test::Writing writing(gis::inspire::parse_theme(file));
    gis::Layer commune = test::layer_of("commune", "org.commune_actuelle", {"code_insee", "nom", "valid_from"});
    commune.vintage = "2026-01-01";
    writing.layer(commune);
    const std::string shape = test::square(2, 50);
    writing.add("62119", shape, {{"code_insee", string_view("62119")}, {"nom", string_view("Béthune")}});
    gis::Layer section = test::layer_of("section", "cadastre.section", {"id", "commune", "code"});
    section.vintage = "2026-01-01";
    writing.layer(section);
    writing.add("62119000AB", shape,
                {{"id", string_view("62119000AB")}, {"commune", string_view("62119")}, {"code", string_view("AB")}});
    gis::Layer feuille = test::layer_of("feuille", "cadastre.feuille", {"id", "numero", "echelle"});
    writing.layer(feuille);
    writing.add("62119000AB01", shape,
                {{"id", string_view("62119000AB01")}, {"numero", string_view("01")}, {"echelle", std::int64_t{1000}}});
    const gis::Layer parcelle =
        test::layer_of("parcelle", "cadastre.parcelle", {"id", "numero", "contenance", "created", "updated"});
    writing.layer(parcelle);
    writing.add("62119000AB0012", shape,
                {{"id", string_view("62119000AB0012")},
                 {"numero", string_view("12")},
                 {"contenance", std::int64_t{512}},
                 {"updated", string_view("2024-02-29")}});
    writing.add("62119000AC0001", shape, {{"id", string_view("62119000AC0001")}, {"numero", string_view("1")}});
    const std::string document = writing.whole();
    const auto has = [&](string_view text) { EXPECT_NE(document.find(text), std::string::npos) << text; };
    has("<cp:CadastralParcel gml:id=\"CP.CadastralParcel.62119000AB0012\"><cp:areaValue uom=\"m2\">512</cp:areaValue>"
        "<cp:beginLifespanVersion>2024-02-29T00:00:00Z</cp:beginLifespanVersion>");
    has("<base:localId>CadastralParcel.62119000AB0012</base:localId><base:namespace>FR.ESSAI</base:namespace>"
        "<base:versionId>2024-02-29</base:versionId>");
    has("<cp:zoning xlink:href=\"#CP.CadastralZoning.62119000AB\"/>");
    has("<cp:upperLevelUnit xlink:href=\"#CP.CadastralZoning.62119\"/>");
    has("<cp:upperLevelUnit xlink:href=\"#CP.CadastralZoning.62119000AB\"/>");
    has("<cp:originalMapScaleDenominator>1000</cp:originalMapScaleDenominator>");
    has("<cp:areaValue uom=\"m2\" xsi:nil=\"true\" nilReason=\"unknown\"/><cp:beginLifespanVersion xsi:nil=\"true\" "
        "nilReason=\"unknown\"/>");
    has("<cp:zoning xsi:nil=\"true\" nilReason=\"other:unpopulated\"/>");
    EXPECT_EQ(writing.refusals().count, 0);
    const auto verdict = test::validity("inspire", document);
    if (!verdict) GTEST_SKIP() << "the schemas or xmllint are not here";
    EXPECT_EQ(*verdict, "");
}

TEST(ThemeCp, BoundariesAreCurvesOneByOne) {
    test::Writing writing(gis::inspire::parse_theme(embedded::text_of(embedded::inspire_themes(), "cp")));
    gis::Layer layer = test::layer_of("limite", "donnees.limite_parcelle", {"id", "exactitude", "date_bornage"});
    layer.vintage = "2026-01-01";
    writing.layer(layer);
    EXPECT_EQ(
        writing.add("L1", test::line(2, 50),
                    {{"id", string_view("L1")}, {"exactitude", 0.05}, {"date_bornage", string_view("2019-03-02")}}),
        1);
    EXPECT_EQ(writing.add("L2", test::multi({test::line(2, 50), test::line(3, 50, 2)}, 5), {{"id", string_view("L2")}}),
              2);
    EXPECT_EQ(writing.refusals().count, 0);
    const auto has = [&](string_view text) {
        EXPECT_NE(writing.objects().find(text), std::string::npos) << text << writing.objects();
    };
    has("<cp:CadastralBoundary gml:id=\"CP.CadastralBoundary.L1.1\">");
    has("<cp:estimatedAccuracy uom=\"m\">0.05</cp:estimatedAccuracy>");
    has("<cp:validFrom>2019-03-02T00:00:00Z</cp:validFrom>");
    has("<base:localId>CadastralBoundary.L2.2</base:localId>");
    has("<gml:posList>50 3 50.1 3.1</gml:posList>");
    const std::string document = writing.whole();
    EXPECT_EQ(writing.add("L3", test::square(2, 50), {{"id", string_view("L3")}}), 0) << "an area is no line";
    EXPECT_EQ(writing.add("L4", test::line(2, 50, 1), {{"id", string_view("L4")}}), 0) << "nor is one position";
    EXPECT_EQ(writing.refusals().count, 2);
    const auto verdict = test::validity("inspire", document);
    if (!verdict) GTEST_SKIP() << "the schemas or xmllint are not here";
    EXPECT_EQ(*verdict, "");
}

TEST(ThemeAd, AddressesNameTheirStreetPostCodeAndCommune) {
    const std::string file = embedded::text_of(embedded::inspire_themes(), "ad");
    test::Writing writing(gis::inspire::parse_theme(file));
    const gis::Layer layer = test::layer_of("adresse", "donnees.adresse",
                                            {"id", "numero", "rep", "id_fantoir", "nom_voie", "code_postal",
                                             "code_insee", "nom_commune", "type_position", "source_position"});
    writing.layer(layer, {}, "commune");
    writing.add("62119", "", {{"code_insee", string_view("62119")}, {"nom_commune", string_view("Béthune")}});
    writing.layer(layer, {}, "code_postal");
    writing.add("62400", "", {{"code_postal", string_view("62400")}});
    writing.layer(layer, {}, "voie");
    writing.add("62119_0123", "",
                {{"id_fantoir", string_view("62119_0123")},
                 {"nom_voie", string_view("Rue d'Arras")},
                 {"code_insee", string_view("62119")}});
    writing.layer(layer, {}, "adresse");
    const std::vector<std::pair<string_view, gis::Scalar>> whole{{"id", string_view("62119_0123_00012_bis")},
                                                                 {"numero", std::int64_t{12}},
                                                                 {"rep", string_view("bis")},
                                                                 {"id_fantoir", string_view("62119_0123")},
                                                                 {"code_postal", string_view("62400")},
                                                                 {"code_insee", string_view("62119")},
                                                                 {"type_position", string_view("délivrance postale")}};
    EXPECT_EQ(writing.add("62119_0123_00012_bis", test::point(2.6, 50.5), whole), 1);
    const std::vector<std::pair<string_view, gis::Scalar>> bare{
        {"id", string_view("b")}, {"numero", std::int64_t{1}}, {"code_insee", string_view("62119")}};
    EXPECT_EQ(writing.add("b", test::multi({test::point(2.6, 50.5)}, 4), bare), 1) << "a single point all the same";
    EXPECT_EQ(writing.add("c", test::multi({test::point(2.6, 50.5), test::point(2.7, 50.5)}, 4), bare), 0);
    EXPECT_EQ(writing.add("d", test::square(2, 50), bare), 0);
    EXPECT_EQ(
        writing.add("e", test::point(2.6, 50.5), {{"id", string_view("e")}, {"code_insee", string_view("62119")}}), 0)
        << "without a number";
    const std::string document = writing.whole();
    const auto has = [&](string_view text) { EXPECT_NE(document.find(text), std::string::npos) << text; };
    has("<gml:pos>50.5 2.6</gml:pos>");
    has("GeometrySpecificationValue/postalDelivery\"/>");
    has("<ad:designator>12</ad:designator>");
    has("<ad:designator>bis</ad:designator>");
    has("<ad:component xlink:href=\"#AD.ThoroughfareName.62119_0123\"/><ad:component "
        "xlink:href=\"#AD.PostalDescriptor.62400\"/><ad:component xlink:href=\"#AD.AdminUnitName.62119\"/>");
    has("<ad:situatedWithin xlink:href=\"#AD.AdminUnitName.62119\"/>");
    EXPECT_EQ(writing.refusals().count, 3);
    const auto verdict = test::validity("inspire", document);
    if (!verdict) GTEST_SKIP() << "the schemas or xmllint are not here";
    EXPECT_EQ(*verdict, "");
}

TEST(ThemeNz, SaysTheStateOfThePlanAndLeavesOutPrescribedOnes) {
    const std::string file = embedded::text_of(embedded::inspire_themes(), "nz");
    test::Writing writing(gis::inspire::parse_theme(file));
    const gis::Layer layer = test::layer_of("ppr_zone_alea", "risque.zone_alea",
                                            {"idzonealea", "codeprocedure", "typealea", "niveaualea", "occurrence"});
    const gis::inspire::Theme theme = gis::inspire::parse_theme(file);
    const auto state = [&](const std::string& value) {
        std::vector<std::string> row;
        for (const auto& column : theme.mappings.front().lookups.front().columns)
            row.push_back(column.name == "etatprocedure" ? value : column.name == "libelle" ? "PPRI de la Lawe" : "");
        return row;
    };
    writing.layer(layer, {{{"A", state("ANTICIPE")}, {"P", state("PRESCRIT")}, {"V", state("EN VIGUEUR")}}});
    const auto add = [&](string_view plan, string_view hazard) {
        return writing.add("Z1", test::square(2, 50),
                           {{"idzonealea", string_view("Z1")},
                            {"codeprocedure", plan},
                            {"typealea", hazard},
                            {"niveaualea", string_view("04")},
                            {"occurrence", string_view("centennale")}});
    };
    EXPECT_EQ(add("A", "112"), 1);
    const std::string object = writing.objects();
    const auto has = [&](string_view text) { EXPECT_NE(object.find(text), std::string::npos) << text; };
    has("<gml:description>PPRI de la Lawe, appliqué par anticipation, pas encore approuvé. Zone "
        "d\xE2\x80\x99\x61léa</gml:description>");
    has("<nz-core:hazardCategory "
        "xlink:href=\"http://inspire.ec.europa.eu/codelist/NaturalHazardCategoryValue/flood\"/>");
    has("<nz-core:returnPeriod>100</nz-core:returnPeriod>");
    has("<nz-core:qualitativeValue>fort</nz-core:qualitativeValue>");
    has("<gml:Polygon gml:id=\"NZ.HazardArea.Z1.1.geom\"");
    EXPECT_EQ(add("P", "112"), 0) << "prescribed: no zones";
    EXPECT_EQ(add("?", "112"), 0) << "of no plan that is known";
    EXPECT_EQ(add("V", "112"), 1);
    EXPECT_EQ(add("A", "211"), 0) << "technological";
    EXPECT_EQ(writing.refusals().count, 0);
}

/// Rows of a lookup as the server reads them: a text for each column's name.
void add_row(gis::inspire::LookupRows& rows, const gis::inspire::Lookup& lookup, const std::string& key,
             const std::vector<std::pair<string_view, string_view>>& texts) {
    std::vector<std::string> row;
    for (const gis::inspire::LookupColumn& column : lookup.columns) {
        const auto found = std::ranges::find(texts, column.name, &std::pair<string_view, string_view>::first);
        row.emplace_back(found == texts.end() ? "" : found->second);
    }
    add_lookup_row(rows, lookup, key, row);
}

TEST(ThemeNz, HazardsHaveTheCategoriesOfTheRegister) {
    // Left: GASPAR's codes, which the CNIG uses. Right: NaturalHazardCategoryValue as the INSPIRE register writes it.
    const std::vector<std::pair<string_view, string_view>> categories{{"11", "flood"},
                                                                      {"112", "flood"},
                                                                      {"118", "flood"},
                                                                      {"12", "landslide"},
                                                                      {"121", "subsidenceAndCollapse"},
                                                                      {"122", "subsidenceAndCollapse"},
                                                                      {"123", "landslide"},
                                                                      {"124", "landslide"},
                                                                      {"125", "landslide"},
                                                                      {"126", "landslide"},
                                                                      {"127", "subsidenceAndCollapse"},
                                                                      {"13", "earthquake"},
                                                                      {"14", "snowAvalanche"},
                                                                      {"15", "volcanic"},
                                                                      {"16", "forestFireWildfire"},
                                                                      {"171", "meteorologicalClimatological"},
                                                                      {"176", "meteorologicalClimatological"},
                                                                      {"18", "toxicOrRadioactive"},
                                                                      {"1", "geologicalHydrological"},
                                                                      {"19", "geologicalHydrological"}};
    const gis::Layer layer =
        test::layer_of("ppr_zone_alea", "risque.zone_alea", {"idzonealea", "codeprocedure", "typealea"});
    for (const auto& [hazard, category] : categories) {
        test::Writing writing(gis::inspire::parse_theme(embedded::text_of(embedded::inspire_themes(), "nz")));
        gis::inspire::LookupRows plans;
        add_row(plans,
                gis::inspire::parse_theme(embedded::text_of(embedded::inspire_themes(), "nz"))
                    .mappings.front()
                    .lookups.front(),
                "A", {{"etatprocedure", "APPROUVE"}});
        writing.layer(layer, {plans});
        writing.add("Z1", test::square(2, 50),
                    {{"idzonealea", string_view("Z1")}, {"codeprocedure", string_view("A")}, {"typealea", hazard}});
        EXPECT_NE(writing.objects().find("NaturalHazardCategoryValue/" + std::string(category) + '"'),
                  std::string::npos)
            << hazard << ' ' << writing.objects();
        EXPECT_EQ(writing.refusals().unknown_codes.empty(), hazard != "1" && hazard != "19") << hazard;
    }
}

TEST(ThemeNz, ARegulationZoneIsOfThisThemeWhenItsPlansHazardsAreNatural) {
    const gis::inspire::Theme theme = gis::inspire::parse_theme(embedded::text_of(embedded::inspire_themes(), "nz"));
    const auto& mapping = *std::ranges::find(theme.mappings, "zone_reglementaire", &gis::inspire::Mapping::name);
    // Each plan with the hazards of its zones, and the category its regulation zones say; none: not of this theme.
    struct Plan {
        std::string name;
        std::vector<string_view> hazards;
        string_view category;
    };
    const std::vector<Plan> plans{{"crue", {"112"}, "flood"},
                                  {"crues", {"112", "113", "112"}, "flood"},
                                  {"tout", {"112", "124"}, "geologicalHydrological"},
                                  {"mines", {"311", "312"}, ""},
                                  {"mine", {"311"}, ""},
                                  {"usine", {"211", "212", "213"}, ""},
                                  {"industrie", {"211", "311"}, ""},
                                  {"mélange", {"112", "311"}, ""},
                                  {"sans aléa", {}, ""}};
    std::vector<gis::inspire::LookupRows> lookups(2);
    for (const Plan& plan : plans) {
        add_row(lookups[0], mapping.lookups[0], plan.name, {{"etatprocedure", "APPROUVE"}, {"libelle", plan.name}});
        for (const string_view hazard : plan.hazards)
            add_row(lookups[1], mapping.lookups[1], plan.name, {{"typealea", hazard}});
    }
    for (const Plan& plan : plans) {
        test::Writing writing(gis::inspire::parse_theme(embedded::text_of(embedded::inspire_themes(), "nz")));
        const gis::Layer layer = test::layer_of("ppr_zone_reglementaire", "risque.zone_reglementaire",
                                                {"idzonereglementaire", "codeprocedure"});
        writing.layer(layer, lookups);
        const int objects =
            writing.add("Z1", test::square(2, 50),
                        {{"idzonereglementaire", string_view("Z1")}, {"codeprocedure", string_view(plan.name)}});
        EXPECT_EQ(objects, plan.category.empty() ? 0 : 1) << plan.name;
        if (plan.category.empty()) continue;
        const std::string category = "NaturalHazardCategoryValue/" + std::string(plan.category) + "\"";
        EXPECT_NE(writing.objects().find(category), std::string::npos) << plan.name << writing.objects();
    }
}

TEST(ThemeNz, StakesHaveTheCategoriesOfTheirNomenclature) {
    const std::string file = embedded::text_of(embedded::inspire_themes(), "nz");
    const gis::inspire::Theme theme = gis::inspire::parse_theme(file);
    const auto& mapping = *std::ranges::find(theme.mappings, "enjeu", &gis::inspire::Mapping::name);
    std::vector<gis::inspire::LookupRows> lookups(2);
    add_row(lookups[0], mapping.lookups[0], "A", {{"etatprocedure", "APPROUVE"}});
    add_row(lookups[1], mapping.lookups[1], "A", {{"typealea", "112"}});
    // codeenjeu: of the CNIG's PPRN, of COVADIS, of INSPIRE; none: its category is not known.
    const std::vector<std::pair<string_view, string_view>> categories{{"010000", "property"},
                                                                      {"0100", "property"},
                                                                      {"050200", "property"},
                                                                      {"060101", "economicActivity"},
                                                                      {"0302", "economicActivity"},
                                                                      {"070500", "infrastructure"},
                                                                      {"0501", "infrastructure"},
                                                                      {"0304", "ruralLandUse"},
                                                                      {"070100", "social"},
                                                                      {"0207c", "social"},
                                                                      {"0614", "pollutionSource"},
                                                                      {"0702", "historicalAsset"},
                                                                      {"protectedArea", "protectedArea"},
                                                                      {"080000", ""},
                                                                      {"999999", ""},
                                                                      {"ECO", ""}};
    for (const auto& [code, category] : categories) {
        test::Writing writing(gis::inspire::parse_theme(file));
        const gis::Layer layer =
            test::layer_of("ppr_enjeu_s", "risque.enjeu_s", {"idenjeu", "codeprocedure", "codeenjeu"});
        writing.layer(layer, lookups, "enjeu");
        ASSERT_EQ(
            writing.add("E1", test::square(2, 50),
                        {{"idenjeu", string_view("E1")}, {"codeprocedure", string_view("A")}, {"codeenjeu", code}}),
            1);
        const bool is_known = writing.objects().find("ExposedElementCategoryValue/") != std::string::npos;
        EXPECT_EQ(is_known, !category.empty()) << code;
        const std::string value = "ExposedElementCategoryValue/" + std::string(category) + '"';
        EXPECT_EQ(writing.objects().find(value) != std::string::npos, is_known) << code << writing.objects();
    }
}

TEST(ThemePlu, PrescriptionsHaveTheKindOfTheirType) {
    const std::string file = embedded::text_of(embedded::inspire_themes(), "plu");
    const std::vector<std::pair<string_view, string_view>> kinds{{"01", "1_4_3_ProtectedWoodedArea"},
                                                                 {"05", "4_3_OtherReservedAreasServingGeneralInterest"},
                                                                 {"07", "3_HeritageProtection"},
                                                                 {"17", "8_2_PubliclySubsidisedHousingArea"},
                                                                 {"25", "1_4_1_EcologicalCorridor"},
                                                                 {"39", "6_6_BuildingHeightRegulation"},
                                                                 {"44", "7_5_2_ParkingObligationArea"},
                                                                 {"50", "9_RegulatedActivities"},
                                                                 {"18", "10_OtherSupplementaryRegulation"},
                                                                 {"99", "10_OtherSupplementaryRegulation"}};
    for (const auto& [type, kind] : kinds) {
        test::Writing writing(gis::inspire::parse_theme(file));
        const gis::Layer zones = test::layer_of("zone", "urba.zone_urba", {"id", "idurba", "typezone"});
        for (const char* objects : {"document", "plan"}) {
            writing.layer(zones, {}, objects);
            ASSERT_EQ(writing.add("P1", test::square(2, 50), {{"idurba", string_view("P1")}}), 1) << objects;
        }
        const gis::Layer prescriptions = test::layer_of("psc", "urba.prescription_surf", {"id", "idurba", "typepsc"});
        writing.layer(prescriptions, {}, "prescription");
        ASSERT_EQ(writing.add("1", test::square(2, 50),
                              {{"id", string_view("1")}, {"idurba", string_view("P1")}, {"typepsc", type}}),
                  1)
            << writing.objects();
        EXPECT_NE(writing.objects().find("SupplementaryRegulationValue/" + std::string(kind) + "\" xlink:title=\"" +
                                         std::string(type) + '"'),
                  std::string::npos)
            << type << writing.objects();
    }
}

}  // namespace
