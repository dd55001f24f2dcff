// Filter encoding against known rows: p1 to p5 of api_fixture.cpp.

#include "tests/api/wfs_fixture.hpp"

namespace {

class WfsFilter : public test::WfsTest {
  protected:
    Ids compared(const std::string& op, const std::string& name, const std::string& value,
                 const std::string& more = "") const {
        return filtered("<fes:" + op + more + "><fes:ValueReference>" + name + "</fes:ValueReference><fes:Literal>" +
                        value + "</fes:Literal></fes:" + op + ">");
    }
    Ids like(const std::string& pattern, const std::string& more = "") const {
        return compared("PropertyIsLike", "name", pattern, R"( wildCard="*" singleChar="." escapeChar="!")" + more);
    }
    Ids spatial(const std::string& op, const std::string& gml, const std::string& more = "") const {
        return filtered("<fes:" + op + "><fes:ValueReference>c:geom</fes:ValueReference>" + gml + more + "</fes:" + op +
                        ">");
    }
    Ids temporal(const std::string& op, const std::string& gml) const {
        return filtered("<fes:" + op + "><fes:ValueReference>seen</fes:ValueReference>" + gml + "</fes:" + op + ">");
    }
};

TEST_F(WfsFilter, Comparisons) {
    EXPECT_EQ(compared("PropertyIsEqualTo", "count", "2"), (Ids{"p2", "p3"}));
    EXPECT_EQ(compared("PropertyIsNotEqualTo", "count", "2"), (Ids{"p1", "p4", "p5"}));
    EXPECT_EQ(compared("PropertyIsLessThan", "count", "2"), Ids{"p1"});
    EXPECT_EQ(compared("PropertyIsLessThanOrEqualTo", "count", "2"), (Ids{"p1", "p2", "p3"}));
    EXPECT_EQ(compared("PropertyIsGreaterThan", "price", "1.25"), Ids{"p2"});
    EXPECT_EQ(compared("PropertyIsGreaterThanOrEqualTo", "built", "2021-06-15"), Ids{"p2"});
    EXPECT_EQ(compared("PropertyIsEqualTo", "active", "true"), (Ids{"p1", "p5"}));
    EXPECT_EQ(compared("PropertyIsEqualTo", "name", "NORD"), Ids{});
    EXPECT_EQ(compared("PropertyIsEqualTo", "name", "NORD", " matchCase=\"false\""), Ids{"p2"});
    EXPECT_EQ(compared("PropertyIsEqualTo", "name", "' or 'a'='a"), Ids{});
    EXPECT_EQ(filtered("<fes:PropertyIsNull><fes:ValueReference>price</fes:ValueReference></fes:PropertyIsNull>"),
              (Ids{"p3", "p4", "p5"}));
    EXPECT_EQ(filtered("<fes:PropertyIsNil><fes:ValueReference>geom</fes:ValueReference></fes:PropertyIsNil>"),
              Ids{"p5"});
    EXPECT_EQ(filtered("<fes:PropertyIsBetween><fes:ValueReference>count</"
                       "fes:ValueReference><fes:LowerBoundary><fes:Literal>2</fes:Literal>"
                       "</fes:LowerBoundary><fes:UpperBoundary><fes:Literal>4</fes:Literal></fes:UpperBoundary></"
                       "fes:PropertyIsBetween>"),
              (Ids{"p2", "p3", "p4"}));
}

TEST_F(WfsFilter, Patterns) {
    EXPECT_EQ(like("*or*"), (Ids{"p1", "p2"}));
    EXPECT_EQ(like("n.rd"), Ids{"p2"});
    EXPECT_EQ(like("NORD"), Ids{});
    EXPECT_EQ(like("N*", " matchCase=\"false\""), Ids{"p2"});
    EXPECT_EQ(like("%"), Ids{}) << "SQL's own wildcards are plain here";
    EXPECT_EQ(like("_ord"), Ids{});
    EXPECT_EQ(like("!*"), Ids{});
    EXPECT_EQ(like("sans géométrie"), Ids{"p5"});
}

TEST_F(WfsFilter, Logic) {
    const std::string two =
        "<fes:PropertyIsEqualTo><fes:ValueReference>count</fes:ValueReference><fes:Literal>2</fes:Literal></"
        "fes:PropertyIsEqualTo>";
    const std::string north =
        "<fes:PropertyIsEqualTo><fes:ValueReference>name</fes:ValueReference><fes:Literal>nord</fes:Literal></"
        "fes:PropertyIsEqualTo>";
    EXPECT_EQ(filtered("<fes:And>" + two + north + "</fes:And>"), Ids{"p2"});
    EXPECT_EQ(filtered("<fes:Or>" + two + "<fes:ResourceId rid=\"place.p1\"/></fes:Or>"), (Ids{"p1", "p2", "p3"}));
    EXPECT_EQ(filtered("<fes:Not>" + two + "</fes:Not>"), (Ids{"p1", "p4", "p5"}));
    EXPECT_EQ(filtered("<fes:ResourceId rid=\"place.p4\"/><fes:ResourceId rid=\"place.p2\"/>"), (Ids{"p2", "p4"}));
    EXPECT_EQ(filtered("<fes:ResourceId rid=\"square.2\"/>"), Ids{}) << "of another type";
}

TEST_F(WfsFilter, Space) {
    const std::string box =
        "<gml:Envelope srsName=\"urn:ogc:def:crs:EPSG::4326\"><gml:lowerCorner>46.4 2.9</gml:lowerCorner>"
        "<gml:upperCorner>46.6 3.1</gml:upperCorner></gml:Envelope>";
    EXPECT_EQ(spatial("BBOX", box), Ids{"p1"});
    EXPECT_EQ(filtered("<fes:BBOX>" + box + "</fes:BBOX>"), Ids{"p1"}) << "the geometry is meant";
    const std::string square =
        "<gml:Polygon srsName=\"urn:ogc:def:crs:EPSG::2154\" "
        "gml:id=\"a\"><gml:exterior><gml:LinearRing><gml:posList>699000 6599000 "
        "801000 6599000 801000 6601000 699000 6601000 699000 "
        "6599000</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon>";
    EXPECT_EQ(spatial("Intersects", square), (Ids{"p1", "p3"}));
    EXPECT_EQ(spatial("Within", square), (Ids{"p1", "p3"}));
    EXPECT_EQ(spatial("Disjoint", square), (Ids{"p2", "p4"}));
    EXPECT_EQ(spatial("Touches", square), Ids{});
    const std::string p1 =
        "<gml:Point srsName=\"EPSG:2154\" gml:id=\"a\"><gml:pos>700000 6600000</gml:pos></gml:Point>";
    EXPECT_EQ(spatial("Equals", p1), Ids{"p1"});
    EXPECT_EQ(spatial("DWithin", p1, "<fes:Distance uom=\"m\">100000</fes:Distance>"), (Ids{"p1", "p2", "p3", "p4"}));
    EXPECT_EQ(spatial("DWithin", p1, "<fes:Distance uom=\"km\">99.9</fes:Distance>"), Ids{"p1"});
    EXPECT_EQ(spatial("Beyond", p1, "<fes:Distance uom=\"m\">99999</fes:Distance>"), (Ids{"p2", "p3", "p4"}));
}

TEST_F(WfsFilter, Time) {
    const auto instant = [](const std::string& at) {
        return "<gml:TimeInstant gml:id=\"t\"><gml:timePosition>" + at + "</gml:timePosition></gml:TimeInstant>";
    };
    EXPECT_EQ(temporal("After", instant("2021-01-01T00:00:00Z")), (Ids{"p2", "p4"}));
    EXPECT_EQ(temporal("Before", instant("2021-01-01T00:00:00")), Ids{"p1"}) << "without a zone: UTC";
    EXPECT_EQ(temporal("TEquals", instant("2021-06-15T12:00:00Z")), Ids{"p2"});
    const std::string year =
        "<gml:TimePeriod gml:id=\"t\"><gml:beginPosition>2021-01-01T00:00:00Z</gml:beginPosition>"
        "<gml:endPosition>2021-12-31T00:00:00Z</gml:endPosition></gml:TimePeriod>";
    EXPECT_EQ(temporal("During", year), Ids{"p2"});
    EXPECT_EQ(temporal("After", year), Ids{"p4"});
    EXPECT_EQ(temporal("AnyInteracts",
                       "<gml:TimePeriod gml:id=\"t\"><gml:beginPosition>2021-01-01T00:00:00Z</gml:beginPosition>"
                       "<gml:endPosition indeterminatePosition=\"unknown\"/></gml:TimePeriod>"),
              (Ids{"p2", "p4"}));
}

TEST_F(WfsFilter, OlderLanguagesSelectTheSame) {
    const auto old = [&](const std::string& version, const std::string& predicate) {
        return ids_of(
            post("<wfs:GetFeature xmlns:wfs=\"http://www.opengis.net/wfs\" xmlns:ogc=\"http://www.opengis.net/ogc\" "
                 "xmlns:gml=\"http://www.opengis.net/gml\" "
                 "service=\"WFS\" version=\"" +
                 version + "\"><wfs:Query typeName=\"place\"><ogc:Filter>" + predicate +
                 "</ogc:Filter></wfs:Query></wfs:GetFeature>"));
    };
    const std::string arithmetic =
        "<ogc:PropertyIsEqualTo><ogc:PropertyName>price</ogc:PropertyName><ogc:Div><ogc:Literal>5</ogc:Literal>"
        "<ogc:PropertyName>count</ogc:PropertyName></ogc:Div></ogc:PropertyIsEqualTo>";
    const std::string box =
        "<ogc:BBOX><ogc:PropertyName>geom</ogc:PropertyName><gml:Box srsName=\"EPSG:4326\"><gml:coordinates>2.9,46.4 "
        "3.1,46.6</gml:coordinates></gml:Box></ogc:BBOX>";
    for (const std::string version : {"1.0.0", "1.1.0"}) {
        EXPECT_EQ(old(version, arithmetic), Ids{"p2"}) << version;
        EXPECT_EQ(old(version, box), Ids{"p1"});
        EXPECT_EQ(old(version, "<ogc:FeatureId fid=\"place.p2\"/>"), Ids{"p2"});
    }
    EXPECT_EQ(
        old("1.1.0",
            "<ogc:BBOX><ogc:PropertyName>geom</ogc:PropertyName><gml:Envelope srsName=\"urn:ogc:def:crs:EPSG::4326\">"
            "<gml:lowerCorner>46.4 2.9</gml:lowerCorner><gml:upperCorner>46.6 "
            "3.1</gml:upperCorner></gml:Envelope></ogc:BBOX>"),
        Ids{"p1"});
}

}  // namespace
