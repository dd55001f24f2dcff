#include "tests/support/postgres_test.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <fstream>
#include <stdexcept>

#include "server/db/migrate.hpp"
#include "server/embedded/embedded.hpp"

namespace test {

namespace {

constexpr auto template_name = "carreau_template";
constexpr long long template_lock = 0x7465'7374;

std::string dsn_of(const std::string& database) {
    std::string dsn = maintenance_dsn();
    return dsn.substr(0, dsn.find("dbname=")) + "dbname=" + database;
}

/// A name no other process and no other suite has: ctest runs several programs at once.
std::string fresh_name() {
    static std::atomic<int> number{0};
    return fmt::format("t_{}_{}", getpid(), ++number);
}

/// Several test programs start at once: the first makes the template, the others wait.
void make_template(db::Connection& connection) {
    connection.execute(fmt::format("select pg_advisory_lock({})", template_lock));
    const std::string known = fmt::format("select 1 from pg_database where datname = '{}'", template_name);
    if (connection.query(known).rows() == 0) {
        const std::string half_made = std::string(template_name) + "_new";
        connection.execute(fmt::format("drop database if exists {}", half_made));
        connection.execute(fmt::format("create database {} template template0", half_made));
        std::vector<db::Migration> migrations;
        for (const embedded::TextFile& file : embedded::schema_files()) migrations.push_back({file.name, file.text});
        db::migrate(dsn_of(half_made), migrations);
        // The migration's backend may need a moment to be gone.
        for (int i = 0; i < 100; ++i) {
            const auto users =
                connection.query(fmt::format("select count(*) from pg_stat_activity where datname = '{}'", half_made));
            if (users.int64(0, 0) == 0) break;
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
        connection.execute(fmt::format("alter database {} rename to {}", half_made, template_name));
    }
    connection.execute(fmt::format("select pg_advisory_unlock({})", template_lock));
}

}  // namespace

std::string maintenance_dsn() {
    const char* file = std::getenv("CARREAU_TEST_DSN_FILE");
    if (file == nullptr) {
        throw std::runtime_error(
            "CARREAU_TEST_DSN_FILE is not set: run by ctest, or tests/support/test-cluster start DIR and set it to "
            "DIR/dsn");
    }
    std::ifstream stream(file);
    std::string dsn;
    if (!std::getline(stream, dsn)) throw std::runtime_error(std::string("no test cluster runs: ") + file);
    return dsn;
}

std::unique_ptr<Database> Database::migrated() {
    db::Connection connection(maintenance_dsn());
    make_template(connection);
    std::unique_ptr<Database> database(new Database(fresh_name()));
    connection.execute(fmt::format("create database {} template {}", database->name_, template_name));
    return database;
}

std::unique_ptr<Database> Database::empty() {
    db::Connection connection(maintenance_dsn());
    std::unique_ptr<Database> database(new Database(fresh_name()));
    connection.execute(fmt::format("create database {} template template0", database->name_));
    return database;
}

Database::Database(std::string name) : name_(std::move(name)), dsn_(dsn_of(name_)) {}

Database::~Database() {
    const char* keep = std::getenv("KEEP_TEST_DB");
    if (keep != nullptr && std::string_view(keep) == "1") {
        fmt::print("kept: {}\n", dsn_);
        return;
    }
    try {
        db::Connection connection(maintenance_dsn());
        connection.execute(fmt::format("drop database if exists {} with (force)", name_));
    } catch (const std::exception& error) {
        fmt::print(stderr, "{} was not dropped: {}\n", name_, error.what());
    }
}

void Database::set_away(bool away) {
    db::Connection connection(maintenance_dsn());
    connection.execute(fmt::format("alter database {} allow_connections {}", name_, !away));
    if (!away) return;
    connection.execute(
        fmt::format("select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = '{}'", name_));
}

std::unique_ptr<Database> PostgresTest::database_;

void PostgresTest::SetUpTestSuite() {
    database_ = Database::migrated();
}

void PostgresTest::TearDownTestSuite() {
    database_.reset();
}

const std::string& PostgresTest::dsn() {
    return database_->dsn();
}

Database& PostgresTest::database() {
    return *database_;
}

db::Connection& PostgresTest::connection() {
    if (!connection_ || !connection_->is_open()) connection_ = std::make_unique<db::Connection>(dsn());
    return *connection_;
}

std::string PostgresTest::scalar(const std::string& sql) {
    const auto rows = column(sql);
    return rows.empty() ? std::string() : rows.front();
}

std::vector<std::string> PostgresTest::column(const std::string& sql) {
    // Results are binary: everything becomes text in the database.
    const db::Result result = connection().query("select c::text from (" + sql + ") q(c)");
    std::vector<std::string> values;
    for (int i = 0; i < result.rows(); ++i) values.push_back(result.is_null(i, 0) ? "" : result.text(i, 0));
    return values;
}

}  // namespace test
