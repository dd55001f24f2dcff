// The first and the last moment of everything that has dates, to the microsecond; days are those of France.
#include <fmt/format.h>

#include "server/db/layer_declaration.hpp"
#include "tests/gate/gate_fixture.hpp"

namespace {

class Boundaries : public test::GateTest {
  protected:
    static void SetUpTestSuite() {
        test::GateTest::SetUpTestSuite();
        Boundaries maker;
        maker.prepare();
    }
    void TestBody() override {}

    void prepare() {
        run("create table donnees.arbre (id text primary key, commune text, geom geometry(Point, 2154)); "
            "insert into donnees.arbre values ('a', '62001', st_setsrid(st_makepoint(680100, 7040100), 2154))");
        db::declare_layer(dsn(), R"({"table": "donnees.arbre", "commune_column": "commune"})");
        run("insert into org.service values ('ADS', 'ADS'); insert into org.service_layer select 'ADS', layer_id from "
            "catalogue.layer");
        add_person("list", {{"arbre", "62001", "read"}});
        add_person("members", {{"service:ADS", "members", "read"}});
        add_person("merged", {{"arbre", "62777", "read"}});
        add_surveyor("surveyor", "arbre", "read", "680000, 7040000, 681000, 7041000");
        run("update org.convention set valid_from = '-infinity'; update org.person set valid_from = '-infinity'; "
            "update org.engagement set valid_from = '-infinity', valid_to = 'infinity'");
    }

    bool sees(const std::string& session, const std::string& at) {
        run(fmt::format("update access.credential set as_of = timestamptz '{}' where session_key = '{}'", at, session));
        return !seen(session, "select id from donnees.arbre").empty();
    }

    /// `change` holds from one UTC moment to another and neither before nor after.
    void expect_holds(const std::string& session, const std::string& change, const std::string& from,
                      const std::string& to) {
        run(change);
        const std::string last = scalar(fmt::format("select timestamptz '{}' - interval '1 microsecond'", to));
        const std::string before = scalar(fmt::format("select timestamptz '{}' - interval '1 microsecond'", from));
        EXPECT_FALSE(sees(session, before)) << change;
        EXPECT_TRUE(sees(session, from)) << change;
        EXPECT_TRUE(sees(session, last)) << change;
        EXPECT_FALSE(sees(session, to)) << change;
    }
};

TEST_F(Boundaries, AConventionItsPersonAndItsOrganisation) {
    const std::string from = "2026-03-01 10:00:00.000007Z", to = "2026-04-01 10:00:00.000009Z";
    const auto dated = [&](const std::string& table, const std::string& where) {
        return fmt::format("update org.{} set valid_from = '{}', valid_to = '{}' where {}", table, from, to, where);
    };
    expect_holds("list", dated("convention", "titre = 'list'"), from, to);
    run("update org.convention set valid_from = '-infinity', valid_to = null where titre = 'list'");
    expect_holds("list", dated("person", "login = 'list'"), from, to);
    run("update org.person set valid_from = '-infinity', valid_to = null where login = 'list'");
    // Winter time, then summer time.
    expect_holds("list",
                 "update org.organisation set valid_from = '2026-03-01', valid_to = '2026-04-01' where nom = 'list'",
                 "2026-02-28 23:00:00Z", "2026-03-31 22:00:00Z");
    run("update org.organisation set valid_from = '1943-01-01', valid_to = null where nom = 'list'");
}

TEST_F(Boundaries, AnEngagement) {
    expect_holds("surveyor",
                 "update org.engagement set valid_from = '2026-03-01 10:00Z', valid_to = '2026-03-01 10:00:00.000002Z'",
                 "2026-03-01 10:00Z", "2026-03-01 10:00:00.000002Z");
}

TEST_F(Boundaries, AMembership) {
    expect_holds("members", "insert into org.membership values ('62001', 'ADS', '2016-03-01', '2017-07-01')",
                 "2016-02-29 23:00Z", "2017-06-30 22:00Z");
}

TEST_F(Boundaries, AMergeOfCommunes) {
    run("insert into org.commune_successor values ('62777', '62778', '2020-01-01'), ('62778', '62001', '2026-10-25')");
    // The day has 25 hours; it begins in summer time.
    EXPECT_FALSE(sees("merged", "2026-10-24 21:59:59.999999Z"));
    EXPECT_TRUE(sees("merged", "2026-10-24 22:00:00Z"));
    run("update org.commune_successor set since = '2027-01-01' where code_insee = '62777'");
    EXPECT_FALSE(sees("merged", "2026-12-31 22:59:59.999999Z")) << "the chain is as old as its youngest link";
    EXPECT_TRUE(sees("merged", "2026-12-31 23:00:00Z"));
}

// Without a job: what was remembered before the end does not hold after it.
TEST_F(Boundaries, WhatIsRememberedEndsByItself) {
    run("update org.engagement set valid_from = '-infinity', valid_to = now() + interval '700 ms'; "
        "update access.credential set as_of = null; update org.convention set valid_to = now() + interval '700 ms' "
        "where "
        "titre = 'list'; update org.convention set valid_from = now() + interval '700 ms' where titre = 'merged'; "
        "insert "
        "into org.convention_right select convention_id, 2, null, (select layer_id from catalogue.layer), 'all', null, "
        "'{read}' from org.convention where titre = 'merged'; delete from org.commune_successor");
    for (const char* session : {"list", "merged", "surveyor"}) {
        become("gate", session);
        run("select access.remember(); commit");
    }
    EXPECT_EQ(seen("list", "select id from donnees.arbre").size(), 1U);
    EXPECT_EQ(seen("merged", "select id from donnees.arbre").size(), 0U);
    EXPECT_EQ(seen("surveyor", "select id from donnees.arbre").size(), 1U);
    EXPECT_TRUE(test::eventually([&] {
        return seen("list", "select id from donnees.arbre").empty() &&
               seen("surveyor", "select id from donnees.arbre").empty() &&
               !seen("merged", "select id from donnees.arbre").empty();
    }));
    EXPECT_EQ(scalar("select count(*) from access.remembered where session_key = 'list' and everything"), "0");
}

TEST_F(Boundaries, AnUpkeepThatForgetsNothingTellsOfNoChange) {
    run("begin");
    const std::string before = scalar("select n from access.revision");
    const std::string credentials = scalar("select count(*) from access.credential");
    run("select access.forget()");
    EXPECT_EQ(scalar("select n from access.revision"), before);
    EXPECT_EQ(scalar("select count(*) from access.credential"), credentials);
    run("update access.credential set kind = 'cookie', expires_at = now() - interval '8 days' where session_key = "
        "'list'");
    const std::string expired = scalar("select n from access.revision");
    run("select access.forget()");
    EXPECT_EQ(scalar("select count(*) from access.credential where session_key = 'list'"), "0");
    EXPECT_NE(scalar("select n from access.revision"), expired);
    run("rollback");
}

// Each table that answers are made of, changed alone after a session was remembered.
TEST_F(Boundaries, EveryChangeCountsAtOnce) {
    const auto read = [&](const std::string& session) {
        run(fmt::format("set local role carreau_reader; set local carreau.session = '{}'", session));
        const std::string rows = scalar("select count(*) from donnees.arbre");
        run("reset role");
        return rows;
    };
    const auto expect_noticed = [&](const std::string& session, const std::string& change) {
        run("begin; update access.credential set as_of = null; delete from org.convention_right where line = 2; update "
            "org.convention set valid_from = '-infinity', valid_to = null; update org.engagement set valid_from = "
            "'-infinity', valid_to = 'infinity'; delete from org.commune_successor; delete from org.membership; insert "
            "into org.membership values ('62001', 'ADS', '2016-03-01', null)");
        run(fmt::format(
            "set local role carreau_gate; set local carreau.session = '{}'; select access.remember(); reset role",
            session));
        const std::string before = read(session);
        run(change);
        EXPECT_NE(read(session), before) << change;
        run("rollback");
    };
    expect_noticed("list", "update org.person set active = false where login = 'list'");
    expect_noticed("list", "update org.organisation set valid_to = '2020-01-01' where nom = 'list'");
    expect_noticed("list", "update org.convention set valid_to = now() where titre = 'list'");
    expect_noticed("list", "delete from org.convention_right");
    expect_noticed("members", "delete from org.service_layer");
    expect_noticed("members", "update org.person set services = '{}' where login = 'members'");
    expect_noticed("members", "truncate org.membership");
    expect_noticed("merged", "insert into org.commune_successor values ('62777', '62001', '2020-01-01')");
    expect_noticed("surveyor", "update org.engagement set perimeter = st_translate(perimeter, 9000, 0)");
    expect_noticed("surveyor", "delete from org.engagement_layer");
    expect_noticed("surveyor", "update access.credential set revoked_at = now() where session_key = 'surveyor'");
    expect_noticed("surveyor", "update access.credential set expires_at = now() where session_key = 'surveyor'");
    expect_noticed("surveyor",
                   "update access.credential set as_of = '1950-01-01' where session_key = 'surveyor'; update "
                   "org.engagement set valid_from = '2000-01-01'");
    expect_noticed("anonymous", "select access.set_public(layer_id, true) from catalogue.layer");
}

}  // namespace
