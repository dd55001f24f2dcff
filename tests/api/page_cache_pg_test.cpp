// Pages kept in memory are what would be read anew: after edits over HTTP and by plain SQL, version swaps, TRUNCATE,
// lost connections, other declarations; and nobody gets a page of rights that are not his.

#include <fmt/format.h>

#include <atomic>
#include <future>
#include <random>
#include <regex>
#include <set>
#include <thread>

#include "server/db/layer_declaration.hpp"
#include "server/http/compression.hpp"
#include "tests/api/tile_fixture.hpp"

namespace {

using test::eventually;
using test::json;
using namespace std::chrono_literals;

constexpr const char* lots = "/collections/lot/items";
constexpr int lots_at_start = 400;

struct Lot {
    double x, y;
    int stamp;
    std::string commune;
};

/// Of the two communes side by side, 62001 from x = 680000 and 62002 from 690000.
std::string commune_at(double x) {
    return x < 690000 ? "62001" : "62002";
}

/// A box of 500 m around a place, in Lambert-93.
std::string box_of(const Lot& lot) {
    return fmt::format("bbox={},{},{},{}&bbox-crs=http://www.opengis.net/def/crs/EPSG/0/2154", lot.x - 250, lot.y - 250,
                       lot.x + 250, lot.y + 250);
}

/// What differs between two answers to the same question: when they were made.
std::string without_time(const std::string& body) {
    static const std::regex time("20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z");
    return std::regex_replace(body, time, "");
}

class PageCaching : public test::TileTest {
  protected:
    static void SetUpTestSuite() {
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

    void SetUp() override {
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

    /// A line of his convention: to read these communes.
    void give(const std::string& login, const std::string& communes) {
        run(
            fmt::format("delete from org.convention_right where convention_id = (select convention_id from "
                        "org.convention where titre = 'Convention de {0}'); "
                        "insert into org.convention_right (convention_id, line, layer_id, communes, codes, rights) "
                        "select c.convention_id, 1, l.layer_id, 'list', '{1}', '{{read}}' from org.convention c, "
                        "catalogue.layer l where c.titre = 'Convention de {0}' and l.name = 'lot'",
                        login, communes));
    }

    RawAnswer page(const std::string& who, const std::string& query) const {
        return get(std::string(lots) + "?" + query, who.empty() ? "" : token_of(who));
    }

    /// Stamp and commune by id, over all pages of the question.
    std::map<std::string, std::pair<int, std::string>> read(const std::string& who, const std::string& query) const {
        std::map<std::string, std::pair<int, std::string>> found;
        std::string target = std::string(lots) + "?" + query;
        while (!target.empty()) {
            const json document = get_json(target, token_of(who));
            for (const json& feature : document["features"])
                found[feature["id"]] = {feature["properties"]["stamp"], feature["properties"]["commune"]};
            const std::string next = test::link_of(document, "next", "application/geo+json");
            target = next.empty() ? "" : path_of(next);
        }
        return found;
    }

    RawAnswer edit(const std::string& method, const std::string& target, const json& body) const {
        const std::string type = method == "PATCH" ? "application/merge-patch+json" : "application/geo+json";
        return ::request(port(), method, target,
                         "Content-Type: " + type + "\r\nContent-Crs: <http://www.opengis.net/def/crs/EPSG/0/2154>\r\n" +
                             token_of("tout"),
                         body.is_null() ? "" : body.dump());
    }

    /// Asks until the page comes from memory: who he is may be remembered from before his rights changed.
    bool is_kept(const std::string& who, const std::string& query) {
        return eventually([&] {
            const auto before = pages().counters().hits;
            return page(who, query).status == 200 && pages().counters().hits > before;
        });
    }

    static std::set<std::string> communes_of(const std::string& who) {
        if (who == "nord" || who == "jumeau") return {"62001"};
        if (who == "sud") return {"62002"};
        return {"62001", "62002"};
    }
    static bool sees(const std::string& who, const Lot& lot) {
        if (who == "etude") return lot.x >= 688000 && lot.x <= 692000;
        return communes_of(who).contains(lot.commune);
    }
    static constexpr const char* readers[] = {"tout", "nord", "jumeau", "sud", "deux", "etude"};
};

json feature_of(const std::string& id, const Lot& lot) {
    return {{"type", "Feature"},
            {"properties", {{"id", id}, {"commune", lot.commune}, {"kind", "b"}, {"stamp", lot.stamp}}},
            {"geometry", {{"type", "Point"}, {"coordinates", {lot.x, lot.y}}}}};
}

/// One who edits lots of his own, over HTTP or by SQL, and says what each is then.
class Editor {
  public:
    using Send = std::function<void(const std::string& op, const std::string& id, const Lot& lot)>;
    Editor(unsigned number, Send send) : number_(number), random_(number), send_(std::move(send)) {}

    /// An edit that was answered: its id, and the lot as it is or was; `there` says which.
    struct Edited {
        std::string id;
        Lot lot;
        bool there = true;
    };
    Edited edit() {
        const std::string id = fmt::format("e{}_{}", number_, random_() % 30);
        const auto known = mine_.find(id);
        if (known != mine_.end() && random_() % 3 == 0) {
            const Lot lot = known->second;
            mine_.erase(known);
            send_("delete", id, lot);
            return {id, lot, false};
        }
        const double x = 681000 + static_cast<double>(random_() % 18000);
        const double y = 7041000 + static_cast<double>(random_() % 8000);
        const Lot lot{x, y, ++stamp_, commune_at(x)};
        send_(known == mine_.end() ? "insert" : "update", id, lot);
        mine_[id] = lot;
        return {id, lot, true};
    }
    unsigned random() { return static_cast<unsigned>(random_()); }

  private:
    unsigned number_;
    std::mt19937 random_;
    Send send_;
    std::map<std::string, Lot> mine_;
    int stamp_ = 0;
};

TEST_F(PageCaching, EveryPageReadAfterAnAnsweredEditHasItAndEveryPageKeptIsAFreshOne) {
    const int edits = test::edits_asked() / 2;
    std::atomic<int> done{0};
    std::atomic<bool> over{false};
    test::Problems problems;
    const auto by_http = [&](const std::string& op, const std::string& id, const Lot& lot) {
        const std::string target = lots + (op == "insert" ? "" : "/" + id);
        const std::string method = op == "insert" ? "POST" : op == "update" ? "PUT" : "DELETE";
        const RawAnswer answer = edit(method, target, op == "delete" ? json() : feature_of(id, lot));
        if (answer.status / 100 != 2) problems.add(fmt::format("{} {}: {} {}", op, id, answer.status, answer.body));
    };
    const auto look_for = [&](const Editor::Edited& edited, const std::string& who, unsigned chance) {
        const std::string questions[] = {"limit=1000", "limit=170", "limit=1000&" + box_of(edited.lot),
                                         "limit=100&kind=b", "limit=1000&filter=stamp%3E0&sortby=-stamp"};
        const std::string& question = questions[chance % std::size(questions)];
        const auto found = read(who, question);
        const auto one = found.find(edited.id);
        const bool is_there = one != found.end() && one->second.first == edited.lot.stamp;
        if (is_there != (edited.there && sees(who, edited.lot)))
            problems.add(fmt::format("{} ({}, stamp {}) is {}in {} of {}", edited.id, edited.there ? "there" : "gone",
                                     edited.lot.stamp, is_there ? "" : "not ", question, who));
    };
    std::vector<std::thread> editors;
    for (unsigned e = 0; e < 3; ++e) {
        editors.emplace_back([&, e] {
            db::Connection connection(dsn());
            const auto by_sql = [&](const std::string& op, const std::string& id, const Lot& lot) {
                connection.run_script(
                    op == "delete"
                        ? fmt::format("delete from donnees.lot where id = '{}'", id)
                        : fmt::format(
                              "insert into donnees.lot values ('{}', '{}', 'b', {}, st_setsrid(st_makepoint({}, "
                              "{}), 2154)) on conflict (id) do update set commune = excluded.commune, stamp = "
                              "excluded.stamp, geom = excluded.geom",
                              id, lot.commune, lot.stamp, lot.x, lot.y));
            };
            Editor editor(e + 1, e == 2 ? Editor::Send(by_sql) : Editor::Send(by_http));
            while (done < edits) {
                const Editor::Edited edited = editor.edit();
                ++done;
                look_for(edited, readers[editor.random() % std::size(readers)], editor.random());
                std::this_thread::sleep_for(std::chrono::milliseconds(editor.random() % 100));
            }
        });
    }
    // Others ask the same pages all the time, so that they are kept, and see nothing that is not theirs.
    const std::vector<std::string> asked{"limit=1000", "limit=170", "limit=100&kind=b",
                                         "limit=1000&" + box_of({690000, 7042000, 0, ""})};
    std::vector<std::thread> others;
    for (unsigned r = 0; r < 2; ++r) {
        others.emplace_back([&, r] {
            std::mt19937 random(100 + r);
            while (!over) {
                const std::string who = readers[random() % std::size(readers)];
                for (const auto& [id, lot] : read(who, asked[random() % asked.size()]))
                    if (!communes_of(who).contains(lot.second)) problems.add(id + " is not for " + who);
            }
        });
    }
    others.emplace_back([&] {
        db::Connection connection(dsn());
        for (int n = 1; !over; ++n) {
            const Lot lot{681000.0 + n % 1000, 7041000, n, "62001"};
            connection.run_script(
                fmt::format("begin; insert into donnees.lot values ('late{}', '62001', 'b', {}, "
                            "st_setsrid(st_makepoint({}, {}), 2154))",
                            n, n, lot.x, lot.y));
            std::this_thread::sleep_for(100ms);
            connection.run_script("commit");
            look_for({fmt::format("late{}", n), lot, true}, "nord", static_cast<unsigned>(n));
        }
    });
    for (std::thread& thread : editors) thread.join();
    over = true;
    for (std::thread& thread : others) thread.join();
    problems.report();
    EXPECT_GT(pages().counters().hits, 20U);

    // Every page kept: byte for byte what is made now.
    std::vector<std::pair<std::string, std::string>> kept;
    for (const char* who : readers) {
        for (const std::string& question : asked)
            for (const char* format : {"json", "jsonfg", "gml", "csv", "kml"})
                kept.emplace_back(who, question + "&f=" + format);
    }
    std::vector<RawAnswer> from_memory;
    for (const auto& [who, question] : kept) {
        ASSERT_TRUE(is_kept(who, question)) << who << " " << question;
        from_memory.push_back(page(who, question));
    }
    pages().clear();
    for (std::size_t i = 0; i < kept.size(); ++i) {
        const auto& [who, question] = kept[i];
        const RawAnswer fresh = page(who, question);
        ASSERT_EQ(without_time(from_memory[i].body) == without_time(fresh.body), true) << who << " " << question;
        for (const char* header : {"Content-Type", "Content-Crs", "Link", "OGC-NumberMatched", "OGC-NumberReturned",
                                   "Cache-Control", "Vary"})
            ASSERT_EQ(from_memory[i].header(header), fresh.header(header)) << header << " " << who << " " << question;
    }
    EXPECT_EQ(std::to_string(read("tout", "limit=1000").size()), scalar("select count(*) from donnees.lot"));
    fmt::print("{} edits, {} pages compared, {} hits\n", done.load(), kept.size(), pages().counters().hits);
}

TEST_F(PageCaching, CallersOfEqualScopeShareAndNobodyElse) {
    ASSERT_TRUE(is_kept("nord", "limit=50"));
    ASSERT_TRUE(is_kept("jumeau", "limit=50"));
    const auto before = pages().counters();
    const RawAnswer his = page("nord", "limit=50");
    const RawAnswer twins = page("jumeau", "limit=50");
    EXPECT_EQ(pages().counters().hits, before.hits + 2);
    EXPECT_EQ(twins.body, his.body);
    const std::string told = fmt::format("\ncarreau_page_cache_hits_total {}\n", before.hits + 2);
    EXPECT_NE(get("/metrics").body.find(told), std::string::npos);
    EXPECT_EQ(twins.header("ETag"), his.header("ETag"));
    EXPECT_EQ(twins.header("Cache-Control"), "private, no-cache");
    for (const char* who : {"sud", "deux", "tout", "etude"}) EXPECT_NE(page(who, "limit=50").body, his.body) << who;
    EXPECT_EQ(page("", "limit=50").status, 404) << "the layer is nobody's without a convention";
    EXPECT_EQ(pages().counters().hits, before.hits + 2);
}

TEST_F(PageCaching, APageIsOfItsAddressItsFormatAndItsQuestion) {
    ASSERT_TRUE(is_kept("tout", "limit=20"));
    const auto before = pages().counters().hits;
    const std::string target = std::string(lots) + "?limit=20";
    EXPECT_EQ(get_json(target, token_of("tout"))["numberReturned"], 20);
    EXPECT_EQ(pages().counters().hits, before + 1);
    EXPECT_EQ(get(target, token_of("tout") + "Accept: text/csv\r\n").header("Content-Type").substr(0, 8), "text/csv");
    EXPECT_EQ(get(target, token_of("tout") + "Accept: text/html\r\n").header("Content-Type").substr(0, 9), "text/html");
    const RawAnswer elsewhere =
        ::exchange(port(), "GET " + target + " HTTP/1.1\r\nHost: autre.example\r\nConnection: close\r\n" +
                               token_of("tout") + "\r\n");
    EXPECT_NE(elsewhere.body.find("http://autre.example/"), std::string::npos);
    EXPECT_EQ(elsewhere.body.find("test.example"), std::string::npos);
    EXPECT_EQ(get(target + "&unknown=1", token_of("tout")).status, 400);
    EXPECT_EQ(pages().counters().hits, before + 1);
}

TEST_F(PageCaching, APageTellsWhetherItChangedAndKeepsItsGzipForm) {
    ASSERT_TRUE(is_kept("tout", "limit=300"));
    const RawAnswer plain = page("tout", "limit=300");
    const std::string target = std::string(lots) + "?limit=300";
    const std::string zip = token_of("tout") + "Accept-Encoding: gzip\r\n";
    const std::size_t bytes = pages().counters().bytes;
    const RawAnswer zipped = get(target, zip);
    EXPECT_EQ(zipped.header("Content-Encoding"), "gzip");
    EXPECT_EQ(http::gunzip(zipped.body, plain.body.size()), plain.body);
    EXPECT_GE(pages().counters().bytes, bytes + zipped.body.size()) << "it is kept, and counted";
    EXPECT_EQ(get(target, zip).body, zipped.body);
    const std::string tag = plain.header("ETag");
    ASSERT_FALSE(tag.empty());
    EXPECT_EQ(get(target, token_of("tout") + "If-None-Match: " + tag + "\r\n").status, 304);
    EXPECT_EQ(get(target, zip + "If-None-Match: " + zipped.header("ETag") + "\r\n").status, 304);
    ASSERT_EQ(edit("PATCH", std::string(lots) + "/l1", {{"properties", {{"stamp", 5}}}}).status, 204);
    EXPECT_EQ(get(target, token_of("tout") + "If-None-Match: " + tag + "\r\n").status, 200);
    EXPECT_NE(get(target, zip).body, zipped.body);
}

TEST_F(PageCaching, PlainSqlIsInTheNextPage) {
    for (int n = 1; n <= 30; ++n) {
        ASSERT_TRUE(is_kept("nord", "limit=1000"));
        run(fmt::format("update donnees.lot set stamp = {} where id = 'l1'", n));
        ASSERT_EQ(read("nord", "limit=1000")["l1"].first, n);
    }
}

TEST_F(PageCaching, RightsThatBecameNarrowerAreNotAnsweredFromMemory) {
    ASSERT_TRUE(is_kept("deux", "limit=1000"));
    ASSERT_GT(read("deux", "limit=1000").size(), read("nord", "limit=1000").size());
    give("deux", "{62001}");
    EXPECT_EQ(without_time(page("deux", "limit=1000").body), without_time(page("nord", "limit=1000").body));
    for (const auto& [id, lot] : read("deux", "limit=1000")) EXPECT_EQ(lot.second, "62001") << id;
    run("delete from org.convention_right where convention_id = (select convention_id from org.convention where titre "
        "= 'Convention de deux')");
    EXPECT_TRUE(eventually([&] { return page("deux", "limit=1000").status == 404; }));
}

TEST_F(PageCaching, APageReadByOtherRulesThanItsCallersScopeIsNotKept) {
    make_person("pair", "");
    give("pair", "{62001,62002}");
    ASSERT_TRUE(is_kept("deux", "limit=700"));
    ASSERT_TRUE(is_kept("pair", "limit=700"));
    pages().clear();
    // All database threads wait for a lock, so that the page is asked by one rule and read by another.
    run("begin; lock table donnees.square in access exclusive mode");
    std::vector<std::future<int>> waiting;
    for (int i = 0; i < 3; ++i)
        waiting.push_back(std::async(std::launch::async, [&, i] {
            return get(fmt::format("/collections/square/items?limit={}", i + 1)).status;
        }));
    ASSERT_TRUE(eventually([&] {
        db::Connection other(dsn());
        return other.query("select count(*) from pg_locks where not granted").int64(0, 0) >= 3;
    }));
    auto narrow = std::async(std::launch::async, [&] { return read("deux", "limit=700"); });
    std::this_thread::sleep_for(100ms);
    {
        db::Connection other(dsn());
        other.run_script(
            "update org.convention_right set codes = '{62001}' where convention_id = (select convention_id from "
            "org.convention where titre = 'Convention de deux')");
    }
    run("commit");
    for (auto& answer : waiting) EXPECT_EQ(answer.get(), 200);
    for (const auto& [id, lot] : narrow.get()) ASSERT_EQ(lot.second, "62001") << "the database decides at once";
    ASSERT_TRUE(is_kept("pair", "limit=1"));
    std::set<std::string> communes;
    for (const auto& [id, lot] : read("pair", "limit=700")) communes.insert(lot.second);
    EXPECT_EQ(communes, (std::set<std::string>{"62001", "62002"})) << "his page is not the one made narrower";
}

TEST_F(PageCaching, TruncateAndNewRows) {
    const std::string target = "/collections/flash/items";
    get(target);
    run("truncate donnees.flash");
    EXPECT_EQ(ids(target), std::vector<std::string>());
    run("insert into donnees.flash values ('f2', 'SRID=2154;POINT(700000 6600000)')");
    EXPECT_EQ(ids(target), std::vector<std::string>{"f2"});
}

TEST_F(PageCaching, ANewVersionIsShownAndTheOldOneNoMore) {
    const int layer = std::stoi(scalar("select layer_id from catalogue.layer where name = 'lieu_dit'"));
    const std::string target = "/collections/lieu_dit/items";
    ASSERT_TRUE(eventually([&] {
        const auto before = pages().counters().hits;
        return ids(target).empty() && pages().counters().hits > before;
    }));
    run(fmt::format(
        "begin; create table cadastre.lieu_dit_p77 (like cadastre.lieu_dit including all); "
        "insert into cadastre.lieu_dit_p77 (part_id, id, nom, commune, geom) select 77, 'l1', 'Les Prés', '62001', "
        "st_multi(st_makeenvelope(700000, 6600000, 700100, 6600100, 2154)); "
        "alter table cadastre.lieu_dit attach partition cadastre.lieu_dit_p77 for values in (77); "
        "select catalogue.tell_version_change({}, null, null); commit",
        layer));
    EXPECT_EQ(ids(target), std::vector<std::string>{"l1"});
    run(
        fmt::format("begin; alter table cadastre.lieu_dit detach partition cadastre.lieu_dit_p77; "
                    "drop table cadastre.lieu_dit_p77; select catalogue.tell_version_change({}, null, null); commit",
                    layer));
    EXPECT_EQ(ids(target), std::vector<std::string>());
}

TEST_F(PageCaching, AnotherDeclarationIsAnotherPage) {
    ASSERT_TRUE(is_kept("tout", "limit=5"));
    const auto has_kind = [&] {
        return get_json(std::string(lots) + "?limit=5", token_of("tout"))["features"][0]["properties"].contains("kind");
    };
    ASSERT_TRUE(has_kind());
    db::declare_layer(dsn(), R"({"table": "donnees.lot", "commune_column": "commune", "licence": "etalab-2.0",
                                 "fields": [{"name": "id"}, {"name": "commune"}, {"name": "stamp"}]})");
    EXPECT_TRUE(eventually([&] { return !has_kind(); }));
    ASSERT_TRUE(is_kept("tout", "limit=5"));
    // Twice within a second, which is how often the declaration's time of change ticks.
    db::declare_layer(dsn(), R"({"table": "donnees.lot", "commune_column": "commune"})");
    EXPECT_TRUE(eventually([&] { return has_kind(); }));
}

TEST_F(PageCaching, ViewsCoarsePositionsAndThePastAreNotKept) {
    run("create view donnees.vue as select id, geom from donnees.flash; create table donnees.sans (id integer primary "
        "key)");
    db::declare_layer(dsn(), R"({"table": "donnees.vue", "id_column": "id", "public": true})");
    db::declare_layer(dsn(), R"({"table": "donnees.flash", "public": true, "public_resolution": "cell_1km"})");
    wait_for_layer("vue");
    ASSERT_TRUE(eventually([&] { return get("/collections/flash/items").body.find("POINT") == std::string::npos; }));
    const auto before = pages().counters();
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(get("/collections/vue/items").status, 200);
        EXPECT_EQ(page("tout", "as-of=2100-01-01T00:00:00Z").status, 200);
        EXPECT_EQ(page("tout", "f=html").status, 200);
    }
    EXPECT_EQ(pages().counters().hits, before.hits);
    EXPECT_EQ(pages().counters().pages, before.pages);
    db::declare_layer(dsn(), R"({"table": "donnees.flash", "public": true})");
    db::remove_layer(dsn(), "vue");
}

TEST_F(PageCaching, ALostConnectionLosesNoChange) {
    ASSERT_TRUE(is_kept("nord", "limit=1000"));
    run("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> "
        "pg_backend_pid() and backend_type = 'client backend'");
    run("update donnees.lot set stamp = 4242 where id = 'l1'");
    EXPECT_TRUE(eventually([&] {
        const RawAnswer answer = page("nord", "limit=1000");
        return answer.status == 200 && read("nord", "limit=1000")["l1"].first == 4242;
    }));
    ASSERT_TRUE(is_kept("nord", "limit=1000"));
    EXPECT_EQ(read("nord", "limit=1000")["l1"].first, 4242);
}

TEST_F(PageCaching, WhileTheDatabaseIsAwayNothingIsAnsweredFromMemory) {
    ASSERT_TRUE(is_kept("nord", "limit=1000"));
    database().set_away(true);
    EXPECT_EQ(page("nord", "limit=1000").status, 503);
    database().set_away(false);
    EXPECT_TRUE(eventually([&] { return page("nord", "limit=1000").status == 200; }));
    EXPECT_TRUE(is_kept("nord", "limit=1000"));
}

TEST_F(PageCaching, NoMoreIsKeptThanThereIsRoomFor) {
    live::CatalogWatch watch(dsn(), [](const std::string&) {});
    db::ConnectionPool::Options options;
    options.dsn = dsn();
    options.threads = 1;
    db::ConnectionPool pool(options);
    api::PageCache small(pool, 10'000);
    api::Call call;
    call.known = watch.current();
    call.caller = std::make_shared<const gate::Caller>();
    const gis::Layer& layer = *call.known.catalog->find("lot");
    EXPECT_FALSE(api::PageCache(pool, 0).ask(call, layer, "a"));
    const auto keep = [&](const char* words, std::size_t bytes) {
        http::Response answer = http::Response::json(std::string(bytes, 'x'));
        small.keep(*small.ask(call, layer, words), {}, answer);
        return small.counters();
    };
    EXPECT_EQ(keep("a", 2000).pages, 1U);
    EXPECT_EQ(keep("b", 2000).pages, 2U);
    EXPECT_EQ(keep("b", 2000).pages, 2U) << "in the place of the former";
    const auto full = keep("c", 2000);
    EXPECT_EQ(full.pages, 2U) << "2,000 bytes and what goes with them";
    EXPECT_EQ(full.evicted, 1U);
    EXPECT_GT(full.bytes, 4000U);
    EXPECT_LE(full.bytes, 10'000U);
    EXPECT_EQ(keep("d", 9000).bytes, full.bytes) << "too large for all of it";
    small.clear();
    EXPECT_EQ(small.counters().bytes, 0U);
    api::PageCache large(pool, std::size_t{64} << 20U);
    http::Response answer = http::Response::json(std::string((std::size_t{2} << 20U) + 1, 'x'));
    large.keep(*large.ask(call, layer, "a"), {}, answer);
    EXPECT_EQ(large.counters().pages, 0U) << "above 2 MB";
    EXPECT_EQ(std::get<std::string>(answer.body).size(), (std::size_t{2} << 20U) + 1) << "it is given all the same";
}

}  // namespace
