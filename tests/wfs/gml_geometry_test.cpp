// GML of three versions as WKB. What is expected is written as WKT by hand; GEOS reads the WKB.

#include "gis/wfs/gml_geometry.hpp"

#include <geos_c.h>

#include <memory>

#include "tests/wfs/wfs_fixture.hpp"

namespace {

using gis::wfs::GmlContext;
using gis::wfs::Version;

std::string wkt_of(const std::string& wkb) {
    GEOSContextHandle_t geos = GEOS_init_r();
    GEOSWKBReader* reader = GEOSWKBReader_create_r(geos);
    GEOSGeometry* geometry =
        GEOSWKBReader_read_r(geos, reader, reinterpret_cast<const unsigned char*>(wkb.data()), wkb.size());
    std::string text = "no WKB";
    if (geometry != nullptr) {
        GEOSWKTWriter* writer = GEOSWKTWriter_create_r(geos);
        GEOSWKTWriter_setTrim_r(geos, writer, 1);
        GEOSWKTWriter_setOutputDimension_r(geos, writer, 3);
        char* wkt = GEOSWKTWriter_write_r(geos, writer, geometry);
        text = wkt;
        GEOSFree_r(geos, wkt);
        GEOSWKTWriter_destroy_r(geos, writer);
        GEOSGeom_destroy_r(geos, geometry);
    }
    GEOSWKBReader_destroy_r(geos, reader);
    GEOS_finish_r(geos);
    return text;
}

const std::string gml32 = " xmlns:gml=\"http://www.opengis.net/gml/3.2\"";
const std::string gml2 = " xmlns:gml=\"http://www.opengis.net/gml\"";

/// The element with the namespace put into its first tag.
std::string with_namespace(std::string xml, Version version) {
    const auto end = xml.find_first_of(" />", 1);
    return xml.insert(end, version == Version::V2_0_0 ? gml32 : gml2);
}

gis::wfs::GmlGeometry read_gml(const std::string& xml, Version version = Version::V2_0_0, bool keep_z = true) {
    const GmlContext context{version, gis::crs_from_epsg(2154).value(), test::offered(), keep_z};
    return gis::wfs::read_gml(with_namespace(xml, version), context, "filter");
}

std::string wkt(const std::string& xml, Version version = Version::V2_0_0) {
    return wkt_of(read_gml(xml, version).wkb);
}

std::string gml_refused(const std::string& xml) {
    return test::refusal([&] { read_gml(xml); });
}

TEST(GmlGeometry, Gml3OfEveryType) {
    EXPECT_EQ(wkt("<gml:Point><gml:pos>1 2</gml:pos></gml:Point>"), "POINT (1 2)");
    EXPECT_EQ(wkt("<gml:LineString><gml:posList>1 2 3 4\n5 6</gml:posList></gml:LineString>"),
              "LINESTRING (1 2, 3 4, 5 6)");
    EXPECT_EQ(wkt("<gml:LineString><gml:pos>1 2</gml:pos><gml:pos>3 4</gml:pos></gml:LineString>"),
              "LINESTRING (1 2, 3 4)");
    EXPECT_EQ(
        wkt("<gml:Polygon><gml:exterior><gml:LinearRing><gml:posList>0 0 9 0 9 9 0 0</gml:posList></gml:LinearRing>"
            "</gml:exterior><gml:interior><gml:LinearRing><gml:posList>5 1 6 1 6 2 5 1</gml:posList></gml:LinearRing>"
            "</gml:interior></gml:Polygon>"),
        "POLYGON ((0 0, 9 0, 9 9, 0 0), (5 1, 6 1, 6 2, 5 1))");
    EXPECT_EQ(wkt("<gml:MultiPoint><gml:pointMember><gml:Point><gml:pos>1 2</gml:pos></gml:Point></gml:pointMember>"
                  "<gml:pointMembers><gml:Point><gml:pos>3 4</gml:pos></gml:Point><gml:Point><gml:pos>5 "
                  "6</gml:pos></gml:Point>"
                  "</gml:pointMembers></gml:MultiPoint>"),
              "MULTIPOINT (1 2, 3 4, 5 6)");
    EXPECT_EQ(wkt("<gml:MultiCurve><gml:curveMember><gml:LineString><gml:posList>1 2 3 4</gml:posList></gml:LineString>"
                  "</gml:curveMember></gml:MultiCurve>"),
              "MULTILINESTRING ((1 2, 3 4))");
    EXPECT_EQ(wkt("<gml:MultiSurface><gml:surfaceMember><gml:Polygon><gml:exterior><gml:LinearRing>"
                  "<gml:posList>0 0 1 0 1 1 0 0</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon>"
                  "</gml:surfaceMember></gml:MultiSurface>"),
              "MULTIPOLYGON (((0 0, 1 0, 1 1, 0 0)))");
    EXPECT_EQ(
        wkt("<gml:MultiGeometry><gml:geometryMember><gml:Point><gml:pos>1 2</gml:pos></gml:Point></gml:geometryMember>"
            "<gml:geometryMember><gml:LineString><gml:posList>1 2 3 4</gml:posList></gml:LineString>"
            "</gml:geometryMember></gml:MultiGeometry>"),
        "GEOMETRYCOLLECTION (POINT (1 2), LINESTRING (1 2, 3 4))");
}

TEST(GmlGeometry, CurvesAndSurfacesOfStraightPieces) {
    EXPECT_EQ(
        wkt("<gml:Curve><gml:segments><gml:LineStringSegment><gml:posList>0 0 1 0</gml:posList></gml:LineStringSegment>"
            "<gml:LineStringSegment><gml:posList>1 0 1 "
            "1</gml:posList></gml:LineStringSegment></gml:segments></gml:Curve>"),
        "LINESTRING (0 0, 1 0, 1 1)");
    EXPECT_EQ(
        wkt("<gml:Surface><gml:patches><gml:PolygonPatch><gml:exterior><gml:Ring><gml:curveMember><gml:LineString>"
            "<gml:posList>0 0 1 0 1 1</gml:posList></gml:LineString></gml:curveMember><gml:curveMember><gml:LineString>"
            "<gml:posList>1 1 0 0</gml:posList></gml:LineString></gml:curveMember></gml:Ring></gml:exterior>"
            "</gml:PolygonPatch></gml:patches></gml:Surface>"),
        "POLYGON ((0 0, 1 0, 1 1, 0 0))");
    const std::string arc =
        "<gml:Curve><gml:segments><gml:Arc><gml:posList>0 0 1 1 2 0</gml:posList></gml:Arc></gml:segments></gml:Curve>";
    EXPECT_NE(gml_refused(arc).find("Arc"), std::string::npos);
    EXPECT_NE(gml_refused(arc).find("straight"), std::string::npos);
}

TEST(GmlGeometry, Gml2OfEveryType) {
    const auto old = [](const std::string& xml) { return wkt(xml, Version::V1_0_0); };
    EXPECT_EQ(old("<gml:Point><gml:coordinates>1,2</gml:coordinates></gml:Point>"), "POINT (1 2)");
    EXPECT_EQ(old("<gml:Point><gml:coord><gml:X>1</gml:X><gml:Y>2</gml:Y></gml:coord></gml:Point>"), "POINT (1 2)");
    EXPECT_EQ(old("<gml:LineString><gml:coordinates cs=\",\" ts=\" \">1,2 3,4</gml:coordinates></gml:LineString>"),
              "LINESTRING (1 2, 3 4)");
    EXPECT_EQ(old("<gml:LineString><gml:coordinates decimal=\",\" cs=\" \" ts=\";\">1,5 2;3 "
                  "4,25</gml:coordinates></gml:LineString>"),
              "LINESTRING (1.5 2, 3 4.25)");
    EXPECT_EQ(
        old("<gml:Polygon><gml:outerBoundaryIs><gml:LinearRing><gml:coordinates>0,0 1,0\n1,1 0,0</gml:coordinates>"
            "</gml:LinearRing></gml:outerBoundaryIs></gml:Polygon>"),
        "POLYGON ((0 0, 1 0, 1 1, 0 0))");
    EXPECT_EQ(
        old("<gml:MultiPolygon><gml:polygonMember><gml:Polygon><gml:outerBoundaryIs><gml:LinearRing><gml:coordinates>"
            "0,0 1,0 1,1 0,0</gml:coordinates></gml:LinearRing></gml:outerBoundaryIs></gml:Polygon></gml:polygonMember>"
            "</gml:MultiPolygon>"),
        "MULTIPOLYGON (((0 0, 1 0, 1 1, 0 0)))");
    EXPECT_EQ(old("<gml:Box><gml:coordinates>1,2 3,4</gml:coordinates></gml:Box>"),
              "POLYGON ((1 2, 3 2, 3 4, 1 4, 1 2))");
}

TEST(GmlGeometry, AxisOrderFollowsNameAndVersion) {
    const auto point = [](const std::string& srs, Version version) {
        return wkt("<gml:Point srsName=\"" + srs + "\"><gml:pos>50.5 2.6</gml:pos></gml:Point>", version);
    };
    const std::string urn = "urn:ogc:def:crs:EPSG::4326";
    const std::string uri = "http://www.opengis.net/def/crs/EPSG/0/4326";
    for (const Version version : {Version::V2_0_0, Version::V1_1_0}) {
        EXPECT_EQ(point(urn, version), "POINT (2.6 50.5)") << "latitude first";
        EXPECT_EQ(point(uri, version), "POINT (2.6 50.5)");
        EXPECT_EQ(point("urn:ogc:def:crs:EPSG:6.9:4326", version), "POINT (2.6 50.5)");
        EXPECT_EQ(point("EPSG:4326", version), "POINT (50.5 2.6)") << "as written";
        EXPECT_EQ(point("http://www.opengis.net/gml/srs/epsg.xml#4326", version), "POINT (50.5 2.6)");
        EXPECT_EQ(point("urn:ogc:def:crs:EPSG::2154", version), "POINT (50.5 2.6)") << "easting first";
        EXPECT_EQ(point("urn:ogc:def:crs:OGC:1.3:CRS84", version), "POINT (50.5 2.6)");
    }
    for (const std::string& name : {urn, uri, std::string("EPSG:4326")})
        EXPECT_EQ(point(name, Version::V1_0_0), "POINT (50.5 2.6)") << "1.0.0 knows x before y only: " << name;
    EXPECT_EQ(read_gml("<gml:Point srsName=\"" + urn + "\"><gml:pos>1 2</gml:pos></gml:Point>").crs.srid, 4326);
    EXPECT_EQ(read_gml("<gml:Point><gml:pos>1 2</gml:pos></gml:Point>").crs.srid, 2154) << "the layer's own";
}

TEST(GmlGeometry, HeightsAreKeptOrDropped) {
    const std::string point = "<gml:Point srsDimension=\"3\"><gml:pos>1 2 3</gml:pos></gml:Point>";
    EXPECT_EQ(wkt(point), "POINT Z (1 2 3)");
    EXPECT_EQ(wkt_of(read_gml(point, Version::V2_0_0, false).wkb), "POINT (1 2)");
    EXPECT_EQ(wkt("<gml:LineString><gml:posList srsDimension=\"3\">1 2 3 4 5 6</gml:posList></gml:LineString>"),
              "LINESTRING Z (1 2 3, 4 5 6)");
    EXPECT_EQ(wkt("<gml:LineString><gml:coordinates>1,2,3 4,5,6</gml:coordinates></gml:LineString>"),
              "LINESTRING Z (1 2 3, 4 5 6)");
}

TEST(GmlGeometry, TenThousandVerticesAreRead) {
    std::string list;
    for (int i = 0; i < 10'000; ++i) list += std::to_string(i) + " " + std::to_string(i * i % 97) + " ";
    EXPECT_EQ(read_gml("<gml:LineString><gml:posList>" + list + "</gml:posList></gml:LineString>").wkb.size(),
              9U + 160'000U);
}

TEST(GmlGeometry, RefusesWhatIsNoGeometry) {
    const auto ring = [](const std::string& positions) {
        return "<gml:Polygon><gml:exterior><gml:LinearRing><gml:posList>" + positions +
               "</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon>";
    };
    const std::pair<std::string, std::string> cases[] = {
        {"<gml:Point/>", "one position"},
        {"<gml:Point><gml:pos>1</gml:pos></gml:Point>", "1 numbers"},
        {"<gml:Point><gml:pos>1 x</gml:pos></gml:Point>", "'x' is no finite number"},
        {"<gml:Point><gml:pos>1 NaN</gml:pos></gml:Point>", "no finite number"},
        {"<gml:Point><gml:pos>1 1e999</gml:pos></gml:Point>", "no finite number"},
        {"<gml:Point><gml:pos>1 2</gml:pos><gml:pos>1 2</gml:pos></gml:Point>", "one position"},
        {"<gml:Point srsName=\"EPSG:9999\"><gml:pos>1 2</gml:pos></gml:Point>", "'EPSG:9999' is not offered"},
        {"<gml:Point srsDimension=\"4\"><gml:pos>1 2 3 4</gml:pos></gml:Point>", "srsDimension"},
        {"<gml:LineString><gml:posList>1 2</gml:posList></gml:LineString>", "a line of 1"},
        {"<gml:LineString><gml:posList>1 2 3</gml:posList></gml:LineString>", "3 numbers"},
        {"<gml:LineString><gml:coordinates>1,2 3</gml:coordinates></gml:LineString>", "a tuple of 1"},
        {"<gml:LineString><gml:coordinates cs=\" \">1,2 3</gml:coordinates></gml:LineString>", "differ"},
        {ring("0 0 1 0 1 1"), "four positions"},
        {ring("0 0 1 0 1 1 2 2"), "the last equal to the first"},
        {"<gml:Polygon><gml:interior><gml:LinearRing><gml:posList>0 0 1 0 1 1 0 "
         "0</gml:posList></gml:LinearRing></gml:interior></gml:Polygon>",
         "one exterior"},
        {"<gml:MultiPoint><gml:pointMember><gml:LineString><gml:posList>1 2 3 "
         "4</gml:posList></gml:LineString></gml:pointMember></gml:MultiPoint>",
         "another geometry type"},
        {"<gml:MultiPoint srsName=\"EPSG:2154\"><gml:pointMember><gml:Point srsName=\"EPSG:3857\"><gml:pos>1 "
         "2</gml:pos></gml:Point></gml:pointMember></gml:MultiPoint>",
         "two CRSs"},
        {"<gml:Envelope><gml:lowerCorner>1 5</gml:lowerCorner><gml:upperCorner>2 3</gml:upperCorner></gml:Envelope>",
         "lower corner"},
        {"<gml:Solid/>", "'Solid'"},
        {"<gml:drop_table/>", "'drop_table'"},
    };
    for (const auto& [xml, reason] : cases) {
        const std::string found = gml_refused(xml);
        EXPECT_NE(found.find(reason), std::string::npos) << xml << " -> " << found;
        EXPECT_EQ(found.substr(0, 31), "InvalidParameterValue at filter") << xml;
    }
}

}  // namespace
