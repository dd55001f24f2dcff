// Each format's text for features made by hand.

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "gis/write/csv.hpp"
#include "gis/write/dxf.hpp"
#include "gis/write/geojson.hpp"
#include "gis/write/gml.hpp"
#include "gis/write/json_fg.hpp"
#include "gis/write/kml.hpp"
#include "gis/write/time_text.hpp"
#include "gis/write/wkt_text.hpp"
#include "gis/write/xml_text.hpp"

namespace {

using gis::Scalar;
using std::string_view;

/// Little-endian WKB from numbers: each type and count as an integer, coordinates as doubles.
class Wkb {
  public:
    Wkb& type(std::uint32_t type) {
        bytes_ += '\1';
        return count(type);
    }
    Wkb& count(std::uint32_t value) {
        bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
        return *this;
    }
    Wkb& at(std::initializer_list<double> values) {
        for (const double value : values) bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
        return *this;
    }
    operator const std::string&() const { return bytes_; }

  private:
    std::string bytes_;
};

const double nan = std::numeric_limits<double>::quiet_NaN();
const std::string point = Wkb().type(1).at({2.5, 50.25});
const std::string empty_point = Wkb().type(1).at({nan, nan});
const std::string point_z = Wkb().type(1001).at({1, 2, 3.5});
const std::string line_m = Wkb().type(2002).count(2).at({1, 2, 9, 3, 4, 9});
const std::string holed =
    Wkb().type(3).count(2).count(4).at({0, 0, 9, 0, 0, 9, 0, 0}).count(4).at({1, 1, 1, 2, 2, 1, 1, 1});
const std::string two_lines =
    Wkb().type(5).count(2).type(2).count(2).at({0, 0, 1, 1}).type(2).count(2).at({2, 2, 3, 3});
const std::string mixed = Wkb().type(7).count(2).type(1).at({1, 2}).type(2).count(2).at({0, 0, 1, 1});
const std::string empty_polygon = Wkb().type(3).count(0);

struct Sample {
    gis::Layer layer;
    gis::FeatureOutput output;

    explicit Sample(const gis::Crs& crs = gis::crs84()) {
        layer.name = "lieu";
        layer.title = "Lieux & places";
        layer.id_column = "id";
        layer.geometry_column = "geom";
        layer.licence = "Licence Ouverte 2.0";
        layer.label_field = "nom";
        layer.datetime_column = "vu";
        layer.fictive = true;
        layer.fields = {{"nom", "Nom", gis::FieldType::Text, "text", "", 0},
                        {"n", "", gis::FieldType::Integer, "int", "", 0},
                        {"x", "", gis::FieldType::Number, "float8", "", 0},
                        {"actif", "", gis::FieldType::Boolean, "bool", "", 0},
                        {"vu", "", gis::FieldType::DateTime, "timestamptz", "", 0}};
        gis::FeatureQuery query;
        query.layer = &layer;
        query.output_crs = crs;
        output = gis::output_of(query);
    }

    /// The document of one writer: `features` with the same values, one for each id and geometry.
    std::string write(gis::FeatureWriter& writer, const std::vector<std::pair<std::string, std::string>>& features,
                      const std::array<Scalar, 5>& values, const gis::CollectionFacts& facts = {}) const {
        std::string out;
        writer.begin(out, facts);
        for (const auto& [id, wkb] : features) writer.write(out, {id, wkb, values});
        writer.end(out);
        return out;
    }
};

const std::array<Scalar, 5> full{string_view("Nœux, \"les\" <Mines> & co"), std::int64_t{-7}, 0.5, true,
                                 string_view("2026-01-31T12:00:00.000Z")};
const std::array<Scalar, 5> nulls{};

std::string wkt(const std::string& wkb) {
    std::string out;
    gis::append_wkt(out, wkb, 4);
    return out;
}

TEST(Wkt, EveryKind) {
    EXPECT_EQ(wkt(point), "POINT (2.5 50.25)");
    EXPECT_EQ(wkt(empty_point), "POINT EMPTY");
    EXPECT_EQ(wkt(point_z), "POINT Z (1 2 3.5)");
    EXPECT_EQ(wkt(line_m), "LINESTRING (1 2,3 4)");
    EXPECT_EQ(wkt(holed), "POLYGON ((0 0,9 0,0 9,0 0),(1 1,1 2,2 1,1 1))");
    EXPECT_EQ(wkt(two_lines), "MULTILINESTRING ((0 0,1 1),(2 2,3 3))");
    EXPECT_EQ(wkt(mixed), "GEOMETRYCOLLECTION (POINT (1 2),LINESTRING (0 0,1 1))");
    EXPECT_EQ(wkt(empty_polygon), "POLYGON EMPTY");
    EXPECT_THROW(wkt(Wkb().type(8).count(0)), std::runtime_error) << "a circular string";
    EXPECT_THROW(wkt(Wkb().type(2).count(3).at({1, 2})), std::runtime_error) << "cut short";
}

TEST(TimeText, DatesAsPostgreSqlCountsThem) {
    const auto date = [](std::int64_t days) {
        std::string out;
        gis::append_date(out, days);
        return out;
    };
    EXPECT_EQ(date(0), "2000-01-01");
    EXPECT_EQ(date(-1), "1999-12-31");
    EXPECT_EQ(date(59), "2000-02-29");
    EXPECT_EQ(date(-36524), "1900-01-01") << "1900 had no 29 February";
    EXPECT_EQ(date(2921939), "9999-12-31");
    EXPECT_EQ(date(2921940), "10000-01-01");
    EXPECT_EQ(date(2145031948), "5874897-12-31") << "the last that a date column holds";
    EXPECT_EQ(date(std::numeric_limits<std::int32_t>::max()), "infinity");
    EXPECT_EQ(date(std::numeric_limits<std::int32_t>::min()), "-infinity");
}

TEST(TimeText, InstantsHaveThreeDecimalsAndSixWhereTheyNeedThem) {
    const auto instant = [](std::int64_t microseconds) {
        std::string out;
        gis::append_date_time(out, microseconds);
        return out;
    };
    EXPECT_EQ(instant(0), "2000-01-01T00:00:00.000Z");
    EXPECT_EQ(instant(-1), "1999-12-31T23:59:59.999999Z");
    EXPECT_EQ(instant(-1000), "1999-12-31T23:59:59.999Z");
    EXPECT_EQ(instant(86'399'999'999), "2000-01-01T23:59:59.999999Z");
    EXPECT_EQ(instant(823'003'200'123'456), "2026-01-29T12:00:00.123456Z");
    EXPECT_EQ(instant(823'003'200'120'000), "2026-01-29T12:00:00.120Z");
    EXPECT_EQ(instant(7), "2000-01-01T00:00:00.000007Z");
    EXPECT_EQ(instant(std::numeric_limits<std::int64_t>::max()), "infinity");
}

TEST(XmlText, WhatXmlCannotHoldBecomesASpace) {
    std::string out;
    gis::append_xml_text(out, "a<b>&\"c\"\x01\x0b\t\n\r\xEF\xBF\xBF\xEF\xBF\xBD");
    EXPECT_EQ(out, "a&lt;b&gt;&amp;&quot;c&quot;  \t\n&#13; \xEF\xBF\xBD");
}

TEST(Csv, QuotesWhereTheyAreNeededAndTellsNullFromEmpty) {
    const Sample sample;
    gis::CsvWriter writer(sample.output, {});
    EXPECT_EQ(sample.write(writer, {{"a", holed}, {"b,c", ""}}, full),
              "id,nom,n,x,actif,vu,WKT\r\n"
              "a,\"Nœux, \"\"les\"\" <Mines> & co\",-7,0.5,true,2026-01-31T12:00:00.000Z,"
              "\"POLYGON ((0 0,9 0,0 9,0 0),(1 1,1 2,2 1,1 1))\"\r\n"
              "\"b,c\",\"Nœux, \"\"les\"\" <Mines> & co\",-7,0.5,true,2026-01-31T12:00:00.000Z,\r\n");
    gis::CsvWriter again(sample.output, {});
    std::array<Scalar, 5> empty{};
    empty[0] = string_view("");
    EXPECT_EQ(sample.write(again, {{"a", point}}, empty),
              "id,nom,n,x,actif,vu,WKT\r\na,\"\",,,,,POINT (2.5 50.25)\r\n");
}

TEST(Csv, ForExcelHasItsMarkCommasAndNoFormula) {
    const Sample sample;
    const auto excel = [&](string_view text) {
        gis::CsvWriter writer(sample.output, {gis::CsvForm::Geometry::Xy, true});
        std::array<Scalar, 5> values = full;
        values[0] = text;
        return sample.write(writer, {{"1", point}}, values);
    };
    EXPECT_EQ(excel("plat"),
              "\xEF\xBB\xBFid;nom;n;x;actif;vu;X;Y\r\n1;plat;-7;0,5;oui;2026-01-31T12:00:00.000Z;2,5;50,25\r\n");
    for (const string_view attack :
         {"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "\xC2\xA0=1", " \xC2\xA0@x"}) {
        EXPECT_NE(excel(attack).find("1;\"'" + std::string(attack) + "\";"), std::string::npos) << attack;
    }
    gis::CsvWriter plain(sample.output, {});
    std::array<Scalar, 5> values = full;
    values[0] = string_view("=1+1");
    EXPECT_NE(sample.write(plain, {{"1", point}}, values).find("1,=1+1,"), std::string::npos)
        << "data stay as they are";
}

TEST(Csv, APointStandsForAnyGeometry) {
    const Sample sample;
    gis::CsvWriter writer(sample.output, {gis::CsvForm::Geometry::Xy, false});
    const std::string out = sample.write(writer, {{"1", empty_polygon}, {"2", two_lines}, {"3", ""}}, nulls);
    EXPECT_NE(out.find("\r\n1,,,,,,,\r\n"), std::string::npos);
    EXPECT_NE(out.find("\r\n3,,,,,,,\r\n"), std::string::npos);
    EXPECT_EQ(out.find("\r\n2,,,,,,,\r\n"), std::string::npos);
}

TEST(Gml, V32HasIdsOnEverythingAndTheAuthoritysAxes) {
    const Sample sample(gis::crs_from_epsg(4326).value());
    gis::GmlWriter writer(sample.output, gis::gml_form(gis::GmlVersion::V3_2, sample.output.crs));
    gis::CollectionFacts facts;
    facts.number_matched = 12;
    facts.number_returned = 1;
    facts.time_stamp = "2026-01-31T12:00:00Z";
    facts.next = "http://h/?a=1&b=2";
    const std::string out = sample.write(writer, {{"62 1/é", point}}, full, facts);
    EXPECT_NE(out.find(R"(numberMatched="12" numberReturned="1" next="http://h/?a=1&amp;b=2")"), std::string::npos)
        << out;
    EXPECT_NE(out.find(R"(<wfs:member><carreau:lieu gml:id="lieu.62_x0020_1_x002F_é">)"), std::string::npos) << out;
    EXPECT_NE(
        out.find("<carreau:nom>Nœux, &quot;les&quot; &lt;Mines&gt; &amp; co</carreau:nom><carreau:n>-7</carreau:n>"),
        std::string::npos);
    EXPECT_NE(
        out.find(R"(srsName="urn:ogc:def:crs:EPSG::4326"><gml:pos>50.25 2.5</gml:pos></gml:Point></carreau:geom>)"),
        std::string::npos);
    gis::GmlWriter lines(sample.output, gis::gml_form(gis::GmlVersion::V3_2, gis::crs84()));
    const std::string curves = sample.write(lines, {{"1", two_lines}}, nulls);
    EXPECT_NE(curves.find(R"(<carreau:lieu gml:id="lieu.1"><carreau:geom><gml:MultiCurve gml:id="lieu.1.geom" srsName=)"
                          R"("urn:ogc:def:crs:OGC:1.3:CRS84"><gml:curveMember><gml:LineString gml:id="lieu.1.geom.1">)"
                          "<gml:posList>0 0 1 1</gml:posList></gml:LineString></gml:curveMember><gml:curveMember>"
                          R"(<gml:LineString gml:id="lieu.1.geom.2"><gml:posList>2 2 3 3)"),
              std::string::npos)
        << curves;
    EXPECT_EQ(curves.find("carreau:nom"), std::string::npos) << "NULL is no element";
    gis::GmlWriter empty(sample.output, gis::gml_form(gis::GmlVersion::V3_2, gis::crs84()));
    EXPECT_EQ(sample.write(empty, {{"1", empty_point}, {"2", empty_polygon}}, nulls).find("carreau:geom"),
              std::string::npos);
}

TEST(Gml, V31AndV21SpeakTheirOwnWords) {
    const Sample sample(gis::crs_from_epsg(4326).value());
    gis::GmlWriter old(sample.output, gis::gml_form(gis::GmlVersion::V3_1, sample.output.crs));
    const std::string v31 = sample.write(old, {{"1", holed}}, nulls);
    EXPECT_NE(v31.find(R"(<gml:featureMember><carreau:lieu gml:id="lieu.1"><carreau:geom><gml:Polygon srsName=)"
                       R"("urn:ogc:def:crs:EPSG::4326"><gml:exterior><gml:LinearRing><gml:posList>0 0 0 9 9 0 0 0<)"),
              std::string::npos)
        << v31;
    EXPECT_NE(v31.find("<gml:interior>"), std::string::npos);
    gis::GmlWriter older(sample.output, gis::gml_form(gis::GmlVersion::V2_1, sample.output.crs));
    const std::string v21 = sample.write(older, {{"1", holed}, {"2", two_lines}}, nulls);
    EXPECT_NE(
        v21.find(R"(<carreau:lieu fid="lieu.1"><carreau:geom><gml:Polygon srsName="EPSG:4326"><gml:outerBoundaryIs>)"
                 "<gml:LinearRing><gml:coordinates>0,0 9,0 0,9 0,0</gml:coordinates>"),
        std::string::npos)
        << v21;
    EXPECT_NE(v21.find("<gml:MultiLineString srsName=\"EPSG:4326\"><gml:lineStringMember>"), std::string::npos);
}

TEST(JsonFg, ThePlaceIsInTheCrsAndTheGeometryInCrs84) {
    const Sample in_84;
    gis::JsonFgWriter plain(in_84.output);
    auto document = nlohmann::json::parse(in_84.write(plain, {{"a", point}}, full));
    EXPECT_EQ(document["coordRefSys"], "http://www.opengis.net/def/crs/OGC/1.3/CRS84");
    EXPECT_EQ(document["features"][0]["geometry"]["coordinates"][0], 2.5);
    EXPECT_TRUE(document["features"][0]["place"].is_null());
    EXPECT_EQ(document["features"][0]["time"]["timestamp"], "2026-01-31T12:00:00.000Z");
    const Sample in_4326(gis::crs_from_epsg(4326).value());
    gis::JsonFgWriter other(in_4326.output);
    document = nlohmann::json::parse(in_4326.write(other, {{"a", point}, {"b", ""}}, nulls));
    EXPECT_EQ(document["features"][0]["place"]["coordinates"][0], 50.25);
    EXPECT_TRUE(document["features"][0]["geometry"].is_null());
    EXPECT_TRUE(document["features"][0]["time"].is_null());
    EXPECT_TRUE(document["features"][1]["place"].is_null());
}

TEST(Kml, TellsWhereItComesFrom) {
    const Sample sample;
    gis::KmlWriter writer(sample.output, gis::provenance_of(sample.layer, "http://h/collections/lieu", "2026-01-31"));
    const std::string out = sample.write(writer, {{"a", mixed}}, full);
    EXPECT_NE(out.find("<name>Lieux &amp; places</name>"), std::string::npos);
    EXPECT_NE(out.find("Licence : Licence Ouverte 2.0"), std::string::npos);
    EXPECT_NE(out.find("Données fictives"), std::string::npos);
    EXPECT_NE(out.find("<MultiGeometry><Point><coordinates>1,2</coordinates></Point><LineString><coordinates>0,0 1,1"),
              std::string::npos)
        << out;
}

TEST(Dxf, ADrawingOfReleaseTwelve) {
    const Sample sample(gis::crs_from_epsg(2154).value());
    gis::DxfWriter writer(sample.output, gis::provenance_of(sample.layer, "", ""));
    std::array<Scalar, 5> values{};
    values[0] = string_view("é\n€😀");
    const std::string out = sample.write(writer, {{"a", holed}, {"b", ""}}, values);
    EXPECT_TRUE(out.starts_with("999\nCouche : Lieux & places\n")) << out.substr(0, 200);
    EXPECT_NE(out.find("999\nDescription : Donn\\U+00E9es fictives"), std::string::npos);
    EXPECT_NE(out.find("\n0\nPOLYLINE\n8\nLIEU\n66\n1\n70\n1\n"), std::string::npos);
    EXPECT_NE(out.find("\n0\nTEXT\n8\nLIEU_TEXTE\n"), std::string::npos);
    EXPECT_NE(out.find("\n1\n\\U+00E9 \\U+20AC?\n"), std::string::npos);
    EXPECT_TRUE(out.ends_with("0\nENDSEC\n0\nEOF\n"));
    for (const char c : out) EXPECT_LT(static_cast<unsigned char>(c), 0x80);
}

}  // namespace
