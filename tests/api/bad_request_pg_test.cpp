// Every wrong question gets a 4xx that says what is wrong, as problem+json; none makes the server fail.

#include "tests/api/api_fixture.hpp"

namespace {

using test::ApiTest;
using test::json;

struct Wrong {
    const char* target;
    int status;
    const char* told;  ///< what the detail must name
};

const std::string lambert = "&bbox-crs=http://www.opengis.net/def/crs/EPSG/0/2154";

const std::vector<Wrong> wrong_requests{
    // limit
    {"/collections/place/items?limit=0", 400, "limit"},
    {"/collections/place/items?limit=-1", 400, "limit"},
    {"/collections/place/items?limit=-99999999999999999999999", 400, "limit"},
    {"/collections/place/items?limit=ten", 400, "limit"},
    {"/collections/place/items?limit=1.5", 400, "limit"},
    {"/collections/place/items?limit=1e3", 400, "limit"},
    {"/collections/place/items?limit=", 400, "limit"},
    {"/collections/place/items?limit=%2010", 400, "limit"},
    {"/collections/place/items?limit=10;drop", 400, "limit"},
    {"/collections/place/items?limit=5&limit=6", 400, "limit"},
    // bbox
    {"/collections/place/items?bbox=", 400, "bbox"},
    {"/collections/place/items?bbox=1,2,3", 400, "bbox"},
    {"/collections/place/items?bbox=1,2,3,4,5", 400, "bbox"},
    {"/collections/place/items?bbox=1,2,3,4,5,6,7", 400, "bbox"},
    {"/collections/place/items?bbox=a,b,c,d", 400, "bbox"},
    {"/collections/place/items?bbox=1,2,3,", 400, "bbox"},
    {"/collections/place/items?bbox=NaN,46,3,47", 400, "bbox"},
    {"/collections/place/items?bbox=inf,46,3,47", 400, "bbox"},
    {"/collections/place/items?bbox=1e999,46,3,47", 400, "bbox"},
    {"/collections/place/items?bbox=800000,6600000,700000,6700000&bbox-crs=EPSG:2154", 400, "bbox"},
    {"/collections/place/items?bbox=2,48,3,47", 400, "bbox"},
    {"/collections/place/items?bbox=400,40,2,50", 400, "bbox"},
    {"/collections/place/items?bbox=2,40,400,50", 400, "bbox"},
    {"/collections/place/items?bbox=700000,6600000,700001,6600001", 400, "bbox"},
    {"/collections/place/items?bbox=2,95,3,96", 400, "bbox"},
    {"/collections/place/items?bbox=1e300,1e300,1e301,1e301&bbox-crs=EPSG:2154", 400, "bbox"},
    {"/collections/place/items?bbox=2,46,3,47&bbox=2,46,3,47", 400, "bbox"},
    {"/collections/place/items?bbox=2,46,3,47'", 400, "bbox"},
    {"/collections/place/items?bbox=0x2,46,3,47", 400, "bbox"},
    // CRS
    {"/collections/place/items?bbox=2,46,3,47&bbox-crs=EPSG:99999", 400, "bbox-crs"},
    {"/collections/place/items?bbox=2,46,3,47&bbox-crs=", 400, "bbox-crs"},
    {"/collections/place/items?bbox-crs=Lambert", 400, "bbox-crs"},
    {"/collections/place/items?crs=EPSG:27700", 400, "crs"},
    {"/collections/place/items?crs=", 400, "crs"},
    {"/collections/place/items?crs=%00", 400, ""},
    {"/collections/place/items/p1?crs=nowhere", 400, "crs"},
    // datetime
    {"/collections/place/items?datetime=", 400, "datetime"},
    {"/collections/place/items?datetime=yesterday", 400, "datetime"},
    {"/collections/place/items?datetime=2020-13-01", 400, "datetime"},
    {"/collections/place/items?datetime=2020-02-30", 400, "datetime"},
    {"/collections/place/items?datetime=2020-01-01T25:00:00Z", 400, "datetime"},
    {"/collections/place/items?datetime=2020-01-01T00:00:00", 400, "datetime"},
    {"/collections/place/items?datetime=2020-01-02/2020-01-01", 400, "datetime"},
    {"/collections/place/items?datetime=2020-01-01/2020-01-02/2020-01-03", 400, "datetime"},
    {"/collections/place/items?datetime=/", 400, "datetime"},
    {"/collections/place/items?datetime=2020-01-01T00:00:00Z'--", 400, "datetime"},
    {"/collections/place/items?datetime=99999-01-01", 400, "datetime"},
    {"/collections/place/items?datetime=0000-01-01", 400, "datetime"},
    {"/collections/place/items?datetime=2020-01-01T00:00:00%2B99:00", 400, "datetime"},
    // properties
    {"/collections/place/items?colour=red", 400, "colour"},
    {"/collections/place/items?geom=POINT(0%200)", 400, "geom"},
    {"/collections/place/items?part_id=0", 400, "part_id"},
    {"/collections/place/items?count=two", 400, "count"},
    {"/collections/place/items?count=2.5", 400, "count"},
    {"/collections/place/items?count=99999999999", 400, "count"},
    {"/collections/place/items?count=99999999999999999999", 400, "count"},
    {"/collections/place/items?small=40000", 400, "small"},
    {"/collections/place/items?count=", 400, "count"},
    {"/collections/place/items?count=1%20or%201=1", 400, "count"},
    {"/collections/place/items?ratio=1e300", 400, "ratio"},
    {"/collections/place/items?ratio=1e-60", 400, "ratio"},
    {"/collections/place/items?price=1e400", 400, "price"},
    {"/collections/place/items?price=nan", 400, "price"},
    {"/collections/place/items?active=yes", 400, "active"},
    {"/collections/place/items?built=2021", 400, "built"},
    {"/collections/place/items?built=2021-02-30", 400, "built"},
    {"/collections/place/items?seen=2021-01-01", 400, "seen"},
    {"/collections/place/items?code=123", 400, "code"},
    {"/collections/place/items?name=%00", 400, ""},
    {"/collections/place/items?name=%FF%FE", 400, ""},
    {"/collections/place/items?name=%ED%A0%80", 400, ""},
    {"/collections/place/items?name=a&name=b", 400, "name"},
    {"/collections/place/items?name=%zz", 400, ""},
    // f and unknown parameters everywhere
    {"/collections/place/items?f=xml", 400, "f"},
    {"/collections/place?f=pdf", 400, "f"},
    {"/collections?f=", 400, "f"},
    {"/collections?limit=1", 400, "limit"},
    {"/?colour=red&f=json", 400, "colour"},
    {"/conformance?x=1", 400, "x"},
    {"/api?x=1", 400, "x"},
    {"/collections/place/schema?x=1", 400, "x"},
    {"/collections/place/items/p1?limit=1", 400, "limit"},
    {"/tiles/place.json?x=1", 400, "x"},
    {"/styles?x=1", 400, "x"},
    {"/styles/portail?x=1", 400, "x"},
    {"/search", 400, "q"},
    {"/search?q=", 400, "q"},
    {"/search?q=a&limit=0", 400, "limit"},
    {"/search?q=a&limit=x", 400, "limit"},
    {"/search?q=%00", 400, ""},
    // tiles
    {"/tiles/place/a/0/0.mvt", 400, "z"},
    {"/tiles/place/10/x/0.mvt", 400, "x"},
    {"/tiles/place/10/0/y.mvt", 400, "y"},
    {"/tiles/place/-1/0/0.mvt", 400, "z"},
    {"/tiles/place/10/1.5/0.mvt", 400, "x"},
    {"/tiles/place/10/99999999999/0.mvt", 400, "x"},
    {"/tiles/place/10/1024/0.mvt", 404, "1023"},
    {"/tiles/place/10/0/1024.mvt", 404, "1023"},
    {"/tiles/place/23/0/0.mvt", 404, "zoom"},
    {"/tiles/place/99999/0/0.mvt", 404, "zoom"},
    {"/tiles/nowhere/0/0/0.mvt", 404, "nowhere"},
    {"/tiles/place,nowhere/0/0/0.mvt", 404, "nowhere"},
    {"/tiles/place,/0/0/0.mvt", 404, ""},
    {"/tiles/place/0/0/0.mvt?x=1", 400, "x"},
    {"/tiles/nowhere.json", 404, "nowhere"},
    {"/tiles/note.json", 404, "note"},
    {"/collections/place/tiles/Nowhere", 404, "Nowhere"},
    {"/collections/place/tiles/WebMercatorQuad/a/0/0", 400, "z"},
    {"/collections/place/tiles/WebMercatorQuad/1/2/0", 404, ""},
    {"/collections/note/tiles", 404, "note"},
    {"/tileMatrixSets/Nowhere", 404, "Nowhere"},
    // what is not there
    {"/collections/nowhere", 404, "nowhere"},
    {"/collections/nowhere/items", 404, "nowhere"},
    {"/collections/nowhere/schema", 404, "nowhere"},
    {"/collections/Place/items", 404, "Place"},
    {"/collections/place'--/items", 404, ""},
    {"/collections/%00/items", 400, ""},
    {"/collections/place/items/p9", 404, "p9"},
    {"/styles/nowhere", 404, "nowhere"},
    {"/styles/note", 404, "note"},
    {"/nowhere", 404, ""},
    {"/../../etc/passwd", 404, ""},
    {"/%2e%2e/%2e%2e/etc/passwd", 404, ""},
};

class BadRequest : public ApiTest {};

TEST_F(BadRequest, EveryOneIsRefusedAsAProblemThatNamesIt) {
    ASSERT_GE(wrong_requests.size(), 60U);
    for (const Wrong& wrong : wrong_requests) {
        const RawAnswer answer = get(wrong.target);
        // Bytes that no URL may hold are refused before routing, with 400; paths out of the tree may be too.
        const bool refused =
            answer.status == wrong.status || (wrong.told[0] == '\0' && (answer.status == 400 || answer.status == 404));
        EXPECT_TRUE(refused) << wrong.target << " -> " << answer.status << " " << answer.body.substr(0, 300);
        EXPECT_LT(answer.status, 500) << wrong.target;
        EXPECT_EQ(answer.header("Content-Type").substr(0, 24), "application/problem+json") << wrong.target;
        const json problem = json::parse(answer.body, nullptr, false);
        ASSERT_TRUE(problem.is_object()) << wrong.target << " " << answer.body;
        EXPECT_EQ(problem.value("status", 0), answer.status) << wrong.target;
        EXPECT_FALSE(problem.value("title", "").empty()) << wrong.target;
        EXPECT_NE(problem.value("detail", "").find(wrong.told), std::string::npos)
            << wrong.target << " " << answer.body;
        for (const char* secret : {"select ", "donnees.", "SQLSTATE", "libpq", "/usr/lib"})
            EXPECT_EQ(answer.body.find(secret), std::string::npos) << wrong.target << " " << answer.body;
    }
    EXPECT_EQ(get("/healthz").status, 200);
}

TEST_F(BadRequest, LongAndOddQuestionsAreRefusedOrAnswered) {
    const std::vector<std::string> targets{
        "/collections/place/items?name=" + std::string(2000, 'x'),
        "/collections/place/items?" + std::string(3000, 'x') + "=1",
        "/collections/place/items?bbox=" + std::string(3000, '1'),
        "/collections/place/items?bbox=" + std::string(3000, ','),
        "/collections/place/items?datetime=" + std::string(3000, '2'),
        "/collections/place/items/" + std::string(3000, 'x'),
        "/collections/" + std::string(3000, 'x'),
        "/tiles/" + std::string(3000, ',') + "/0/0/0.mvt",
        "/tiles/" + std::string(3000, '9') + "/" + std::string(1000, '9') + "/0/0.mvt",
        "/collections/place/items?" + std::string(2000, '&'),
        "/collections/place/items?" + std::string(2000, '='),
        "/search?q=" + std::string(3000, 'a'),
        "/search?q=%25%5F%5C%27%22",
        "/search?q=62999+000+AB+0001",
        "/search?q=AB+12",
        "/search?q=%F0%9F%8C%B3",
        "/search?q=000000000000000000000000",
        "/" + std::string(20000, 'a'),
    };
    for (const std::string& target : targets) {
        const RawAnswer answer = get(target);
        EXPECT_GE(answer.status, 200) << target.substr(0, 60);
        EXPECT_LT(answer.status, 500) << target.substr(0, 60) << answer.body.substr(0, 200);
    }
}

TEST_F(BadRequest, OtherMethodsAreRefused) {
    for (const char* method : {"POST", "PUT", "DELETE", "PATCH"}) {
        const RawAnswer answer = ::request(port(), method, "/collections/place", "", "{}");
        EXPECT_EQ(answer.status, 405) << method;
        EXPECT_NE(answer.header("Allow").find("GET"), std::string::npos);
        EXPECT_EQ(answer.header("Content-Type").substr(0, 24), "application/problem+json");
    }
    EXPECT_EQ(::request(port(), "OPTIONS", "/collections/place/items").status / 100, 2);
}

}  // namespace
