// Features: boxes in every CRS, axis order, filters, single features, HTML.

#include <fmt/format.h>

#include <cmath>

#include "tests/api/api_fixture.hpp"

namespace {

using test::ApiTest;
using test::json;
using test::link_of;
using Ids = std::vector<std::string>;

const std::string epsg = "http://www.opengis.net/def/crs/EPSG/0/";
const std::string crs84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84";

class Items : public ApiTest {
  protected:
    Ids boxed(const std::string& bbox, const std::string& crs = "") const {
        return ids("/collections/place/items?bbox=" + bbox + (crs.empty() ? "" : "&bbox-crs=" + crs));
    }
    Ids filtered(const std::string& filter) const { return ids("/collections/place/items?" + filter); }
    std::pair<double, double> position(const std::string& id, const std::string& crs) const {
        const json feature = get_json("/collections/place/items/" + id + (crs.empty() ? "" : "?crs=" + crs));
        return {feature["geometry"]["coordinates"][0], feature["geometry"]["coordinates"][1]};
    }
};

TEST_F(Items, BoxSelectsInEveryCrsByItsAxisOrder) {
    EXPECT_EQ(boxed("2.9,46.4,3.1,46.6"), (Ids{"p1"}));
    EXPECT_EQ(boxed("2.9,46.4,3.1,46.6", crs84), (Ids{"p1"}));
    EXPECT_EQ(boxed("46.4,2.9,46.6,3.1", epsg + "4326"), (Ids{"p1"})) << "latitude first";
    EXPECT_EQ(boxed("46.4,2.9,46.6,3.1", epsg + "4258"), (Ids{"p1"}));
    EXPECT_EQ(boxed("699000,6599000,701000,6601000", epsg + "2154"), (Ids{"p1"})) << "easting first";
    // x = 3° of the sphere's equator: 333958.47; y of 46.5°: 6378137 asinh(tan 46.5°) = 5860839.8
    EXPECT_EQ(boxed("333900,5860800,334000,5860900", epsg + "3857"), (Ids{"p1"}));
    EXPECT_EQ(boxed("699000,6599000,701000,6601000", "EPSG:2154"), (Ids{"p1"}));
    EXPECT_EQ(boxed("699000,6599000,701000,6601000", "%5BEPSG:2154%5D"), (Ids{"p1"}));
}

TEST_F(Items, BoxWithHeightsIsReadAsItsPlanPart) {
    EXPECT_EQ(boxed("2.9,46.4,-100,3.1,46.6,100"), (Ids{"p1"}));
    EXPECT_EQ(boxed("46.4,2.9,0,46.6,3.1,0", epsg + "4326"), (Ids{"p1"}));
}

TEST_F(Items, BoxesWideNarrowAndDegenerate) {
    EXPECT_EQ(boxed("-180,-90,180,90"), (Ids{"p1", "p2", "p3", "p4"})) << "no geometry is in no box";
    EXPECT_EQ(boxed("-20037508,-20037508,20037508,20037508", epsg + "3857"), (Ids{"p1", "p2", "p3", "p4"}));
    EXPECT_EQ(boxed("700000,6600000,700000,6600000", epsg + "2154"), (Ids{"p1"})) << "a point";
    EXPECT_EQ(boxed("700000,6599000,700000,6701000", epsg + "2154"), (Ids{"p1", "p2"})) << "a line";
    EXPECT_EQ(boxed("-80,-50,-70,-40"), Ids()) << "another continent";
    EXPECT_EQ(boxed("2.9,46.4,2.9,46.4"), Ids());
    EXPECT_EQ(boxed("177,-80,-177,80"), Ids()) << "across the 180° meridian (RFC 7946, 5.2)";
    EXPECT_EQ(boxed("177,46,3.1,47"), (Ids{"p1"}));
    EXPECT_EQ(boxed("2.9,46,-177,47"), (Ids{"p1", "p3"}));
}

TEST_F(Items, ParallelOfABoxIsAParallelNotAChord) {
    // Between 0° and 6° the parallel 46.5 sags south of its Lambert-93 chord's middle: p1 is on the parallel itself.
    EXPECT_EQ(boxed("0,46.4999,6,46.6"), (Ids{"p1"}));
    // p3, on the same northing 100 km to the east, is 100² / (2 · 6378) · tan 46.5° = 0.8 km south of the parallel.
    EXPECT_EQ(boxed("0,46.4,6,46.4999"), (Ids{"p3"}));
}

TEST_F(Items, CoordinatesFollowTheAxisOrderOfTheirCrs) {
    const auto near = [](std::pair<double, double> at, double x, double y, double tolerance) {
        EXPECT_NEAR(at.first, x, tolerance);
        EXPECT_NEAR(at.second, y, tolerance);
    };
    near(position("p1", ""), 3, 46.5, 1e-7);
    near(position("p1", crs84), 3, 46.5, 1e-7);
    near(position("p1", epsg + "4326"), 46.5, 3, 1e-7);
    near(position("p1", epsg + "4258"), 46.5, 3, 1e-7);
    near(position("p1", epsg + "2154"), 700000, 6600000, 1e-3);
    const double latitude = 46.5 * M_PI / 180;
    near(position("p1", epsg + "3857"), 6378137 * 3 * M_PI / 180, 6378137 * std::asinh(std::tan(latitude)), 0.01);
    near(position("p2", epsg + "2154"), 700000, 6700000, 1e-3);
    near({position("p2", "").first, 0}, 3, 0, 1e-7);
}

TEST_F(Items, ContentCrsNamesTheCrs) {
    EXPECT_EQ(get("/collections/place/items").header("Content-Crs"), "<" + crs84 + ">");
    EXPECT_EQ(get("/collections/place/items?crs=" + epsg + "2154").header("Content-Crs"), "<" + epsg + "2154>");
    EXPECT_EQ(get("/collections/place/items/p1?crs=" + epsg + "4326").header("Content-Crs"), "<" + epsg + "4326>");
}

TEST_F(Items, CountsStandInHeadersToo) {
    const RawAnswer answer = get("/collections/square/items?limit=5");
    EXPECT_EQ(answer.header("Content-Type").substr(0, 20), "application/geo+json");
    EXPECT_EQ(answer.header("OGC-NumberMatched"), "3000");
    EXPECT_EQ(answer.header("OGC-NumberReturned"), "5");
    EXPECT_NE(answer.header("Link").find("rel=\"next\""), std::string::npos);
}

TEST_F(Items, PropertiesFilterByTheirType) {
    EXPECT_EQ(filtered("name=nord"), (Ids{"p2"}));
    EXPECT_EQ(filtered("count=2"), (Ids{"p2", "p3"}));
    EXPECT_EQ(filtered("small=1"), (Ids{"p1"}));
    EXPECT_EQ(filtered("ratio=0.5"), (Ids{"p1"}));
    EXPECT_EQ(filtered("price=2.5"), (Ids{"p2"}));
    EXPECT_EQ(filtered("active=true"), (Ids{"p1", "p5"}));
    EXPECT_EQ(filtered("active=1"), (Ids{"p1", "p5"})) << "GDAL";
    EXPECT_EQ(filtered("built=2021-06-15"), (Ids{"p2"}));
    EXPECT_EQ(filtered("seen=2020-01-01T01:00:00%2B01:00"), (Ids{"p1"}));
    EXPECT_EQ(filtered("code=00000000-0000-0000-0000-000000000001"), (Ids{"p1"}));
    EXPECT_EQ(filtered("count=2&name=est"), (Ids{"p3"}));
    EXPECT_EQ(filtered("name=sans+g%C3%A9om%C3%A9trie"), (Ids{"p5"}));
    EXPECT_EQ(filtered("name=%3Cscript%3Ealert(%22x%22)%3C/script%3E%20%26%20'q'"), (Ids{"p4"}));
    EXPECT_EQ(filtered("name='%20or%20'1'='1"), Ids());
    EXPECT_EQ(filtered("name="), Ids());
}

TEST_F(Items, TimeSelectsInstantsAndIntervals) {
    // p3 and p5 have no time: they match every time (OGC 17-069r4, 7.15.4).
    EXPECT_EQ(filtered("datetime=2020-01-01T00:00:00Z"), (Ids{"p1", "p3", "p5"}));
    EXPECT_EQ(filtered("datetime=2021-06-15"), (Ids{"p2", "p3", "p5"}));
    EXPECT_EQ(filtered("datetime=2020-06-01/2021-12-31"), (Ids{"p2", "p3", "p5"}));
    EXPECT_EQ(filtered("datetime=../2020-12-31"), (Ids{"p1", "p3", "p5"}));
    EXPECT_EQ(filtered("datetime=2021-01-01/.."), (Ids{"p2", "p3", "p4", "p5"}));
    EXPECT_EQ(filtered("datetime=2021-01-01/"), (Ids{"p2", "p3", "p4", "p5"}));
    EXPECT_EQ(filtered("datetime=../.."), (Ids{"p1", "p2", "p3", "p4", "p5"}));
    EXPECT_EQ(ids("/collections/note/items?datetime=1999-01-01").size(), 2U) << "a layer without time matches";
}

TEST_F(Items, LimitAboveTheMaximumGivesWhatThereIs) {
    EXPECT_EQ(ids("/collections/square/items?limit=999999999999999999999").size(), 3000U);
}

TEST_F(Items, ValuesKeepTheirTypes) {
    const json p1 = get_json("/collections/place/items/p1");
    EXPECT_EQ(p1["type"], "Feature");
    EXPECT_EQ(p1["id"], "p1");
    EXPECT_EQ(p1["properties"], json::parse(R"({"id": "p1", "name": "origine", "count": 1, "small": 1, "ratio": 0.5,
        "price": 1.25, "active": true, "built": "2020-01-01", "seen": "2020-01-01T00:00:00.000Z",
        "code": "00000000-0000-0000-0000-000000000001"})"));
    const json p5 = get_json("/collections/place/items/p5");
    EXPECT_TRUE(p5["geometry"].is_null());
    EXPECT_TRUE(p5["properties"]["price"].is_null());
    EXPECT_EQ(p5["properties"]["name"], "sans géométrie");
    EXPECT_EQ(get_json("/collections/square/items/42")["id"], 42) << "a number stays one";
    const json note = get_json("/collections/note/items/1");
    EXPECT_TRUE(note.contains("geometry"));
    EXPECT_TRUE(note["geometry"].is_null());
}

TEST_F(Items, LinksOfAFeatureWork) {
    const json p1 = get_json("/collections/place/items/p1");
    for (const char* rel : {"self", "alternate", "collection"}) {
        const std::string href = link_of(p1, rel);
        EXPECT_FALSE(href.empty()) << rel;
        EXPECT_EQ(get(path_of(href)).status, 200) << href;
    }
}

TEST_F(Items, UnknownFeatureIs404) {
    for (const char* id : {"p9", "P1", "p1%20", "%27", "a%2Fb", "%C3%A9", "p1;select"}) {
        EXPECT_EQ(get(std::string("/collections/place/items/") + id).status, 404) << id;
    }
    for (const char* id : {"43", "abc", "99999999999", "99999999999999999999999", "-1", "4.5", "42%20"}) {
        EXPECT_EQ(get(std::string("/collections/square/items/") + id).status, 404) << id;
    }
    EXPECT_EQ(get("/collections/nowhere/items/1").status, 404);
}

TEST_F(Items, IdsWithEveryCharacterHaveWorkingLinks) {
    const std::vector<std::string> hostile{"a/b", "a b", "é", "100%", "a?b=c&d", "a#b", "\"<x>", "a+b", "a;b"};
    for (const std::string& id : hostile) {
        connection().query("insert into donnees.place (id) values ($1)", std::vector<db::Parameter>{id});
    }
    const json page = get_json("/collections/place/items?limit=100");
    std::size_t seen = 0;
    for (const std::string& id : hostile) {
        const json feature = get_json(path_of([&] {
            std::string encoded;
            for (const char c : id) {
                const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0;
                encoded += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
            }
            return "http://x/collections/place/items/" + encoded;
        }()));
        EXPECT_EQ(feature["id"], id);
        EXPECT_EQ(get_json(path_of(link_of(feature, "self")))["id"], id) << link_of(feature, "self");
        ++seen;
    }
    EXPECT_EQ(seen, hostile.size());
    run("delete from donnees.place where id !~ '^p[1-5]$'");
}

TEST_F(Items, HtmlEscapesHostileTexts) {
    for (const char* target :
         {"/?f=html", "/collections?f=html", "/collections/place?f=html", "/collections/place/items?f=html",
          "/collections/place/items/p4?f=html", "/conformance?f=html", "/api?f=html"}) {
        const RawAnswer answer = get(target);
        EXPECT_EQ(answer.status, 200) << target;
        EXPECT_EQ(answer.header("Content-Type").substr(0, 9), "text/html") << target;
        for (const char* raw : {"<script>alert", "<b>gras", "<img src=x"})
            EXPECT_EQ(answer.body.find(raw), std::string::npos) << raw << " in " << target;
        EXPECT_EQ(answer.header("X-Content-Type-Options"), "nosniff");
    }
    EXPECT_NE(get("/collections/place/items/p4?f=html").body.find("&lt;script&gt;alert("), std::string::npos);
}

TEST_F(Items, AcceptHeaderChoosesTheForm) {
    EXPECT_EQ(get("/collections/place/items", "Accept: text/html,application/xhtml+xml,*/*;q=0.8\r\n")
                  .header("Content-Type")
                  .substr(0, 9),
              "text/html");
    EXPECT_EQ(get("/collections/place/items", "Accept: application/geo+json, application/json\r\n")
                  .header("Content-Type")
                  .substr(0, 20),
              "application/geo+json");
    EXPECT_EQ(get("/collections/place/items?f=json", "Accept: text/html\r\n").header("Content-Type").substr(0, 20),
              "application/geo+json");
}

TEST_F(Items, HtmlPagesFollowEachOtherToTheEnd) {
    std::string target = "/collections/square/items?f=html&limit=1000";
    int pages = 0;
    while (!target.empty() && pages < 10) {
        const RawAnswer answer = get(target);
        ASSERT_EQ(answer.status, 200) << target << answer.body.substr(0, 300);
        ++pages;
        const auto text = answer.body.find("Page suivante");
        if (text == std::string::npos) break;
        const auto begin = answer.body.rfind("href=\"", text) + 6;
        target = path_of(answer.body.substr(begin, answer.body.find('"', begin) - begin));
        for (auto at = target.find("&amp;"); at != std::string::npos; at = target.find("&amp;"))
            target.erase(at + 1, 4);
    }
    EXPECT_EQ(pages, 3);
}

}  // namespace
