// Organisations, services, conventions, engagements, tokens and the journal over /admin.

#include <algorithm>

#include "server/gate/upkeep.hpp"
#include "tests/api/admin_fixture.hpp"

namespace test {

namespace {

class Administration : public AdminTest {};

json square(double west, double south, double size) {
    const json ring{
        {west, south}, {west + size, south}, {west + size, south + size}, {west, south + size}, {west, south}};
    return {{"type", "Polygon"}, {"coordinates", {ring}}};
}

json study(int organisation) {
    return {{"organisation", organisation},
            {"study", "Berges"},
            {"layers", {"place"}},
            {"rights", {"read", "export"}},
            {"perimeter", square(2.99, 46.49, 0.02)},
            {"valid_from", "2020-01-01"},
            {"valid_to", "2090-12-31"}};
}

TEST_F(Administration, IsNotThereForAnybodyElse) {
    const std::vector<std::pair<std::string, std::string>> routes{{"GET", "/admin/organisations"},
                                                                  {"POST", "/admin/organisations"},
                                                                  {"PATCH", "/admin/organisations/1"},
                                                                  {"GET", "/admin/people"},
                                                                  {"POST", "/admin/people"},
                                                                  {"PATCH", "/admin/people/1"},
                                                                  {"GET", "/admin/people/1/sees"},
                                                                  {"GET", "/admin/services"},
                                                                  {"POST", "/admin/services"},
                                                                  {"PATCH", "/admin/services/TOUT"},
                                                                  {"GET", "/admin/conventions"},
                                                                  {"POST", "/admin/conventions"},
                                                                  {"PATCH", "/admin/conventions/1"},
                                                                  {"GET", "/admin/engagements"},
                                                                  {"POST", "/admin/engagements"},
                                                                  {"PATCH", "/admin/engagements/1"},
                                                                  {"GET", "/admin/layers"},
                                                                  {"PATCH", "/admin/layers/place"},
                                                                  {"GET", "/admin/tokens"},
                                                                  {"POST", "/admin/tokens"},
                                                                  {"DELETE", "/admin/tokens/1"},
                                                                  {"GET", "/admin/audit"}};
    for (const auto& [method, target] : routes) {
        for (const std::string& headers : {std::string(), token_of("lise")}) {
            const RawAnswer answer = send(method, target, {{"name", "x"}}, headers);
            EXPECT_EQ(answer.status, 404) << method << " " << target << " " << headers;
            const json problem = json::parse(answer.body);
            EXPECT_EQ(problem["detail"], "there is nothing at " + target);
        }
    }
    EXPECT_EQ(scalar("select count(*) from org.organisation where nom = 'x'"), "0");
}

TEST_F(Administration, LayersAreDescribedForTheirRecords) {
    const json described = change("layers", "place",
                                  {{"contact", "Service SIG <sig@agglo.fr>"},
                                   {"lineage", "Levé de 2024, puis saisie."},
                                   {"access_limits", "INSPIRE_Directive_Article13_1d"},
                                   {"keywords", {"lieux-dits", "toponymie <http://a.example/toponymie>"}}});
    EXPECT_EQ(described["contact"], "Service SIG <sig@agglo.fr>");
    EXPECT_EQ(described["keywords"], json({"lieux-dits", "toponymie <http://a.example/toponymie>"}));
    const json listed = items("layers");
    EXPECT_NE(std::find(listed.begin(), listed.end(), described), listed.end());
    expect_refused(400, "keywords", ask("PATCH", "/admin/layers/place", {{"keywords", "lieux"}}));
    expect_refused(400, "title", ask("PATCH", "/admin/layers/place", {{"title", ""}}));
    expect_refused(400, "table_name", ask("PATCH", "/admin/layers/place", {{"table_name", "x"}}));
    expect_refused(400, "name", ask("PATCH", "/admin/layers/place", {{"name", "x"}}));
    EXPECT_EQ(ask("PATCH", "/admin/layers/nulle_part", {{"contact", "x"}}).status, 404);
    EXPECT_EQ(scalar("select result from audit.entry where action = 'admin' and result like 'layer place%' order by "
                     "entry_id desc limit 1"),
              "layer place changed: access_limits, contact, keywords, lineage");
    const json bare =
        change("layers", "place",
               {{"contact", nullptr}, {"lineage", nullptr}, {"access_limits", nullptr}, {"keywords", nullptr}});
    EXPECT_EQ(bare["keywords"], json::array());
    EXPECT_EQ(bare["lineage"], "");
}

TEST_F(Administration, AnOrganisationIsMadeListedAndChanged) {
    const json made = make("organisations", {{"name", "Commune d'Essai"},
                                             {"kind", "commune"},
                                             {"siren", "123456789"},
                                             {"code_insee", "62119"},
                                             {"valid_from", "2020-01-01"},
                                             {"valid_to", "2020-12-31"}});
    // Midnight in Paris: one hour before midnight UTC in winter; the last day belongs to it.
    EXPECT_EQ(made["valid_from"], "2019-12-31T23:00:00+00:00");
    EXPECT_EQ(made["valid_to"], "2020-12-31T23:00:00+00:00");
    EXPECT_EQ(item("organisations", made["id"]), made);
    const json changed = change("organisations", made["id"], {{"siren", nullptr}, {"valid_to", nullptr}});
    EXPECT_TRUE(changed["siren"].is_null() && changed["valid_to"].is_null());
    EXPECT_EQ(changed["name"], "Commune d'Essai");
    expect_refused(409, "name",
                   ask("POST", "/admin/organisations",
                       {{"name", "Commune d'Essai"}, {"kind", "commune"}, {"valid_from", "2020-01-01"}}));
    expect_refused(400, "siren", ask("PATCH", path_to("organisations", made["id"]), {{"siren", "12"}}));
    expect_refused(400, "kind", ask("PATCH", path_to("organisations", made["id"]), {{"kind", "public"}}));
    expect_refused(400, "valid_to", ask("PATCH", path_to("organisations", made["id"]), {{"valid_to", "2019-01-01"}}));
}

TEST_F(Administration, TheOrganisationPublicStays) {
    const int everybody = std::stoi(scalar("select organisation_id from org.organisation where genre = 'public'"));
    expect_refused(400, "kind", ask("PATCH", path_to("organisations", everybody), {{"kind", "commune"}}));
    const json line{{"service", "TOUT"}, {"communes", "all"}, {"rights", {"read", "administer"}}};
    expect_refused(
        400, "rights",
        ask("POST", "/admin/conventions", {{"organisation", everybody}, {"title", "Tous chefs"}, {"rights", {line}}}));
}

TEST_F(Administration, AServiceIsMadeListedAndChanged) {
    const json made = make("services", {{"code", "EAU"}, {"title", "Eau"}, {"layers", {"place", "note"}}});
    EXPECT_EQ(made["layers"], json({"note", "place"}));
    EXPECT_EQ(change("services", "EAU", {{"layers", {"square"}}})["layers"], json({"square"}));
    EXPECT_EQ(change("services", "EAU", {{"title", "Eaux"}})["layers"], json({"square"}));
    expect_refused(409, "code", ask("POST", "/admin/services", {{"code", "EAU"}, {"title", "x"}}));
    expect_refused(400, "code", ask("PATCH", "/admin/services/EAU", {{"code", "AIR"}}));
    expect_refused(400, "layers", ask("PATCH", "/admin/services/EAU", {{"layers", {"nulle_part"}}}));
    EXPECT_EQ(ask("PATCH", "/admin/services/AIR", {{"title", "x"}}).status, 404);
}

TEST_F(Administration, AConventionsLinesAreReplacedAsAWhole) {
    const json first{{"service", "TOUT"}, {"layer", nullptr}, {"communes", "members"}, {"rights", {"read"}}};
    const json second{{"service", nullptr}, {"layer", "place"}, {"communes", {"62119"}}, {"rights", {"read", "edit"}}};
    const json made = make("conventions", {{"organisation", organisation_of("lise")},
                                           {"title", "Essai"},
                                           {"valid_from", "2020-01-01"},
                                           {"rights", {first, second}}});
    EXPECT_EQ(made["rights"], json({first, second}));
    EXPECT_EQ(change("conventions", made["id"], {{"contact", "ici"}})["rights"].size(), 2U);
    EXPECT_EQ(change("conventions", made["id"], {{"rights", {second}}})["rights"], json({second}));
    EXPECT_EQ(scalar("select count(*) from org.convention_right where convention_id = " + made["id"].dump()), "1");
}

TEST_F(Administration, AConventionIsRefusedWithTheMemberThatIsWrong) {
    const auto line = [](const json& changes) {
        json one{{"service", "TOUT"}, {"communes", "all"}, {"rights", {"read"}}};
        one.merge_patch(changes);
        return json{{"rights", {one}}};
    };
    const std::vector<std::pair<json, std::string>> table{
        {{{"organisation", 999999}}, "organisation"},
        {{{"organisation", "1"}}, "organisation"},
        {{{"title", ""}}, "title"},
        {{{"title", nullptr}}, "title"},
        {{{"title", std::string(301, 'x')}}, "title"},
        {{{"valid_from", "hier"}}, "valid_from"},
        {{{"valid_to", "2019-01-01"}}, "valid_to"},
        {{{"valid_to", "0000-01-01"}}, "valid_to"},
        {{{"valid_to", "2026-02-30"}}, "valid_to"},
        {{{"valid_to", "2026-01-01T00:00:00+23:00"}}, "valid_to"},
        {{{"id", 7}}, "id"},
        {{{"convention_id", 7}}, "convention_id"},
        {{{"rights", "all"}}, "rights"},
        {line({{"service", nullptr}}), "rights[0]"},
        {line({{"layer", "place"}}), "rights[0]"},
        {line({{"service", "RIEN"}}), "rights[0].service"},
        {line({{"service", nullptr}, {"layer", "rien"}}), "rights[0].layer"},
        {line({{"service", nullptr}, {"layer", "place"}, {"communes", "members"}}), "rights[0].communes"},
        {line({{"communes", {"00000"}}}), "rights[0].communes"},
        {line({{"communes", json::array()}}), "rights[0].communes"},
        {line({{"communes", "toutes"}}), "rights[0].communes"},
        {line({{"rights", {"lire"}}}), "rights[0].rights"},
        {line({{"rights", json::array()}}), "rights[0].rights"},
        {line({{"convention_id", 1}}), "rights[0].convention_id"}};
    for (const auto& [change, member] : table) {
        json body{{"organisation", organisation_of("lise")}, {"title", "Refusée"}, {"valid_from", "2020-01-01"}};
        body.update(change);
        SCOPED_TRACE(change.dump());
        expect_refused(400, member, ask("POST", "/admin/conventions", body));
    }
    EXPECT_EQ(scalar("select count(*) from org.convention where titre = 'Refusée'"), "0");
}

TEST_F(Administration, ConventionsThatEndSoonAreListed) {
    const auto with_end = [&](const char* title, const char* end) {
        const std::string day = scalar(std::string("select (current_date + ") + end + ")");
        make("conventions", {{"organisation", organisation_of("lise")},
                             {"title", title},
                             {"valid_from", "2020-01-01"},
                             {"valid_to", day}});
    };
    with_end("bientôt", "30");
    with_end("plus tard", "90");
    with_end("passée", "- 30");
    const json soon = items("conventions", "?ends_within=60");
    ASSERT_EQ(soon.size(), 1U);
    EXPECT_EQ(soon[0]["title"], "bientôt");
    expect_refused(400, "ends_within", ask("GET", "/admin/conventions?ends_within=beaucoup"));
    expect_refused(400, "ends_with", ask("GET", "/admin/conventions?ends_with=60"));
}

TEST_F(Administration, APerimeterComesBackWhereItWas) {
    const json made = make("engagements", study(organisation_of("lise")));
    EXPECT_EQ(made["perimeter"]["type"], "MultiPolygon");
    const json ring = made["perimeter"]["coordinates"][0][0];
    ASSERT_EQ(ring.size(), 5U);
    EXPECT_NEAR(ring[0][0].get<double>(), 2.99, 1e-6);
    EXPECT_NEAR(ring[0][1].get<double>(), 46.49, 1e-6);
    EXPECT_EQ(change("engagements", made["id"], {{"study", "Autre"}})["perimeter"], made["perimeter"]);
    // 0.02 degrees around 3° E, 46.5° N: 0.02 x 111,149 m by 0.02 x 76,740 m.
    EXPECT_NEAR(std::stod(scalar("select st_area(perimeter) from org.engagement")), 2223.0 * 1534.8, 15'000.0);
}

TEST_F(Administration, ABadPerimeterIsRefused) {
    json many = json::array();
    for (int i = 0; i <= 10'000; ++i) many.push_back({3.0 + i * 1e-6, 46.0});
    many.push_back(many.front());
    const json bow{{2.0, 46.0}, {2.1, 46.1}, {2.1, 46.0}, {2.0, 46.1}, {2.0, 46.0}};
    const std::vector<json> refused{nullptr,
                                    "ici",
                                    {{"type", "Point"}, {"coordinates", {3, 46}}},
                                    {{"type", "Polygon"}},
                                    {{"type", "Polygon"}, {"coordinates", json::array()}},
                                    {{"type", "Polygon"}, {"coordinates", {{{3, 46}, {4, 46}, {3, 46}}}}},
                                    {{"type", "Polygon"}, {"coordinates", {{{3, 46}, {4, 46}, {4, 47}, {3, 47}}}}},
                                    {{"type", "Polygon"}, {"coordinates", {{{"3", 46}, {4, 46}, {4, 47}, {"3", 46}}}}},
                                    {{"type", "Polygon"}, {"coordinates", {bow}}},
                                    {{"type", "Polygon"}, {"coordinates", {many}}},
                                    {{"type", "MultiPolygon"}, {"coordinates", square(3, 46, 0.1)["coordinates"]}},
                                    square(46, 3, 0.1),
                                    square(-70, 45, 0.1)};
    for (const json& perimeter : refused) {
        json body = study(organisation_of("lise"));
        body["perimeter"] = perimeter;
        SCOPED_TRACE(perimeter.dump().substr(0, 100));
        expect_refused(400, "perimeter", ask("POST", "/admin/engagements", body));
    }
    for (const char* member : {"valid_to", "rights", "study", "organisation"}) {
        json body = study(organisation_of("lise"));
        body.erase(member);
        expect_refused(400, member, ask("POST", "/admin/engagements", body));
    }
    json body = study(organisation_of("lise"));
    body["rights"] = {"administer"};
    expect_refused(400, "rights", ask("POST", "/admin/engagements", body));
}

TEST_F(Administration, SqlInNamesIsText) {
    const std::string name = "'); drop table org.person; -- \\ \" $1 {} %s";
    const json made = make("organisations", {{"name", name}, {"kind", "commune"}});
    EXPECT_EQ(made["name"], name);
    json line{{"service", "TOUT"}, {"communes", {name}}, {"rights", {"read"}}};
    const json body{{"organisation", made["id"]}, {"title", name}, {"rights", {line}}};
    expect_refused(400, "rights[0].communes", ask("POST", "/admin/conventions", body));
    EXPECT_EQ(ask("PATCH", "/admin/organisations/1%20or%201=1", {{"name", "x"}}).status, 404);
    EXPECT_EQ(ask("PATCH", "/admin/services/'%20or%20''='", {{"title", "x"}}).status, 404);
    EXPECT_EQ(items("audit", "?person=%27%20or%20%271%27=%271").size(), 0U);
    EXPECT_NE(scalar("select count(*) from org.person"), "0");
}

TEST_F(Administration, UnknownIdsAreNotThere) {
    for (const char* kind : {"organisations", "people", "conventions", "engagements"}) {
        for (const char* id : {"0", "-1", "999999", "99999999999", "x"})
            EXPECT_EQ(ask("PATCH", path_to(kind, id), json::object()).status, 404) << kind << id;
    }
    EXPECT_EQ(ask("GET", "/admin/people/999999/sees").status, 404);
    EXPECT_EQ(ask("DELETE", "/admin/tokens/999999").status, 404);
}

TEST_F(Administration, ARevokedTokenIsRefusedWithinFiveSeconds) {
    const json person = json::parse(scalar("select to_json(person_id) from org.person where login = 'lise'"));
    const json made =
        make("tokens", {{"person", person}, {"title", "Relevé"}, {"kind", "token"}, {"expires_at", nullptr}});
    const std::string header = "X-API-Key: " + made["secret"].get<std::string>() + "\r\n";
    EXPECT_EQ(get("/collections", header).status, 200);
    EXPECT_TRUE(item("tokens", made["id"])["revoked_at"].is_null());
    EXPECT_FALSE(item("tokens", made["id"]).contains("secret"));
    EXPECT_EQ(ask("DELETE", path_to("tokens", made["id"])).status, 204);
    const auto is_refused = [&] { return get("/collections", header).status == 401; };
    EXPECT_TRUE(eventually(is_refused, std::chrono::seconds(5)));
    expect_refused(400, "person",
                   ask("POST", "/admin/tokens", {{"person", 999999}, {"title", "x"}, {"kind", "token"}}));
    expect_refused(400, "kind", ask("POST", "/admin/tokens", {{"person", person}, {"title", "x"}, {"kind", "cookie"}}));
    expect_refused(400, "expires_at",
                   ask("POST", "/admin/tokens",
                       {{"person", person}, {"title", "x"}, {"kind", "token"}, {"expires_at", "2020-01-01"}}));
    expect_refused(
        400, "secret_sha256",
        ask("POST", "/admin/tokens", {{"person", person}, {"title", "x"}, {"kind", "token"}, {"secret_sha256", "x"}}));
}

TEST_F(Administration, EndingAConventionClosesItsLayers) {
    make_person("paul", "");
    run("select access.set_public(layer_id, false) from catalogue.layer where name = 'note'");
    EXPECT_EQ(get("/collections/note", token_of("paul")).status, 404);
    const json line{{"service", nullptr}, {"layer", "note"}, {"communes", "all"}, {"rights", {"read"}}};
    const json made =
        make("conventions", {{"organisation", organisation_of("paul")}, {"title", "Notes"}, {"rights", {line}}});
    const auto answers = [&](int status) { return get("/collections/note", token_of("paul")).status == status; };
    EXPECT_TRUE(eventually([&] { return answers(200); }, std::chrono::seconds(5)));
    change("conventions", made["id"], {{"valid_to", scalar("select to_jsonb(clock_timestamp()) #>> '{}'")}});
    EXPECT_TRUE(eventually([&] { return answers(404); }, std::chrono::seconds(5)));
    run("select access.set_public(layer_id, true) from catalogue.layer where name = 'note'");
}

TEST_F(Administration, EveryChangeIsInTheJournal) {
    const json made = make("organisations", {{"name", "Journalisée"}, {"kind", "commune"}});
    change("organisations", made["id"], {{"siren", "987654321"}});
    const json lines = items("audit", "?limit=2&person=chef&action=admin");
    ASSERT_EQ(lines.size(), 2U);
    EXPECT_EQ(lines[0]["result"], "organisation " + made["id"].dump() + " changed: siren");
    EXPECT_EQ(lines[1]["result"], "organisation " + made["id"].dump() + " made");
    EXPECT_FALSE(lines[0]["request_id"].is_null());
    const std::string before = scalar("select count(*) from audit.entry");
    expect_refused(400, "siren", ask("PATCH", path_to("organisations", made["id"]), {{"siren", "1"}}));
    EXPECT_EQ(scalar("select count(*) from audit.entry"), before);
}

TEST_F(Administration, NoServingRoleRewritesTheJournal) {
    make("organisations", {{"name", "Ineffaçable"}, {"kind", "commune"}});
    for (const char* role : {"carreau_server", "carreau_reader", "carreau_editor", "carreau_gate", "carreau_admin"}) {
        for (const char* statement :
             {"update audit.entry set result = ''", "delete from audit.entry", "truncate audit.entry"}) {
            db::Connection other(dsn());
            other.execute(std::string("set role ") + role);
            EXPECT_THROW(other.execute(statement), db::SqlError) << role << ": " << statement;
        }
    }
    EXPECT_THROW(run("update audit.entry set result = ''"), db::SqlError);
}

TEST_F(Administration, TheRoleThatAdministersReadsNoDataAndNoSecrets) {
    for (const char* statement :
         {"select * from donnees.place", "select * from majic.proprietaire", "select * from catalogue.setting",
          "delete from org.person", "delete from access.credential", "select audit.purge()"}) {
        db::Connection other(dsn());
        other.execute("set role carreau_admin");
        EXPECT_THROW(other.execute(statement), db::SqlError) << statement;
    }
}

TEST_F(Administration, OldLinesOfTheJournalGoOnceADay) {
    run("insert into audit.entry (at, action) values (now() - interval '13 months', 'vieille'), (now() - interval '11 "
        "months', 'jeune')");
    db::Connection other(dsn());
    EXPECT_EQ(gate::tidy_up(other), 1);
    EXPECT_EQ(scalar("select count(*) from audit.entry where action = 'vieille'"), "0");
    EXPECT_EQ(scalar("select count(*) from audit.entry where action = 'jeune'"), "1");
}

}  // namespace

}  // namespace test
