// Filters over HTTP on PostgreSQL: answers that arithmetic or hand-written SQL gives, and refusals.

#include <fmt/format.h>

#include <cmath>

#include "server/db/layer_declaration.hpp"
#include "tests/api/api_fixture.hpp"

namespace {

using test::ApiTest;
using test::json;
using test::link_of;
using Ids = std::vector<std::string>;

std::string encoded(std::string_view text) {
    std::string result;
    for (const char c : text) {
        const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0;
        result += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return result;
}

class Filtering : public ApiTest {
  protected:
    static void SetUpTestSuite() {
        ApiTest::SetUpTestSuite();
        db::Connection connection(dsn());
        connection.run_script(R"(
create table donnees.word (id integer primary key, said text, other varchar(20), code character(3), whole bigint,
    exact numeric, day date, moment timestamptz, local timestamp, geom geometry(Geometry, 2154));
insert into donnees.word (id, said, other, code, whole, exact, day, moment, local, geom) values
    (1, 'Béthune', 'Béthune', 'ab', 1, 0.1, '2020-01-01', '2020-01-01T00:00:00Z', '2020-01-01 00:00',
        'SRID=2154;POLYGON((0 0, 10 0, 10 10, 0 10, 0 0))'),
    (2, 'BÉTHUNE', 'bethune', 'abc', 9007199254740993, 1e30, '2020-01-02', '2020-01-01T23:59:59.999Z', null,
        'SRID=2154;POLYGON((10 0, 20 0, 20 10, 10 10, 10 0))'),
    (3, 'bethune', null, null, 0, 0, '2020-01-03', '2020-01-02T00:00:00Z', null,
        'SRID=2154;POLYGON((5 5, 15 5, 15 15, 5 15, 5 5))'),
    (4, '100% \ _x_', 'Straße', 'é', -7, -2.5, null, null, '2021-06-15 12:00', 'SRID=2154;LINESTRING(-5 5, 25 5)'),
    (5, 'STRASSE', null, null, null, null, null, null, null, null),
    (6, 'tab	et ''quote''', null, null, null, null, null, null, null, 'SRID=2154;POINT(5 5)'),
    (7, null, null, null, null, null, null, null, null,
        'SRID=2154;POLYGON((0 0, 10 10, 10 0, 0 10, 0 0))'),
    (8, 'Œuvre', null, null, null, null, null, null, null,
        'SRID=2154;GEOMETRYCOLLECTION(POINT(5 5), LINESTRING(0 0, 1 1))'),
    (9, 'cercle', null, null, null, null, null, null, null, 'SRID=2154;CURVEPOLYGON(CIRCULARSTRING(100 0, 110 0, 100 0))');
)");
        db::declare_layer(dsn(), R"({"table": "donnees.word", "public": true})");
    }

    Ids filtered(const std::string& cql, const std::string& layer = "word", const std::string& more = "") const {
        return ids("/collections/" + layer + "/items?filter=" + encoded(cql) + more);
    }
    Ids places(const std::string& cql, const std::string& more = "") const { return filtered(cql, "place", more); }
    /// With the geometries of the text in Lambert-93.
    Ids metres(const std::string& cql) const { return filtered(cql, "word", "&filter-crs=EPSG:2154"); }
    void expect_refused(const std::string& query, const std::string& reason) const {
        const RawAnswer answer = get("/collections/word/items?" + query);
        EXPECT_EQ(answer.status, 400) << query << " " << answer.body.substr(0, 300);
        EXPECT_NE(answer.body.find(reason), std::string::npos) << query << " " << answer.body.substr(0, 500);
    }
};

TEST_F(Filtering, ComparesByTheTypeOfTheField) {
    EXPECT_EQ(places("name = 'nord'"), (Ids{"p2"}));
    EXPECT_EQ(places("count = 2"), (Ids{"p2", "p3"}));
    EXPECT_EQ(places("2 < count"), (Ids{"p4", "p5"}));
    EXPECT_EQ(places("count <> 2 AND active = TRUE"), (Ids{"p1", "p5"}));
    EXPECT_EQ(places("small = 100000"), Ids()) << "beyond a smallint: no feature, no error";
    EXPECT_EQ(places("small < 100000"), (Ids{"p1", "p2"}));
    EXPECT_EQ(places("count > 1.5 AND count < 3.999"), (Ids{"p2", "p3"}));
    EXPECT_EQ(places("ratio = 0.5"), (Ids{"p1"}));
    EXPECT_EQ(places("price BETWEEN 1 AND 2"), (Ids{"p1"}));
    EXPECT_EQ(places("price NOT BETWEEN 1 AND 2"), (Ids{"p2"})) << "nothing is neither";
    EXPECT_EQ(places("name IN ('nord', 'est', 'sud')"), (Ids{"p2", "p3"}));
    EXPECT_EQ(places("count NOT IN (1, 2)"), (Ids{"p4", "p5"}));
    EXPECT_EQ(places("code = '00000000-0000-0000-0000-000000000001'"), (Ids{"p1"}));
    EXPECT_EQ(places("price IS NULL"), (Ids{"p3", "p4", "p5"}));
    EXPECT_EQ(places("geometry IS NULL"), (Ids{"p5"}));
    EXPECT_EQ(places("NOT geometry IS NULL AND NOT (count > 1)"), (Ids{"p1"}));
    EXPECT_EQ(places("count = small"), (Ids{"p1", "p2"})) << "property and property, of two types";
    EXPECT_EQ(places("price > ratio"), (Ids{"p1"}));
    EXPECT_EQ(places("TRUE").size(), 5U);
    EXPECT_EQ(places("FALSE"), Ids());
    EXPECT_EQ(filtered("whole = 9007199254740993"), (Ids{"2"})) << "no double holds it";
    EXPECT_EQ(filtered("exact = 0.1"), (Ids{"1"}));
    EXPECT_EQ(filtered("exact > 1e29"), (Ids{"2"}));
    EXPECT_EQ(filtered("said = other"), (Ids{"1"})) << "text and character varying";
    EXPECT_EQ(filtered("other = 'Béthune et beaucoup plus que vingt lettres'"), Ids()) << "the value is not cut";
    EXPECT_EQ(filtered("code = 'abc'"), (Ids{"2"})) << "character(3), not character(1)";
    EXPECT_EQ(filtered("code = 'ab'"), (Ids{"1"}));
    EXPECT_EQ(ids("/collections/word/items?code=abc"), (Ids{"2"}));
    EXPECT_EQ(ids("/collections/word/items?code=a"), Ids());
}

TEST_F(Filtering, MixesWithTheOtherParameters) {
    EXPECT_EQ(places("count > 0", "&bbox=2.9,46.4,3.1,46.6"), (Ids{"p1"}));
    EXPECT_EQ(places("count > 1", "&active=true"), (Ids{"p5"}));
    EXPECT_EQ(places("count < 3", "&datetime=2021-06-15"), (Ids{"p2", "p3"}));
}

TEST_F(Filtering, LikeAndItsEscapes) {
    EXPECT_EQ(filtered("said LIKE 'B%'"), (Ids{"1", "2"}));
    EXPECT_EQ(filtered("said LIKE 'b_thune'"), (Ids{"3"}));
    EXPECT_EQ(filtered("said LIKE '_éthune'"), (Ids{"1"})) << "a character, not a byte";
    EXPECT_EQ(filtered(R"(said LIKE '100\%%')"), (Ids{"4"}));
    EXPECT_EQ(filtered(R"(said LIKE '%\_x\_')"), (Ids{"4"}));
    EXPECT_EQ(filtered(R"(said LIKE '%\\%')"), (Ids{"4"}));
    EXPECT_EQ(filtered(R"(said LIKE '100\_%')"), Ids());
    EXPECT_EQ(filtered(R"(said = '100% \\ _x_')"), (Ids{"4"}));
    EXPECT_EQ(filtered("said LIKE '%''quote''%'"), (Ids{"6"}));
    EXPECT_EQ(filtered(R"(said LIKE 'tab\t%')"), (Ids{"6"}));
    EXPECT_EQ(filtered("said NOT LIKE '%e%'"), (Ids{"2", "4", "5"})) << "'tab et' has one; nothing is neither";
    EXPECT_EQ(filtered("CASEI(said) LIKE CASEI('BÉT%')"), (Ids{"1", "2"}));
    EXPECT_EQ(filtered("ACCENTI(CASEI(said)) LIKE ACCENTI(CASEI('bét%'))"), (Ids{"1", "2", "3"}));
    EXPECT_EQ(filtered(R"(CASEI(said) LIKE CASEI('%\_X\_'))"), (Ids{"4"}));
}

TEST_F(Filtering, CaseAndAccentsFoldByUnicodeWithoutExtensions) {
    EXPECT_EQ(scalar("select count(*) from pg_extension where extname = 'unaccent'"), "0");
    EXPECT_EQ(filtered("CASEI(said) = CASEI('béthune')"), (Ids{"1", "2"}));
    EXPECT_EQ(filtered("ACCENTI(said) = ACCENTI('Bethune')"), (Ids{"1"}));
    EXPECT_EQ(filtered("CASEI(ACCENTI(said)) = 'bethune'"), (Ids{"1", "2", "3"}));
    EXPECT_EQ(filtered("CASEI(other) = CASEI(said)"), (Ids{"1"}));
    EXPECT_EQ(filtered("ACCENTI(CASEI(other)) = ACCENTI(CASEI(said))"), (Ids{"1", "2"}));
    EXPECT_EQ(filtered("CASEI(said) = CASEI('Straße')"), (Ids{"5"})) << "full case folding";
    EXPECT_EQ(filtered("CASEI(said) = CASEI('œUVRE')"), (Ids{"8"}));
    EXPECT_EQ(filtered("ACCENTI(code) = 'e'"), (Ids{"4"}));
    EXPECT_EQ(filtered("said = 'Be\xcc\x81thune'"), Ids());
    EXPECT_EQ(filtered("ACCENTI(said) = ACCENTI('Be\xcc\x81thune')"), (Ids{"1"})) << "composed or not";
}

TEST_F(Filtering, ArithmeticHasNoWayToFail) {
    EXPECT_EQ(filtered("id + 1 = 3"), (Ids{"2"}));
    EXPECT_EQ(filtered("id * id = 9"), (Ids{"3"}));
    EXPECT_EQ(filtered("id % 4 = 1"), (Ids{"1", "5", "9"}));
    EXPECT_EQ(filtered("id div 4 = 2"), (Ids{"8", "9"}));
    EXPECT_EQ(filtered("id / 4 = 2.25"), (Ids{"9"}));
    EXPECT_EQ(filtered("2 ^ id = 8"), (Ids{"3"}));
    EXPECT_EQ(filtered("-id = -4"), (Ids{"4"}));
    EXPECT_EQ(filtered("whole % 5 = -2"), (Ids{"4"})) << "the sign of the dividend";
    EXPECT_EQ(filtered("1 / (id - 3) > 0"), (Ids{"4", "5", "6", "7", "8", "9"})) << "by zero is unknown";
    EXPECT_EQ(filtered("id % 0 = 0 OR id div 0 = 0"), Ids());
    EXPECT_EQ(filtered("whole * 9007199254740993 * 9007199254740993 > 0").size(), 2U);
    for (const char* cql : {"10 ^ 999 > id", "(0 - id) ^ 0.5 = 1", "0 ^ (0 - id) = 1", "1e308 * id * 10 > 1"})
        expect_refused("filter=" + encoded(cql), "filter: its arithmetic has no result");
}

TEST_F(Filtering, TimesCompareAndADayIsTheWholeDayInUtc) {
    EXPECT_EQ(filtered("day = DATE('2020-01-02')"), (Ids{"2"}));
    EXPECT_EQ(filtered("day > '2020-01-01'"), (Ids{"2", "3"})) << "a text where only a date will do";
    EXPECT_EQ(filtered("moment = DATE('2020-01-01')"), (Ids{"1", "2"}));
    EXPECT_EQ(filtered("moment > DATE('2020-01-01')"), (Ids{"3"}));
    EXPECT_EQ(filtered("moment >= TIMESTAMP('2020-01-01T23:59:59.999Z')"), (Ids{"2", "3"}));
    EXPECT_EQ(filtered("moment = TIMESTAMP('2020-01-01T00:00:00Z')"), (Ids{"1"}));
    EXPECT_EQ(filtered("day = moment"), (Ids{"1"}));
    EXPECT_EQ(filtered("local = TIMESTAMP('2021-06-15T12:00:00Z')"), (Ids{"4"}));
    EXPECT_EQ(filtered("local = moment"), (Ids{"1"}));
    EXPECT_EQ(filtered("day BETWEEN DATE('2020-01-02') AND DATE('2020-01-03')"), (Ids{"2", "3"}));
    EXPECT_EQ(filtered("day IN (DATE('2020-01-01'), DATE('2020-01-03'))"), (Ids{"1", "3"}));
}

TEST_F(Filtering, TemporalRelations) {
    const auto interval = [](const std::string& op, const std::string& begin, const std::string& end) {
        return op + "(INTERVAL(day, moment), INTERVAL('" + begin + "','" + end + "'))";
    };
    EXPECT_EQ(filtered("T_AFTER(moment, DATE('2020-01-01'))"), (Ids{"3"}));
    EXPECT_EQ(filtered("T_BEFORE(moment, TIMESTAMP('2020-01-01T12:00:00Z'))"), (Ids{"1"}));
    EXPECT_EQ(filtered("T_INTERSECTS(moment, INTERVAL('..','2020-01-01'))"), (Ids{"1", "2"}));
    EXPECT_EQ(filtered("T_DISJOINT(moment, INTERVAL('..','2020-01-01'))"), (Ids{"3"}));
    EXPECT_EQ(filtered("T_DURING(moment, INTERVAL('2019-12-31','2020-01-02'))"), (Ids{"1", "2"}));
    EXPECT_EQ(filtered("T_EQUALS(moment, TIMESTAMP('2020-01-02T00:00:00Z'))"), (Ids{"3"}));
    EXPECT_EQ(filtered("T_EQUALS(moment, DATE('2020-01-01'))"), (Ids{"1", "2"}));
    // Rows as intervals of days [day, moment's day]: 1 = [1, 1], 2 = [2, 1] (reversed), 3 = [3, 2] (reversed).
    EXPECT_EQ(filtered(interval("T_STARTS", "2020-01-01", "2020-01-05")), (Ids{"1"}));
    EXPECT_EQ(filtered(interval("T_FINISHES", "2019-12-25", "2020-01-01")), (Ids{"1", "2"}));
    EXPECT_EQ(filtered(interval("T_EQUALS", "2020-01-01", "2020-01-01")), (Ids{"1"}));
    EXPECT_EQ(filtered(interval("T_MEETS", "2020-01-01", "2020-01-05")), (Ids{"1", "2"}));
    EXPECT_EQ(filtered(interval("T_METBY", "2019-01-01", "2020-01-01")), (Ids{"1"}));
    // Two literals, as the pictures of the standard have them.
    const auto holds = [&](const std::string& op, const std::string& a, const std::string& b, const std::string& c,
                           const std::string& d) {
        return !filtered(fmt::format(
                             "id = 1 AND {}(INTERVAL('2020-01-{}','2020-01-{}'), INTERVAL('2020-01-{}','2020-01-{}'))",
                             op, a, b, c, d))
                    .empty();
    };
    EXPECT_TRUE(holds("T_CONTAINS", "01", "09", "02", "08"));
    EXPECT_FALSE(holds("T_CONTAINS", "01", "09", "01", "08"));
    EXPECT_TRUE(holds("T_OVERLAPS", "01", "05", "03", "09"));
    EXPECT_FALSE(holds("T_OVERLAPS", "03", "09", "01", "05"));
    EXPECT_TRUE(holds("T_OVERLAPPEDBY", "03", "09", "01", "05"));
    EXPECT_TRUE(holds("T_STARTEDBY", "01", "09", "01", "05"));
    EXPECT_TRUE(holds("T_FINISHEDBY", "01", "09", "05", "09"));
    EXPECT_TRUE(holds("T_AFTER", "06", "09", "01", "05"));
    EXPECT_TRUE(holds("T_BEFORE", "01", "05", "06", "09"));
    EXPECT_FALSE(holds("T_BEFORE", "01", "05", "05", "09"));
}

TEST_F(Filtering, SpatialRelationsOfSquares) {
    // 1 = [0,10]², 2 = [10,20]x[0,10], 3 = [5,15]², 4 the line y = 5, 6 the point 5 5, 7 a bow tie, 8 a collection.
    const std::string first = "POLYGON((0 0, 10 0, 10 10, 0 10, 0 0))";
    const auto related = [&](const std::string& op, const std::string& wkt) {
        return metres(op + "(geometry, " + wkt + ")");
    };
    EXPECT_EQ(related("S_INTERSECTS", first), (Ids{"1", "2", "3", "4", "6", "7", "8"}));
    EXPECT_EQ(related("S_DISJOINT", first), (Ids{"9"})) << "a feature without geometry is nowhere";
    EXPECT_EQ(related("S_EQUALS", first), (Ids{"1"}));
    EXPECT_EQ(related("S_EQUALS", "POLYGON((10 10, 0 10, 0 0, 5 0, 10 0, 10 10))"), (Ids{"1"}))
        << "the same set of points";
    EXPECT_EQ(related("S_TOUCHES", first), (Ids{"2"}));
    EXPECT_EQ(related("S_OVERLAPS", first), (Ids{"3"}));
    EXPECT_EQ(related("S_CROSSES", first), (Ids{"4"}));
    EXPECT_EQ(related("S_WITHIN", "BBOX(-1,-1,20,20)"), (Ids{"1", "2", "3", "6", "7", "8"}));
    EXPECT_EQ(related("S_CONTAINS", "POINT(12 7)"), (Ids{"2", "3"}));
    EXPECT_EQ(metres("S_WITHIN(POINT(12 7), geometry)"), (Ids{"2", "3"})) << "sides exchanged";
    EXPECT_EQ(metres("S_CONTAINS(" + first + ", geometry)"), (Ids{"1", "6", "7", "8"}));
    EXPECT_EQ(related("S_INTERSECTS", "MULTIPOINT((12 7), (105 0))"), (Ids{"2", "3", "9"}))
        << "the disc, 5 m around 105 0";
    EXPECT_EQ(related("S_CONTAINS", "POINT(105 4.5)"), (Ids{"9"}));
    EXPECT_EQ(related("S_INTERSECTS", "GEOMETRYCOLLECTION(POINT(12 7), LINESTRING(104 0, 106 0))"),
              (Ids{"2", "3", "9"}));
    EXPECT_EQ(related("S_EQUALS", "GEOMETRYCOLLECTION(POINT(5 5))"), (Ids{"6"}))
        << "a collection of one kind is that kind";
    EXPECT_EQ(related("S_INTERSECTS", "POINT Z (12 7 100)"), (Ids{"2", "3"})) << "heights do not matter";
    EXPECT_EQ(metres("NOT S_INTERSECTS(geometry, " + first + ")"), (Ids{"9"}));
    EXPECT_EQ(metres("S_INTERSECTS(geometry, " + first + ") = FALSE"), (Ids{"9"}));
    EXPECT_EQ(metres("id < 3 AND S_INTERSECTS(POINT(0 0), POINT(0 0))"), (Ids{"1", "2"}));
    EXPECT_EQ(metres("S_EQUALS(geometry, geometry) AND id < 8"), (Ids{"1", "2", "3", "4", "6", "7"}));
}

TEST_F(Filtering, GeometriesComeInEveryCrsByItsAxisOrder) {
    const std::string epsg = "&filter-crs=http://www.opengis.net/def/crs/EPSG/0/";
    EXPECT_EQ(places("S_INTERSECTS(geometry, POLYGON((2.9 46.4, 3.1 46.4, 3.1 46.6, 2.9 46.6, 2.9 46.4)))"),
              (Ids{"p1"}));
    EXPECT_EQ(
        places("S_INTERSECTS(geometry, POLYGON((46.4 2.9, 46.4 3.1, 46.6 3.1, 46.6 2.9, 46.4 2.9)))", epsg + "4326"),
        (Ids{"p1"}));
    EXPECT_EQ(places("S_INTERSECTS(geometry, BBOX(46.4, 2.9, 46.6, 3.1))", epsg + "4258"), (Ids{"p1"}));
    EXPECT_EQ(places("S_INTERSECTS(geometry, BBOX(699000,6599000,701000,6601000))", epsg + "2154"), (Ids{"p1"}));
    EXPECT_EQ(
        places("S_INTERSECTS(geometry, POLYGON((333900 5860800, 334000 5860800, 334000 5860900, 333900 5860800)))",
               epsg + "3857"),
        (Ids{"p1"}));
    EXPECT_EQ(places("S_INTERSECTS(geometry, BBOX(-180,-90,180,90))"), (Ids{"p1", "p2", "p3", "p4"}));
    EXPECT_EQ(places("S_INTERSECTS(geometry, BBOX(100,-40,120,-20))"), Ids());
    EXPECT_EQ(places("S_INTERSECTS(geometry, BBOX(177,46,3.1,46.6))"), (Ids{"p1"})) << "across the 180° meridian";
    EXPECT_EQ(places("S_INTERSECTS(geometry, BBOX(177,46,-177,47))"), Ids());
    EXPECT_EQ(places("S_DISJOINT(geometry, BBOX(100,-40,120,-20))"), (Ids{"p1", "p2", "p3", "p4"}));
    // A long edge is a line of its own CRS: the parallel 46.5 from 0° to 6° holds p1, its Lambert-93 chord does not.
    EXPECT_EQ(places("S_INTERSECTS(geometry, POLYGON((0 46.4999, 6 46.4999, 6 46.6, 0 46.6, 0 46.4999)))"),
              (Ids{"p1"}));
}

TEST_F(Filtering, JsonGivesTheSame) {
    const std::string cql =
        R"({"op":"and","args":[{"op":">","args":[{"property":"count"},1]},{"op":"s_intersects","args":[{"property":"geometry"},
           {"type":"Polygon","coordinates":[[[2.9,46],[3.1,46],[3.1,48],[2.9,48],[2.9,46]]]}]}]})";
    EXPECT_EQ(places(cql, "&filter-lang=cql2-json"), (Ids{"p2"}));
    EXPECT_EQ(places("count > 1 AND S_INTERSECTS(geometry, POLYGON((2.9 46, 3.1 46, 3.1 48, 2.9 48, 2.9 46)))",
                     "&filter-lang=cql2-text"),
              (Ids{"p2"}));
}

TEST_F(Filtering, TheDraftsNameIsTheDialectOfGdal) {
    const std::string draft = "&filter-lang=cql-text";
    EXPECT_EQ(filtered("(day >= '2020-01-02T')", "word", draft), (Ids{"2", "3"}));
    EXPECT_EQ(filtered("(said ILIKE 'bét%') AND (id < 2)", "word", draft), (Ids{"1"}));
    EXPECT_EQ(filtered("(NOT (said ILIKE '%E%'))", "word", draft), (Ids{"4"}));
    EXPECT_EQ(places("active = 1", draft), (Ids{"p1", "p5"}));
    expect_refused("filter=" + encoded("moment > '2020-01-01T'") + draft, "a date-time is expected");
    expect_refused("filter=" + encoded("said ILIKE 'a'"), "filter: ");
    expect_refused("filter=" + encoded("day > '2020-01-01T'"), "a date is expected");
}

TEST_F(Filtering, RefusalsNameTheParameter) {
    expect_refused("filter=", "filter: at character 1");
    expect_refused("filter=sai%20%3D%20'x'", "(near: said)");
    expect_refused("filter=said%20%3D%20'x'&filter-lang=cql", "filter-lang: cql2-text or cql2-json expected");
    expect_refused("filter-lang=sql", "filter-lang: ");
    expect_refused("filter=TRUE&filter-crs=EPSG:9999", "filter-crs: ");
    expect_refused("filter-crs=", "filter-crs: ");
    expect_refused("filter=TRUE&filter=FALSE", "given twice");
    expect_refused("filter=TRUE&filter-lang=cql2-json", "not a JSON text");
    expect_refused("filter=%FF", "UTF-8");
    expect_refused("Filter=TRUE", "unknown parameter");
}

TEST_F(Filtering, InjectionTextsAreValues) {
    for (const char* hostile :
         {"'; drop table donnees.word; --", "' or '1'='1", "\\'; select 1; --", "$1", "$$", "/*", "%27",
          "x' union select null, null --", "') or true --", "{\"op\":\"or\"}", "\xe2\x80\x99 or 1=1"}) {
        std::string quoted;
        for (const char c : std::string(hostile))
            quoted += c == '\'' ? std::string("''") : c == '\\' ? std::string("\\\\") : std::string(1, c);
        EXPECT_EQ(filtered("said = '" + quoted + "'"), Ids()) << hostile;
        EXPECT_EQ(filtered("said LIKE '" + quoted + "'"), Ids()) << hostile;
        EXPECT_EQ(filtered("CASEI(said) = CASEI('" + quoted + "')"), Ids()) << hostile;
        const RawAnswer raw = get("/collections/word/items?filter=" + encoded(hostile));
        EXPECT_EQ(raw.status, 400) << hostile;
        EXPECT_EQ(get("/collections/word/items?sortby=" + encoded(hostile)).status, 400) << hostile;
        EXPECT_EQ(get("/collections/word/items?properties=" + encoded(hostile)).status, 400) << hostile;
    }
    EXPECT_EQ(scalar("select count(*) from donnees.word"), "9");
}

TEST_F(Filtering, CountsFollowTheFilterAndEdits) {
    const auto matched = [&](const std::string& cql) {
        return get_json("/collections/square/items?limit=1&filter=" + encoded(cql))["numberMatched"].get<int>();
    };
    const std::string wkt = "S_INTERSECTS(geometry, BBOX(650990,7001090,651970,7002070))";
    EXPECT_EQ(
        get_json("/collections/square/items?limit=1&filter-crs=EPSG:2154&filter=" + encoded(wkt))["numberMatched"],
        100);
    EXPECT_EQ(matched("kind = 'a'"), 1000);
    EXPECT_EQ(matched("kind = 'b' OR kind = 'c'"), 2000);
    EXPECT_EQ(matched("id % 4 = 0"), 1500);
    run("insert into donnees.square (id, kind) values (7001, 'a')");
    EXPECT_EQ(matched("kind = 'a'"), 1001);
    run("delete from donnees.square where id = 7001");
    EXPECT_EQ(matched("kind = 'a'"), 1000);
}

TEST_F(Filtering, PropertiesSelects) {
    const json page = get_json("/collections/place/items?properties=count,name&limit=1");
    EXPECT_EQ(page["features"][0]["properties"], json::parse(R"({"count": 1, "name": "origine"})"));
    EXPECT_FALSE(page["features"][0]["geometry"].is_null());
    EXPECT_EQ(page["features"][0]["id"], "p1");
    EXPECT_EQ(get_json("/collections/place/items?properties=geometry,name&limit=1")["features"][0]["properties"].size(),
              1U);
    EXPECT_EQ(get("/collections/place/items?properties=nam").status, 400);
    EXPECT_EQ(get("/collections/place/items?properties=name,name").status, 400);
    EXPECT_EQ(get("/collections/place/items?properties=").status, 400);
    EXPECT_EQ(get("/collections/place/items?properties=count&f=html").body.find("origine"), std::string::npos);
}

TEST_F(Filtering, QueryablesAndSortablesSayWhatIsPossible) {
    const json queryables = get_json("/collections/place/queryables");
    EXPECT_EQ(queryables["additionalProperties"], false);
    EXPECT_EQ(queryables["properties"]["geometry"]["format"], "geometry-point");
    EXPECT_EQ(queryables["properties"]["geometry"]["$ref"], "https://geojson.org/schema/Point.json");
    EXPECT_EQ(queryables["properties"]["seen"]["x-ogc-role"], "primary-instant");
    EXPECT_EQ(queryables["properties"]["seen"]["format"], "date-time");
    EXPECT_EQ(get("/collections/place/queryables").header("Content-Type").substr(0, 23), "application/schema+json");
    for (const auto& [name, schema] : queryables["properties"].items())
        EXPECT_EQ(get("/collections/place/items?limit=1&filter=" + encoded("\"" + name + "\" IS NULL")).status, 200)
            << name;
    const json sortables = get_json("/collections/place/sortables");
    EXPECT_FALSE(sortables["properties"].contains("geometry"));
    for (const auto& [name, schema] : sortables["properties"].items())
        EXPECT_EQ(get("/collections/place/items?limit=1&sortby=-" + name).status, 200) << name;
    EXPECT_EQ(get("/collections/place/items?sortby=geometry").status, 400);
    for (const char* rel : {"queryables", "sortables"}) {
        const std::string href =
            link_of(get_json("/collections/place"), std::string("http://www.opengis.net/def/rel/ogc/1.0/") + rel);
        EXPECT_EQ(get(path_of(href)).status, 200) << rel;
    }
    EXPECT_EQ(get("/collections/nowhere/queryables").status, 404);
    EXPECT_EQ(get("/collections/nowhere/sortables").status, 404);
}

}  // namespace
