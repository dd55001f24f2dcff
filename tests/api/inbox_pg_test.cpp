// Drafts that are handed over: who sees them, who publishes them or sends them back, and that they are there for nobody
// else.
#include <sys/socket.h>

#include <array>

#include "tests/api/jobs_fixture.hpp"

namespace {

using test::json;

constexpr auto everybody = {"ana", "collegue", "beuvry", "voisin", "geometre", "chef", "sig"};

class Inbox : public test::JobsTest {
  protected:
    static void SetUpTestSuite() {
        JobsTest::SetUpTestSuite();
        for (const embedded::TextFile& file : embedded::layer_declarations()) {
            if (file.name == "mobilier_urbain") db::declare_layer(dsn(), file.text);
        }
    }
    void SetUp() override {
        JobsTest::SetUp();
        wait_for_layer("mobilier_urbain");
        if (scalar("select count(*) from org.person where login = 'ana'") != "0") return;
        // ana deposits in Béthune; what she brings of Beuvry (62126) is for others to publish.
        place("ana", "read,upload", "62119");
        place("beuvry", "read,edit,upload", "62126");
        place("voisin", "read,edit,upload", "62119");
        place("geometre", "read,upload", "62126");
        make_person("chef", "administer");
        make_person("sig", "read,exact,edit,upload,administer");
        make_person("collegue", "");
        // Of ana's organisation, with one line more than she has.
        run("insert into org.service (code, titre, every_layer) values ('TENUE', 'Tenue des données', true); "
            "insert into org.convention_right (convention_id, line, service, communes, codes, rights) select "
            "convention_id, 2, 'TENUE', "
            "'list', '{62119}', '{edit}' from org.convention where titre = 'Convention de ana'; "
            "update org.person set services = '{TOUT}' where login = 'ana'; "
            "update org.person set organisation_id = (select organisation_id from org.person where login = 'ana') "
            "where login = 'collegue'");
    }
    void TearDown() override {
        run("delete from capture.job");
        JobsTest::TearDown();
    }
    void place(const std::string& login, const std::string& rights, const std::string& commune) {
        make_person(login, rights);
        run(
            fmt::format("update org.convention_right r set communes = 'list', codes = '{{{}}}' from org.convention c "
                        "where c.convention_id = r.convention_id and c.titre = 'Convention de {}'",
                        commune, login));
    }
    std::string drafted(const std::string& name, const std::string& text, const json& more) {
        const std::string job = start(deposit(name, text, "ana"), more, "ana");
        wait_for(job, "draft", "ana");
        return job;
    }
    /// A bench of that commune, as ana's draft.
    std::string bench(const std::string& commune, int n = 1) {
        return drafted(fmt::format("banc-{}.csv", n),
                       fmt::format("id;commune;nature;etat;gestionnaire;lon;lat\n"
                                   "00000000-0000-0000-0000-{:012};{};banc;bon;commune;2.64;50.53\n",
                                   n, commune),
                       {{"layer", "mobilier_urbain"}});
    }
    json propose(const std::string& job) {
        const RawAnswer answer = act(job, "propose", {{"replaces", "nothing"}}, "ana");
        EXPECT_EQ(answer.status, 200) << answer.body;
        return json::parse(answer.body);
    }
    static int number(const std::string& job) { return std::stoi(job.substr(job.rfind('/') + 1)); }
    /// Numbers of what is in somebody's inbox.
    std::vector<int> inbox_of(const std::string& who, const std::string& query = "") {
        std::vector<int> found;
        const json page = get_json("/inbox" + query, token_of(who));
        for (const json& item : page["items"]) found.push_back(item["id"]);
        return found;
    }
    std::string who_sees(const std::string& job) {
        std::string seen;
        for (const char* who : everybody) {
            const bool is_there = get(job, token_of(who)).status == 200;
            const bool has_draft = get(job + "/draft", token_of(who)).status == 200;
            EXPECT_EQ(is_there, has_draft) << who;
            EXPECT_EQ(get(job + "/columns", token_of(who)).status == 200, is_there) << who;
            if (is_there) seen += std::string(seen.empty() ? "" : " ") + who;
        }
        return seen;
    }
    std::string published_benches() { return scalar("select count(*) from topo.mobilier"); }
};

TEST_F(Inbox, ADraftIsThereForWhoAnswersForItsPlacesAndForNobodyElse) {
    const std::string job = bench("62126");
    EXPECT_EQ(who_sees(job), "ana") << "not handed over";
    EXPECT_FALSE(look(job, "ana")["may_publish"].get<bool>());
    propose(job);
    EXPECT_EQ(who_sees(job), "ana beuvry chef sig");
    for (const char* who : everybody) {
        const bool has_it = std::string_view("beuvry chef sig").find(who) != std::string_view::npos;
        EXPECT_EQ(inbox_of(who), has_it ? std::vector<int>{number(job)} : std::vector<int>()) << who;
        EXPECT_EQ(get_json("/inbox", token_of(who))["waiting"], has_it ? 1 : 0) << who;
        EXPECT_TRUE(who == std::string("ana") || get_json("/jobs", token_of(who))["items"].empty()) << who;
        if (has_it || who == std::string("ana")) continue;
        EXPECT_EQ(act(job, "publish", json::object(), who).status, 404) << who;
        EXPECT_EQ(act(job, "refuse", {{"message", "non"}}, who).status, 404) << who;
        EXPECT_EQ(act(job, "propose", json::object(), who).status, 404) << who;
        EXPECT_EQ(act(job, "undo", json::object(), who).status, 404) << who;
        EXPECT_EQ(get(job + "/events", token_of(who)).status, 404) << who;
    }
    EXPECT_EQ(get("/inbox").status, 401);
    EXPECT_EQ(get(job).status, 401);
    // Positions are for who may read them: the right to administer is not that right.
    EXPECT_EQ(get_json(job + "/draft", token_of("beuvry"))["features"].size(), 1U);
    EXPECT_EQ(get_json(job + "/draft", token_of("chef"))["features"].size(), 1U) << "the layer is public";
    db::set_layer(dsn(), "mobilier_urbain", "public", "false");
    EXPECT_EQ(get_json(job + "/draft", token_of("chef"))["features"].size(), 0U);
    db::set_layer(dsn(), "mobilier_urbain", "public", "true");
    // What is handed over stays its author's: others read it, publish it, send it back.
    for (const char* what : {"retry", "cancel", "propose", "withdraw"})
        EXPECT_EQ(act(job, what, json::object(), "beuvry").status, 403) << what;
    EXPECT_EQ(send("DELETE", job, json::object(), token_of("beuvry")).status, 403);
    const json item = get_json("/inbox", token_of("beuvry"))["items"][0];
    EXPECT_EQ(item["author"]["name"], "ana");
    EXPECT_EQ(item["author"]["organisation"], "Organisation de ana");
    EXPECT_EQ(item["files"][0]["name"], "banc-1.csv");
    EXPECT_EQ(item["formats"], json::array({"CSV"}));
    EXPECT_EQ(item["summary"]["drafts"][0]["rows"], 1);
    EXPECT_EQ(item["layer"], "mobilier_urbain");
    EXPECT_EQ(item["replaces"], "nothing");
}

TEST_F(Inbox, WhereFeaturesHaveNoCommuneItIsTheOrganisationsOwn) {
    const std::string job = drafted("leve.csv", "numero;lon;lat\n1;2.64;50.53\n", {{"layer", "leve_point"}});
    propose(job);
    // voisin and beuvry may edit every point too, as everybody with a line on the layer: it is not theirs to judge.
    EXPECT_EQ(who_sees(job), "ana collegue chef sig");
}

TEST_F(Inbox, WhoAnswersForItPublishesItAndTakesItBack) {
    const std::string job = bench("62126");
    EXPECT_EQ(act(job, "publish", {{"replaces", "nothing"}}, "ana").status, 403);
    const std::string proposal = propose(job)["proposed_at"];
    EXPECT_EQ(act(job, "publish", {{"replaces", "nothing"}}, "chef").status, 403) << "administers, deposits nowhere";
    EXPECT_EQ(act(job, "publish", {{"replaces", "nothing"}, {"proposal", "2020-01-01T00:00:00Z"}}, "beuvry").status,
              409);
    EXPECT_EQ(act(job, "publish", {{"replaces", "nothing"}, {"proposal", "hier"}}, "beuvry").status, 400);
    EXPECT_EQ(published_benches(), "0");
    const RawAnswer answer = act(job, "publish", {{"replaces", "nothing"}, {"proposal", proposal}}, "beuvry");
    EXPECT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(wait_for(job, "published", "beuvry")["author"]["name"], "ana");
    EXPECT_EQ(published_benches(), "1");
    EXPECT_EQ(who_sees(job), "ana beuvry") << "it left the inboxes of the others";
    EXPECT_TRUE(inbox_of("beuvry").empty());
    EXPECT_EQ(inbox_of("beuvry", "?state=published"), std::vector<int>{number(job)});
    EXPECT_EQ(look(job, "ana")["state"], "published");
    EXPECT_EQ(act(job, "undo", json::object(), "ana").status, 403) << "she may not deposit there";
    EXPECT_EQ(act(job, "undo", json::object(), "beuvry").status, 200);
    wait_for(job, "draft", "beuvry");
    EXPECT_EQ(published_benches(), "0");
    EXPECT_EQ(inbox_of("sig"), std::vector<int>{number(job)}) << "handed over still";
    std::string record;
    const json told = look(job, "ana");
    for (const json& act : told["record"])
        record += act["act"].get<std::string>() + " " + act.value("by", json()).dump() + "; ";
    EXPECT_EQ(record,
              "made \"ana\"; draft null; proposed \"ana\"; to_publish \"beuvry\"; published null; to_undo \"beuvry\"; "
              "draft null; ");
}

TEST_F(Inbox, WhatIsSentBackIsMendedAndProposedAgain) {
    const std::string job = bench("62126");
    const std::string proposal = propose(job)["proposed_at"];
    EXPECT_EQ(act(job, "refuse", {{"message", ""}}, "beuvry").status, 400) << "a word is owed";
    EXPECT_EQ(act(job, "refuse", {{"message", "non"}, {"proposal", "2020-01-01T00:00:00Z"}}, "beuvry").status, 409);
    EXPECT_EQ(act(job, "refuse", {{"message", "non"}}, "ana").status, 404) << "one's own is not in the inbox";
    EXPECT_EQ(act(job, "refuse", {{"message", "Il manque l'état."}, {"proposal", proposal}}, "beuvry").status, 204);
    EXPECT_EQ(who_sees(job), "ana");
    EXPECT_TRUE(inbox_of("sig").empty());
    EXPECT_EQ(act(job, "publish", json::object(), "beuvry").status, 404);
    const json returned = look(job, "ana");
    EXPECT_EQ(returned["returned"]["message"], "Il manque l'état.");
    EXPECT_EQ(returned["returned"]["by"], "beuvry");
    EXPECT_EQ(returned["state"], "draft");
    // Read anew it is nobody else's business until she says so, and then it is another proposal.
    EXPECT_EQ(act(job, "retry", {{"layer", "mobilier_urbain"}}, "ana").status, 200);
    EXPECT_EQ(wait_for(job, "draft", "ana")["returned"]["by"], "beuvry") << "the word stays while she mends it";
    EXPECT_EQ(who_sees(job), "ana");
    const json again = propose(job);
    EXPECT_TRUE(again["returned"].is_null());
    EXPECT_NE(again["proposed_at"], proposal);
    EXPECT_EQ(act(job, "publish", {{"replaces", "nothing"}, {"proposal", proposal}}, "beuvry").status, 409);
    EXPECT_EQ(act(job, "retry", {{"layer", "mobilier_urbain"}}, "ana").status, 200);
    wait_for(job, "draft", "ana");
    EXPECT_EQ(who_sees(job), "ana") << "reading anew takes it out of the inbox";
    propose(job);
    EXPECT_EQ(act(job, "publish", {{"replaces", "nothing"}}, "sig").status, 200);
    wait_for(job, "published", "ana");
    EXPECT_EQ(act(job, "undo", json::object(), "sig").status, 200);
    wait_for(job, "draft", "ana");
}

TEST_F(Inbox, WhoProposedMayTakeItBack) {
    const std::string job = bench("62126");
    const std::string proposal = propose(job)["proposed_at"];
    EXPECT_EQ(act(job, "withdraw", json::object(), "beuvry").status, 403) << "it is not his";
    EXPECT_EQ(act(job, "withdraw", json::object(), "voisin").status, 404);
    const RawAnswer answer = act(job, "withdraw", json::object(), "ana");
    ASSERT_EQ(answer.status, 200) << answer.body;
    EXPECT_TRUE(json::parse(answer.body)["proposed_at"].is_null());
    EXPECT_EQ(who_sees(job), "ana");
    EXPECT_EQ(act(job, "publish", {{"replaces", "nothing"}, {"proposal", proposal}}, "beuvry").status, 404);
    EXPECT_EQ(look(job, "ana")["record"].back()["act"], "withdrawn");
    propose(job);
    EXPECT_EQ(act(job, "publish", {{"replaces", "nothing"}}, "beuvry").status, 200);
    wait_for(job, "published", "ana");
    EXPECT_EQ(act(job, "withdraw", json::object(), "ana").status, 409) << "it is published";
    EXPECT_EQ(act(job, "undo", json::object(), "beuvry").status, 200);
    wait_for(job, "draft", "ana");
}

TEST_F(Inbox, WhoHasTheRightPublishesByHimself) {
    const std::string job = bench("62119");
    EXPECT_TRUE(look(job, "ana")["may_publish"].get<bool>());
    propose(job);
    EXPECT_EQ(act(job, "publish", {{"replaces", "nothing"}}, "ana").status, 200);
    wait_for(job, "published", "ana");
    EXPECT_EQ(who_sees(job), "ana") << "what one publishes oneself needs nobody";
    EXPECT_EQ(act(job, "undo", json::object(), "ana").status, 200);
    wait_for(job, "draft", "ana");
    EXPECT_EQ(who_sees(job), "ana");
}

TEST_F(Inbox, PagesGoOnByKeyNewestFirst) {
    std::vector<int> all;
    for (int n = 1; n <= 5; ++n) {
        const std::string job = bench("62126", n);
        propose(job);
        all.insert(all.begin(), number(job));
    }
    std::vector<int> seen;
    std::string next = "/inbox?limit=2";
    int pages = 0;
    while (!next.empty() && pages < 10) {
        const json page = get_json(next, token_of("beuvry"));
        EXPECT_EQ(page["waiting"], 5);
        for (const json& item : page["items"]) seen.push_back(item["id"]);
        next = page["links"].empty() ? "" : path_of(test::link_of(page, "next"));
        ++pages;
    }
    EXPECT_EQ(seen, all);
    EXPECT_EQ(pages, 3);
    EXPECT_EQ(get("/inbox?state=tout", token_of("sig")).status, 400);
    EXPECT_EQ(get("/inbox?limit=0", token_of("sig")).status, 400);
    EXPECT_EQ(get("/inbox?limit=101", token_of("sig")).status, 400);
    EXPECT_EQ(get("/inbox?token=x", token_of("sig")).status, 400);
    EXPECT_TRUE(inbox_of("sig", "?state=publishing").empty());
}

TEST_F(Inbox, EventsTellWhatComes) {
    const std::string job = bench("62126");
    RawClient client(port());
    client.send("GET /inbox/events HTTP/1.1\r\nHost: x\r\n" + token_of("beuvry") + "\r\n");
    std::string heard;
    const auto hears = [&](const char* words) {
        return test::eventually(
            [&] {
                std::array<char, 4096> bytes{};
                const ssize_t got = ::recv(client.descriptor(), bytes.data(), bytes.size(), MSG_DONTWAIT);
                if (got > 0) heard.append(bytes.data(), static_cast<std::size_t>(got));
                return heard.find(words) != std::string::npos;
            },
            test::longest_job);
    };
    EXPECT_TRUE(hears("\"waiting\":0")) << heard;
    propose(job);
    EXPECT_TRUE(hears("\"waiting\":1")) << heard;
    EXPECT_EQ(act(job, "refuse", {{"message", "non"}}, "sig").status, 204);
    heard.clear();
    EXPECT_TRUE(hears("\"waiting\":0")) << heard;
}

}  // namespace
