// Exchanges of the simplified street plan (PCRS): classes to tables, affleurants with their attributes, CRS of the
// file.
#include <chrono>

#include "read_fixture.hpp"

using namespace gis::read;
using test::CollectingSink;

namespace {

std::string member(const std::string& name, const std::string& content) {
    return "<featureMember><" + name + ">" + content + "</" + name.substr(0, name.find(' ')) + "></featureMember>\n";
}

std::string exchange(const std::string& members) {
    return "\xEF\xBB\xBF<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<PlanCorpsRueSimplifie "
           "xmlns:xlink=\"http://www.w3.org/1999/xlink\" xmlns:gml=\"http://www.opengis.net/gml/3.2\" "
           "xmlns=\"http://cnig.gouv.fr/pcrs\" version=\"2.0\">\n" +
           members + "</PlanCorpsRueSimplifie>\n";
}

std::string point_at(const std::string& srs, const std::string& position) {
    return "<geometrie><gml:Point srsName=\"" + srs + "\" srsDimension=\"3\"><gml:pos>" + position +
           "</gml:pos></gml:Point></geometrie>";
}

std::string attributes(const std::string& id) {
    return "<dateLeve>2019-12-31</dateLeve><idObjet>" + id +
           "</idObjet><thematique>02</thematique><qualiteCategorisation>01</qualiteCategorisation>"
           "<precisionPlanimetrique>005</precisionPlanimetrique><precisionAltimetrique>010</precisionAltimetrique>"
           "<producteur>Géomètre</producteur>";
}

class Pcrs : public testing::Test {
  protected:
    ReadReport read_text(const std::string& text) {
        return read(test::write_file(folder_.path() / "rue.gml", text), {}, sink_);
    }
    std::string refusal(const std::string& text) {
        return test::refusal_of(test::write_file(folder_.path() / "refus.gml", text));
    }
    std::string value(const char* table, std::size_t row, const char* column) {
        return sink_.value(std::string("terrain.pcrs_") + table, row, column);
    }
    TempFolder folder_;
    CollectingSink sink_;
};

}  // namespace

TEST_F(Pcrs, ObjectsGoToTheTableOfTheirGeometryWithTheirCodes) {
    const ReadReport report = read_text(exchange(
        member(
            "FacadePCRS gml:id=\"f1\"",
            attributes("ido_1") +
                "<geometrie><gml:Curve srsName=\"EPSG:3950\" srsDimension=\"3\"><gml:segments><gml:LineStringSegment>"
                "<gml:posList>1674512 9259234 25 1674522 9259234 25.2</gml:posList></gml:LineStringSegment>"
                "</gml:segments></gml:Curve></geometrie>") +
        member("ArbrePCRS gml:id=\"a1\"", attributes("ido_2") + point_at("EPSG:3950", "1674515 9259240 25")) +
        member(
            "EmpriseEchangePCRS gml:id=\"e1\"",
            "<geometrie><gml:Polygon srsName=\"EPSG:3950\"><gml:exterior><gml:LinearRing><gml:posList>1674500 9259200 "
            "1674600 9259200 1674600 9259300 1674500 9259200</gml:posList></gml:LinearRing></gml:exterior>"
            "</gml:Polygon></geometrie><idEmprise>RUE_12</idEmprise>")));
    ASSERT_EQ(sink_.count("terrain.pcrs_ligne"), 1U);
    ASSERT_EQ(sink_.count("terrain.pcrs_point"), 1U);
    ASSERT_EQ(sink_.count("terrain.pcrs_surface"), 1U);
    EXPECT_EQ(value("ligne", 0, "id"), "ido_1");
    EXPECT_EQ(value("ligne", 0, "type"), "Facade");
    EXPECT_EQ(value("ligne", 0, "lot"), "RUE_12");
    EXPECT_EQ(value("ligne", 0, "thematique"), "02");
    EXPECT_EQ(value("ligne", 0, "precisionplanimetrique"), "005");
    EXPECT_EQ(value("ligne", 0, "precisionaltimetrique"), "010");
    EXPECT_EQ(value("ligne", 0, "dateleve"), "2019-12-31");
    EXPECT_EQ(value("ligne", 0, "producteur"), "Géomètre");
    EXPECT_EQ(value("point", 0, "type"), "Arbre");
    EXPECT_EQ(report.refused(), 0);
    ASSERT_EQ(report.crs.size(), 1U);
    EXPECT_TRUE(report.crs.begin()->starts_with("EPSG:3950")) << *report.crs.begin();
}

TEST_F(Pcrs, GeometriesOfAnAffleurantBearItsAttributes) {
    read_text(exchange(member("AffleurantPCRS gml:id=\"aff1\"",
                              attributes("ido_9") +
                                  "<gestionnaire>Régie</gestionnaire><nature>03</nature><reseau>AEP</reseau>"
                                  "<representation xlink:href=\"#geom1\"/>") +
                       member("AffleurantGeometriquePCRS gml:id=\"geom1\"", "<point xlink:href=\"#pt1\"/>") +
                       member("AffleurantPointPCRS gml:id=\"pt1\"", point_at("EPSG:2154", "682000 7045000 21")) +
                       member("AffleurantPointPCRS gml:id=\"pt2\"", point_at("EPSG:2154", "682010 7045000 21"))));
    ASSERT_EQ(sink_.count("terrain.pcrs_point"), 2U);
    EXPECT_EQ(value("point", 0, "id"), "pt1");
    EXPECT_EQ(value("point", 0, "idobjet"), "ido_9");
    EXPECT_EQ(value("point", 0, "nature"), "03");
    EXPECT_EQ(value("point", 0, "reseau"), "AEP");
    EXPECT_EQ(value("point", 0, "gestionnaire"), "Régie");
    EXPECT_EQ(value("point", 0, "lot"), "rue");
    EXPECT_EQ(value("point", 1, "idobjet"), "");
}

TEST_F(Pcrs, FilesBesideItSayNothingOfItsFields) {
    const std::string text =
        exchange(member("ArbrePCRS gml:id=\"a1\"", attributes("ido_1") + point_at("EPSG:2154", "682000 7045000 21")));
    // GDAL believes it when it is the newer one: it names one field.
    const auto fields = test::write_file(
        folder_.path() / "rue.gfs",
        "<GMLFeatureClassList><GMLFeatureClass><Name>ArbrePCRS</Name><ElementPath>ArbrePCRS</ElementPath>"
        "<GeometryName>geometrie</GeometryName><GeometryElementPath>geometrie</GeometryElementPath>"
        "<GeometryType>1</GeometryType><SRSName>EPSG:3950</SRSName><PropertyDefn><Name>thematique</Name>"
        "<ElementPath>thematique</ElementPath><Type>String</Type></PropertyDefn></GMLFeatureClass></"
        "GMLFeatureClassList>");
    test::write_file(folder_.path() / "rue.gml", text);
    test::fs::last_write_time(fields, test::fs::file_time_type::clock::now() + std::chrono::hours(1));
    const ReadReport report = read(folder_.path() / "rue.gml", {}, sink_);
    ASSERT_EQ(sink_.count("terrain.pcrs_point"), 1U);
    EXPECT_EQ(value("point", 0, "idobjet"), "ido_1");
    EXPECT_EQ(value("point", 0, "thematique"), "02");
    EXPECT_EQ(value("point", 0, "producteur"), "Géomètre");
    ASSERT_EQ(report.crs.size(), 1U);
    EXPECT_TRUE(report.crs.begin()->starts_with("EPSG:2154")) << *report.crs.begin();
}

TEST_F(Pcrs, WhatCannotBeReadIsRefused) {
    const std::string tree = member("ArbrePCRS", attributes("a") + point_at("EPSG:2154", "682000 7045000 21"));
    const std::string other = member("MurPCRS", attributes("b") + point_at("EPSG:3950", "1674515 9259240 25"));
    EXPECT_NE(refusal(exchange(tree + other)).find("plusieurs systèmes"), std::string::npos);
    EXPECT_NE(refusal(exchange(member("InitiativePCRS", "<geometrie/>"))).find("aucun objet du standard"),
              std::string::npos);
    std::string entities = exchange(tree);
    entities.insert(entities.find("<PlanCorps"), "<!DOCTYPE x [<!ENTITY a \"b\">]>\n");
    EXPECT_NE(refusal(entities).find("entités"), std::string::npos);
    const std::string whole = exchange(tree + tree + tree);
    EXPECT_NE(refusal(whole.substr(0, whole.size() / 2)), "not refused");
}

TEST_F(Pcrs, TheRealTileOfLyonHasTheCountsOfOgrinfo) {
    SKIP_WITHOUT_DATA();
    TempFolder copy;
    const ReadReport report = read(test::copy_of("terrain/pcrs/20200716.RIL_L264_C298_P0.gml", copy), {}, sink_);
    // Arbre 2, AffleurantPoint 11, AffleurantSymbole 11; HabillageLignes 25, Facade 18, Seuil 16, LimiteVoirie 10;
    // AffleurantEnveloppe 14, EmpriseEchange 1.
    EXPECT_EQ(sink_.count("terrain.pcrs_point"), 24U);
    EXPECT_EQ(sink_.count("terrain.pcrs_ligne"), 69U);
    EXPECT_EQ(sink_.count("terrain.pcrs_surface"), 15U);
    EXPECT_EQ(report.refused(), 0);
    ASSERT_EQ(report.crs.size(), 1U);
    EXPECT_TRUE(report.crs.begin()->starts_with("EPSG:3946")) << *report.crs.begin();
    std::size_t named = 0;
    for (std::size_t i = 0; i < 15; ++i) named += value("surface", i, "gestionnaire").empty() ? 0U : 1U;
    EXPECT_EQ(named, 14U) << "each envelope has its affleurant";
    EXPECT_EQ(value("surface", 0, "lot"), "RIL_L264_C298_P0");
    EXPECT_NE(test::refusal_of(test::copy_of("terrain/pcrs/PCRS-info.gml", copy)).find("aucun objet du standard"),
              std::string::npos);
}
