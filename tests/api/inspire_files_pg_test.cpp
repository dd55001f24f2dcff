// INSPIRE data sets as prepared files, and the links that lead to the data.

#include <sys/socket.h>

#include <filesystem>

#include "tests/api/inspire_fixture.hpp"

namespace {

using test::count;
using test::holds;
using test::Inspire;
using test::link_of;
using test::root_attribute;
using test::verdict;

TEST_F(Inspire, FilesAreMadeAnewWhenTheirDataChange) {
    const std::string path = "/downloads/cp-4.0.gml";
    EXPECT_EQ(get("/downloads/lune.gml").status, 404);
    EXPECT_EQ(get("/downloads/plu-4.0.gml").status, 404) << "not for everybody";
    EXPECT_EQ(get(path).status, 503) << "nobody makes files yet";
    EXPECT_TRUE(holds(get("/downloads/cp-4.0.gpkg"), "carreau export inspire")) << "GML is not what was asked for";
    EXPECT_FALSE(holds(get(path), "carreau export inspire"));
    EXPECT_EQ(link_of(get_json("/collections"), "enclosure"), "");
    prepare_files();
    // Each question by itself: the file may be made anew between two.
    const auto holds_objects = [&](const char* count) {
        const RawAnswer file = get(path);
        return file.status == 200 && root_attribute(file.body, "numberReturned") == count;
    };
    ASSERT_TRUE(test::eventually([&] { return holds_objects("2003"); }));
    const RawAnswer file = get(path);
    EXPECT_EQ(verdict("inspire", file), "");
    EXPECT_EQ(count(file.body, "<wfs:member>"), 2003U);
    EXPECT_EQ(file.header("Content-Length"), std::to_string(file.body.size()));
    EXPECT_NE(file.header("ETag"), "");
    const auto head = [&] { return request(port(), "HEAD", path); };
    EXPECT_EQ(head().status, 200);
    EXPECT_GT(std::stoul(head().header("Content-Length")), 1000U);
    EXPECT_TRUE(test::eventually([&] {
        const std::string etag = get(path).header("ETag");
        return !etag.empty() && head().header("ETag") == etag &&
               get(path, "If-None-Match: " + etag + "\r\n").status == 304;
    }));

    connection().run_script(
        "insert into cadastre.section (id, commune, prefixe, code, geom) select '62119000NN', commune, prefixe, 'NN', "
        "geom "
        "from cadastre.section where id = '62119000AA' or id = '62119000AB' limit 1");
    EXPECT_TRUE(test::eventually([&] { return holds_objects("2004"); }));
    connection().run_script("delete from cadastre.section where id = '62119000NN'");
    EXPECT_TRUE(test::eventually([&] { return holds_objects("2003"); }));

    const test::json collections = get_json("/collections");
    const std::string enclosure = link_of(collections, "enclosure", "application/gml+xml;version=3.2");
    EXPECT_TRUE(enclosure.ends_with(path)) << enclosure;
    for (const test::json& one : collections["links"]) {
        if (one["rel"] == "enclosure") {
            EXPECT_GT(one["length"].get<std::uint64_t>(), 1000U);
        }
    }
    EXPECT_TRUE(holds(get("/metadata/cp-4.0"), path + "</gmd:URL>"));
    EXPECT_TRUE(holds(get("/atom/datasets/cp-4.0"), path + "\""));
    EXPECT_TRUE(test::eventually([&] { return get("/downloads/cp-4.0.gpkg").status == 200; }));
    const RawAnswer package = get("/downloads/cp-4.0.gpkg");
    EXPECT_TRUE(package.body.starts_with("SQLite format 3"));
    EXPECT_EQ(package.header("Content-Type"), "application/geopackage+sqlite3");
    EXPECT_EQ(package.header("Content-Length"), std::to_string(package.body.size()));
    EXPECT_TRUE(link_of(get_json("/collections"), "enclosure", "application/geopackage+sqlite3").ends_with(".gpkg"));
    EXPECT_EQ(verdict("iso", get("/metadata/cp-4.0")), "");
    EXPECT_TRUE(holds(get("/metadata/cp-4.0"), "/downloads/cp-4.0.gpkg</gmd:URL>"));
    EXPECT_TRUE(holds(get("/catalogue"), "application/geopackage+sqlite3"));
    const RawAnswer feed = get("/atom/datasets/cp-4.0");
    EXPECT_EQ(verdict("atom", feed), "");
    EXPECT_EQ(count(feed.body, " length=\""), 2U) << "of the files, not of the streams";

    // Less than that is for everybody now. Nobody is given the old file.
    make_person("exportatrice", "read,export");
    connection().run_script("select access.set_public(layer_id, false) from catalogue.layer where name = 'section'");
    EXPECT_TRUE(test::eventually([&] { return holds_objects("2000"); }));
    EXPECT_EQ(get(path, token_of("exportatrice")).status, 503) << "hers holds the sections: there is no file of that";
    connection().run_script("select access.set_public(layer_id, true) from catalogue.layer where name = 'section'");
    EXPECT_TRUE(test::eventually([&] { return holds_objects("2003"); }));
    EXPECT_TRUE(test::eventually([&] { return get(path, token_of("exportatrice")).status == 200; }))
        << "she sees the same";

    const auto noted = [&](const std::string& headers, const char* method = "GET") {
        const auto entries = [&] {
            return connection()
                .query("select count(*) from audit.entry where action = 'export' and layer = 'section'", {})
                .int64(0, 0);
        };
        const std::int64_t before = entries();
        EXPECT_LT(request(port(), method, path, headers).status, 417) << headers;
        return entries() - before;
    };
    EXPECT_EQ(noted(""), 1);
    EXPECT_EQ(noted("Range: bytes=0-9\r\n"), 1);
    EXPECT_EQ(noted("Range: bytes=10-19\r\n"), 0) << "the rest of a download";
    EXPECT_EQ(noted("Range: bytes=10-19\r\nIf-Range: \"another\"\r\n"), 1) << "the whole file";
    EXPECT_EQ(noted("If-None-Match: *\r\n"), 0);
    EXPECT_EQ(noted("", "HEAD"), 0);

    for (const auto& folder : std::filesystem::directory_iterator(temporary_->path())) {
        if (!folder.path().filename().string().starts_with("carreau-prepared-")) continue;
        std::error_code busy;  // a file may be made there just now
        std::filesystem::remove_all(folder.path(), busy);
    }
    EXPECT_TRUE(test::eventually([&] { return holds_objects("2003"); })) << "made anew, in a new folder";
}

TEST_F(Inspire, ADataSetIsAnsweredFromItsFileWhileNothingChanged) {
    prepare_files();
    RawAnswer answer;
    ASSERT_TRUE(test::eventually([&] {
        answer = data_set("cp-4.0", 4258);
        return answer.status == 200 && !answer.header("Content-Length").empty();
    }));
    EXPECT_EQ(verdict("inspire", answer), "");
    EXPECT_EQ(answer.header("Content-Length"), std::to_string(answer.body.size()));
    EXPECT_EQ(root_attribute(answer.body, "numberReturned"), "2003");

    // Whoever asks after a change is given what is there now, whether the file was made anew or not.
    const auto is_exact = [&](const std::string& objects) {
        for (const int epsg : {4258, 3035}) {
            const RawAnswer now = data_set("cp-4.0", epsg);
            EXPECT_EQ(root_attribute(now.body, "numberReturned"), objects) << epsg;
            EXPECT_EQ(std::to_string(count(now.body, "<wfs:member>")), objects) << epsg;
            EXPECT_TRUE(now.whole) << epsg;
            EXPECT_EQ(root_attribute(data_set("cp-4.0", epsg, "&resultType=hits").body, "numberMatched"), objects);
        }
    };
    is_exact("2003");
    for (int round = 0; round < 3; ++round) {
        connection().run_script(
            "insert into cadastre.section (id, commune, prefixe, code, geom) select '62119000MM', commune, prefixe, "
            "'MM', geom from cadastre.section where id = '62119000AA'");
        is_exact("2004");
        connection().run_script("delete from cadastre.section where id = '62119000MM'");
        is_exact("2003");
    }
}

TEST_F(Inspire, RightsThatEndMeanwhileEndADownload) {
    // Two circles of 240,001 corners: far more text than the buffers between the server and who does not read.
    connection().run_script(
        "insert into cadastre.section (id, commune, prefixe, code, geom) select '62119000Y' || n, '62119', '000', 'Y' "
        "|| n, st_multi(st_buffer('SRID=2154;POINT(690000 7040000)'::geometry, 100 * n, 60000)) from "
        "generate_series(1, 2) n");
    prepare_files();
    const std::string path = "/downloads/cp-4.0.gml";
    const auto is_whole = [&] {
        const RawAnswer file = get(path);
        return file.whole && file.status == 200 && root_attribute(file.body, "numberReturned") == "2005";
    };
    ASSERT_TRUE(test::eventually(is_whole));
    RawClient client(port());
    client.send("GET " + path + " HTTP/1.1\r\nHost: h\r\n\r\n");
    char first = 0;
    ASSERT_EQ(::recv(client.descriptor(), &first, 1, MSG_PEEK), 1);
    connection().run_script("select access.set_public(layer_id, false) from catalogue.layer where name = 'section'");
    EXPECT_TRUE(test::eventually([&] { return get("/collections/section").status == 404; }));
    const RawAnswer answer = client.read_answer();
    EXPECT_EQ(answer.status, 200);
    EXPECT_FALSE(answer.whole);
    EXPECT_LT(answer.body.size(), std::stoul(answer.header("Content-Length")));
    connection().run_script(
        "select access.set_public(layer_id, true) from catalogue.layer where name = 'section'; "
        "delete from cadastre.section where id like '62119000Y_'");
    EXPECT_TRUE(test::eventually([&] { return get("/collections/section").status == 200; }));
}

TEST_F(Inspire, ACallerWhoStandsAnewMeanwhileIsAskedForOnce) {
    // Two circles of 240,001 corners: far more text than the buffers between the server and who does not read.
    connection().run_script(
        "insert into cadastre.section (id, commune, prefixe, code, geom) select '62119000Y' || n, '62119', '000', 'Y' "
        "|| n, st_multi(st_buffer('SRID=2154;POINT(690000 7040000)'::geometry, 100 * n, 60000)) from "
        "generate_series(1, 2) n");
    RawClient client(port());
    const std::string crs = "http://www.opengis.net/def/crs/EPSG/0/3035";
    client.send(
        "GET /wfs?service=WFS&version=2.0.0&request=GetFeature&storedquery_id=GetSpatialDataSet&DataSetIdCode=cp&CRS=" +
        crs + " HTTP/1.1\r\nHost: h\r\n\r\n");
    char first = 0;
    ASSERT_EQ(::recv(client.descriptor(), &first, 1, MSG_PEEK), 1);
    const auto before = gatekeeper().counters();
    run("update access.revision set n = n + 1");
    EXPECT_TRUE(test::eventually([&] {
        get("/collections/section");
        return gatekeeper().counters().loaded > before.loaded;
    })) << "the server knows";
    const RawAnswer answer = client.read_answer();
    EXPECT_EQ(answer.status, 200);
    EXPECT_TRUE(answer.whole);
    EXPECT_GT(answer.body.size(), 100U * 64 * 1024) << "many pieces";
    EXPECT_GE(gatekeeper().counters().looked_again, before.looked_again + 1);
    // More only where nothing was heard of the database for seconds.
    EXPECT_LE(gatekeeper().counters().looked_again, before.looked_again + 20);
    run("delete from cadastre.section where id like '62119000Y_'");
}

TEST_F(Inspire, CollectionsHaveTheLinksOfTheGoodPractice) {
    const test::json all = get_json("/collections");
    EXPECT_TRUE(link_of(all, "describedby", "application/xml").ends_with("/metadata/cp-4.0"));
    EXPECT_EQ(verdict("iso", get(path_of(link_of(all, "describedby", "application/xml")))), "");
    EXPECT_TRUE(link_of(all, "license").starts_with("https://"));
    const test::json parcels = get_json("/collections/parcelle");
    EXPECT_TRUE(link_of(parcels, "describedby", "application/xml").ends_with("/metadata/cp-4.0"));
    EXPECT_EQ(link_of(parcels, "tag"), "http://inspire.ec.europa.eu/featureconcept/CadastralParcel");
    EXPECT_EQ(link_of(get_json("/collections/place"), "tag"), "");
    make_person("lectrice", "read");
    make_person("exportatrice", "read,export");
    EXPECT_EQ(link_of(get_json("/collections/plu_zone", token_of("lectrice")), "tag"), "") << "not hers to take";
    EXPECT_NE(link_of(get_json("/collections/plu_zone", token_of("exportatrice")), "tag"), "");
}

TEST_F(Inspire, LinksOfARecordLeadToTheData) {
    const RawAnswer record = get("/metadata/cp-4.0");
    const auto begin = record.body.find("<gmd:URL>") + 9;
    std::string url = record.body.substr(begin, record.body.find("</gmd:URL>") - begin);
    for (auto at = url.find("&amp;"); at != std::string::npos; at = url.find("&amp;")) url.replace(at, 5, "&");
    const RawAnswer answer = get(path_of(url));
    EXPECT_EQ(answer.status, 200) << url;
    EXPECT_EQ(root_attribute(answer.body, "numberReturned"), "2003");
}

}  // namespace
