// What HTTP adds: validators, HEAD, readiness.

#include "tests/api/api_fixture.hpp"

namespace {

using test::ApiTest;

class Http : public ApiTest {};

TEST_F(Http, UnchangedAnswersAre304AndChangedOnesAreNot) {
    for (const char* target : {"/collections/place/items", "/collections/place", "/collections",
                               "/tiles/place/5/16/11.mvt", "/styles/portail", "/tiles/place.json"}) {
        const RawAnswer first = get(target);
        ASSERT_EQ(first.status, 200) << target;
        const std::string etag = first.header("ETag");
        ASSERT_FALSE(etag.empty()) << target;
        const RawAnswer second = get(target, "If-None-Match: " + etag + "\r\n");
        EXPECT_EQ(second.status, 304) << target;
        EXPECT_TRUE(second.body.empty()) << target;
        EXPECT_EQ(get(target, "If-None-Match: \"other\"\r\n").status, 200) << target;
    }
    const std::string page = "/collections/place/items";
    const std::string tile = "/tiles/place/5/16/11.mvt";
    const std::string page_tag = get(page).header("ETag");
    const std::string tile_tag = get(tile).header("ETag");
    run("update donnees.place set count = 77 where id = 'p1'");
    EXPECT_EQ(get(page, "If-None-Match: " + page_tag + "\r\n").status, 200);
    // Another program wrote: tiles hear of it a moment later.
    EXPECT_TRUE(test::eventually([&] { return get(tile, "If-None-Match: " + tile_tag + "\r\n").status == 200; },
                                 std::chrono::seconds(1)));
    run("update donnees.place set count = 1 where id = 'p1'");
}

TEST_F(Http, HeadHasTheHeadersOfGet) {
    for (const char* target :
         {"/collections/place/items", "/collections/place/items/p1", "/collections", "/tiles/place.json"}) {
        const RawAnswer with_body = get(target);
        const RawAnswer head = ::request(port(), "HEAD", target);
        EXPECT_EQ(head.status, 200) << target;
        EXPECT_TRUE(head.body.empty());
        for (const char* name : {"Content-Type", "Content-Length", "ETag", "Content-Crs"})
            EXPECT_EQ(head.header(name), with_body.header(name)) << name << " of " << target;
    }
    EXPECT_EQ(::request(port(), "HEAD", "/collections/nowhere").status, 404);
}

TEST_F(Http, TrailingSlashIsAnswered) {
    const int status = get("/collections/").status;
    EXPECT_TRUE(status == 200 || status == 308) << status;
}

TEST_F(Http, HealthAndMetrics) {
    EXPECT_EQ(get("/healthz").status, 200);
    EXPECT_EQ(get("/readyz").status, 200);
    get("/collections/place/items");
    const RawAnswer metrics = get("/metrics");
    EXPECT_EQ(metrics.status, 200);
    EXPECT_NE(metrics.body.find("carreau_database_done_total"), std::string::npos);
    EXPECT_NE(metrics.body.find("carreau_layers 4"), std::string::npos);
}

TEST_F(Http, OtherOriginsMayRead) {
    EXPECT_EQ(get("/collections", "Origin: https://qgis.example\r\n").header("Access-Control-Allow-Origin"), "*");
}

}  // namespace
