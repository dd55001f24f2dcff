// People over /admin: accounts, passwords, what each of them sees, and that nobody shuts himself out.

#include "tests/api/admin_fixture.hpp"

namespace test {

namespace {

class AdministrationOfPeople : public AdminTest {
  protected:
    int person(const std::string& login) {
        return std::stoi(scalar("select person_id from org.person where login = '" + login + "'"));
    }
    json sees(const std::string& login, const std::string& at) {
        return expect(200,
                      ask("GET", fmt::format("/admin/people/{}/sees{}", person(login), at.empty() ? "" : "?at=" + at)));
    }
    static json layer(const json& sight, const std::string& name) {
        for (const json& one : sight["layers"]) {
            if (one["name"] == name) return one;
        }
        return {};
    }
    /// The cookie of a login by password, "" when it is refused.
    std::string cookie_of(const std::string& login, const std::string& password) const {
        const RawAnswer answer = send("POST", "/session", {{"login", login}, {"password", password}}, "");
        const std::string cookie = answer.header("Set-Cookie");
        return answer.status == 201 ? "Cookie: " + cookie.substr(0, cookie.find(';')) + "\r\n" : "";
    }
    bool is_known(const std::string& cookie) const { return get_json("/session", cookie)["authenticated"].get<bool>(); }
};

constexpr auto good_password = "une phrase assez longue";

TEST_F(AdministrationOfPeople, APersonIsMadeListedAndChanged) {
    const json made = make("people", {{"login", "anne.b"},
                                      {"name", "Anne B"},
                                      {"organisation", organisation_of("lise")},
                                      {"services", {"TOUT"}},
                                      {"password", good_password}});
    EXPECT_EQ(made["services"], json({"TOUT"}));
    EXPECT_EQ(made["active"], true);
    EXPECT_FALSE(made.contains("password"));
    EXPECT_EQ(item("people", made["id"]), made);
    EXPECT_NE(cookie_of("anne.b", good_password), "");
    const json changed = change("people", made["id"], {{"services", nullptr}, {"email", "anne@artois.example"}});
    EXPECT_TRUE(changed["services"].is_null());
    EXPECT_EQ(changed["login"], "anne.b");
    EXPECT_EQ(change("people", made["id"], json::object()), changed);
}

TEST_F(AdministrationOfPeople, APersonIsRefusedWithTheMemberThatIsWrong) {
    const std::vector<std::pair<json, std::string>> table{{{{"login", "Majuscule"}}, "login"},
                                                          {{{"login", "a b"}}, "login"},
                                                          {{{"login", nullptr}}, "login"},
                                                          {{{"name", 7}}, "name"},
                                                          {{{"organisation", 999999}}, "organisation"},
                                                          {{{"organisation", nullptr}}, "organisation"},
                                                          {{{"services", {"RIEN"}}}, "services"},
                                                          {{{"services", "TOUT"}}, "services"},
                                                          {{{"active", "oui"}}, "active"},
                                                          {{{"email", "ici"}}, "email"},
                                                          {{{"password", "court"}}, "password"},
                                                          {{{"password", 123456789012}}, "password"},
                                                          {{{"valid_to", "2019-01-01"}}, "valid_to"},
                                                          {{{"id", 1}}, "id"},
                                                          {{{"person_id", 1}}, "person_id"},
                                                          {{{"hash", "x"}}, "hash"},
                                                          {{{"administrator", true}}, "administrator"}};
    for (const auto& [change, member] : table) {
        json body{{"login", "refuse"}, {"name", "Refusé"}, {"organisation", organisation_of("lise")}};
        body.update(change);
        SCOPED_TRACE(change.dump());
        expect_refused(400, member, ask("POST", "/admin/people", body));
    }
    EXPECT_EQ(scalar("select count(*) from org.person where login = 'refuse'"), "0");
    const json twice{{"login", "lise"}, {"name", "Lise"}, {"organisation", organisation_of("lise")}};
    expect_refused(409, "login", ask("POST", "/admin/people", twice));
}

TEST_F(AdministrationOfPeople, ANewPasswordEndsTheSessionsOfThePortal) {
    change("people", person("lise"), {{"password", good_password}});
    const std::string cookie = cookie_of("lise", good_password);
    ASSERT_TRUE(is_known(cookie));
    change("people", person("lise"), {{"password", "une autre phrase longue"}});
    EXPECT_TRUE(eventually([&] { return !is_known(cookie); }, std::chrono::seconds(5)));
    EXPECT_EQ(cookie_of("lise", good_password), "");
    EXPECT_NE(cookie_of("lise", "une autre phrase longue"), "");
    EXPECT_EQ(get("/collections", token_of("lise")).status, 200);
    EXPECT_EQ(scalar("select count(*) from audit.entry where result like '%phrase%' or purpose like '%phrase%'"), "0");
    change("people", person("lise"), {{"password", nullptr}});
    EXPECT_EQ(cookie_of("lise", "une autre phrase longue"), "");
}

TEST_F(AdministrationOfPeople, ADeactivatedPersonIsRefused) {
    make_person("eric", "read");
    EXPECT_EQ(get("/collections", token_of("eric")).status, 200);
    change("people", person("eric"), {{"active", false}});
    EXPECT_TRUE(
        eventually([&] { return get("/collections", token_of("eric")).status == 401; }, std::chrono::seconds(5)));
}

TEST_F(AdministrationOfPeople, ACookieAloneChangesNothing) {
    change("people", person("chef"), {{"password", good_password}});
    const std::string cookie = cookie_of("chef", good_password);
    const json body{{"name", "Par la page d'un autre"}, {"kind", "commune"}};
    EXPECT_EQ(send("POST", "/admin/organisations", body, cookie).status, 403);
    EXPECT_EQ(send("POST", "/admin/organisations", body, cookie + "X-CSRF-Token: deviné\r\n").status, 403);
    const std::string csrf = get_json("/session", cookie)["csrf"];
    EXPECT_EQ(send("POST", "/admin/organisations", body, cookie + "X-CSRF-Token: " + csrf + "\r\n").status, 201);
}

TEST_F(AdministrationOfPeople, NobodyTakesAwayHisOwnLastRightToAdminister) {
    const int convention =
        std::stoi(scalar("select convention_id from org.convention where titre = 'Convention de chef'"));
    const json reading{{"service", "TOUT"}, {"communes", "all"}, {"rights", {"read"}}};
    const std::string now = scalar("select to_jsonb(clock_timestamp() + interval '2 seconds') #>> '{}'");
    expect_refused(409, "", ask("PATCH", path_to("people", person("chef")), {{"active", false}}));
    expect_refused(409, "", ask("PATCH", path_to("people", person("chef")), {{"services", json::array()}}));
    expect_refused(409, "",
                   ask("PATCH", path_to("people", person("chef")), {{"organisation", organisation_of("lise")}}));
    expect_refused(409, "", ask("PATCH", path_to("conventions", convention), {{"valid_to", now}}));
    expect_refused(409, "", ask("PATCH", path_to("conventions", convention), {{"rights", {reading}}}));
    expect_refused(409, "",
                   ask("PATCH", path_to("organisations", organisation_of("chef")), {{"valid_to", "2025-01-01"}}));
    EXPECT_EQ(scalar("select active from org.person where login = 'chef'"), "true");
    EXPECT_EQ(change("conventions", convention, {{"contact", "moi"}})["rights"].size(), 1U);
    // With a second one, the first may end.
    const json all{{"service", "TOUT"}, {"communes", "all"}, {"rights", {"read", "administer"}}};
    make("conventions", {{"organisation", organisation_of("chef")}, {"title", "Deuxième"}, {"rights", {all}}});
    change("conventions", convention, {{"valid_to", now}});
    run("update org.convention set valid_to = null where titre = 'Convention de chef'");
}

TEST_F(AdministrationOfPeople, WhatAPersonSeesDependsOnTheDate) {
    make_person("nina", "");
    run("select access.set_public(layer_id, false) from catalogue.layer where name = 'note'");
    const json line{{"service", nullptr}, {"layer", "note"}, {"communes", {"62119"}}, {"rights", {"read", "edit"}}};
    make("conventions", {{"organisation", organisation_of("nina")},
                         {"title", "Notes 2021"},
                         {"contact", "sig@artois.example"},
                         {"valid_from", "2021-01-01"},
                         {"valid_to", "2021-12-31"},
                         {"rights", {line}}});
    EXPECT_TRUE(layer(sees("nina", "2020-12-31"), "note").is_null());
    for (const char* day : {"2021-01-01", "2021-12-31"}) {
        const json note = layer(sees("nina", day), "note");
        ASSERT_FALSE(note.is_null()) << day;
        EXPECT_EQ(note["rights"], json({"read", "edit"}));
        EXPECT_EQ(note["communes"], json({"62119"}));
        EXPECT_EQ(note["resolution"], "exact");
        EXPECT_EQ(note["because"], json({"Notes 2021"}));
    }
    EXPECT_FALSE(layer(sees("nina", "2021-12-31T22:59:59Z"), "note").is_null());
    EXPECT_TRUE(layer(sees("nina", "2021-12-31T23:00:00Z"), "note").is_null());
    const json today = sees("nina", "");
    EXPECT_TRUE(layer(today, "note").is_null());
    ASSERT_EQ(today["ended"].size(), 1U);
    EXPECT_EQ(today["ended"][0]["title"], "Notes 2021");
    EXPECT_EQ(today["ended"][0]["ended_at"], "2021-12-31T23:00:00+00:00");
    EXPECT_EQ(today["person"]["login"], "nina");
    // What the public sees, she does, because of the public's convention.
    EXPECT_EQ(layer(today, "place")["because"], json({"Données publiques"}));
    EXPECT_EQ(layer(today, "place")["communes"], "all");
    expect_refused(400, "at", ask("GET", fmt::format("/admin/people/{}/sees?at=demain", person("nina"))));
    run("select access.set_public(layer_id, true) from catalogue.layer where name = 'note'");
}

TEST_F(AdministrationOfPeople, ASimulationLeavesNothingBehind) {
    const std::string credentials = scalar("select count(*) from access.credential");
    const std::string revision = scalar("select n from access.revision");
    sees("lise", "2021-01-01");
    EXPECT_EQ(scalar("select count(*) from access.credential"), credentials);
    EXPECT_EQ(scalar("select n from access.revision"), revision);
    EXPECT_EQ(items("organisations").empty(), false);
}

TEST_F(AdministrationOfPeople, TheResolutionOfASensitiveLayerIsTheBestHeHas) {
    make_person("vue", "");
    make_person("agent", "read");
    make_person("specialiste", "read,exact");
    run("update catalogue.layer set public_resolution = 'commune', agent_resolution = 'footprint' where name = "
        "'square'");
    EXPECT_EQ(layer(sees("vue", ""), "square")["resolution"], "public");
    EXPECT_EQ(layer(sees("agent", ""), "square")["resolution"], "footprint");
    EXPECT_EQ(layer(sees("specialiste", ""), "square")["resolution"], "exact");
    run("update catalogue.layer set public_resolution = 'hidden' where name = 'square'");
    EXPECT_TRUE(layer(sees("vue", ""), "square").is_null());
    run("update catalogue.layer set public_resolution = 'exact', agent_resolution = 'exact' where name = 'square'");
}

}  // namespace

}  // namespace test
