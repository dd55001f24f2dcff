#include "server/db/migrate.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <map>

#include "gis/error.hpp"
#include "server/db/connection.hpp"

namespace db {

namespace {

constexpr long long migration_lock = 0x43617272'65617500;  // any number, the same in every Carreau

std::string checksum(const std::string& text) {
    unsigned char hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(hash, reinterpret_cast<const unsigned char*>(text.data()), text.size());
    char hex[2 * sizeof hash + 1];
    return sodium_bin2hex(hex, sizeof hex, hash, sizeof hash);
}

std::map<std::string, std::string> applied_migrations(Connection& connection) {
    std::map<std::string, std::string> applied;
    if (connection.query("select to_regclass('carreau.migration')").is_null(0, 0)) return applied;
    const Result rows = connection.query("select name, checksum from carreau.migration");
    for (int i = 0; i < rows.rows(); ++i) applied[rows.text(i, 0)] = rows.text(i, 1);
    return applied;
}

std::vector<Migration> missing(Connection& connection, std::span<const Migration> migrations) {
    const auto applied = applied_migrations(connection);
    for (const auto& [name, sum] : applied) {
        const auto known =
            std::find_if(migrations.begin(), migrations.end(), [&](const Migration& m) { return m.name == name; });
        if (known == migrations.end()) {
            throw gis::Conflict(
                fmt::format("the database holds the migration '{}', which this program does not know: "
                            "it was made by a newer Carreau; use that version or restore a backup",
                            name));
        }
        if (checksum(known->sql) != sum) {
            throw gis::Conflict(
                fmt::format("the migration '{}' applied to this database is not the program's: "
                            "an applied file must never be edited",
                            name));
        }
    }
    std::vector<Migration> rest;
    for (const Migration& migration : migrations) {
        if (!applied.contains(migration.name)) rest.push_back(migration);
    }
    return rest;
}

}  // namespace

std::vector<std::string> pending_migrations(const std::string& dsn, std::span<const Migration> migrations) {
    Connection connection(dsn);
    std::vector<std::string> names;
    for (const Migration& migration : missing(connection, migrations)) names.push_back(migration.name);
    return names;
}

std::vector<std::string> migrate(const std::string& dsn, std::span<const Migration> migrations,
                                 const std::function<void(const std::string&)>& applying) {
    Connection connection(dsn);
    connection.execute(fmt::format("select pg_advisory_lock({})", migration_lock));
    connection.run_script(
        "create schema if not exists carreau;"
        "create extension if not exists postgis schema public;"
        "create table if not exists carreau.migration ("
        "  name text primary key, checksum text not null, applied_at timestamptz not null default now())");
    std::vector<std::string> names;
    for (const Migration& migration : missing(connection, migrations)) {
        if (applying) applying(migration.name);
        connection.execute("begin");
        try {
            connection.run_script(migration.sql);
            const std::vector<Parameter> values{migration.name, checksum(migration.sql)};
            connection.query("insert into carreau.migration (name, checksum) values ($1, $2)", values);
            connection.execute("commit");
        } catch (const SqlError& error) {
            throw SqlError(error.state(), fmt::format("migration {}: {}", migration.name, error.what()));
        }
        names.push_back(migration.name);
    }
    return names;
}

}  // namespace db
