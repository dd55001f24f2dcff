#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "server/db/connection.hpp"

namespace test {

/// A database of the run's throw-away cluster, dropped with whoever is still connected; kept with KEEP_TEST_DB=1.
class Database {
  public:
    /// A clone of the template: the program's schema, no rows.
    static std::unique_ptr<Database> migrated();
    /// Nothing in it, not even PostGIS.
    static std::unique_ptr<Database> empty();
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    const std::string& dsn() const { return dsn_; }
    const std::string& name() const { return name_; }
    /// Refuses connections and ends those there are, as a database that went away; or takes them again.
    void set_away(bool away);

  private:
    explicit Database(std::string name);
    std::string name_;
    std::string dsn_;
};

/// The cluster's maintenance database.
std::string maintenance_dsn();

/// Each suite has a database of its own, cloned before its first test.
class PostgresTest : public testing::Test {
  protected:
    static void SetUpTestSuite();
    static void TearDownTestSuite();

    static const std::string& dsn();
    static Database& database();
    /// A connection kept for the test, for looking and preparing.
    db::Connection& connection();
    /// The first column of the first row as text; "" for no row or NULL.
    std::string scalar(const std::string& sql);
    /// The first column of all rows as text.
    std::vector<std::string> column(const std::string& sql);
    void run(const std::string& sql) { connection().run_script(sql); }

  private:
    static std::unique_ptr<Database> database_;
    std::unique_ptr<db::Connection> connection_;
};

/// Polls until `condition` holds; false after `limit`.
template <typename Condition>
bool eventually(Condition condition, std::chrono::milliseconds limit = std::chrono::seconds(20)) {
    const auto end = std::chrono::steady_clock::now() + limit;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > end) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return true;
}

}  // namespace test
