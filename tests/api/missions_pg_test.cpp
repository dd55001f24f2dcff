// Missions: made and found again when deposits of theirs are published, shrunk and taken away with them, seen by who
// has their communes; and the links between them and what they hold.
#include <map>
#include <stdexcept>

#include "tests/api/jobs_fixture.hpp"
#include "tests/support/jpeg_sample.hpp"

namespace {

using test::json;

class Missions : public test::JobsTest {
  protected:
    void SetUp() override {
        JobsTest::SetUp();
        for (const char* layer : {"mission", "photo", "photo_emprise", "leve_ligne"}) wait_for_layer(layer);
        run("insert into org.commune (code_insee, nom, geom) select '62498', 'Lens', "
            "st_multi(st_transform(st_makeenvelope(2.80, 50.40, 2.90, 50.47, 4326), 2154)) where not exists (select "
            "from org.commune where code_insee = '62498')");
        make_person("near", "read");
        make_person("far", "read");
        give_communes("near", "62119");
        give_communes("far", "62498");
    }
    void TearDown() override {
        EXPECT_EQ(scalar("select count(*)::text from capture.mission_stale"), "0");
        JobsTest::TearDown();
    }
    void give_communes(const std::string& who, const std::string& code) {
        run("update org.convention_right set communes = 'list', codes = '{" + code +
            "}' where communes = 'all' and convention_id = (select convention_id from org.convention where titre = "
            "'Convention de " +
            who + "')");
    }
    std::string photo(const std::string& note, double longitude = 2.64, const std::string& who = "lea") {
        test::JpegSample sample;
        sample.note = note;
        sample.longitude = longitude;
        return deposit(note + ".jpg", test::make_jpeg(sample), who);
    }
    static std::string survey(const std::string& first) {
        return "Numéro;X;Y;Code;Date\n" + first + ";682000,00;7042000,00;BORD;2026-05-06T08:00:00Z\n2" + first +
               ";682010,00;7042000,00;BORD;2026-05-06T09:00:00Z\n";
    }
    std::string draft_of(const std::string& upload, const std::string& mission, const std::string& who = "lea") {
        const std::string job = start(upload, {{"options", {{"mission", mission}}}}, who);
        wait_for(job, "draft", who);
        return job;
    }
    void publish(const std::string& job, const std::string& who = "lea") {
        const RawAnswer done = act(job, "publish", json::object(), who);
        ASSERT_EQ(done.status, 200) << done.body;
        ASSERT_EQ(look(job, who)["state"], "published") << look(job, who).dump(1);
    }
    void undo(const std::string& job, const std::string& who = "lea") {
        ASSERT_EQ(act(job, "undo", json::object(), who).status, 200);
        ASSERT_EQ(look(job, who)["state"], "draft") << look(job, who).dump(1);
    }
    json missions(const std::string& name, const std::string& who = "lea") {
        return get_json("/collections/mission/items?nom=" + name, token_of(who));
    }
    json only_mission(const std::string& name, const std::string& who = "lea") {
        const json found = missions(name, who);
        if (found["features"].size() != 1) throw std::runtime_error("not one mission: " + found.dump(1));
        return found["features"][0];
    }
    static std::string item_of(const json& mission) {
        return "/collections/mission/items/" + mission["id"].get<std::string>();
    }
    /// Count by title of what a mission's links lead to, each followed and found to be so many.
    std::map<std::string, std::int64_t> held(const std::string& item, const std::string& who = "lea") {
        std::map<std::string, std::int64_t> counts;
        const json document = get_json(item, token_of(who));
        for (const json& link : document["links"]) {
            if (!link.contains("count")) continue;
            EXPECT_EQ(link["rel"], "related");
            counts[link["title"]] = link["count"];
            const json items = get_json(path_of(link["href"]), token_of(who));
            EXPECT_EQ(items["numberMatched"], link["count"]) << link;
        }
        return counts;
    }
};

TEST_F(Missions, GroupWhatIsDepositedAndFollowIt) {
    const std::string photos = draft_of(photo("vol-a"), "  Vol  du parc ");
    EXPECT_EQ(missions("Vol%20du%20parc")["features"].size(), 0U) << "a draft is nobody's but its author's";
    publish(photos);
    const json made = only_mission("Vol%20du%20parc");
    const std::string item = item_of(made);
    EXPECT_EQ(made["properties"]["genre"], "drone");
    EXPECT_EQ(made["properties"]["premier_jour"], "2026-05-04");
    EXPECT_EQ(made["properties"]["dernier_jour"], "2026-05-04");
    EXPECT_EQ(made["properties"]["operateur"], "Organisation de lea");
    EXPECT_EQ(made["properties"]["fichiers"], 1);
    EXPECT_EQ(made["geometry"]["type"], "Polygon") << "one photo has a place, and something around it";
    EXPECT_EQ(held(item), (std::map<std::string, std::int64_t>{{"Photos", 1}}));

    // The same organisation, the same name: the same mission, larger, with another kind of files.
    const std::string levels = draft_of(deposit("leve.csv", survey("1")), "Vol du parc");
    publish(levels);
    const json grown = only_mission("Vol%20du%20parc");
    EXPECT_EQ(grown["id"], made["id"]);
    EXPECT_EQ(grown["properties"]["genre"], "drone et levé");
    EXPECT_EQ(grown["properties"]["dernier_jour"], "2026-05-06");
    EXPECT_EQ(grown["properties"]["fichiers"], 2);
    EXPECT_NE(grown["geometry"], made["geometry"]);
    EXPECT_EQ(held(item),
              (std::map<std::string, std::int64_t>{{"Photos", 1}, {"Points levés", 2}, {"Lignes levées", 1}}));
    const json point = get_json("/collections/leve_point/items?mission=Vol%20du%20parc&limit=1", token_of("lea"));
    EXPECT_EQ(point["features"][0]["properties"]["mission_id"], made["id"]);

    // From what it holds one comes back to it.
    const std::string photo_id = ids_of("/collections/photo/items?mission_id=" + made["id"].get<std::string>()).at(0);
    const json photo_item = get_json("/collections/photo/items/" + photo_id, token_of("lea"));
    EXPECT_EQ(path_of(test::link_of(photo_item, "related")), item);

    // Its tiles follow by the change feed.
    const auto in_feed = [&] {
        return scalar(
            "select count(*)::text from catalogue.change c join catalogue.layer l using (layer_id) where "
            "l.name = 'mission' and c.feature_id = '" +
            made["id"].get<std::string>() + "'");
    };
    EXPECT_EQ(in_feed(), "2") << "made, then grown";

    undo(levels);
    EXPECT_EQ(only_mission("Vol%20du%20parc")["properties"], made["properties"]);
    EXPECT_EQ(only_mission("Vol%20du%20parc")["geometry"], made["geometry"]);
    undo(photos);
    EXPECT_EQ(missions("Vol%20du%20parc")["features"].size(), 0U);
    EXPECT_EQ(get(item, token_of("lea")).status, 404);
    publish(photos);
    EXPECT_EQ(only_mission("Vol%20du%20parc")["id"], made["id"]) << "found again";
    undo(photos);
}

TEST_F(Missions, AreTheirOrganisations) {
    const std::string of_lea = draft_of(photo("lea-1"), "Tournée");
    const std::string of_max = draft_of(photo("max-1", 2.65, "max"), "Tournée", "max");
    publish(of_lea);
    publish(of_max, "max");
    EXPECT_EQ(missions("Tourn%C3%A9e")["features"].size(), 2U);
    const json both = missions("Tourn%C3%A9e");
    for (const json& mission : both["features"])
        EXPECT_EQ(held(item_of(mission)), (std::map<std::string, std::int64_t>{{"Photos", 1}})) << mission;
    undo(of_lea);
    EXPECT_EQ(only_mission("Tourn%C3%A9e")["properties"]["operateur"], "Organisation de max");
    undo(of_max, "max");
}

TEST_F(Missions, WhatIsReplacedLeavesItsMission) {
    const std::string first = draft_of(deposit("rue.csv", survey("1")), "Avant");
    publish(first);
    const std::string second = draft_of(deposit("rue.csv", survey("3")), "Après");
    publish(second);  // the same lot
    EXPECT_EQ(missions("Avant")["features"].size(), 0U);
    EXPECT_EQ(held(item_of(only_mission("Apr%C3%A8s"))).at("Points levés"), 2);
    undo(second);
    EXPECT_EQ(missions("Apr%C3%A8s")["features"].size(), 0U);
    EXPECT_EQ(held(item_of(only_mission("Avant"))).at("Points levés"), 2);
    // What people edit counts too.
    make_person("editor", "read,edit,upload");
    for (const std::string& id : ids_of("/collections/leve_point/items?mission=Avant"))
        EXPECT_LT(::request(port(), "DELETE", "/collections/leve_point/items/" + id, token_of("editor")).status, 300);
    EXPECT_EQ(held(item_of(only_mission("Avant"))), (std::map<std::string, std::int64_t>{{"Lignes levées", 1}}));
    for (const std::string& id : ids_of("/collections/leve_ligne/items?mission=Avant"))
        EXPECT_LT(::request(port(), "DELETE", "/collections/leve_ligne/items/" + id, token_of("editor")).status, 300);
    EXPECT_EQ(missions("Avant")["features"].size(), 0U);
}

TEST_F(Missions, AreSeenByWhoHasTheirCommunes) {
    const std::string job = draft_of(photo("near-1"), "Secret");
    publish(job);
    const json mission = only_mission("Secret", "near");
    const std::string item = item_of(mission);
    EXPECT_EQ(held(item, "near"), (std::map<std::string, std::int64_t>{{"Photos", 1}}));

    const json of_far = get_json("/collections/mission/items", token_of("far"));
    EXPECT_EQ(of_far["numberMatched"], 0);
    EXPECT_EQ(of_far["features"].size(), 0U);
    EXPECT_EQ(missions("Secret", "far")["numberMatched"], 0);
    EXPECT_EQ(get(item, token_of("far")).status, 404);
    EXPECT_EQ(get(item + "?f=html", token_of("far")).status, 404);
    EXPECT_EQ(get(item).status, 404);
    EXPECT_EQ(get("/collections/mission/items").status, 404);
    // He may read photos, wherever they are; their mission is not there for him.
    const std::string photo_item =
        "/collections/photo/items/" +
        ids_of("/collections/photo/items?mission_id=" + mission["id"].get<std::string>()).at(0);
    EXPECT_EQ(test::link_of(get_json(photo_item, token_of("far")), "related"), "");
    EXPECT_NE(test::link_of(get_json(photo_item, token_of("near")), "related"), "");

    // Who sees the mission and not the layer is told nothing of what it holds there.
    const std::string line = "(select convention_id from org.convention where titre = 'Convention de near')";
    run("update org.convention_right set service = null, layer_id = (select layer_id from catalogue.layer where name = "
        "'mission') where convention_id = " +
        line);
    EXPECT_TRUE(test::eventually([&] { return get("/collections/photo", token_of("near")).status == 404; }));
    EXPECT_TRUE(held(item, "near").empty());
    const RawAnswer html = get(item + "?f=html", token_of("near"));
    EXPECT_EQ(html.status, 200);
    EXPECT_EQ(html.body.find("collections/photo"), std::string::npos);
    run("update org.convention_right set service = 'TOUT', layer_id = null where convention_id = " + line);
    undo(job);
}

TEST_F(Missions, AreWrittenByNobody) {
    make_person("editor", "read,edit,upload");
    const std::string job = draft_of(photo("kept"), "Intouchable");
    publish(job);
    const std::string item = item_of(only_mission("Intouchable"));
    const json change{{"type", "Feature"}, {"properties", {{"nom", "autre"}}}};
    EXPECT_GE(send("PATCH", item, change, token_of("editor")).status, 400);
    EXPECT_GE(::request(port(), "DELETE", item, token_of("editor")).status, 400);
    EXPECT_EQ(only_mission("Intouchable")["properties"]["fichiers"], 1);
    // Nor by a file that says it is of a mission: the server says so, or nobody.
    const std::string forged = start(
        deposit(
            "forge.geojson",
            R"({"type":"FeatureCollection","features":[{"type":"Feature","properties":{"numero":"1","mission":"Intouchable","mission_id":")" +
                item.substr(item.rfind('/') + 1) + R"("},"geometry":{"type":"Point","coordinates":[2.64,50.53]}}]})"),
        {{"layer", "leve_point"}});
    wait_for(forged, "draft");
    publish(forged);
    EXPECT_EQ(held(item), (std::map<std::string, std::int64_t>{{"Photos", 1}}));
    undo(forged);
    undo(job);
}

TEST_F(Missions, LayersSayWhichDateTheMapChoosesBy) {
    EXPECT_EQ(get_json("/collections/photo", token_of("lea"))["carreau:timeField"], "pris_le");
    EXPECT_EQ(get_json("/collections/mission", token_of("lea"))["carreau:timeField"], "premier_jour");
    EXPECT_EQ(get_json("/collections/leve_ligne", token_of("lea"))["carreau:timeField"], "releve_le");
    EXPECT_FALSE(get_json("/collections/square").contains("carreau:timeField"));
    const json tiles = get_json("/tiles/photo.json", token_of("lea"));
    EXPECT_EQ(tiles["vector_layers"][0]["carreau:timeField"], "pris_le");
    EXPECT_EQ(tiles["vector_layers"][0]["fields"]["pris_le"], "String");
    // And `datetime` speaks of the same field.
    const std::string job = draft_of(photo("dated"), "");
    publish(job);
    EXPECT_EQ(get_json("/collections/photo/items?datetime=2026-05-04T00:00:00Z/2026-05-05T00:00:00Z",
                       token_of("lea"))["numberMatched"],
              1);
    EXPECT_EQ(get_json("/collections/photo/items?datetime=2026-05-05T00:00:00Z/..", token_of("lea"))["numberMatched"],
              0);
    undo(job);
}

}  // namespace
