#pragma once

#include <fmt/format.h>

#include "server/db/layer_declaration.hpp"
#include "tests/api/api_fixture.hpp"

namespace test {

/// Layers to edit, two communes side by side (62001 from x = 680000, 62002 from 690000, both 10 km wide from
/// y = 7040000), and people: "ed" edits in 62001, "lea" reads, "chef" may do everything.
///   banc    points with a natural key, codes, a range, a computed field; versioned like the program's own tables
///   zone    areas whose ids the database gives
///   secret  positions made coarse for all but those with the right `exact`
///   mur     segments between bancs, by foreign key
class EditTest : public ApiTest {
  protected:
    static void SetUpTestSuite() {
        ApiTest::SetUpTestSuite();
        db::Connection connection(dsn());
        connection.run_script(R"sql(
create table donnees.banc (part_id int not null default 0, id text, commune text not null, nature text not null default 'banc',
    nom varchar(20), hauteur float8 check (hauteur <> 13), numero int, pose date, vu timestamptz,
    double float8 generated always as (hauteur * 2) stored, geom geometry(Point, 2154) not null,
    primary key (id, part_id), unique (part_id, numero)) partition by list (part_id);
select catalogue.make_versioned('donnees.banc');
create table donnees.zone (id uuid primary key default gen_random_uuid(), commune text, nom text,
    geom geometry(MultiPolygon, 2154));
create table donnees.secret (id text primary key, commune text, nom text, geom geometry(Point, 2154));
create table donnees.appui (id int primary key, zone uuid references donnees.zone);
insert into org.commune (code_insee, nom, geom) select c, c, st_multi(st_makeenvelope(x, 7040000, x + 10000, 7050000, 2154))
    from (values ('62001', 680000), ('62002', 690000)) v(c, x);
)sql");
        db::declare_layer(dsn(), R"({"table": "donnees.banc", "commune_column": "commune", "public": true, "fields": [
            {"name": "id"}, {"name": "commune"}, {"name": "nom"}, {"name": "numero"}, {"name": "pose"}, {"name": "vu"},
            {"name": "double"}, {"name": "hauteur", "minimum": 0, "maximum": 60},
            {"name": "nature", "codes": [{"value": "banc", "label": "Banc"}, {"value": "arbre", "label": "Arbre"}]}]})");
        db::declare_layer(dsn(), R"({"table": "donnees.zone", "commune_column": "commune", "public": true})");
        db::declare_layer(dsn(), R"({"table": "donnees.appui", "public": true})");
        db::declare_layer(dsn(), R"({"table": "donnees.secret", "commune_column": "commune", "public": true,
            "public_resolution": "cell_1km", "agent_resolution": "cell_1km"})");
    }

    void SetUp() override {
        ApiTest::SetUp();
        run("insert into donnees.banc (id, commune, nom, hauteur, numero, geom) values "
            "('a', '62001', 'A', 1, 1, 'SRID=2154;POINT(681000 7041000)'), "
            "('b', '62002', 'B', 2, 2, 'SRID=2154;POINT(691000 7041000)') on conflict do nothing; "
            "insert into donnees.secret values ('s', '62001', 'S', 'SRID=2154;POINT(681234 7041234)') on conflict do "
            "nothing");
        make_person("chef", "read,exact,edit,export,administer");
        make_person("lea", "read,exact,export");
        make_person("ed", "");
        run("insert into org.convention_right (convention_id, line, layer_id, communes, codes, rights) "
            "select c.convention_id, row_number() over (), l.layer_id, 'list', '{62001}', '{read,exact,edit}' "
            "from org.convention c, catalogue.layer l where c.titre = 'Convention de ed' and l.name in ('banc', "
            "'zone', "
            "'secret', 'appui') on conflict do nothing");
        wait_for_layer("secret");
    }

    void TearDown() override {
        run("delete from donnees.appui; delete from donnees.banc; delete from donnees.zone; delete from "
            "donnees.secret; truncate catalogue.history");  // each test has a record of its own
        ApiTest::TearDown();
    }

    /// A request as `who`, in Lambert-93.
    RawAnswer edit(const std::string& who, const std::string& method, const std::string& target, const json& body,
                   const std::string& headers = "") const {
        const std::string type = method == "PATCH" ? "application/merge-patch+json" : "application/geo+json";
        return ::request(port(), method, target,
                         "Content-Type: " + type + "\r\nContent-Crs: <" + lambert + ">\r\n" + headers + token_of(who),
                         body.is_null() ? "" : body.dump());
    }
    RawAnswer erase(const std::string& who, const std::string& target, const std::string& headers = "") const {
        return ::request(port(), "DELETE", target, headers + token_of(who));
    }
    json read(const std::string& who, const std::string& target) const {
        return get_json(target + (target.find('?') == std::string::npos ? "?" : "&") + "crs=" + lambert, token_of(who));
    }

    static json feature(json properties, double x = 681000, double y = 7042000) {
        return {{"type", "Feature"},
                {"properties", std::move(properties)},
                {"geometry", {{"type", "Point"}, {"coordinates", {x, y}}}}};
    }
    /// "property: expected" of each error, in order.
    static std::vector<std::string> errors_of(const RawAnswer& answer) {
        std::vector<std::string> lines;
        const json problem = json::parse(answer.body, nullptr, false);
        for (const json& error : problem.value("errors", json::array()))
            lines.push_back(error.value("property", "") + ": " + error["expected"].get<std::string>());
        return lines;
    }

    static constexpr const char* lambert = "http://www.opengis.net/def/crs/EPSG/0/2154";
    static constexpr const char* bancs = "/collections/banc/items";
};

}  // namespace test
