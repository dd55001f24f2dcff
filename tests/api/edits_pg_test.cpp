// OGC API – Features Part 4: what a client with rights does, and everything he is refused.
#include <cmath>

#include "tests/api/edit_fixture.hpp"

namespace {

using namespace std::string_literals;
using test::json;
using Lines = std::vector<std::string>;

class Edits : public test::EditTest {};

std::string etag_of(const RawAnswer& answer) {
    return "If-Match: " + answer.header("ETag") + "\r\n";
}

TEST_F(Edits, WhatLiesOutsideOfTheExtentWidensIt) {
    const auto extent = [&](const std::string& layer) {
        return get_json("/collections/" + layer).value("/extent/spatial/bbox/0"_json_pointer, json());
    };
    ASSERT_EQ(edit("ed", "POST", bancs, feature({{"id", "w"}, {"commune", "62001"}})).status, 201);
    EXPECT_TRUE(test::eventually([&] { return extent("banc").is_array(); }));
    ASSERT_EQ(edit("ed", "POST", bancs, feature({{"id", "e"}, {"commune", "62001"}}, 689000)).status, 201);
    EXPECT_TRUE(test::eventually([&] { return extent("banc")[2] > extent("banc")[0].get<double>() + 0.1; }))
        << extent("banc");
}

TEST_F(Edits, AFeatureIsMadeReadChangedAndDeleted) {
    const RawAnswer made = edit("ed", "POST", bancs, feature({{"id", "n/1"}, {"nom", "neuf"}, {"commune", "62001"}}));
    ASSERT_EQ(made.status, 201) << made.body;
    EXPECT_TRUE(made.header("Location").ends_with("/collections/banc/items/n%2F1")) << made.header("Location");
    const std::string path = path_of(made.header("Location"));
    json stored = read("ed", path);
    EXPECT_EQ(stored["id"], "n/1");
    EXPECT_EQ(stored["properties"]["nature"], "banc") << "the column's default";
    EXPECT_EQ(stored["geometry"]["coordinates"], json({681000, 7042000}));

    EXPECT_EQ(edit("ed", "PATCH", path, {{"properties", {{"nom", nullptr}, {"hauteur", 4}}}}).status, 204);
    stored = read("ed", path);
    EXPECT_TRUE(stored["properties"]["nom"].is_null());
    EXPECT_EQ(stored["properties"]["hauteur"], 4);
    EXPECT_EQ(stored["properties"]["double"], 8) << "computed by the database";

    json whole = feature({{"commune", "62001"}, {"nom", "remplacé"}}, 682000);
    whole["id"] = "n/1";
    EXPECT_EQ(edit("ed", "PUT", path, whole).status, 204);
    stored = read("ed", path);
    EXPECT_EQ(stored["properties"]["nom"], "remplacé");
    EXPECT_TRUE(stored["properties"]["hauteur"].is_null()) << "not named: without value";
    EXPECT_EQ(stored["geometry"]["coordinates"], json({682000, 7042000}));

    EXPECT_EQ(erase("ed", path).status, 204);
    EXPECT_EQ(get(path).status, 404);
    EXPECT_EQ(erase("ed", path).status, 404);
}

TEST_F(Edits, AnAnsweredEditIsInTheNextRead) {
    const auto matched = [&] { return get_json(std::string(bancs) + "?limit=1")["numberMatched"].get<int>(); };
    EXPECT_EQ(matched(), 2);
    for (int n = 0; n < 5; ++n) {
        const json one = feature({{"id", fmt::format("x{}", n)}, {"commune", "62001"}});
        ASSERT_EQ(edit("ed", "POST", bancs, one).status, 201);
        ASSERT_EQ(matched(), 3 + n);
    }
}

TEST_F(Edits, TheServerGivesIdsWhereTheyAreItsOwn) {
    json zone{{"type", "Feature"},
              {"id", -1},
              {"properties", {{"id", nullptr}, {"nom", "z"}}},
              {"geometry",
               {{"type", "Polygon"},
                {"coordinates",
                 {{{681000, 7041000}, {681010, 7041000}, {681010, 7041010}, {681000, 7041010}, {681000, 7041000}}}}}}};
    const RawAnswer made = edit("ed", "POST", "/collections/zone/items", zone, "Prefer: return=representation\r\n");
    ASSERT_EQ(made.status, 201) << made.body;
    const json stored = json::parse(made.body);
    EXPECT_EQ(stored["id"].get<std::string>().size(), 36U);
    EXPECT_EQ(stored["geometry"]["type"], "MultiPolygon") << "the layer's type";
    EXPECT_EQ(stored["properties"]["commune"], "62001") << "where it lies";
    zone["geometry"]["coordinates"] = {
        {{681000, 7041000}, {681010, 7041010}, {681010, 7041000}, {681000, 7041010}, {681000, 7041000}}};
    EXPECT_EQ(errors_of(edit("ed", "POST", "/collections/zone/items", zone)),
              Lines{"geometry: a valid geometry expected: Self-intersection at 681005 7041005"});
}

TEST_F(Edits, ACollectionIsMadeAsAWhole) {
    json all{{"type", "FeatureCollection"}, {"features", json::array()}};
    for (int n = 0; n < 300; ++n)
        all["features"].push_back(feature({{"id", fmt::format("c{}", n)}, {"commune", "62001"}, {"numero", 100 + n}}));
    const RawAnswer made = edit("ed", "POST", bancs, all);
    ASSERT_EQ(made.status, 201) << made.body.substr(0, 500);
    EXPECT_EQ(json::parse(made.body)["created"].size(), 300U);
    EXPECT_EQ(scalar("select count(distinct at) from catalogue.history where feature_id like 'c%'"), "1");

    all["features"] = {feature({{"id", "d1"}, {"commune", "62001"}}), feature({{"id", "c5"}, {"commune", "62001"}}),
                       feature({{"id", "d2"}, {"commune", "62001"}, {"numero", 107}}),
                       feature({{"id", "d3"}, {"commune", "62001"}, {"hauteur", 13}})};
    const RawAnswer refused = edit("ed", "POST", bancs, all);
    EXPECT_EQ(refused.status, 409) << refused.body;
    EXPECT_EQ(errors_of(refused), Lines{"id: an id that no other feature has expected"});
    all["features"].erase(1);
    const RawAnswer tried = edit("ed", "POST", bancs, all);
    EXPECT_EQ(tried.status, 422) << "not all for one reason";
    EXPECT_EQ(errors_of(tried),
              (Lines{"numero: a value that no other feature has expected: there is one already",
                     "hauteur: values expected that satisfy CHECK ((hauteur <> (13)::double precision))"}));
    EXPECT_EQ(json::parse(tried.body)["errors"][1]["feature"], 2);
    EXPECT_EQ(scalar("select count(*) from donnees.banc where id like 'd%'"), "0") << "all or nothing";
}

TEST_F(Edits, EveryProblemOfARequestIsTold) {
    json wrong = feature({{"id", "w"},
                          {"commune", nullptr},
                          {"nature", "lampe"},
                          {"hauteur", "haut"},
                          {"nom", std::string(30, 'x')},
                          {"pose", "hier"},
                          {"couleur", {1, 2}},
                          {"double", 3}},
                         0, 0);
    const RawAnswer answer = edit("ed", "POST", bancs, wrong);
    EXPECT_EQ(answer.status, 422);
    EXPECT_EQ(answer.header("Content-Type"), "application/problem+json");
    const Lines lines = errors_of(answer);
    const auto told = [&](const std::string& start) {
        return std::any_of(lines.begin(), lines.end(),
                           [&](const std::string& line) { return line.starts_with(start); });
    };
    for (const char* start :
         {"nature: one of banc, arbre", "hauteur: a number from 0 to 60", "nom: a text of at most 20", "pose: a date",
          "couleur: a single value", "geometry: coordinates inside the area"})
        EXPECT_TRUE(told(start)) << start << " in " << answer.body;
    EXPECT_EQ(errors_of(edit("ed", "PATCH", std::string(bancs) + "/a", {{"properties", {{"double", 3}}}})),
              Lines{"double: no value expected: the field cannot be edited"});
    EXPECT_EQ(edit("ed", "PATCH", std::string(bancs) + "/a", {{"properties", {{"double", 2}, {"nom", "y"}}}}).status,
              204)
        << "what was read is sent back";
}

TEST_F(Edits, SyntaxIsNotContent) {
    const auto post = [&](const std::string& body, const std::string& type = "application/geo+json") {
        return ::request(port(), "POST", bancs, "Content-Type: " + type + "\r\n" + token_of("ed"), body);
    };
    for (const std::string& body :
         {std::string("{"), std::string(), std::string("{\"type\":\"Feature\",}"), std::string("\xff"),
          std::string(100, '['), R"({"type":"Feature","type":"Feature"})"s})
        EXPECT_EQ(post(body).status, 400) << body;
    for (const std::string& body :
         {"[]"s, "3"s, R"({"type":"Point","coordinates":[1,2]})"s, R"({"type":"Feature","properties":[]})"s,
          R"({"type":"FeatureCollection","features":[]})"s, R"({"type":"FeatureCollection","features":[3]})"s,
          R"({"type":"FeatureCollection"})"s})
        EXPECT_EQ(post(body).status, 422) << body;
    for (const char* type : {"text/plain", "application/xml", "application/merge-patch+json"}) {
        const RawAnswer answer = post("{}", type);
        EXPECT_EQ(answer.status, 415) << type;
        EXPECT_NE(answer.header("Accept-Post").find("application/geo+json"), std::string::npos);
    }
    EXPECT_EQ(::request(port(), "POST", bancs,
                        "Content-Type: application/geo+json\r\nContent-Crs: <http://x>\r\n" + token_of("ed"), "{}")
                  .status,
              400);
    EXPECT_EQ(::request(port(), "PATCH", std::string(bancs) + "/a",
                        "Content-Type: application/geo+json\r\nIf-Match: x\r\n" + token_of("ed"), "{}")
                  .status,
              400);
    EXPECT_EQ(::request(port(), "POST", bancs,
                        "Content-Type: application/geo+json\r\nContent-Length: 99999999999\r\n" + token_of("ed"))
                  .status,
              413)
        << "before a byte of it is read";
}

TEST_F(Edits, GeometriesOfManyKinds) {
    const std::string path = std::string(bancs) + "/a";
    const auto expected = [&](const json& geometry) {
        const Lines lines = errors_of(edit("ed", "PATCH", path, {{"geometry", geometry}}));
        return lines.empty() ? std::string() : lines[0];
    };
    EXPECT_NE(expected(nullptr), "") << "the layer needs one";
    for (const json& geometry :
         {json{{"type", "Circle"}}, json{{"type", "Point"}}, json{{"type", "Point"}, {"coordinates", "x"}},
          json{{"type", "Point"}, {"coordinates", {1}}}, json{{"type", "Point"}, {"coordinates", json::array()}},
          json{{"type", "Point"}, {"coordinates", {"1", "2"}}},
          json{{"type", "LineString"}, {"coordinates", {{1, 2}, {3, 4}}}},
          json{{"type", "GeometryCollection"}, {"geometries", json::array()}}, json(3),
          json{{"type", "Point"}, {"coordinates", {681000, 7041000, 12}}}, json{{"coordinates", {1, 2}}}})
        EXPECT_NE(expected(geometry), "") << geometry;
    EXPECT_EQ(read("ed", path)["geometry"]["coordinates"], json({681000, 7041000}));
    json ring = json::array();
    for (int i = 0; i <= 10000; ++i) {
        const double angle = 2 * M_PI * (i % 10000) / 10000;
        ring.push_back({685000 + 900 * std::cos(angle), 7045000 + 900 * std::sin(angle)});
    }
    const json big{{"type", "Feature"},
                   {"properties", json::object()},
                   {"geometry", {{"type", "Polygon"}, {"coordinates", {ring}}}}};
    EXPECT_EQ(edit("ed", "POST", "/collections/zone/items", big).status, 201);
}

TEST_F(Edits, CoordinatesInTheOrderOfTheirCrs) {
    const std::string path = std::string(bancs) + "/a";
    const json lambert_point = read("ed", path)["geometry"]["coordinates"];
    for (const auto& [crs, first_is_north] : {std::pair{"http://www.opengis.net/def/crs/EPSG/0/4326", true},
                                              std::pair{"http://www.opengis.net/def/crs/OGC/1.3/CRS84", false}}) {
        const json there = get_json(path + "?crs=" + crs)["geometry"];
        EXPECT_EQ(there["coordinates"][0].get<double>() > 40, first_is_north);
        for (const char* form : {"<{}>", "{}"}) {
            json moved = there;
            moved["coordinates"][first_is_north ? 0 : 1] =
                there["coordinates"][first_is_north ? 0 : 1].get<double>() + 0.001;
            const std::string headers =
                "Content-Type: application/geo+json\r\nContent-Crs: " + fmt::format(fmt::runtime(form), crs) + "\r\n" +
                token_of("ed");
            ASSERT_EQ(::request(port(), "PATCH", path, headers, json{{"geometry", moved}}.dump()).status, 204);
            const json now = read("ed", path)["geometry"]["coordinates"];
            EXPECT_NEAR(now[1].get<double>() - lambert_point[1].get<double>(), 111.2, 0.5) << crs << form;
            ASSERT_EQ(::request(port(), "PATCH", path, headers, json{{"geometry", there}}.dump()).status, 204);
        }
    }
}

TEST_F(Edits, WhatWasReadAndSentBackChangesNothing) {
    const std::string path = std::string(bancs) + "/a";
    run("update donnees.banc set geom = 'SRID=2154;POINT(681000.123456789 7041000.987654321)' where id = 'a'");
    const std::string before = scalar("select geom::text from donnees.banc where id = 'a'");
    const json feature = get_json(path);
    const std::string headers = "Content-Type: application/geo+json\r\n" + token_of("ed");
    ASSERT_EQ(::request(port(), "PUT", path, headers, feature.dump()).status, 204);
    EXPECT_EQ(scalar("select geom::text from donnees.banc where id = 'a'"), before);
    EXPECT_EQ(get_json(path)["properties"], feature["properties"]);
}

TEST_F(Edits, RightsDecideAndTellNothing) {
    const std::string a = std::string(bancs) + "/a", b = std::string(bancs) + "/b";
    const json patch{{"properties", {{"nom", "x"}}}};
    EXPECT_EQ(edit("ed", "PATCH", b, patch).status, 403) << "seen, of another commune";
    EXPECT_EQ(erase("ed", b).status, 403);
    EXPECT_EQ(edit("lea", "PATCH", a, patch).status, 403);
    EXPECT_EQ(edit("lea", "POST", bancs, feature({{"id", "l"}})).status, 403);
    EXPECT_EQ(::request(port(), "PATCH", a, "Content-Type: application/geo+json\r\n", patch.dump()).status, 401);
    EXPECT_EQ(
        ::request(port(), "PATCH", std::string(bancs) + "/zz", "Content-Type: application/geo+json\r\n", patch.dump())
            .status,
        404);
    EXPECT_EQ(edit("ed", "POST", "/collections/nowhere/items", feature({})).status, 404);
    const RawAnswer moved = edit("ed", "PATCH", a,
                                 {{"properties", {{"commune", "62002"}}},
                                  {"geometry", {{"type", "Point"}, {"coordinates", {691000, 7041000}}}}});
    EXPECT_EQ(moved.status, 403) << moved.body;
    EXPECT_EQ(errors_of(moved), Lines{"commune: a commune where you may edit this layer expected"});
    EXPECT_EQ(edit("ed", "POST", bancs, feature({{"id", "q"}}, 691000)).status, 403) << "its place says 62002";
    const RawAnswer lies = edit("ed", "POST", bancs, feature({{"id", "q"}, {"commune", "62001"}}, 691000));
    EXPECT_EQ(errors_of(lies), Lines{"commune: the commune where the feature lies expected, 62002"});
    EXPECT_EQ(
        errors_of(edit("ed", "PATCH", a, {{"geometry", {{"type", "Point"}, {"coordinates", {691000, 7041000}}}}})),
        Lines{"geometry: a geometry in the feature's commune expected; to move it, set its commune too"});
    run("update donnees.banc set commune = '62001' where id = 'a'");
    EXPECT_EQ(edit("chef", "PATCH", b, patch).status, 204);
    EXPECT_EQ(scalar("select string_agg(id || nom, ' ' order by id) from donnees.banc"), "aA bx");
}

TEST_F(Edits, WhatIsCoarseIsNotEditedByWhoSeesItSo) {
    const std::string s = "/collections/secret/items/s";
    run("update org.convention_right set rights = '{read,edit}' where rights = '{read,exact,edit}' and layer_id = "
        "(select layer_id from catalogue.layer where name = 'secret')");
    EXPECT_EQ(edit("ed", "PATCH", s, {{"properties", {{"nom", "x"}}}}).status, 403);
    run("update org.convention_right set rights = '{read,exact,edit}' where rights = '{read,edit}' and layer_id = "
        "(select layer_id from catalogue.layer where name = 'secret')");
    EXPECT_EQ(edit("ed", "PATCH", s, {{"properties", {{"nom", "x"}}}}).status, 204);
    EXPECT_EQ(get_json(s)["properties"]["nom"], "x") << "coarse copies follow";
}

TEST_F(Edits, OptionsSayWhatTheCallerMayDo) {
    const auto allow = [&](const std::string& who, const std::string& target) {
        return ::request(port(), "OPTIONS", target, who.empty() ? "" : token_of(who)).header("Allow");
    };
    EXPECT_EQ(allow("ed", bancs), "GET, HEAD, POST, OPTIONS");
    EXPECT_EQ(allow("lea", bancs), "GET, HEAD, OPTIONS");
    EXPECT_EQ(allow("", bancs), "GET, HEAD, OPTIONS");
    EXPECT_EQ(allow("ed", std::string(bancs) + "/a"), "GET, HEAD, PUT, PATCH, DELETE, OPTIONS");
    EXPECT_EQ(allow("ed", std::string(bancs) + "/unknown_id"), "GET, HEAD, PUT, PATCH, DELETE, OPTIONS");
    EXPECT_EQ(allow("ed", std::string(bancs) + "/b"), "GET, HEAD, OPTIONS");
    EXPECT_EQ(allow("lea", std::string(bancs) + "/a"), "GET, HEAD, OPTIONS");
    EXPECT_EQ(::request(port(), "OPTIONS", "/collections/nowhere/items").status, 404);
    const RawAnswer preflight =
        ::request(port(), "OPTIONS", bancs, "Origin: http://x\r\nAccess-Control-Request-Method: POST\r\n");
    EXPECT_EQ(preflight.status, 204);
    EXPECT_NE(preflight.header("Access-Control-Allow-Methods").find("POST"), std::string::npos)
        << "asked in nobody's name";
}

TEST_F(Edits, TwoClientsOneFeature) {
    const std::string a = std::string(bancs) + "/a";
    const RawAnswer first = get(a, token_of("ed"));
    const RawAnswer other_crs = get(a + "?crs=" + lambert, token_of("chef"));
    EXPECT_NE(first.header("ETag"), other_crs.header("ETag")) << "two representations";
    const RawAnswer changed = edit("chef", "PATCH", a, {{"properties", {{"nom", "chef"}}}}, etag_of(other_crs));
    ASSERT_EQ(changed.status, 204) << changed.body;
    const json mine{{"properties", {{"nom", "ed"}}}};
    const RawAnswer refused = edit("ed", "PATCH", a, mine, etag_of(first));
    EXPECT_EQ(refused.status, 412);
    const json problem = json::parse(refused.body);
    EXPECT_EQ(problem["current"]["properties"]["nom"], "chef");
    EXPECT_EQ(problem["yours"], mine);
    EXPECT_EQ(read("ed", a)["properties"]["nom"], "chef");
    EXPECT_EQ(edit("ed", "PATCH", a, mine, "If-Match: " + refused.header("ETag") + "\r\n").status, 204)
        << "having looked again";
    EXPECT_EQ(edit("ed", "PATCH", a, mine, "If-Match: *\r\n").status, 204);
    EXPECT_EQ(
        edit("ed", "PATCH", a, {{"properties", {{"nom", "2"}}}}, "If-Match: \"x\", " + get(a).header("ETag") + "\r\n")
            .status,
        204);
    EXPECT_EQ(erase("ed", a, etag_of(first)).status, 412);
    EXPECT_EQ(get(a, "If-None-Match: " + get(a).header("ETag") + "\r\n").status, 304);
    EXPECT_EQ(erase("ed", a).status, 204) << "never required";
}

TEST_F(Edits, ConflictsAreToldInPlainWords) {
    const RawAnswer taken = edit("ed", "POST", bancs, feature({{"id", "b"}, {"commune", "62001"}}));
    EXPECT_EQ(taken.status, 409);
    EXPECT_EQ(errors_of(taken), Lines{"id: an id that no other feature has expected"});
    const RawAnswer number = edit("ed", "PATCH", std::string(bancs) + "/a", {{"properties", {{"numero", 2}}}});
    EXPECT_EQ(number.status, 409);
    EXPECT_EQ(errors_of(number), Lines{"numero: a value that no other feature has expected: there is one already"});
    run("insert into donnees.zone (id, commune) values ('00000000-0000-0000-0000-000000000001', '62001'); "
        "insert into donnees.appui values (1, '00000000-0000-0000-0000-000000000001')");
    EXPECT_EQ(erase("chef", "/collections/zone/items/00000000-0000-0000-0000-000000000001").status, 409);
    EXPECT_EQ(edit("chef", "PATCH", "/collections/appui/items/1",
                   {{"properties", {{"zone", "00000000-0000-0000-0000-000000000009"}}}})
                  .status,
              409);
}

TEST_F(Edits, InjectionsAreValues) {
    const std::string evil = "'; drop table donnees.banc; -- \"\\ $1 \xF0\x9F\x92\xA3";
    json one = feature({{"id", evil}, {"commune", "62001"}, {"nom", "a');--"}});
    const RawAnswer made = edit("ed", "POST", bancs, one);
    ASSERT_EQ(made.status, 201) << made.body;
    const std::string path = path_of(made.header("Location"));
    EXPECT_EQ(read("ed", path)["id"], evil);
    EXPECT_EQ(edit("ed", "PATCH", path, {{"properties", {{"nom", "\"};--"}}}}).status, 204);
    EXPECT_EQ(edit("ed", "PATCH", path, {{"properties", {{"nom\" = 'x'; --", "y"}}}}).status, 422);
    EXPECT_EQ(edit("ed", "PATCH", path, {{"properties", {{"nom", std::string("a\0b", 3)}}}}).status, 422);
    EXPECT_EQ(erase("ed", path).status, 204);
    EXPECT_EQ(scalar("select count(*) from donnees.banc"), "2");
}

TEST_F(Edits, TheHistoryNamesThePerson) {
    const std::string a = std::string(bancs) + "/a";
    ASSERT_EQ(edit("ed", "PATCH", a, {{"properties", {{"nom", "1"}}}}).status, 204);
    ASSERT_EQ(edit("chef", "PATCH", a, {{"properties", {{"nom", "2"}}}}).status, 204);
    EXPECT_EQ(
        column("select by || ' ' || (old_row ->> 'nom') from catalogue.history where feature_id = 'a' and op = 'U' "
               "order by history_id desc limit 2"),
        (Lines{"chef 1", "ed A"}));
}

}  // namespace
