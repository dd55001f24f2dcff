// Filters as trees: what they mean to the database is tested over the API (tests/api/wfs_pg_test.cpp).

#include "gis/wfs/fes.hpp"

#include <fmt/format.h>

#include "gis/filter/filter_sql.hpp"
#include "tests/wfs/wfs_fixture.hpp"

namespace {

using gis::wfs::Version;

const std::string fes = "xmlns:fes=\"http://www.opengis.net/fes/2.0\" xmlns:gml=\"http://www.opengis.net/gml/3.2\"";
const std::string ogc = "xmlns:ogc=\"http://www.opengis.net/ogc\" xmlns:gml=\"http://www.opengis.net/gml\"";

gis::FilterPtr read_filter(const std::string& inside, Version version = Version::V2_0_0) {
    const bool second = version == Version::V2_0_0;
    const std::string prefix = second ? "fes" : "ogc";
    const std::string xml = fmt::format("<{0}:Filter {1}>{2}</{0}:Filter>", prefix, second ? fes : ogc, inside);
    return gis::wfs::read_filter(xml, test::place(), test::offered(), version);
}

/// SQL and parameters: "price" > $1 | 2.5
std::string sql(const std::string& inside, Version version = Version::V2_0_0) {
    gis::SqlStatement statement;
    gis::add_filter(statement, test::place(), *read_filter(inside, version));
    std::string text = statement.sql();
    for (const auto& parameter : statement.parameters()) text += " | " + parameter.value_or("NULL");
    return text;
}

std::string filter_refused(const std::string& inside) {
    return test::refusal([&] { read_filter(inside); });
}

std::string compare(const std::string& op, const std::string& name, const std::string& value) {
    return fmt::format("<fes:{0}><fes:ValueReference>{1}</fes:ValueReference><fes:Literal>{2}</fes:Literal></fes:{0}>",
                       op, name, value);
}

TEST(Fes, OlderWordsMeanTheSame) {
    const std::string now = sql(compare("PropertyIsGreaterThan", "price", "2.5"));
    EXPECT_EQ(sql("<ogc:PropertyIsGreaterThan><ogc:PropertyName>price</ogc:PropertyName><ogc:Literal>2.5</ogc:Literal>"
                  "</ogc:PropertyIsGreaterThan>",
                  Version::V1_1_0),
              now);
    EXPECT_NE(now.find("| 2.5"), std::string::npos) << now;
    EXPECT_EQ(sql(R"(<ogc:FeatureId fid="place.a"/><ogc:FeatureId fid="place.b"/>)", Version::V1_0_0),
              sql(R"(<fes:ResourceId rid="place.a"/><fes:ResourceId rid="place.b"/>)"));
    EXPECT_EQ(sql(R"(<ogc:GmlObjectId gml:id="place.a"/>)", Version::V1_1_0),
              sql(R"(<fes:ResourceId rid="place.a"/>)"));
}

TEST(Fes, PathsOfAPropertyMeanTheSame) {
    const std::string plain = sql(compare("PropertyIsEqualTo", "name", "x"));
    for (const char* path :
         {"carreau:name", "./name", "place/name", "carreau:place/carreau:name", "/place/name", "name[1]", "ns:name"})
        EXPECT_EQ(sql(compare("PropertyIsEqualTo", path, "x")), plain) << path;
}

TEST(Fes, ValuesNeverEnterTheSqlText) {
    const std::string evil = "x'); drop table place; --";
    for (const char* op : {"PropertyIsEqualTo", "PropertyIsLike"}) {
        const std::string text = sql(compare(op, "name", evil));
        EXPECT_GT(text.find("drop"), text.find('|')) << text;
    }
    const std::string ids = sql("<fes:ResourceId rid=\"place.x_x0027__x0029__x003B_drop\"/>");
    EXPECT_GT(ids.find("drop"), ids.find('|')) << ids;
}

TEST(Fes, UnknownNamesAreNamed) {
    EXPECT_NE(filter_refused(compare("PropertyIsEqualTo", "nom", "x")).find("nom"), std::string::npos);
    EXPECT_NE(filter_refused("<fes:PropertyIsNull><fes:ValueReference>a/b/c</fes:ValueReference></fes:PropertyIsNull>")
                  .find("a/b/c"),
              std::string::npos);
    EXPECT_NE(filter_refused("<fes:PropertyIsEqualTo><fes:Function "
                             "name=\"pg_sleep\"/><fes:Literal>1</fes:Literal></fes:PropertyIsEqualTo>")
                  .find("pg_sleep"),
              std::string::npos);
    EXPECT_NE(filter_refused("<fes:Nearest/>").find("Nearest"), std::string::npos);
}

TEST(Fes, RefusesWhatIsNoFilter) {
    const std::string point = "<gml:Point><gml:pos>1 2</gml:pos></gml:Point>";
    const std::string cases[] = {
        "",
        "text",
        "<fes:And/>",
        "<fes:Not/>",
        "<fes:Or></fes:Or>",
        compare("PropertyIsEqualTo", "count", "douze"),
        compare("PropertyIsEqualTo", "price", "NaN"),
        compare("PropertyIsEqualTo", "built", "2020-02-30"),
        compare("PropertyIsEqualTo", "active", "peut-être"),
        compare("PropertyIsEqualTo", "geometry", "1"),
        "<fes:PropertyIsEqualTo><fes:ValueReference>name</fes:ValueReference></fes:PropertyIsEqualTo>",
        "<fes:PropertyIsBetween><fes:ValueReference>count</fes:ValueReference><fes:Literal>1</"
        "fes:Literal><fes:Literal>2</fes:Literal></fes:PropertyIsBetween>",
        "<fes:PropertyIsLike wildCard=\"*\" singleChar=\".\" "
        "escapeChar=\"!\"><fes:ValueReference>name</fes:ValueReference><fes:Literal>a!</fes:Literal></"
        "fes:PropertyIsLike>",
        "<fes:ResourceId/>",
        "<fes:Intersects><fes:ValueReference>name</fes:ValueReference>" + point + "</fes:Intersects>",
        "<fes:Intersects><fes:ValueReference>geometry</fes:ValueReference><gml:Point/></fes:Intersects>",
        "<fes:Intersects><fes:ValueReference>geometry</fes:ValueReference><fes:Literal>POINT(1 "
        "2)</fes:Literal></fes:Intersects>",
        "<fes:DWithin><fes:ValueReference>geometry</fes:ValueReference>" + point +
            "<fes:Distance uom=\"parsec\">1</fes:Distance></fes:DWithin>",
        "<fes:DWithin><fes:ValueReference>geometry</fes:ValueReference>" + point +
            "<fes:Distance uom=\"m\">-1</fes:Distance></fes:DWithin>",
        "<fes:DWithin><fes:ValueReference>geometry</fes:ValueReference>" + point + "</fes:DWithin>",
        "<fes:BBOX/>",
        "<fes:During><fes:ValueReference>seen</fes:ValueReference><gml:TimePeriod/></fes:During>",
        "<fes:After><fes:ValueReference>seen</fes:ValueReference><gml:TimeInstant><gml:timePosition>hier</"
        "gml:timePosition></gml:TimeInstant></fes:After>",
        compare("PropertyIsNull", "name", "x") + compare("PropertyIsNull", "name", "x"),
    };
    for (const std::string& inside : cases) {
        const std::string found = filter_refused(inside);
        EXPECT_NE(found.find("at filter"), std::string::npos) << inside << " -> " << found;
    }
}

TEST(Fes, DepthAndSizeAreBounded) {
    std::string deep = compare("PropertyIsEqualTo", "count", "1");
    for (int i = 0; i < 70; ++i) deep = "<fes:Not>" + deep + "</fes:Not>";
    EXPECT_NE(filter_refused(deep), "");
    std::string wide = "<fes:Or>";
    for (int i = 0; i < 400; ++i) wide += compare("PropertyIsEqualTo", "count", std::to_string(i));
    EXPECT_NE(filter_refused(wide + "</fes:Or>").find("1000"), std::string::npos);
    std::string list;
    for (int i = 0; i < 10'100; ++i) list += std::to_string(i) + " 0 ";
    EXPECT_NE(filter_refused(
                  "<fes:Intersects><fes:ValueReference>geometry</fes:ValueReference><gml:LineString><gml:posList>" +
                  list + "</gml:posList></gml:LineString></fes:Intersects>"),
              "");
}

}  // namespace
