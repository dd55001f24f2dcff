#include "tests/api/page_cache_fixture.hpp"

#include <fmt/format.h>

#include <regex>

#include "server/db/layer_declaration.hpp"

namespace test {

namespace {

constexpr int lots_at_start = 400;

}  // namespace

std::string commune_at(double x) {
    return x < 690000 ? "62001" : "62002";
}

std::string box_of(const Lot& lot) {
    return fmt::format("bbox={},{},{},{}&bbox-crs=http://www.opengis.net/def/crs/EPSG/0/2154", lot.x - 250, lot.y - 250,
                       lot.x + 250, lot.y + 250);
}

std::string without_time(const std::string& body) {
    static const std::regex time("20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z");
    return std::regex_replace(body, time, "");
}

void PageCacheTest::SetUpTestSuite() {
    TileTest::SetUpTestSuite();
    db::Connection connection(dsn());
    connection.run_script(
        "insert into org.commune (code_insee, nom, geom) select c, c, st_multi(st_makeenvelope(x, 7040000, x + "
        "10000, 7050000, 2154)) from (values ('62001', 680000), ('62002', 690000)) v(c, x); "
        "create table donnees.lot (id text primary key, commune text not null, kind text not null, "
        "stamp integer not null, geom geometry(Point, 2154) not null); "
        "create index on donnees.lot using gist (geom); "
        "create table donnees.flash (id text primary key, geom geometry(Point, 2154))");
    db::declare_layer(dsn(), R"({"table": "donnees.lot", "commune_column": "commune"})");
    db::declare_layer(dsn(), R"({"table": "donnees.flash", "public": true})");
}

void PageCacheTest::SetUp() {
    TileTest::SetUp();
    run(
        fmt::format("truncate donnees.lot; insert into donnees.lot select 'l' || n, case when x < 690000 then "
                    "'62001' else '62002' end, substr('abc', n % 3 + 1, 1), 0, st_setsrid(st_makepoint(x, 7041000 "
                    "+ n / 40 * 100), 2154) from (select n, 681000 + n % 40 * 450.0 x from generate_series(1, {}) "
                    "n) a; truncate donnees.flash; insert into donnees.flash values ('f1', "
                    "'SRID=2154;POINT(700000 6600000)')",
                    lots_at_start));
    make_person("tout", "read,edit");
    for (const char* login : {"nord", "jumeau", "sud", "deux", "etude"}) make_person(login, "");
    give("nord", "{62001}");
    give("jumeau", "{62001}");
    give("sud", "{62002}");
    give("deux", "{62001,62002}");
    run("insert into org.engagement (organisation_id, etude, rights, perimeter, valid_from, valid_to) select "
        "organisation_id, 'Étude', '{read}', st_multi(st_makeenvelope(688000, 7040000, 692000, 7050000, 2154)), "
        "now() - interval '1 day', now() + interval '1 day' from org.person where login = 'etude' and not exists "
        "(select from org.engagement); insert into org.engagement_layer select engagement_id, layer_id from "
        "org.engagement, catalogue.layer where name = 'lot' on conflict do nothing");
    wait_for_layer("flash");
}

void PageCacheTest::give(const std::string& login, const std::string& communes) {
    run(
        fmt::format("delete from org.convention_right where convention_id = (select convention_id from "
                    "org.convention where titre = 'Convention de {0}'); "
                    "insert into org.convention_right (convention_id, line, layer_id, communes, codes, rights) "
                    "select c.convention_id, 1, l.layer_id, 'list', '{1}', '{{read}}' from org.convention c, "
                    "catalogue.layer l where c.titre = 'Convention de {0}' and l.name = 'lot'",
                    login, communes));
}

RawAnswer PageCacheTest::page(const std::string& who, const std::string& query) const {
    return get(std::string(lots) + "?" + query, who.empty() ? "" : token_of(who));
}

std::map<std::string, std::pair<int, std::string>> PageCacheTest::read(const std::string& who,
                                                                       const std::string& query) const {
    std::map<std::string, std::pair<int, std::string>> found;
    std::string target = std::string(lots) + "?" + query;
    while (!target.empty()) {
        const json document = get_json(target, token_of(who));
        for (const json& feature : document["features"])
            found[feature["id"]] = {feature["properties"]["stamp"], feature["properties"]["commune"]};
        const std::string next = link_of(document, "next", "application/geo+json");
        target = next.empty() ? "" : path_of(next);
    }
    return found;
}

RawAnswer PageCacheTest::edit(const std::string& method, const std::string& target, const json& body) const {
    const std::string type = method == "PATCH" ? "application/merge-patch+json" : "application/geo+json";
    return ::request(port(), method, target,
                     "Content-Type: " + type + "\r\nContent-Crs: <http://www.opengis.net/def/crs/EPSG/0/2154>\r\n" +
                         token_of("tout"),
                     body.is_null() ? "" : body.dump());
}

bool PageCacheTest::is_kept(const std::string& who, const std::string& query) {
    return is_kept_at(std::string(lots) + "?" + query, token_of(who));
}

bool PageCacheTest::is_kept_at(const std::string& target, const std::string& headers) {
    return eventually([&] {
        const auto before = pages().counters().hits;
        return get(target, headers).status == 200 && pages().counters().hits > before;
    });
}

std::set<std::string> PageCacheTest::communes_of(const std::string& who) {
    if (who == "nord" || who == "jumeau") return {"62001"};
    if (who == "sud") return {"62002"};
    return {"62001", "62002"};
}

bool PageCacheTest::sees(const std::string& who, const Lot& lot) {
    if (who == "etude") return lot.x >= 688000 && lot.x <= 692000;
    return communes_of(who).contains(lot.commune);
}

}  // namespace test
