// CQL2 text and JSON: the standard's own examples, both languages giving the same condition, everything else refused.

#include "gis/filter/cql2.hpp"

#include <gtest/gtest.h>

#include "gis/error.hpp"
#include "gis/filter/bind.hpp"
#include "gis/filter/filter_sql.hpp"
#include "tests/gis/sample_layer.hpp"

namespace {

using gis::FieldType;

/// The properties that the examples of OGC 21-065r2 name, each of a type it can have there.
gis::Layer example_layer() {
    gis::Layer layer = test::sample_layer();
    layer.name = "example";
    layer.geometry_type = gis::GeometryType::Any;
    layer.crs = gis::crs84();
    layer.fields.clear();
    const auto add = [&](FieldType type, const char* sql_type, std::initializer_list<const char*> names) {
        for (const char* name : names) layer.fields.push_back({name, "", type, sql_type, "", 0});
    };
    add(FieldType::Text, "text",
        {"city", "name", "cityName", "road_class", "etat_vol", "landsat:scene_id", "eo:instrument", "landsat:wrs_path",
         "beamMode", "swathDirection", "polarization", "owner", "material", "geophys:SURVEY_NAME", "id"});
    add(FieldType::Number, "double precision",
        {"balance", "depth", "eo:cloud_cover", "taxes", "value", "foo", "bar", "x", "vehicle_height",
         "bridge_clearance"});
    add(FieldType::Integer, "integer", {"category", "landsat:wrs_row", "floors"});
    add(FieldType::Boolean, "boolean", {"swimming_pool"});
    add(FieldType::Date, "date", {"built"});
    add(FieldType::DateTime, "timestamp with time zone",
        {"updated", "updated_at", "event_time", "touchdown", "liftOff", "starts_at", "ends_at"});
    return layer;
}

const gis::Layer example = example_layer();
const gis::Layer place = test::sample_layer();

gis::FilterReading reading_of(const gis::Layer& layer) {
    gis::FilterReading reading;
    reading.layer = &layer;
    reading.crs = gis::crs84();
    return reading;
}
gis::SqlStatement sql_of(const gis::Layer& layer, gis::Filter filter) {
    gis::SqlStatement statement;
    gis::add_filter(statement, layer, *gis::bind_filter(std::move(filter), layer));
    return statement;
}
gis::SqlStatement text(const std::string& cql, const gis::Layer& layer = place) {
    return sql_of(layer, gis::parse_cql2_text(cql, reading_of(layer)));
}
gis::SqlStatement json(const std::string& cql, const gis::Layer& layer = place) {
    return sql_of(layer, gis::parse_cql2_json(cql, reading_of(layer)));
}
template <typename Read>
std::string refusal(Read read) {
    try {
        read();
    } catch (const gis::InvalidRequest& refused) {
        return refused.what();
    }
    return "accepted";
}
std::string text_refusal(const std::string& cql) {
    return refusal([&] { text(cql); });
}
std::string json_refusal(const std::string& cql) {
    return refusal([&] { json(cql); });
}

TEST(Cql2Text, ExamplesOfTheStandard) {
    for (const char* cql : {
             "city='Toronto'",
             "balance-150.0 > 0",
             "updated >= date('1970-01-01')",
             "geometry IS NOT NULL",
             "name LIKE 'Smith%'",
             "depth BETWEEN 100.0 and 150.0",
             "cityName IN ('Toronto','Frankfurt','Tokyo','New York')",
             "category NOT IN (1,2,3,4)",
             "CASEI(road_class) IN (CASEI('Οδος'),CASEI('Straße'))",
             "ACCENTI(etat_vol) = ACCENTI('débárquér')",
             "S_INTERSECTS(geometry,POINT(36.319836 32.288087))",
             "S_CROSSES(LINESTRING(43.72992 -79.2998, 43.73005 -79.2991),POLYGON((43.7286 -79.2986, 43.7311 -79.2996, "
             "43.7323 -79.2972, 43.7286 -79.2986)))",
             "T_INTERSECTS(event_time, INTERVAL('1969-07-16T05:32:00Z', '1969-07-24T16:50:35Z'))",
             "T_DURING(INTERVAL(touchdown, liftOff), INTERVAL('1969-07-16T13:32:00Z', '1969-07-24T16:50:35Z'))",
             "T_DURING(INTERVAL('1969-07-20T20:17:40Z', '1969-07-21T17:54:00Z'), INTERVAL('1969-07-16T13:32:00Z', "
             "'1969-07-24T16:50:35Z'))",
             "vehicle_height > (bridge_clearance-1)",
             "landsat:scene_id = 'LC82030282019133LGN00'",
             "eo:cloud_cover < 0.1 AND landsat:wrs_row=28 AND landsat:wrs_path='203'",
             "eo:cloud_cover=0.1 OR eo:cloud_cover=0.2",
             "eo:cloud_cover IN (0.1,0.2)",
             "beamMode='ScanSAR Narrow' AND swathDirection='ascending' AND polarization='HH+VV+HV+VH' AND "
             "s_intersects(geometry,POLYGON((-77.117938 38.936860, -77.040604 39.995648, -76.910536 38.892912, "
             "-77.117938 38.936860)))",
             "owner NOT LIKE '%Mike%'",
             "swimming_pool = true",
             "swimming_pool=true AND (floors>5 OR  material LIKE 'brick%' OR  material LIKE '%brick')",
             "(floors>5 AND material='brick') OR swimming_pool=true",
             "NOT (floors<5) OR swimming_pool=true",
             "T_BEFORE(built, DATE('2015-01-01'))",
             "S_WITHIN(geometry,BBOX(-118,33.8,-117.9,34))",
             "CASEI(geophys:SURVEY_NAME) LIKE CASEI('%calcutta%')",
             "\"id\" <> 'fa7e1920-9107-422d-a3db-c468cbc5d6df'",
             "NOT \"name\" LIKE 'foo%'",
             "\"value\" NOT BETWEEN 10 AND 20",
             "\"value\" IN (1.0, 2.0, 3.0)",
             "NOT \"value\" IS NULL",
             "(\"value\" IS NULL OR \"value\" BETWEEN 10 AND 20)",
             "S_INTERSECTS(\"geometry\", BBOX(-128.098193, -1.1, -99999.0, 180.0, 90.0, 100000.0))",
             "S_DISJOINT(\"geometry\", MULTIPOLYGON (((144.022387 45.176126, -1.1 0.0, 180.0 47.808086, 144.022387 "
             "45.176126))))",
             "S_TOUCHES(\"geometry\", MULTILINESTRING ((-1.9 -0.99999, 75.292574 1.5, 179.0 -90.0),(-1.9 -1.1, 1.5 "
             "8.547371)))",
             "S_WITHIN(POLYGON Z ((0 0 -75993.341684, 1 0 -100000.0, 0.0 0.5 -0.333333, 0 0 -75993.341684)), "
             "\"geometry\")",
             "S_CONTAINS(\"geometry\", POINT (-3.508362 -1.754181))",
             "T_BEFORE(\"updated_at\", TIMESTAMP('2012-08-10T05:30:00.000000Z'))",
             "T_DISJOINT(INTERVAL('..', '2005-01-10T01:01:01.393216Z'), INTERVAL(starts_at, ends_at))",
             "T_EQUALS(\"updated_at\", DATE('1851-04-29'))",
             "T_FINISHES(INTERVAL(starts_at, ends_at), INTERVAL('1991-10-07', '2010-02-10T05:29:20.073225Z'))",
             "T_MEETS(INTERVAL('2005-01-10', '2010-02-10'), INTERVAL(starts_at, ends_at))",
             "T_STARTS(INTERVAL(starts_at, ends_at), INTERVAL('1991-10-07T08:21:06.393262Z', '..'))",
             "ACCENTI(\"owner\") = ACCENTI('Beyoncé')",
             "\"value\" > (\"foo\" + 10)",
             "\"value\" <> (22.1 * \"foo\")",
             "\"value\" <= (2 ^ \"foo\")",
             "0 = (\"foo\" % 2)",
             "1 = (\"foo\" div 2)",
             "S_EQUALS(MULTIPOINT ((180.0 -0.5), (179.0 -47.121701), (180.0 -0.0)), \"geometry\")",
             "value = - foo * 2.0 + \"bar\" / 6.1234 - \"x\" ^ 2.0",
             "\"name\" LIKE CASEI('FOO%')",
         }) {
        EXPECT_NO_THROW(text(cql, example)) << cql;
    }
}

TEST(Cql2Json, ExamplesOfTheStandardMeanTheSameAsTheirTexts) {
    const std::pair<const char*, const char*> pairs[] = {
        {"city='Toronto'", R"({"op":"=","args":[{"property":"city"},"Toronto"]})"},
        {"balance-150.0 > 0", R"({"op":">","args":[{"op":"-","args":[{"property":"balance"},150.0]},0]})"},
        {"updated >= date('1970-01-01')", R"({"op":">=","args":[{"property":"updated"},{"date":"1970-01-01"}]})"},
        {"geometry IS NOT NULL", R"({"op":"not","args":[{"op":"isNull","args":[{"property":"geometry"}]}]})"},
        {"name LIKE 'Smith%'", R"({"op":"like","args":[{"property":"name"},"Smith%"]})"},
        {"depth BETWEEN 100.0 AND 150.0", R"({"op":"between","args":[{"property":"depth"},100.0,150.0]})"},
        {"category NOT IN (1,2,3,4)",
         R"({"op":"not","args":[{"op":"in","args":[{"property":"category"},[1,2,3,4]]}]})"},
        {"CASEI(road_class) IN (CASEI('Οδος'),CASEI('Straße'))",
         R"({"op":"in","args":[{"op":"casei","args":[{"property":"road_class"}]},[{"op":"casei","args":["Οδος"]},
            {"op":"casei","args":["Straße"]}]]})"},
        {"CASEI(name) LIKE CASEI('%calcutta%')",
         R"({"op":"like","args":[{"op":"casei","args":[{"property":"name"}]},{"op":"casei","args":["%calcutta%"]}]})"},
        {"S_INTERSECTS(geometry,POINT(36.319836 32.288087))",
         R"({"op":"s_intersects","args":[{"property":"geometry"},{"type":"Point","coordinates":[36.319836,32.288087]}]})"},
        {"S_WITHIN(geometry,BBOX(-118,33.8,-117.9,34))",
         R"({"op":"s_within","args":[{"property":"geometry"},{"bbox":[-118,33.8,-117.9,34]}]})"},
        {"S_EQUALS(geometry, GEOMETRYCOLLECTION(POINT(1 2), POINT(3 4)))",
         R"({"op":"s_equals","args":[{"property":"geometry"},{"type":"GeometryCollection","geometries":
            [{"type":"Point","coordinates":[1,2]},{"type":"Point","coordinates":[3,4,5]}]}]})"},
        {"T_FINISHEDBY(INTERVAL(starts_at, ends_at), INTERVAL('1991-10-07', '..'))",
         R"({"op":"t_finishedBy","args":[{"interval":[{"property":"starts_at"},{"property":"ends_at"}]},
            {"interval":["1991-10-07",".."]}]})"},
        {"T_AFTER(built,DATE('2012-06-05'))",
         R"({"op":"t_after","args":[{"property":"built"},{"date":"2012-06-05"}]})"},
        {"swimming_pool=true AND (floors>5 OR material LIKE 'brick%')",
         R"({"op":"and","args":[{"op":"=","args":[{"property":"swimming_pool"},true]},{"op":"or","args":
            [{"op":">","args":[{"property":"floors"},5]},{"op":"like","args":[{"property":"material"},"brick%"]}]}]})"},
        {"value = ((((-1 * foo) * 2.0) + (bar / 6.1234)) - (x ^ 2.0))",
         R"({"op":"=","args":[{"property":"value"},{"op":"-","args":[{"op":"+","args":[{"op":"*","args":[{"op":"*",
            "args":[-1,{"property":"foo"}]},2.0]},{"op":"/","args":[{"property":"bar"},6.1234]}]},{"op":"^","args":
            [{"property":"x"},2.0]}]}]})"},
        {"1 = (foo div 2)", R"({"op":"=","args":[1,{"op":"div","args":[{"property":"foo"},2]}]})"},
        {"S_INTERSECTS(geometry, POINT(1 2)) = FALSE",
         R"({"op":"=","args":[{"op":"s_intersects","args":[{"property":"geometry"},{"type":"Point","coordinates":[1,2]}]},
            false]})"},
        {"TRUE", "true"},
    };
    for (const auto& [as_text, as_json] : pairs) EXPECT_EQ(text(as_text, example), json(as_json, example)) << as_text;
}

TEST(Cql2Text, OperatorsBindAsInTheGrammar) {
    EXPECT_EQ(text("NOT count = 1 AND small = 2 OR small = 3"),
              text("((NOT (count = 1)) AND (small = 2)) OR (small = 3)"));
    EXPECT_EQ(text("count = 1 + 2 * 3 ^ 2"), text("count = (1 + (2 * (3 ^ 2)))"));
    EXPECT_EQ(text("count = 1 - 2 - 3"), text("count = ((1 - 2) - 3)"));
    EXPECT_EQ(text("NOT count BETWEEN 1 AND 2 AND small = 3"), text("(NOT (count BETWEEN 1 AND 2)) AND small = 3"));
    EXPECT_EQ(text("count NOT BETWEEN 1 AND 2"), text("NOT (count BETWEEN 1 AND 2)"));
    EXPECT_EQ(text("count=-1"), text("count = - 1"));
}

TEST(Cql2Text, TextsAreUnescapedOnce) {
    const auto value = [](const std::string& cql) { return *text(cql).parameters().front(); };
    EXPECT_EQ(value("name = 'l''été'"), "l'été");
    EXPECT_EQ(value(R"(name = 'l\'été')"), "l'été");
    EXPECT_EQ(value(R"(name = 'a\\b\tc\nd')"), "a\\b\tc\nd");
    EXPECT_EQ(value(R"(name = '100\%')"), "100\\%") << "a backslash before nothing special stands for itself";
    EXPECT_EQ(value(R"(name LIKE '100\%\_\\%')"), "100\\%\\_\\\\%") << "LIKE reads these itself";
    EXPECT_EQ(value("name = ''"), "");
    EXPECT_EQ(value("name = '$1 \"; --'"), "$1 \"; --");
    EXPECT_EQ(text("\"count\" = 1"), text("count = 1"));
}

TEST(Cql2Text, NumbersKeepTheirKind) {
    EXPECT_EQ(*text("price = 1e3").parameters().front(), "1000");
    EXPECT_EQ(*text("price = .5").parameters().front(), "0.5");
    EXPECT_EQ(*text("price = 2.").parameters().front(), "2");
    EXPECT_EQ(*text("count = 9223372036854775807").parameters().front(), "9223372036854775807");
    EXPECT_EQ(text("count = 92233720368547758070").sql(), "(\"count\" = $1::numeric)");
}

TEST(Cql2Text, Refusals) {
    const std::pair<std::string, const char*> table[] = {
        {"", "filter: at character 1: a property, a value or a condition expected, got the end"},
        {"   ", "got the end"},
        {"count", "at character 1: a condition expected, this is a value"},
        {"count =", "at character 8: a property, a value or a condition expected, got the end"},
        {"count = 1 AND", "got the end"},
        {"count = 1 small = 2", "at character 11: AND, OR or the end expected, got 'small'"},
        {"count == 1", "at character 8: a property, a value or a condition expected, got '='"},
        {"count != 1", "'!' has no meaning here"},
        {"(count = 1", "at character 11: ')' expected, got the end"},
        {"count = 1)", "AND, OR or the end expected, got ')'"},
        {"cuont = 1", "'place' has no property 'cuont' (near: count); it has id, name, count"},
        {"geom2 = 1", "has no property 'geom2'"},
        {"\"\" = 1", "has no property ''"},
        {"name = 'abc", "at character 8: a text in quotes does not end"},
        {"name = 'abc\\'", "a text in quotes does not end"},
        {"\"name = 1", "a name in double quotes does not end"},
        {"count = 12abc", "'12a' is no number"},
        {"count = 1.2.3", "is no number"},
        {"price = 1e999", "a number out of range"},
        {"count = '1'", "'count' cannot be compared with a text"},
        {"name = 1", "'name' cannot be compared with a number"},
        {"name LIKE 1", "a pattern in single quotes expected, got '1'"},
        {"name LIKE name", "a pattern in single quotes expected"},
        {"name LIKE 'a\\\\\\'", "a text in quotes does not end"},
        {"count LIKE 'a'", "LIKE wants a text"},
        {"name NOT = 'a'", "LIKE, BETWEEN or IN after NOT expected, got '='"},
        {"count BETWEEN 1, 2", "AND between the bounds of BETWEEN expected, got ','"},
        {"count IN ()", "a property, a value or a condition expected, got ')'"},
        {"count IN 1", "'(' expected"},
        {"count IS 1", "NULL or NOT NULL expected, got '1'"},
        {"active = 1", "'active' cannot be compared with a number"},
        {"built = DATE('2020-02-30')", "'2020-02-30' is no date"},
        {"built = DATE(2020)", "a date in single quotes expected"},
        {"seen = TIMESTAMP('2020-01-01')", "is no date-time"},
        {"seen = TIMESTAMP('2020-01-01T25:00:00Z')", "is no date-time"},
        {"seen = TIMESTAMP('2020-01-01T00:00:00+20:00')", "is no date-time"},
        {"built = 'hier'", "'built': a date is expected, got 'hier'"},
        {"T_AFTER(name, DATE('2020-01-01'))", "a date, a date-time or an interval is expected, 'name' is not one"},
        {"T_AFTER(seen)", "',' expected, got ')'"},
        {"T_DURING(seen, INTERVAL('2021-01-01','2020-01-01'))", "ends before it begins"},
        {"T_DURING(seen, INTERVAL('x','..'))", "'x' is no date"},
        {"seen > INTERVAL('..','..')", "an interval is not compared"},
        {"geometry = 1", "a geometry is not compared; use S_INTERSECTS"},
        {"S_INTERSECTS(geometry, 'POINT(1 2)')", "a geometry is expected, a text is not one"},
        {"S_INTERSECTS(name, POINT(1 2))", "a geometry is expected, 'name' is not one"},
        {"S_INTERSECTS(geometry, POINT(200 2))", "longitude 200 latitude 2 is outside"},
        {"S_INTERSECTS(geometry, POINT(1))", "a coordinate is expected"},
        {"S_INTERSECTS(geometry, POINT EMPTY)", "an empty geometry is not accepted"},
        {"S_INTERSECTS(geometry, POINT M (1 2 3))", "measures (M) are not supported"},
        {"S_INTERSECTS(geometry, POINT(nan 2))", "a coordinate is expected"},
        {"S_INTERSECTS(geometry, POINT(inf 2))", "a coordinate is expected"},
        {"S_INTERSECTS(geometry, POINT(1e999 2))", "a coordinate is expected"},
        {"S_INTERSECTS(geometry, CIRCULARSTRING(0 0, 1 1, 2 0))", "'CIRCULARSTRING' is not supported"},
        {"S_INTERSECTS(geometry, POLYGON((0 0, 1 0, 1 1)))", "a ring has at least four positions"},
        {"S_INTERSECTS(geometry, POLYGON((0 0, 1 0, 1 1, 0 1)))", "a ring must end where it begins"},
        {"S_INTERSECTS(geometry, POLYGON((2 47, 3 48, 3 47, 2 48, 2 47)))",
         "the geometry is not valid: Self-intersection at x 2.5 y 47.5"},
        {"S_INTERSECTS(geometry, LINESTRING(0 0))", "a line has at least two positions"},
        {"S_INTERSECTS(geometry, BBOX(1,2,3))", "a box has 4 or 6 numbers, this one 3"},
        {"S_INTERSECTS(geometry, BBOX(1,2,3,4,5,6,7))", "')' after 6 numbers expected"},
        {"S_INTERSECTS(geometry, BBOX(170,-10,-170,10))", "a box is reversed"},
        {"S_INTERSECTS(geometry, BBOX(-200,-10,-170,10))", "a box reaches outside"},
        {"S_TOUCHES(geometry, GEOMETRYCOLLECTION(POINT(1 2), LINESTRING(1 2, 3 4)))", "only possible in S_INTERSECTS"},
        {"S_INTERSECTS(geometry, POINT(0 -90))", "the geometry reaches where EPSG:2154 is not defined"},
        {"Foo(geometry) = TRUE", "there is no function 'Foo'"},
        {"A_CONTAINS(name, ('a','b'))", "A_CONTAINS wants arrays"},
        {"name + 1 = 2", "'name' cannot be computed with: a number is expected"},
        {"count = (small = 1)", "a condition expected"},
        {"CASEI(count) = 'a'", "CASEI wants a text, 'count' is not one"},
        {"and", "a property, a value or a condition expected, got 'and'"},
        {"name = 'a\xff'", "a text must be UTF-8"},
        {std::string("name = 'a\0b'", 12), "a text must be UTF-8, without NUL"},
        {"count = 1; drop table place", "';' has no meaning here"},
        {"count = 1 -- x", "has no property 'x'"},
        {std::string(65, '(') + "count = 1" + std::string(65, ')'), "nested deeper than 64"},
        {"count = " + std::string(100, '-') + "1", "a property, a value"},
    };
    for (const auto& [cql, message] : table)
        EXPECT_NE(text_refusal(cql).find(message), std::string::npos) << cql << "\n  " << text_refusal(cql);
    EXPECT_NE(text_refusal(std::string(1'000'000, '(')).find("nested deeper"), std::string::npos);
    std::string many = "count IN (1";
    for (int i = 0; i < 1000; ++i) many += ",1";
    EXPECT_NE(text_refusal(many + ")").find("more than 1000"), std::string::npos);
    std::string sums = "count = 1";
    for (int i = 0; i < 100; ++i) sums += "+1";
    EXPECT_NE(text_refusal(sums).find("nested deeper than 64"), std::string::npos);
    std::string vertices = "S_INTERSECTS(geometry, LINESTRING(0 45";
    for (int i = 0; i < 10'000; ++i) vertices += ",1 46";
    EXPECT_NE(text_refusal(vertices + "))").find("more than 10000 positions"), std::string::npos);
}

TEST(Cql2Json, Refusals) {
    const std::pair<std::string, const char*> table[] = {
        {"", "filter: not a JSON text"},
        {"{", "not a JSON text"},
        {"name = 'a'", "not a JSON text: wrong at byte"},
        {"null", "a condition expected"},
        {"1", "a condition expected: an object with 'op' and 'args'"},
        {"[]", "a condition expected"},
        {R"({"op":"="})", "'args' must be an array"},
        {R"({"op":"=","args":{}})", "'args' must be an array"},
        {R"({"op":"=","args":[1]})", "2 args expected, got 1"},
        {R"({"op":"=","args":[1,2,3]})", "2 args expected, got 3"},
        {R"({"op":1,"args":[1,2]})", "a condition expected"},
        {R"({"op":"~","args":[1,2]})", "there is no operator or function '~'"},
        {R"({"op":"avg","args":[1]})", "there is no operator or function 'avg'"},
        {R"({"op":"a_equals","args":[1,2]})", "'a_equals' wants arrays"},
        {R"({"op":"and","args":[true]})", "'and' wants two args or more, got 1"},
        {R"({"op":"and","args":[true,{"op":"=","args":[1,{"property":"cuont"}]}]})",
         "has no property 'cuont' (near: count)"},
        {R"({"op":"and","args":[true,{"op":"=","args":[1,null]}]})", "at args/1/args/1: a value expected"},
        {R"({"op":"and","args":[true,1]})", "at args/1: a condition expected"},
        {R"({"op":"=","args":[{"property":1},1]})", "'property' must be a text"},
        {R"({"op":"=","args":[{"what":1},1]})", "an object with 'op', 'property'"},
        {R"({"op":"in","args":[{"property":"count"},[]]})", "'in' wants an array of one value or more"},
        {R"({"op":"in","args":[{"property":"count"},1]})", "'in' wants an array"},
        {R"({"op":"like","args":[{"property":"name"},1]})", "a pattern expected"},
        {R"({"op":"like","args":[{"property":"name"},"a\\"]})", "ends with its escape character"},
        {R"({"op":"=","args":[{"property":"name"},"a\u0000b"]})", "without NUL"},
        {R"({"op":"=","args":[{"property":"price"},1e999]})", "too large"},
        {R"({"op":"s_intersects","args":[{"property":"geometry"},{"type":"Circle"}]})",
         "'Circle' is no GeoJSON geometry"},
        {R"({"op":"s_intersects","args":[{"property":"geometry"},{"type":"Point","coordinates":[]}]})",
         "an empty geometry"},
        {R"({"op":"s_intersects","args":[{"property":"geometry"},{"type":"Point","coordinates":["1","2"]}]})",
         "a position is an array of two numbers"},
        {R"({"op":"s_intersects","args":[{"property":"geometry"},{"type":"Polygon","coordinates":[[1,2]]}]})",
         "a position is an array of two numbers"},
        {R"({"op":"s_intersects","args":[{"property":"geometry"},{"bbox":[1,2,3]}]})", "a box has 4 or 6 numbers"},
        {R"({"op":"s_intersects","args":[{"property":"geometry"},{"bbox":"x"}]})", "'bbox' must be an array"},
        {R"({"op":"t_after","args":[{"property":"seen"},{"interval":["2020-01-01"]}]})",
         "'interval' must be an array of two"},
        {R"({"op":"=","args":[{"op":"and","args":[true,true]},3]})", "only compared with true or false"},
        {R"({"op":"=","op":"<","args":[1,2]})", "the member 'op' is there twice"},
    };
    for (const auto& [cql, message] : table)
        EXPECT_NE(json_refusal(cql).find(message), std::string::npos) << cql << "\n  " << json_refusal(cql);
    std::string deep = "true";
    for (int i = 0; i < 100; ++i) deep = R"({"op":"not","args":[)" + deep + "]}";
    EXPECT_NE(json_refusal(deep).find("nested deeper than 64"), std::string::npos);
    EXPECT_NE(json_refusal(std::string(1'000'000, '[')).find("nested deeper than 64"), std::string::npos);
}

/// Whatever values a filter holds, its SQL text is the same.
TEST(Cql2, NoByteOfAValueReachesTheSqlText) {
    const std::string hostile[] = {"x'; drop table donnees.place; --",
                                   "$1",
                                   "$999",
                                   "\\",
                                   "\\'",
                                   "\"",
                                   "%",
                                   "_",
                                   "a\nb",
                                   "/*",
                                   "*/",
                                   "{}",
                                   "'||pg_sleep(9)||'",
                                   "\xc2\xa0",
                                   "'' or ''1''=''1",
                                   "U&'\\0041'",
                                   "E'\\x41'"};
    const auto quoted = [](std::string value) {
        for (std::size_t at = 0; (at = value.find_first_of("'\\", at)) != std::string::npos; at += 2)
            value.insert(at, value[at] == '\'' ? "'" : "\\");
        return "'" + value + "'";
    };
    const auto filter = [&](const std::string& value) {
        return "name = " + quoted(value) + " OR CASEI(name) IN (ACCENTI(" + quoted(value) + ")) OR name LIKE " +
               quoted(value);
    };
    const gis::SqlStatement plain = text(filter("plain"));
    for (const std::string& value : hostile) {
        const gis::SqlStatement statement = text(filter(value));
        EXPECT_EQ(statement.sql(), plain.sql()) << value;
        EXPECT_EQ(statement.parameters().front(), value);
    }
    EXPECT_EQ(text("count = 1 AND S_INTERSECTS(geometry, POINT(1 2))").sql(),
              text("count = 7 AND S_INTERSECTS(geometry, POINT(3 45))").sql());
    EXPECT_EQ(text("built = DATE('2020-01-01') OR T_AFTER(seen, TIMESTAMP('2020-01-01T00:00:00Z'))").sql(),
              text("built = DATE('1999-12-31') OR T_AFTER(seen, TIMESTAMP('1999-01-01T00:00:00.5Z'))").sql());
}

}  // namespace
