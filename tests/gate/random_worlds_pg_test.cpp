// Random conventions, dates and features: the rows that the policies let through, what the rules say, and what the
// scope in memory decides are the same.
#include <fmt/format.h>

#include <chrono>
#include <map>
#include <set>

#include "server/db/catalog_store.hpp"
#include "server/gate/caller_store.hpp"
#include "tests/gate/world.hpp"
#include "tests/support/postgres_test.hpp"

namespace {

using test::Moment;
using test::Person;
using test::World;

constexpr unsigned seed = 20'260'329;

struct Seen {
    std::optional<test::Rectangle> shape;
    bool label_hidden = false;
    friend bool operator==(const Seen&, const Seen&) = default;
};
using Answer = std::map<std::string, Seen>;

/// What `one` has and `other` has not so.
std::string difference(const Answer& one, const Answer& other) {
    std::string text;
    for (const auto& [id, seen] : one) {
        const auto found = other.find(id);
        if (found != other.end() && found->second == seen) continue;
        const test::Rectangle box = seen.shape.value_or(test::Rectangle{});
        text += fmt::format("{} [{} {} {} {}]{}\n", id, box.min_x, box.min_y, box.max_x, box.max_y,
                            seen.label_hidden ? " hidden" : "");
    }
    return text;
}

class RandomWorlds : public test::PostgresTest {
  protected:
    static void SetUpTestSuite() {
        test::PostgresTest::SetUpTestSuite();
        db::Connection connection(dsn());
        test::Random random(seed);
        layers_ = test::make_layers(connection, dsn(), random);
        catalog_ = db::load_catalog(dsn());
        public_id_ = static_cast<int>(
            connection.query("select organisation_id from org.organisation where genre = 'public'").int64(0, 0));
    }

    void begin() { run("begin"); }
    void rollback() { run("rollback"); }
    Moment now() { return connection().query("select (extract(epoch from now()) * 1000000)::int8").int64(0, 0); }

    /// What a request reads, through tables and views alike.
    Answer read_as(const std::string& session) {
        run(fmt::format("set local role carreau_reader; set local carreau.session = '{}'", session));
        std::string sql;
        for (const test::WorldLayer& layer : layers_) {
            const gis::Layer& known = *catalog_.find(layer.name);
            const std::string geometry = layer.has_geometry ? "geom" : "null::geometry";
            sql += fmt::format(
                "{}select '{}', id, label is null, round(st_xmin({g}))::int4, round(st_ymin({g}))::int4, "
                "round(st_xmax({g}))::int4, round(st_ymax({g}))::int4 from {}.{}",
                sql.empty() ? "" : " union all ", layer.name, known.source_schema, known.source_name,
                fmt::arg("g", geometry));
        }
        const db::Result rows = connection().query(sql);
        run("reset role");
        Answer answer;
        for (int i = 0; i < rows.rows(); ++i) {
            Seen seen{std::nullopt, rows.boolean(i, 2)};
            if (!rows.is_null(i, 3)) {
                const auto number = [&](int c) { return static_cast<int>(rows.int64(i, c)); };
                seen.shape = test::Rectangle{number(3), number(4), number(5), number(6)};
            }
            const bool once = answer.emplace(rows.text(i, 1), seen).second;
            EXPECT_TRUE(once) << rows.text(i, 1) << " was seen twice";
        }
        return answer;
    }

    /// The ids that an update of everything touches, taken back.
    std::set<std::string> editable_as(const std::string& session) {
        run(fmt::format("savepoint before; set local role carreau_editor; set local carreau.session = '{}'", session));
        std::set<std::string> ids;
        for (const test::WorldLayer& layer : layers_) {
            if (layer.name == "w_view") continue;
            const db::Result rows =
                connection().query(fmt::format("update donnees.{} set label = 'new' returning id", layer.name));
            for (int i = 0; i < rows.rows(); ++i) ids.insert(rows.text(i, 0));
        }
        run("rollback to before");
        return ids;
    }

    void expect_same_edits(const World& world, const Person* person, Moment at, const std::string& session) {
        std::set<std::string> right;
        for (const test::WorldLayer& layer : layers_) {
            for (const test::WorldFeature& feature : layer.features) {
                if (layer.name != "w_view" && may_edit(world, person, at, layer, feature)) right.insert(feature.id);
            }
        }
        EXPECT_EQ(editable_as(session), right);
        edited_ += static_cast<int>(right.size());
    }

    Answer expected(const World& world, const Person* person, Moment at) {
        Answer answer;
        for (const test::WorldLayer& layer : layers_) {
            for (const test::WorldFeature& feature : layer.features) {
                const auto resolution = judge(world, person, at, layer, feature, test::Perimeters::Heed);
                const test::Drawn drawn = draw(layer, feature, resolution);
                // What the layer hides is shown to those alone whom its convention calls agents.
                if (drawn.listed)
                    answer[feature.id] = {drawn.shape, layer.sensitive() && resolution == gis::Resolution::Public};
            }
        }
        return answer;
    }

    /// The scope's decisions without perimeters, against the rules without perimeters.
    void expect_same_in_memory(const World& world, const Person* person, Moment at, const std::string& session) {
        run("set local role carreau_gate");
        const gate::CallerPtr caller = gate::load_caller(connection(), session);
        run("reset role");
        if (!caller) {
            EXPECT_FALSE(person != nullptr && person->active && person->valid.holds(at)) << "no caller";
            return;
        }
        for (const test::WorldLayer& layer : layers_) {
            const gis::Layer& known = *catalog_.find(layer.name);
            for (const test::WorldFeature& feature : layer.features) {
                auto wanted = judge(world, person, at, layer, feature, test::Perimeters::Ignore);
                if (wanted == gis::Resolution::Agents && known.exact_for_agents) wanted = gis::Resolution::Exact;
                ASSERT_EQ(caller->scope.resolution(known, feature.codes), wanted) << feature.id;
                EXPECT_TRUE(wanted == gis::Resolution::None || caller->scope.sees(known)) << feature.id;
            }
        }
    }

    void expect_same(const World& world, const Person* person, Moment at, const std::string& session) {
        const Answer seen = read_as(session);
        const Answer right = expected(world, person, at);
        EXPECT_EQ(difference(seen, right), difference(right, seen)) << "seen, then what is right";
        seen_ += static_cast<int>(seen.size());
    }

    /// Nobody (anonymous) or one of the three.
    static const Person* somebody(const World& world, test::Random& random) {
        const int n = test::pick(random, -1, 2);
        return n < 0 ? nullptr : &world.persons[static_cast<std::size_t>(n)];
    }
    static std::string session_of(const Person* person) { return person == nullptr ? "anonymous" : person->session(); }

    static std::vector<test::WorldLayer> layers_;
    static gis::Catalog catalog_;
    static int public_id_;
    int seen_ = 0;
    int edited_ = 0;
};

std::vector<test::WorldLayer> RandomWorlds::layers_;
gis::Catalog RandomWorlds::catalog_;
int RandomWorlds::public_id_ = 0;

// Around the night in which France goes to summer time.
TEST_F(RandomWorlds, AtAnyMomentRowsAndScopeAreWhatTheRulesSay) {
    test::Random random(seed + 1);
    const Moment centre = 1'774'746'000'000'000;  // 2026-03-29T01:00:00Z
    for (int n = 0; n < 110 && !HasFailure(); ++n) {
        begin();
        const World world = test::make_world(random, layers_, public_id_, centre);
        run(world.sql());
        const std::vector<Moment> boundaries = world.boundaries();
        // Every fourth world at two moments.
        for (int i = 0; i < 1 + n % 4 / 3 && !HasFailure(); ++i) {
            const Person* person = somebody(world, random);
            const auto chosen =
                static_cast<std::size_t>(test::pick(random, 0, static_cast<int>(boundaries.size()) - 1));
            const Moment at = boundaries[chosen] + test::pick(random, -1, 1);
            SCOPED_TRACE(fmt::format("world {}, {} at {}\n{}", n, session_of(person), at, world.sql()));
            run(fmt::format("update access.credential set as_of = {} where session_key = '{}'", test::sql_of(at),
                            session_of(person)));
            expect_same(world, person, at, session_of(person));
            expect_same_in_memory(world, person, at, session_of(person));
            if (i == 0) expect_same_edits(world, person, at, session_of(person));
        }
        rollback();
    }
    EXPECT_GT(seen_, 1200);
    EXPECT_GT(edited_, 100);
}

// What is remembered must not outlive what it was made from.
TEST_F(RandomWorlds, RememberedScopesAreNeverStale) {
    test::Random random(seed + 2);
    for (int n = 0; n < 45 && !HasFailure(); ++n) {
        begin();
        const Moment at = now();
        World world = test::make_world(random, layers_, public_id_, at);
        std::string history = world.sql();
        run(history);
        const Person* person = somebody(world, random);
        const std::string session = session_of(person);
        for (int change = 0; change < 2 && !HasFailure(); ++change) {
            SCOPED_TRACE(fmt::format("world {}, {} at {}\n{}", n, session, at, history));
            expect_same(world, person, at, session);  // before it is remembered, or with what was remembered before
            expect_same_in_memory(world, person, at, session);
            expect_same(world, person, at, session);  // with what load_caller remembered
            const std::string sql = test::change_something(world, random, at);
            run(sql);
            history += sql + ";\n";
        }
        rollback();
    }
}

TEST_F(RandomWorlds, WorldsAreWorthLookingAt) {
    test::Random random(seed + 1);
    std::map<gis::Resolution, int> met;
    for (int n = 0; n < 90; ++n) {
        const World world = test::make_world(random, layers_, public_id_, 1'774'746'000'000'000);
        for (const test::WorldLayer& layer : layers_) {
            for (const test::WorldFeature& feature : layer.features) {
                for (const Person& person : world.persons)
                    ++met[judge(world, &person, 1'774'746'000'000'000, layer, feature, test::Perimeters::Heed)];
            }
        }
    }
    for (const auto resolution :
         {gis::Resolution::None, gis::Resolution::Public, gis::Resolution::Agents, gis::Resolution::Exact})
        EXPECT_GT(met[resolution], 500);
}

}  // namespace
