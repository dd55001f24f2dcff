// Owners of parcels: asked for a purpose, counted, written down, and nothing more than the right gives.
#include <fmt/format.h>

#include <future>

#include "tests/gate/gate_fixture.hpp"

namespace {

using Lines = std::vector<std::string>;

class Owners : public test::GateTest {
  protected:
    static void SetUpTestSuite() {
        test::GateTest::SetUpTestSuite();
        Owners maker;
        maker.prepare();
    }
    void TestBody() override {}
    void TearDown() override {
        run("begin; set local session_replication_role = replica; delete from audit.entry; commit");
    }

    void prepare() {
        run("insert into org.service values ('FONCIER', 'FONCIER'), ('AUTRE', 'AUTRE'); "
            "insert into org.membership values ('62003', 'FONCIER', '2020-01-01', null); "
            "insert into org.commune_successor values ('62001', '62009', '2020-01-01'); "
            "insert into majic.compte_parcelle values ('62001000AB0001', 'c1'), ('62001000AB0001', 'c2'), "
            "('62001000AB0002', 'c1'), ('62002000AB0001', 'c3'), ('62003000AB0001', 'c3'), ('62009000AB0001', 'c3'); "
            "insert into majic.proprietaire values ('c1', 1, 'UN', 'rue', 'Propriétaire', null, 1000), "
            "('c1', 2, 'DEUX', 'rue', 'Usufruitier', null, 1000), ('c2', 1, 'SCI', 'rue', 'Propriétaire', '123456789', "
            "5), "
            "('c3', 1, 'TROIS', 'rue', 'Propriétaire', null, 7)");
        add_person("third", {{"service:FONCIER", "62001,62002", "owner0"}});
        add_person("mission", {{"service:FONCIER", "62001", "owner1"}, {"service:AUTRE", "62002", "owner0"}});
        add_person("fiscal", {{"service:FONCIER", "all", "owner2"}, {"service:AUTRE", "62001", "owner0"}});
        add_person("member", {{"service:FONCIER", "members", "owner1"}});
        add_person("reader", {{"service:FONCIER", "all", "read,exact,edit,export,administer"}});
    }

    /// Rows as texts; the call is kept.
    Lines look_up(const std::string& session, const std::string& parcels, const std::string& purpose = "'succession'") {
        become("gate", session);
        const Lines rows =
            column(fmt::format("select concat_ws(' ', status, parcelle, denomination, siren, valeur_locative) from "
                               "majic.look_up({}, {}, 'req')",
                               parcels, purpose));
        run("commit");
        return rows;
    }
    std::string status(const std::string& session, const std::string& parcels,
                       const std::string& purpose = "'succession'") {
        const Lines rows = look_up(session, parcels, purpose);
        return rows.empty() ? "nothing" : rows.front().substr(0, rows.front().find(' '));
    }
    Lines journal() {
        return column(
            "select concat_ws('|', login, action, layer, commune, purpose, result, request_id, count) from "
            "audit.entry order by entry_id");
    }
    /// An answered look-up of some time ago.
    void remember(const std::string& session, const std::string& ago, const std::string& result = "answered") {
        run(fmt::format(
            "insert into audit.entry (at, person_id, action, result) select {}, person_id, 'owner', '{}' from "
            "org.person where login = '{}'",
            ago, result, session));
    }

    const std::string one = "array['62001000AB0001']";
    const std::string two = "array['62001000AB0001', '62001000AB0002']";
};

TEST_F(Owners, WithoutARightThereIsNothingAndItIsWrittenDown) {
    for (const char* session : {"anonymous", "unknown", "reader"})
        EXPECT_EQ(look_up(session, one), Lines{"hidden"}) << session;
    EXPECT_EQ(status("third", "array['62001000AB0001', '62004000AB0001']"), "hidden");
    EXPECT_EQ(status("third", "array['59001000AB0001']"), "hidden");
    EXPECT_EQ(journal().size(), 5U);
    EXPECT_EQ(journal()[2], "reader|owner|62001000AB0001|62001|succession|hidden|req|1");
}

TEST_F(Owners, APurposeIsRequired) {
    for (const char* purpose : {"''", "'    '", "' ok  '", "null"})
        EXPECT_EQ(look_up("fiscal", one, purpose), Lines{"purpose"}) << purpose;
    EXPECT_EQ(status("fiscal", one, "'motif'"), "answered");
    EXPECT_EQ(journal().size(), 5U);
}

TEST_F(Owners, WhateverIsAskedLeavesOneLine) {
    for (const char* parcels :
         {"null::text[]", "'{}'::text[]", "array[null]::text[]", "array['']", "array['x', null]"}) {
        EXPECT_EQ(look_up("third", parcels), Lines{"hidden"}) << parcels;
        EXPECT_EQ(journal().size(), 1U) << parcels;
        TearDown();
    }
    EXPECT_EQ(look_up("fiscal", "array['62001000ZZ9999']"), Lines{}) << "no such parcel";
    EXPECT_EQ(journal(), Lines{"fiscal|owner|62001000ZZ9999|62001|succession|answered|req|1"});
}

TEST_F(Owners, EachLevelSeesWhatIsItsOwn) {
    const Lines names{"answered 62001000AB0001 UN", "answered 62001000AB0001 DEUX", "answered 62001000AB0001 SCI"};
    EXPECT_EQ(look_up("third", one), names);
    EXPECT_EQ(look_up("mission", one), names);
    EXPECT_EQ(look_up("fiscal", one), (Lines{"answered 62001000AB0001 UN 1000", "answered 62001000AB0001 DEUX 1000",
                                             "answered 62001000AB0001 SCI 123456789 5"}))
        << "the greater of two rights counts";
    EXPECT_EQ(status("third", two), "not_ponctual");
    EXPECT_EQ(look_up("mission", two).size(), 5U);
    EXPECT_EQ(status("fiscal", "array(select '62001000AB' || lpad(i::text, 4, '0') from generate_series(1, 20) i)"),
              "answered");
    EXPECT_EQ(status("fiscal", "array(select '62001000AB' || lpad(i::text, 4, '0') from generate_series(1, 21) i)"),
              "not_ponctual");
}

TEST_F(Owners, TheWeakestOfTwoCommunesCounts) {
    EXPECT_EQ(status("mission", "array['62002000AB0001']"), "answered");
    EXPECT_EQ(status("mission", "array['62001000AB0001', '62002000AB0001']"), "not_ponctual");
    EXPECT_EQ(status("mission", "array['62001000AB0001', '62003000AB0001']"), "hidden");
    EXPECT_EQ(journal().back(), "mission|owner|62001000AB0001 62003000AB0001|62001 62003|succession|hidden|req|2");
}

TEST_F(Owners, MembersAndMergedCommunesFollow) {
    EXPECT_EQ(status("member", "array['62003000AB0001']"), "answered");
    EXPECT_EQ(status("member", one), "hidden");
    EXPECT_EQ(status("mission", "array['62009000AB0001']"), "answered") << "62001 became 62009";
}

TEST_F(Owners, FiveInAWeek) {
    for (int i = 0; i < 4; ++i) remember("third", "now() - interval '7 days' + interval '1 minute'");
    remember("third", "now() - interval '1 day'", "week");
    remember("reader", "now()");
    EXPECT_EQ(status("third", one), "answered");
    EXPECT_EQ(status("third", one), "week");
    EXPECT_EQ(status("third", one), "week");
    EXPECT_EQ(status("mission", one), "answered") << "only third parties are counted";
    EXPECT_EQ(column("select result from audit.entry where request_id = 'req' order by entry_id"),
              (Lines{"answered", "week", "week", "answered"}));
}

TEST_F(Owners, AWeekIsOverAfterSevenDaysToTheMicrosecond) {
    const auto fifth = [&](const std::string& at) {
        run("begin");
        for (int i = 0; i < 4; ++i) remember("third", "now()");
        remember("third", at);
        run("set local role carreau_gate; set local carreau.session = 'third'");
        const std::string answer = scalar("select status from majic.look_up(" + one + ", 'succession', '')");
        run("rollback");
        return answer;
    };
    EXPECT_EQ(fifth("now() - interval '7 days'"), "answered");
    EXPECT_EQ(fifth("now() - interval '7 days' + interval '1 microsecond'"), "week");
}

TEST_F(Owners, TenInAMonth) {
    const auto tenth = [&](const std::string& at) {
        run("begin");
        for (int i = 0; i < 9; ++i) remember("third", "now() - interval '8 days'");
        remember("third", at);
        run("set local role carreau_gate; set local carreau.session = 'third'");
        const std::string answer = scalar("select status from majic.look_up(" + one + ", 'succession', '')");
        run("rollback");
        return answer;
    };
    EXPECT_EQ(tenth("now() - interval '1 month'"), "answered");
    EXPECT_EQ(tenth("now() - interval '1 month' + interval '1 microsecond'"), "month");
    EXPECT_EQ(tenth("now() - interval '2 months'"), "answered");
}

TEST_F(Owners, TwoAtOnceDoNotPassTogether) {
    for (int i = 0; i < 4; ++i) remember("third", "now()");
    const std::string sql = "select status from majic.look_up(" + one + ", 'succession', 'req')";
    const std::string start = "begin; set local role carreau_gate; set local carreau.session = 'third'";
    db::Connection first(dsn());
    first.run_script(start);
    EXPECT_EQ(first.query(sql).text(0, 0), "answered");
    auto second = std::async(std::launch::async, [&] {
        db::Connection other(dsn());
        other.run_script(start);
        std::string answer = other.query(sql).text(0, 0);
        other.run_script("commit");
        return answer;
    });
    EXPECT_TRUE(test::eventually([&] { return scalar("select count(*) from pg_locks where not granted") != "0"; }));
    first.run_script("commit");
    EXPECT_EQ(second.get(), "week");
}

TEST_F(Owners, NothingOfABirthAndNobodyReadsTheTables) {
    EXPECT_EQ(
        column("select column_name from information_schema.columns where table_schema = 'majic' and column_name ~* "
               "'naiss|birth|date|lieu|dnais|jdatnss|dldnss'"),
        Lines{});
    EXPECT_EQ(column("select column_name from information_schema.columns where table_schema = 'majic' and table_name = "
                     "'proprietaire' order by ordinal_position"),
              (Lines{"compte", "ordre", "denomination", "adresse", "droit", "siren", "valeur_locative"}));
    for (const char* role : {"reader", "editor", "gate", "admin"}) {
        for (const char* table : {"compte_parcelle", "proprietaire"}) {
            EXPECT_EQ(refusal(role, "fiscal", fmt::format("select from majic.{}", table)), "42501");
            EXPECT_EQ(refusal(role, "fiscal", fmt::format("delete from majic.{}", table)), "42501");
        }
    }
    for (const char* role : {"reader", "editor", "admin"})
        EXPECT_EQ(refusal(role, "fiscal", "select majic.look_up(" + one + ", 'succession', '')"), "42501");
}

using Journal = Owners;

TEST_F(Journal, IsAppendedToAndNothingElse) {
    remember("third", "now()");
    for (const char* role : {"reader", "editor", "gate", "admin"}) {
        for (const char* sql :
             {"update audit.entry set purpose = 'x'", "delete from audit.entry", "truncate audit.entry"})
            EXPECT_EQ(refusal(role, "fiscal", sql), "42501") << role << ": " << sql;
        EXPECT_EQ(refusal(role, "fiscal", "insert into audit.entry (action) values ('x')"), "") << role;
        EXPECT_EQ(refusal(role, "fiscal", "select from audit.entry"), std::string(role) == "admin" ? "" : "42501");
        EXPECT_EQ(refusal(role, "fiscal", "select audit.purge()"), std::string(role) == "gate" ? "" : "42501");
    }
    for (const char* sql : {"begin; update audit.entry set purpose = 'x'", "begin; truncate audit.entry"}) {
        EXPECT_THROW(run(sql), db::SqlError) << "for the owner too";
        run("rollback");
    }
    EXPECT_EQ(scalar("select count(*) from audit.entry"), "1");
}

TEST_F(Journal, APurgeKeepsTheRetentionExactly) {
    const auto left_after = [&](const std::string& months) {
        const std::string kept = months.empty() ? "12" : months;
        run("begin; insert into audit.entry (action, at) select 'x' || n, now() - make_interval(months => " + kept +
            ") + n * interval '1 microsecond' from generate_series(-1, 1) n");
        if (!months.empty()) run("insert into catalogue.setting values ('audit_months', '" + months + "')");
        run("set local role carreau_gate");
        const std::string gone = scalar("select audit.purge()");
        run("reset role");
        const std::string left = scalar("select string_agg(action, ' ' order by at) from audit.entry");
        run("rollback");
        return gone + ": " + left;
    };
    EXPECT_EQ(left_after(""), "1: x0 x1");
    EXPECT_EQ(left_after("6"), "1: x0 x1");
    EXPECT_EQ(left_after("36"), "1: x0 x1");
    for (const char* months : {"5", "37", "0", "-12"}) {
        EXPECT_THROW(left_after(months), db::SqlError) << months;
        run("rollback");
    }
}

}  // namespace
