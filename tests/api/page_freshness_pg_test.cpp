// Pages kept in memory are what would be read anew: after edits over HTTP and by plain SQL, version swaps, TRUNCATE and
// lost connections.

#include <fmt/format.h>

#include <atomic>
#include <random>
#include <thread>

#include "tests/api/page_cache_fixture.hpp"

namespace {

using test::box_of;
using test::commune_at;
using test::eventually;
using test::json;
using test::Lot;
using test::lots;
using test::without_time;
using namespace std::chrono_literals;

class PageFreshness : public test::PageCacheTest {};

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

TEST_F(PageFreshness, EveryPageReadAfterAnAnsweredEditHasItAndEveryPageKeptIsAFreshOne) {
    const int edits = test::edits_asked() / 2;
    const std::uint64_t hits_wanted = 20;  // however slow the machine is: editing goes on until then
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
            while (done < edits || (pages().counters().hits <= hits_wanted && done < 10 * edits)) {
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
                    if (!communes_of(who).contains(lot.second)) problems.add(fmt::format("{} is not for {}", id, who));
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
    EXPECT_GT(pages().counters().hits, hits_wanted);

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
        ASSERT_TRUE(without_time(from_memory[i].body) == without_time(fresh.body)) << who << " " << question;
        for (const char* header : {"Content-Type", "Content-Crs", "Link", "OGC-NumberMatched", "OGC-NumberReturned",
                                   "Cache-Control", "Vary"})
            ASSERT_EQ(from_memory[i].header(header), fresh.header(header)) << header << " " << who << " " << question;
    }
    EXPECT_EQ(std::to_string(read("tout", "limit=1000").size()), scalar("select count(*) from donnees.lot"));
    fmt::print("{} edits, {} pages compared, {} hits\n", done.load(), kept.size(), pages().counters().hits);
}

TEST_F(PageFreshness, PlainSqlIsInTheNextPage) {
    for (int n = 1; n <= 30; ++n) {
        ASSERT_TRUE(is_kept("nord", "limit=1000"));
        run(fmt::format("update donnees.lot set stamp = {} where id = 'l1'", n));
        ASSERT_EQ(read("nord", "limit=1000")["l1"].first, n);
    }
}

TEST_F(PageFreshness, TruncateAndNewRows) {
    const std::string target = "/collections/flash/items";
    ASSERT_TRUE(is_kept_at(target));
    run("truncate donnees.flash");
    EXPECT_EQ(ids(target), std::vector<std::string>());
    ASSERT_TRUE(is_kept_at(target));
    run("insert into donnees.flash values ('f2', 'SRID=2154;POINT(700000 6600000)')");
    EXPECT_EQ(ids(target), std::vector<std::string>{"f2"});
}

TEST_F(PageFreshness, ANewVersionIsShownAndTheOldOneNoMore) {
    const std::string target = "/collections/lieu_dit/items";
    ASSERT_TRUE(is_kept_at(target));
    EXPECT_EQ(ids(target), std::vector<std::string>());
    publish_version();
    EXPECT_EQ(ids(target), std::vector<std::string>{"l1"});
    ASSERT_TRUE(is_kept_at(target));
    withdraw_version();
    EXPECT_EQ(ids(target), std::vector<std::string>());
}

TEST_F(PageFreshness, ALostConnectionLosesNoChange) {
    ASSERT_TRUE(is_kept("nord", "limit=1000"));
    end_connections();
    run("update donnees.lot set stamp = 4242 where id = 'l1'");
    EXPECT_TRUE(eventually([&] {
        const RawAnswer answer = page("nord", "limit=1000");
        return answer.status == 200 && read("nord", "limit=1000")["l1"].first == 4242;
    }));
    ASSERT_TRUE(is_kept("nord", "limit=1000"));
    EXPECT_EQ(read("nord", "limit=1000")["l1"].first, 4242);
}

}  // namespace
