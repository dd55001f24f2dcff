#include "server/db/migrate.hpp"

#include <gtest/gtest.h>

#include <future>

#include "gis/error.hpp"
#include "server/embedded/embedded.hpp"
#include "tests/support/postgres_test.hpp"

namespace {

std::vector<db::Migration> two_migrations() {
    return {{"0001_first", "create table one (n integer); insert into one values (1);"},
            {"0002_second", "create table two (n integer);"}};
}

std::int64_t count(const std::string& dsn, const std::string& table) {
    db::Connection connection(dsn);
    return connection.query("select count(*) from " + table).int64(0, 0);
}

std::string message_of(const std::function<void()>& work) {
    try {
        work();
    } catch (const gis::Conflict& conflict) {
        return conflict.what();
    }
    return "no gis::Conflict";
}

struct Migrate : testing::Test {
    std::unique_ptr<test::Database> database = test::Database::empty();
    const std::string& dsn = database->dsn();
};

TEST_F(Migrate, AppliesEachFileOnceInOrder) {
    const auto files = two_migrations();
    EXPECT_EQ(db::pending_migrations(dsn, files), (std::vector<std::string>{"0001_first", "0002_second"}));
    std::vector<std::string> told;
    const auto applied = db::migrate(dsn, files, [&](const std::string& name) { told.push_back(name); });
    EXPECT_EQ(applied, (std::vector<std::string>{"0001_first", "0002_second"}));
    EXPECT_EQ(told, applied);
    EXPECT_EQ(count(dsn, "one"), 1);
    EXPECT_EQ(count(dsn, "two"), 0);
}

TEST_F(Migrate, SecondRunDoesNothing) {
    const auto files = two_migrations();
    db::migrate(dsn, files);
    EXPECT_TRUE(db::migrate(dsn, files).empty());
    EXPECT_TRUE(db::pending_migrations(dsn, files).empty());
    EXPECT_EQ(count(dsn, "one"), 1);
}

TEST_F(Migrate, NewFileAloneIsApplied) {
    auto files = two_migrations();
    db::migrate(dsn, files);
    files.push_back({"0003_third", "insert into one values (2);"});
    EXPECT_EQ(db::migrate(dsn, files), (std::vector<std::string>{"0003_third"}));
    EXPECT_EQ(count(dsn, "one"), 2);
}

TEST_F(Migrate, EditedFileIsRefusedByName) {
    auto files = two_migrations();
    db::migrate(dsn, files);
    files[1].sql += " -- a later thought";
    EXPECT_NE(message_of([&] { db::migrate(dsn, files); }).find("0002_second"), std::string::npos);
    EXPECT_NE(message_of([&] { db::pending_migrations(dsn, files); }).find("0002_second"), std::string::npos);
}

TEST_F(Migrate, NewerDatabaseIsRefused) {
    auto files = two_migrations();
    db::migrate(dsn, files);
    files.pop_back();
    const std::string message = message_of([&] { db::migrate(dsn, files); });
    EXPECT_NE(message.find("0002_second"), std::string::npos) << message;
    EXPECT_NE(message.find("newer"), std::string::npos) << message;
}

TEST_F(Migrate, FailingFileLeavesNothingOfItself) {
    auto files = two_migrations();
    files.push_back({"0003_broken", "create table three (n integer); select 1/0;"});
    EXPECT_THROW(db::migrate(dsn, files), db::SqlError);
    EXPECT_EQ(count(dsn, "two"), 0) << "the files before it stay";
    EXPECT_THROW(count(dsn, "three"), db::SqlError);
    files.back().sql = "create table three (n integer);";
    EXPECT_EQ(db::migrate(dsn, files), (std::vector<std::string>{"0003_broken"}));
}

TEST_F(Migrate, TwoAtOnceApplyEverythingOnce) {
    auto files = two_migrations();
    files[0].sql += "select pg_sleep(0.5);";  // both are inside at the same time
    const auto run = [&] { return db::migrate(dsn, files).size(); };
    auto first = std::async(std::launch::async, run);
    auto second = std::async(std::launch::async, run);
    EXPECT_EQ(first.get() + second.get(), 2U);
    EXPECT_EQ(count(dsn, "one"), 1);
}

TEST_F(Migrate, ProgramSchemaAppliesToAnEmptyDatabase) {
    std::vector<db::Migration> files;
    for (const auto& file : embedded::schema_files()) files.push_back({file.name, file.text});
    ASSERT_GE(files.size(), 8U);
    EXPECT_EQ(db::migrate(dsn, files).size(), files.size());
    EXPECT_TRUE(db::migrate(dsn, files).empty());
}

}  // namespace
