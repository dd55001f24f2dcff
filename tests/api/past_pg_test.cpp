// The past of a layer: what it was, who changed it, taking a change back, and that rights hold there too.
#include <random>
#include <set>
#include <thread>

#include "tests/api/edit_fixture.hpp"

namespace {

using test::json;
using Lines = std::vector<std::string>;

class Past : public test::EditTest {
  protected:
    std::string now() {
        std::this_thread::sleep_for(std::chrono::milliseconds(3));
        const std::string moment =
            scalar("select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')");
        std::this_thread::sleep_for(std::chrono::milliseconds(3));
        return moment;
    }
    /// "id nom" of each feature then, as `who`.
    Lines then(const std::string& who, const std::string& layer, const std::string& moment,
               const std::string& more = "") {
        const json page = get_json("/collections/" + layer + "/items?as-of=" + moment + more, token_of(who));
        Lines lines;
        for (const json& feature : page["features"])
            lines.push_back(feature["id"].get<std::string>() + " " + feature["properties"]["nom"].get<std::string>());
        EXPECT_EQ(page["numberMatched"], lines.size());
        return lines;
    }
    void rename(const std::string& who, const std::string& id, const std::string& nom) {
        ASSERT_EQ(edit(who, "PATCH", std::string(bancs) + "/" + id, {{"properties", {{"nom", nom}}}}).status, 204);
    }
    json history(const std::string& id) { return read("ed", std::string(bancs) + "/" + id + "/history")["changes"]; }
};

TEST_F(Past, FeaturesAreAsTheyWere) {
    const std::string first = now();
    rename("ed", "a", "A2");
    const std::string second = now();
    ASSERT_EQ(edit("ed", "POST", bancs, feature({{"id", "c"}, {"commune", "62001"}, {"nom", "C"}}, 685000)).status,
              201);
    ASSERT_EQ(erase("ed", std::string(bancs) + "/a").status, 204);
    const std::string third = now();
    EXPECT_EQ(then("ed", "banc", first), (Lines{"a A", "b B"}));
    EXPECT_EQ(then("ed", "banc", second), (Lines{"a A2", "b B"}));
    EXPECT_EQ(then("ed", "banc", third), (Lines{"b B", "c C"}));
    EXPECT_EQ(then("ed", "banc", second, "&filter=nom='A2'"), Lines{"a A2"}) << "filters ask the past";
    EXPECT_EQ(then("ed", "banc", second,
                   "&sortby=-nom&bbox-crs=" + std::string(lambert) + "&bbox=680500,7040000,681500,7049000"),
              Lines{"a A2"});
    EXPECT_EQ(get_json(std::string(bancs) + "/a?as-of=" + first)["properties"]["nom"], "A");
    EXPECT_EQ(get(std::string(bancs) + "/a?as-of=" + third).status, 404);
    EXPECT_EQ(get(std::string(bancs) + "/c?as-of=" + second).status, 404);
    EXPECT_EQ(then("ed", "banc", "2999-01-01"), (Lines{"b B", "c C"})) << "nothing is known beyond now";
}

TEST_F(Past, DatetimeMeansTheRecordWhereALayerHasNoDates) {
    const std::string first = now();
    rename("ed", "a", "A2");
    const auto nom = [&](const std::string& datetime) {
        return get_json(std::string(bancs) + "?datetime=" + datetime)["features"][0]["properties"]["nom"]
            .get<std::string>();
    };
    EXPECT_EQ(nom(first), "A");
    EXPECT_EQ(nom("../" + first), "A");
    EXPECT_EQ(nom(first + "/.."), "A2");
    EXPECT_EQ(get("/collections/banc/items?datetime=1999-01-01").status, 200) << "a layer without time matches";
    const RawAnswer early = get("/collections/banc/items?as-of=1999-01-01");
    EXPECT_EQ(early.status, 400);
    EXPECT_NE(early.body.find("the record of 'banc' begins at"), std::string::npos) << early.body;
    EXPECT_EQ(get("/collections/banc/items?as-of=yesterday").status, 400);
    EXPECT_EQ(ids("/collections/place/items?datetime=2021-06-15").size(), 3U) << "dates of its own";
}

TEST_F(Past, RightsOfTodayHoldThenAndNow) {
    run("delete from org.convention_right where layer_id = (select layer_id from catalogue.layer where name = 'banc') "
        "and "
        "convention_id in (select convention_id from org.convention c join org.organisation o using (organisation_id) "
        "where o.genre = 'public')");
    const std::string before = now();
    EXPECT_EQ(then("ed", "banc", before), Lines{"a A"}) << "of his commune";
    run("update donnees.banc set commune = '62001' where id = 'b'; update donnees.banc set commune = '62002' where id "
        "= 'a'");
    EXPECT_EQ(then("ed", "banc", now()), Lines{"b B"});
    EXPECT_EQ(then("ed", "banc", before), Lines{}) << "one left with its past, the other came without";
    EXPECT_EQ(then("chef", "banc", before), (Lines{"a A", "b B"}));
    const auto answers = [&](int status) {
        return test::eventually([&] { return get("/collections/banc/items?as-of=" + before).status == status; });
    };
    EXPECT_TRUE(answers(404)) << "not everybody reads it any more";
    run("select access.set_public(layer_id, true) from catalogue.layer where name = 'banc'");
    EXPECT_TRUE(answers(200));
}

TEST_F(Past, CoarsePositionsHaveNone) {
    const std::string before = now();
    run("update donnees.secret set geom = 'SRID=2154;POINT(685555 7045555)' where id = 's'");
    EXPECT_EQ(get("/collections/secret/items?as-of=" + before).status, 403);
    EXPECT_EQ(get("/collections/secret/items/s?as-of=" + before).status, 403);
    const json now_coarse = get_json("/collections/secret/items?datetime=" + before)["features"][0]["geometry"];
    EXPECT_EQ(now_coarse, get_json("/collections/secret/items")["features"][0]["geometry"]) << "the present, coarse";
    EXPECT_EQ(read("ed", "/collections/secret/items/s?as-of=" + before)["geometry"]["coordinates"],
              json({681234, 7041234}));
}

TEST_F(Past, WhoChangedWhatAndBack) {
    const std::size_t before = history("a").size();
    rename("ed", "a", "A2");
    ASSERT_EQ(edit("chef", "PATCH", std::string(bancs) + "/a",
                   {{"geometry", {{"type", "Point"}, {"coordinates", {682000, 7041000}}}}})
                  .status,
              204);
    json changes = history("a");
    ASSERT_EQ(changes.size(), before + 2) << changes;
    EXPECT_EQ(changes[0]["by"], "chef");
    EXPECT_EQ(changes[0]["operation"], "update");
    EXPECT_EQ(changes[0]["before"]["geometry"]["coordinates"], json({681000, 7041000}));
    EXPECT_EQ(changes[0]["after"]["geometry"]["coordinates"], json({682000, 7041000}));
    EXPECT_EQ(changes[1]["by"], "ed");
    EXPECT_EQ(changes[1]["after"]["properties"]["nom"], "A2");
    const auto undo = [&](const json& change) {
        return edit("ed", "POST", fmt::format("{}/a/history/{}/undo", bancs, change["change"].get<int>()),
                    json::object())
            .status;
    };
    EXPECT_EQ(undo(changes[1]), 409) << "a newer change stands on it";
    EXPECT_EQ(undo(changes[0]), 204);
    EXPECT_EQ(read("ed", std::string(bancs) + "/a")["geometry"]["coordinates"], json({681000, 7041000}));
    ASSERT_EQ(erase("ed", std::string(bancs) + "/a").status, 204);
    changes = history("a");
    EXPECT_EQ(changes[0]["operation"], "delete");
    EXPECT_TRUE(changes[0]["after"].is_null());
    EXPECT_EQ(undo(changes[0]), 204);
    EXPECT_EQ(read("ed", std::string(bancs) + "/a")["properties"]["nom"], "A2") << "there again, under its id";
    for (const char* who : {"lea", "ed"}) {
        EXPECT_EQ(get(fmt::format("{}/{}/history", bancs, who == std::string("lea") ? "a" : "b"), token_of(who)).status,
                  404);
    }
    EXPECT_EQ(get(std::string(bancs) + "/a/history").status, 404);
    run("delete from catalogue.history where feature_id = 'a'");
    EXPECT_EQ(history("a"), json::array()) << "as it was loaded: there is the feature, no change of it";
    EXPECT_EQ(get(std::string(bancs) + "/nowhere/history", token_of("ed")).status, 404);
    EXPECT_EQ(
        edit("lea", "POST", fmt::format("{}/a/history/{}/undo", bancs, changes[0]["change"].get<int>()), json::object())
            .status,
        404);
    EXPECT_EQ(undo({{"change", 999999}}), 404);
}

// Table = what the history says it became = what the feed told, whatever several people do at once.
TEST_F(Past, RandomEditsOfManyPeopleKeepTheRecordWhole) {
    run("delete from donnees.banc; truncate catalogue.change, catalogue.history restart identity");
    const std::string start = now();
    std::vector<std::string> moments;
    const auto work = [&](unsigned seed) {
        std::mt19937 random(seed);
        const std::string who = seed % 2 == 0 ? "chef" : "ed";
        for (int n = 0; n < 40; ++n) {
            const std::string id = fmt::format("r{}", random() % 8);
            const std::string path = std::string(bancs) + "/" + id;
            const double x = 680500 + static_cast<double>(random() % 9000);
            const json properties{{"nom", fmt::format("{}-{}", seed, n)}, {"commune", "62001"}};
            RawAnswer answer;
            switch (random() % 5) {
                case 0: {
                    json made = properties;
                    made["id"] = id;
                    answer = edit(who, "POST", bancs, feature(made, x));
                    break;
                }
                case 1:
                    answer = erase(who, path);
                    break;
                case 2:
                    answer = edit(who, "PUT", path, feature(properties, x));
                    break;
                case 3: {
                    const RawAnswer seen = get(path);
                    answer = edit(who, "PATCH", path, {{"properties", {{"nom", properties["nom"]}}}},
                                  "If-Match: " + (seen.status == 404 ? "*" : seen.header("ETag")) + "\r\n");
                    break;
                }
                default:
                    answer = edit(who, "PATCH", path, {{"properties", {{"hauteur", random() % 12}}}});
            }
            const std::set<int> known{201, 204, 404, 409, 412};
            EXPECT_TRUE(known.contains(answer.status)) << answer.status << " " << answer.body;
        }
    };
    std::vector<std::thread> people;
    for (unsigned seed = 1; seed <= 4; ++seed) people.emplace_back(work, seed);
    for (std::thread& person : people) person.join();
    // Forwards: each change's before is the former one's after, the last after is the table.
    EXPECT_EQ(
        scalar("select count(*) from (select feature_id, op, old_row, lag(op) over w as last_op from catalogue.history "
               "window w as (partition by feature_id order by history_id)) h where (op = 'I') <> "
               "(last_op is null or last_op = 'D') or (op = 'I') <> (old_row is null)"),
        "0");
    EXPECT_EQ(
        scalar("select count(*) from donnees.banc"),
        scalar("select count(*) from (select distinct on (feature_id) op from catalogue.history order by feature_id, "
               "history_id desc) l where op <> 'D'"));
    EXPECT_EQ(column("select op::text || ' ' || feature_id from catalogue.history order by feature_id, history_id"),
              column("select op::text || ' ' || feature_id from catalogue.change order by feature_id, seq"))
        << "the feed tells the same";
    EXPECT_EQ(
        scalar("select count(*) from (select at, lag(at) over (partition by feature_id order by history_id) as before "
               "from catalogue.history) h where at < before"),
        "0")
        << "time runs forwards for each feature";
    EXPECT_EQ(then("chef", "banc", start), Lines{});
    // The state after every tenth change, replayed forwards by hand, is what the past shows.
    for (const std::string& moment :
         column("select to_char(at at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') from "
                "catalogue.history where history_id % 10 = 0 order by history_id")) {
        const Lines replayed = column(
            "with sides as (select feature_id, history_id, op, at, lead(old_row) over w as after from "
            "catalogue.history "
            "window w as (partition by feature_id order by history_id)), last as (select distinct on (feature_id) * "
            "from "
            "sides where at <= '" +
            moment +
            "' order by feature_id, history_id desc) "
            "select feature_id || ' ' || (coalesce(l.after, to_jsonb(t)) ->> 'nom') from last l left join donnees.banc "
            "t on "
            "t.id = l.feature_id where op <> 'D' and coalesce(l.after ->> 'nom', t.nom) is not null order by "
            "feature_id");
        Lines shown;
        const json page = get_json(std::string(bancs) + "?as-of=" + moment, token_of("chef"));
        for (const json& f : page["features"])
            shown.push_back(f["id"].get<std::string>() + " " + f["properties"]["nom"].get<std::string>());
        EXPECT_EQ(shown, replayed) << moment;
    }
}

}  // namespace
