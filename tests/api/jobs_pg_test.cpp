// From an upload to a published layer: queue, worker, report, draft, publication, undoing; and what goes wrong on the
// way.
#include <fstream>

#include "server/import/versions.hpp"
#include "tests/api/jobs_fixture.hpp"

namespace {

using test::json;

// Two points near Béthune in CC50, comma decimals, accents in Latin-1, a line that is no point.
constexpr auto survey =
    "Numéro;X;Y;Z;Code;HRMS\n"
    "1;1674512,34;9259234,56;25,10;BANC;0,012\n"
    "2;1674520,00;9259240,00;25,30;ARBRE;0,300\n"
    "3;abc;9259240,00;25,30;ARBRE;0,300\n";

class Jobs : public test::JobsTest {
  protected:
    std::vector<std::string> published() { return ids_of("/collections/leve_point/items?limit=100"); }
    /// What fills a column of the layer, as /columns says.
    static json source_in(const json& wants, const std::string& name) {
        for (const json& column : wants["columns"]) {
            if (column["name"] == name) return column["source"];
        }
        return "no such column";
    }
    static std::string latin1(std::string text) {
        for (std::size_t at; (at = text.find("é")) != std::string::npos;) text.replace(at, 2, "\xE9");
        return text;
    }
};

TEST_F(Jobs, ASurveyIsReadCheckedPublishedAndUndone) {
    const std::string job = start(deposit("levé.csv", latin1(survey)));
    const json read = wait_for(job, "draft");
    const json& report = read["report"];
    EXPECT_EQ(report["written"], 2);
    EXPECT_EQ(report["refused"], 1);
    EXPECT_EQ(report["encodings"], json({"Windows-1252 (supposé)"}));
    ASSERT_EQ(report["crs"].size(), 1U);
    EXPECT_TRUE(report["crs"][0].get<std::string>().starts_with("EPSG:3950")) << report["crs"];
    const json wants = get_json(job + "/columns", token_of("lea"));
    ASSERT_EQ(wants["layers"].size(), 1U) << wants;
    ASSERT_EQ(wants["layers"][0]["rows"].size(), 3U) << wants;
    EXPECT_EQ(wants["layers"][0]["proposals"][0]["crs"], "EPSG:3950");
    EXPECT_EQ(wants["layers"][0]["rows"][1], json({"2", "1674520", "9259240", "25.3", "ARBRE", "0.3"}));
    EXPECT_EQ(wants["layer"], "leve_point");
    EXPECT_EQ(source_in(wants, "precision_h"), "HRMS");
    EXPECT_EQ(get(job + "/columns", token_of("max")).status, 404);
    EXPECT_EQ(report["drafts"][0]["precision"], json({{"002", 1}, {"040", 1}}));
    EXPECT_EQ(report["drafts"][0]["outside_territory"], 0);
    bool told = false;
    for (const json& problem : report["problems"])
        told = told || (problem["kind"] == "refused" && problem["feature"] == 3 && problem["field"] == "X");
    EXPECT_TRUE(told) << report["problems"];

    EXPECT_TRUE(published().empty()) << "a draft is not published";
    const json draft = get_json(job + "/draft", token_of("lea"));
    ASSERT_EQ(draft["features"].size(), 2U);
    EXPECT_NEAR(draft["features"][0]["geometry"]["coordinates"][1].get<double>(), 50.53, 0.1);
    EXPECT_EQ(draft["features"][0]["properties"]["numero"], "1");
    EXPECT_EQ(get(job, token_of("max")).status, 404);
    EXPECT_EQ(get(job + "/draft", token_of("max")).status, 404);
    EXPECT_EQ(act(job, "publish", json::object(), "max").status, 404);

    EXPECT_EQ(act(job, "publish").status, 200);
    EXPECT_EQ(look(job)["state"], "published");
    EXPECT_EQ(published(), (std::vector<std::string>{"levé:1", "levé:2"}));
    const json feature = get_json("/collections/leve_point/items/lev%C3%A9:1", token_of("lea"));
    EXPECT_EQ(feature["properties"]["altitude"], 25.1);
    EXPECT_EQ(feature["properties"]["classe_precision"], "002");
    EXPECT_EQ(act(job, "undo").status, 200);
    EXPECT_TRUE(published().empty());
    EXPECT_EQ(look(job)["state"], "draft");
    EXPECT_EQ(act(job, "publish").status, 200);
    EXPECT_EQ(published().size(), 2U);
    EXPECT_EQ(act(job, "undo").status, 200);
}

// Nothing says where the points are, what they are, nor in which system.
std::string strange_survey(const std::string& first, const std::string& second) {
    return "Objet n°;Vers l'est;Sorte;Vers le nord\n" + first + second;
}
constexpr auto bench = "7;1674512,34;BANC;9259234,56\n";
constexpr auto tree = "8;1674520,00;ARBRE;9259240,00\n";

TEST_F(Jobs, ColumnsThatNothingTellsAreChosenByThePerson) {
    const std::string job = start(deposit("terrain.csv", strange_survey(bench, tree)));
    EXPECT_NE(wait_for(job, "refused")["reason"].get<std::string>().find("coordonnées X et Y"), std::string::npos);
    const json asked = get_json(job + "/columns?layer=leve_point", token_of("lea"));
    ASSERT_EQ(asked["layers"].size(), 1U) << asked;
    EXPECT_EQ(asked["layers"][0]["fields"][3]["name"], "Vers le nord");
    EXPECT_EQ(asked["layers"][0]["rows"][0][2], "BANC");
    EXPECT_EQ(source_in(asked, "x"), nullptr);
    EXPECT_EQ(source_in(asked, "code"), nullptr);
    EXPECT_EQ(source_in(asked, "lot"), "no such column") << "the name of the file";

    const auto retry = [&](const json& chosen, const json& layer = "leve_point") {
        return act(job, "retry", {{"layer", layer}, {"options", {{"columns", chosen}}}});
    };
    const auto expect_refused = [](const RawAnswer& answer, const std::string& name) {
        EXPECT_EQ(answer.status, 400);
        EXPECT_NE(answer.body.find(name), std::string::npos) << answer.body;
    };
    expect_refused(retry({{"couleur", "Sorte"}}), "columns.couleur");
    expect_refused(retry({{"lot", "Sorte"}}), "columns.lot");
    expect_refused(retry({{"code", 3}}), "columns.code");
    expect_refused(retry({{"code", "Sorte"}}, nullptr), "layer");
    EXPECT_EQ(retry({{"x", "Vers l'est"}, {"y", "Vers le nord"}, {"code", "Type"}}).status, 200);
    const json wrong = wait_for(job, "refused");
    EXPECT_NE(wrong["reason"].get<std::string>().find("columns.code: le fichier n'a pas de champ « Type »"),
              std::string::npos)
        << wrong["reason"];
    EXPECT_EQ(retry({{"x", "Vers l'est"}, {"y", "Vers le nord"}, {"code", "Sorte"}, {"numero", "Objet n°"}}).status,
              200);
    const json read = wait_for(job, "draft");
    EXPECT_EQ(read["report"]["written"], 2);
    EXPECT_TRUE(read["report"]["crs"][0].get<std::string>().starts_with("EPSG:3950")) << read["report"]["crs"];
    const json draft = get_json(job + "/draft", token_of("lea"));
    EXPECT_EQ(draft["features"][0]["properties"]["code"], "BANC");
    EXPECT_EQ(draft["features"][0]["properties"]["numero"], "7");
    EXPECT_EQ(source_in(get_json(job + "/columns", token_of("lea")), "code"), "Sorte") << "as it was chosen";
}

TEST_F(Jobs, SeparatorAndDecimalSignAreThePersonsWhenHeSaysThem) {
    const std::string job = start(deposit("signes.csv", "numero;x;y;code\n1;681000,5;7042000,5;BANC\n"));
    wait_for(job, "draft");
    const json found = get_json(job + "/columns", token_of("lea"))["layers"][0];
    EXPECT_EQ(found["separator"], ";");
    EXPECT_EQ(found["decimal"], "comma");
    const auto again = [&](const json& options) { return act(job, "retry", {{"options", options}}); };
    for (const auto& [name, value] : {std::pair("separator", "!"), std::pair("decimal", "virgule")}) {
        const RawAnswer refused = again({{name, value}});
        EXPECT_EQ(refused.status, 400);
        EXPECT_NE(refused.body.find(name), std::string::npos) << refused.body;
    }
    EXPECT_EQ(again({{"decimal", "point"}}).status, 200);
    wait_for(job, "refused");  // 681000,5 is no number then
    EXPECT_EQ(again({{"separator", ","}}).status, 200);
    wait_for(job, "refused");  // two columns of no meaning, in most lines three
    EXPECT_EQ(again({{"separator", ";"}, {"decimal", "comma"}}).status, 200);
    EXPECT_EQ(wait_for(job, "draft")["report"]["written"], 1);

    // Titles with commas, and no semicolons in numbers: commas look like what separates. What was published so is
    // remembered.
    const std::string titles = "Numéro;X, est;Y, nord;Code, teinte, état\n";
    const auto file = [&](const std::string& name, const std::string& row) { return deposit(name, titles + row); };
    const json manner{
        {"layer", "leve_point"},
        {"options",
         {{"separator", ";"},
          {"columns", {{"x", "X, est"}, {"y", "Y, nord"}, {"code", "Code, teinte, état"}, {"numero", "Numéro"}}}}}};
    const std::string row = "681000,1;7042000,1;BANC, vert, neuf\n";
    const std::string unsaid = start(file("virgules.csv", "1;" + row));
    wait_for(unsaid, "refused");
    EXPECT_EQ(get_json(unsaid + "/columns", token_of("lea"))["layers"][0]["separator"], ",");
    const std::string first = start(file("mai.csv", "1;" + row), manner);
    EXPECT_EQ(wait_for(first, "draft")["report"]["written"], 1);
    EXPECT_EQ(act(first, "publish").status, 200);
    const json next = wait_for(start(file("juin.csv", "2;" + row)), "draft");
    EXPECT_EQ(next["report"]["last_time"]["followed"], true) << next.dump(1);
    EXPECT_EQ(act(first, "undo").status, 200);
}

TEST_F(Jobs, TheNextFileLikeItIsReadAsTheLastOne) {
    const json manner{
        {"layer", "leve_point"},
        {"options",
         {{"crs", "EPSG:3950"},
          {"columns", {{"x", "Vers l'est"}, {"y", "Vers le nord"}, {"code", "Sorte"}, {"numero", "Objet n°"}}}}}};
    const std::string first = start(deposit("mai.csv", strange_survey(bench, tree)), manner);
    EXPECT_FALSE(wait_for(first, "draft")["report"].contains("last_time"));
    wait_for(start(deposit("brouillon.csv", strange_survey(bench, ""))), "refused");  // a draft confirms nothing
    EXPECT_EQ(act(first, "publish").status, 200);

    const std::string next = start(deposit("juin.csv", strange_survey(tree, "")));
    const json read = wait_for(next, "draft");
    EXPECT_EQ(read["report"]["last_time"]["followed"], true) << read.dump(1);
    EXPECT_EQ(read["report"]["last_time"]["date"], scalar("select current_date"));
    EXPECT_EQ(read["report"]["read_as"]["layer"], "leve_point");
    EXPECT_EQ(get_json(next + "/draft", token_of("lea"))["features"][0]["properties"]["code"], "ARBRE");
    EXPECT_EQ(source_in(get_json(next + "/columns", token_of("lea")), "code"), "Sorte");
    // What the person says goes before it, and he may have none of it.
    EXPECT_EQ(act(next, "retry",
                  {{"options", {{"columns", {{"code", "Objet n°"}, {"x", "Vers l'est"}, {"y", "Vers le nord"}}}}},
                   {"layer", "leve_point"}})
                  .status,
              200);
    EXPECT_EQ(wait_for(next, "draft")["report"]["last_time"]["followed"], true) << "the CRS was not said";
    EXPECT_EQ(get_json(next + "/draft", token_of("lea"))["features"][0]["properties"]["code"], "8");
    EXPECT_EQ(act(next, "retry", {{"options", {{"as_last_time", false}}}}).status, 200);
    wait_for(next, "refused");
    // Points that this would put elsewhere are not put there.
    const std::string degrees = start(deposit("ailleurs.csv", strange_survey("7;2,641;BANC;50,531\n", "")));
    const json misfit = wait_for(degrees, "refused");
    EXPECT_NE(misfit["reason"].get<std::string>().find("EPSG:3950 met les objets hors du territoire"),
              std::string::npos)
        << misfit["reason"];
    // Other fields, other organisations: nothing is remembered.
    wait_for(start(deposit("autre.csv", "Objet;Est;Sorte;Vers le nord\n7;abc;BANC;def\n")), "refused");
    wait_for(start(deposit("max.csv", strange_survey(tree, ""), "max"), json::object(), "max"), "refused", "max");
    EXPECT_EQ(act(first, "undo").status, 200);
}

TEST_F(Jobs, WhatIsReplacedComesBack) {
    const auto lot = [&](const std::string& name, const std::string& rows) {
        const std::string job =
            start(deposit(name + ".csv", "numero;x;y;code\n" + rows), {{"options", {{"crs", "EPSG:2154"}}}});
        wait_for(job, "draft");
        return job;
    };
    const std::string first = lot("a", "1;681000;7042000;BANC\n2;681010;7042000;BANC\n3;681900;7042900;BANC\n");
    EXPECT_EQ(act(first, "publish").status, 200);
    EXPECT_EQ(published(), (std::vector<std::string>{"a:1", "a:2", "a:3"}));
    // The same lot again: the whole of it.
    const std::string again = lot("a", "1;681000;7042000;ARBRE\n");
    EXPECT_EQ(act(again, "publish").status, 200);
    EXPECT_EQ(published(), (std::vector<std::string>{"a:1"}));
    EXPECT_EQ(act(first, "undo").status, 200);
    EXPECT_EQ(look(first)["state"], "published") << "replaced since";
    EXPECT_FALSE(look(first)["reason"].get<std::string>().empty());
    EXPECT_EQ(act(again, "undo").status, 200);
    EXPECT_EQ(published(), (std::vector<std::string>{"a:1", "a:2", "a:3"}));
    // Added beside what has the same ids: refused, and said.
    EXPECT_EQ(act(again, "publish", {{"replaces", "nothing"}}).status, 200);
    EXPECT_EQ(look(again)["state"], "draft");
    EXPECT_NE(look(again)["reason"].get<std::string>().find("a:1"), std::string::npos);
    // By id: the others stay.
    EXPECT_EQ(act(again, "publish", {{"replaces", "keys"}}).status, 200);
    EXPECT_EQ(published(), (std::vector<std::string>{"a:1", "a:2", "a:3"}));
    EXPECT_EQ(get_json("/collections/leve_point/items/a:1", token_of("lea"))["properties"]["code"], "ARBRE");
    EXPECT_EQ(act(again, "undo").status, 200);
    EXPECT_EQ(get_json("/collections/leve_point/items/a:1", token_of("lea"))["properties"]["code"], "BANC");
    // By area: what lies between the new points goes, what lies elsewhere stays.
    const std::string area = lot("b", "1;680990;7041990;X\n2;681020;7041990;X\n3;681005;7042050;X\n");
    EXPECT_EQ(act(area, "publish", {{"replaces", "area"}}).status, 200);
    EXPECT_EQ(published(), (std::vector<std::string>{"a:3", "b:1", "b:2", "b:3"}));
    EXPECT_EQ(act(area, "undo").status, 200);
    EXPECT_EQ(published(), (std::vector<std::string>{"a:1", "a:2", "a:3"}));
    EXPECT_EQ(act(first, "undo").status, 200);
    EXPECT_TRUE(published().empty());
    // What went and came back is published again with the rest.
    EXPECT_EQ(act(first, "publish").status, 200);
    EXPECT_EQ(published(), (std::vector<std::string>{"a:1", "a:2", "a:3"}));
    // Who works on the machine takes it back too, and then it is its owner's draft.
    EXPECT_EQ(importing::roll_back(connection(), "terrain.leve_point"), 0);
    EXPECT_TRUE(published().empty());
    EXPECT_EQ(look(first)["state"], "draft");
    // An edit that came after is not lost by undoing.
    EXPECT_EQ(act(first, "publish").status, 200);
    run("update terrain.leve_point set code = 'BORNE' where id = 'a:2'");
    EXPECT_EQ(act(first, "undo").status, 409);
    EXPECT_EQ(published(), (std::vector<std::string>{"a:1", "a:2", "a:3"}));
    EXPECT_EQ(importing::roll_back(connection(), "terrain.leve_point"), 0);
}

TEST_F(Jobs, FilesOfNobodyAreTakenAway) {
    const std::string kept = deposit("reste.csv", "numero;lon;lat\n1;2.64;50.53\n");
    stop_jobs();
    const std::filesystem::path folder = uploads().store.folder();
    const std::filesystem::path file = folder / (std::string(32, 'a') + ".bin");
    const std::filesystem::path reading = folder / "travaux" / "nobody";
    const std::filesystem::path fresh = folder / (std::string(32, 'b') + ".bin");
    std::filesystem::create_directories(reading / "fichiers");
    std::ofstream(file) << "x";
    std::ofstream(fresh) << "x";
    const auto old = std::filesystem::file_time_type::clock::now() - std::chrono::hours(2);
    for (const auto& path : {file, reading, folder / (kept + ".bin")}) std::filesystem::last_write_time(path, old);
    run_jobs(TEST_WORKER);
    EXPECT_TRUE(test::eventually([&] { return !exists(file) && !exists(reading); }));
    EXPECT_TRUE(exists(folder / (kept + ".bin")));
    EXPECT_TRUE(exists(fresh)) << "its row may not be seen yet";
    std::filesystem::remove(fresh);
}

TEST_F(Jobs, PointsLessPreciseThanOrderedAreSaid) {
    const std::string job = start(
        deposit("commande.csv", "numero;lon;lat;precision_h\n1;2.64;50.53;0.03\n2;2.641;50.53;0.2\n3;2.642;50.53;\n"),
        {{"options", {{"precision", "010"}}}});
    const json draft = wait_for(job, "draft")["report"]["drafts"][0];
    EXPECT_EQ(draft["worse_than_asked"], json({{"class", "010"}, {"rows", 2}}));
    EXPECT_EQ(draft["rows"], 3);
    const std::string upload = deposit("autre.csv", "numero;lon;lat\n1;2.64;50.53\n");
    for (const json& options : {json{{"precision", "011"}}, json{{"heights", "ngf"}}}) {
        const RawAnswer refused = send("POST", "/jobs", {{"uploads", {upload}}, {"options", options}}, token_of("lea"));
        EXPECT_EQ(refused.status, 400);
        EXPECT_NE(refused.body.find(options.begin().key()), std::string::npos) << refused.body;
    }
}

TEST_F(Jobs, WhatThePersonSaysGoesBeforeWhatIsGuessed) {
    const std::string upload = deposit("p.csv", "numero;x;y\n1;46;5\n2;47;6\n");
    const std::string job = start(upload);
    const json refused = wait_for(job, "refused");
    EXPECT_NE(refused["reason"].get<std::string>().find("système de coordonnées"), std::string::npos)
        << refused["reason"];
    EXPECT_EQ(act(job, "retry", {{"options", {{"crs", "EPSG:9"}}}}).status, 400);
    EXPECT_EQ(act(job, "retry", {{"options", {{"crs", "EPSG:4326"}, {"swap_axes", true}}}}).status, 200);
    const json read = wait_for(job, "draft");
    ASSERT_EQ(read["state"], "draft");
    const json draft = get_json(job + "/draft", token_of("lea"));
    EXPECT_NEAR(draft["features"][0]["geometry"]["coordinates"][0].get<double>(), 5, 1e-6);
    EXPECT_EQ(read["report"]["drafts"][0]["outside_territory"], 2) << "flagged, not refused";
}

TEST_F(Jobs, AHostileFileHarmsItsWorkerOnly) {
    const std::string good = deposit("bon.csv", "numero;lon;lat\n1;2.64;50.53\n");
    struct Case {
        const char* name;
        std::string bytes;
    };
    const std::vector<Case> cases{
        {"vrt.gpx",
         "<OGRVRTDataSource><OGRVRTLayer "
         "name=\"a\"><SrcDataSource>/etc/passwd</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>"},
        {"entites.gpx", "<?xml version=\"1.0\"?><!DOCTYPE gpx [<!ENTITY a \"aaaa\">]><gpx>&a;</gpx>"},
        {"nan.csv", "numero;lon;lat\n1;NaN;NaN\n2;inf;50\n"},
        {"vide.csv", ""},
        {"zeros.bin", std::string(2'000'000, '\0')},
        {"photo.jpg", "\xFF\xD8\xFF\xE0 rien"},
        {"loin.gpx",
         "<gpx version=\"1.1\" creator=\"x\" xmlns=\"http://www.topografix.com/GPX/1/1\"><wpt lat=\"NaN\" "
         "lon=\"999\"/></gpx>"}};
    for (const Case& hostile : cases) {
        const json seen = wait_for(start(deposit(hostile.name, hostile.bytes)), "refused");
        EXPECT_FALSE(seen["reason"].get<std::string>().empty()) << hostile.name;
    }
    // A worker that falls or says nothing sound.
    run_jobs("/bin/false");
    EXPECT_NE(wait_for(start(good), "refused")["reason"].get<std::string>().find("code 1"), std::string::npos);
    run_jobs("/bin/echo");
    // What is no answer is nobody's fault: the job is tried again, and given up at last.
    EXPECT_NE(wait_for(start(good), "failed")["reason"], "");
    run_jobs(TEST_WORKER, std::uint64_t{40} << 20U);
    EXPECT_NE(wait_for(start(good), "refused")["reason"], "");
    run_jobs(TEST_WORKER);
    wait_for(start(good), "draft");
    EXPECT_EQ(get("/collections", token_of("lea")).status, 200);
}

TEST_F(Jobs, AJobOfADeadRunnerIsTakenAgainAndDoneOnce) {
    stop_jobs();
    const std::string job = start(deposit("c.csv", "numero;lon;lat\n1;2.64;50.53\n"));
    run("update capture.job set state = 'reading', attempts = 1, lease_until = now() - interval '1 second' where "
        "job_id = " +
        job.substr(6));
    run_jobs(TEST_WORKER);
    wait_for(job, "draft");
    EXPECT_EQ(scalar("select count(*)::text from capture.job_version where job_id = " + job.substr(6)), "1");
    stop_jobs();
    run("update capture.job set state = 'publishing', lease_until = now() - interval '1 second' where job_id = " +
        job.substr(6));
    run_jobs(TEST_WORKER);
    wait_for(job, "published");
    EXPECT_EQ(published().size(), 1U);
    EXPECT_EQ(act(job, "undo").status, 200);
}

TEST_F(Jobs, AWaitingJobIsCancelledAndTriedAgain) {
    stop_jobs();
    const std::string job = start(deposit("d.csv", "numero;lon;lat\n1;2.64;50.53\n"));
    EXPECT_EQ(act(job, "cancel").status, 200);
    EXPECT_EQ(look(job)["state"], "cancelled");
    EXPECT_EQ(act(job, "cancel").status, 409);
    EXPECT_EQ(act(job, "publish").status, 409);
    EXPECT_EQ(act(job, "retry").status, 200);
    run_jobs(TEST_WORKER);
    wait_for(job, "draft");
    EXPECT_EQ(::request(port(), "DELETE", job, token_of("lea")).status, 204);
    EXPECT_EQ(get(job, token_of("lea")).status, 404);
}

TEST_F(Jobs, EventsFollowAJobToItsEnd) {
    const std::string job = start(deposit("e.csv", "numero;lon;lat\n1;2.64;50.53\n"));
    const RawAnswer events = get(job + "/events", token_of("lea"));
    EXPECT_EQ(events.status, 200);
    EXPECT_EQ(events.header("Content-Type"), "text/event-stream");
    EXPECT_TRUE(events.whole);
    const std::size_t last = events.body.rfind("data: ");
    ASSERT_NE(last, std::string::npos);
    EXPECT_EQ(json::parse(events.body.substr(last + 6))["state"], "draft");
    EXPECT_EQ(get(job + "/events", token_of("max")).status, 404);
}

TEST_F(Jobs, NobodyDepositsWhereHeMayNot) {
    const std::string upload = deposit("f.csv", "numero;lon;lat\n1;2.64;50.53\n");
    EXPECT_EQ(send("POST", "/jobs", {{"uploads", {upload}}}, token_of("reader")).status, 404);
    EXPECT_EQ(send("POST", "/jobs", {{"uploads", {upload}}}, token_of("max")).status, 400) << "not his upload";
    EXPECT_EQ(send("POST", "/jobs", {{"uploads", {upload}}, {"layer", "note"}}, token_of("lea")).status, 400);
    EXPECT_EQ(send("POST", "/jobs", {{"uploads", {upload}}, {"options", {{"x", 1}}}}, token_of("lea")).status, 400);
    EXPECT_EQ(send("POST", "/jobs", {{"uploads", json::array()}}, token_of("lea")).status, 400);
    const std::string job = start(upload);
    wait_for(job, "draft");
    // The right ends between reading and publishing.
    run("update org.convention_right set rights = '{read}' where convention_id = (select convention_id from "
        "org.convention where titre = "
        "'Convention de lea')");
    EXPECT_TRUE(test::eventually([&] { return act(job, "publish").status == 404; }));
    run("update org.convention_right set rights = '{read,upload}' where convention_id = (select convention_id from "
        "org.convention where titre = "
        "'Convention de lea')");
    EXPECT_TRUE(test::eventually([&] { return get(job, token_of("lea")).status == 200; }));
    EXPECT_TRUE(published().empty());
}

TEST_F(Jobs, NothingOfWhereOneMayNotDepositIsReplaced) {
    run("create table donnees.borne (id text primary key, commune text not null, geom geometry(Point, 2154) not null)");
    db::declare_layer(dsn(), R"({"table": "donnees.borne", "commune_column": "commune"})");
    make_person("eva", "read,upload");
    run("update org.convention_right set communes = 'list', codes = '{62119}' where convention_id = (select "
        "convention_id from org.convention where titre = 'Convention de eva')");
    run("insert into donnees.borne values ('mine', '62119', st_point(681000, 7042000, 2154)), "
        "('yours', '62041', st_point(681010, 7042000, 2154))");
    stop_jobs();
    const auto draft_of = [&](const std::string& id, const std::string& points) {
        run("create table if not exists donnees.borne_draft as select * from donnees.borne where false");
        run("truncate donnees.borne_draft");
        run("insert into donnees.borne_draft select '" + id + "', '62119', (st_dump('SRID=2154;" + points +
            "'::geometry)).geom");
        run("with j as (insert into capture.job (person_id, organisation_id, uploads, tables, state) select person_id, "
            "organisation_id, '{x}', '{donnees.borne}', 'draft' from org.person where login = 'eva' returning job_id), "
            "v as (insert into catalogue.version (target, source, state) values ('donnees.borne', 'essai', 'draft') "
            "returning version_id) insert into capture.job_version select job_id, version_id, 'donnees.borne', 0, "
            "'donnees.borne_draft', 1 from j, v");
        return scalar("select max(job_id) from capture.job");
    };
    const auto asked = [&](const std::string& job, const std::string& replaces) {
        return act("/jobs/" + job, "publish", {{"replaces", replaces}}, "eva");
    };
    const std::string taken = draft_of("yours", "MULTIPOINT(681000 7042000)");
    EXPECT_TRUE(test::eventually([&] { return get("/jobs/" + taken, token_of("eva")).status == 200; }));
    for (const char* way : {"keys", "nothing", "coverage"}) {
        const RawAnswer refused = asked(taken, way);
        EXPECT_EQ(refused.status, 403) << way << refused.body;
        EXPECT_EQ(refused.body.find("yours"), std::string::npos) << refused.body;
    }
    EXPECT_EQ(look("/jobs/" + taken, "eva")["state"], "draft");
    // Around what is another's, though each point is one's own.
    const std::string around =
        draft_of("new", "MULTIPOINT(681005 7041990, 681015 7041990, 681010 7042010, 681010 7042005)");
    EXPECT_EQ(asked(around, "area").status, 403);
    // What is one's own may go.
    const std::string own = draft_of("mine", "MULTIPOINT(681000 7042001)");
    const RawAnswer queued = send("POST", "/jobs/" + own + "/publish", {{"replaces", "keys"}}, token_of("eva"));
    EXPECT_NE(queued.status, 403) << queued.body;
}

}  // namespace
