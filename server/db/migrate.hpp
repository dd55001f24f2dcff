#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

namespace db {

/// One file of schema/: applied once, in the order of the names, never edited afterwards.
struct Migration {
    std::string name;  ///< "0001_catalogue"
    std::string sql;
};

/// Applies what is missing, each file in a transaction of its own, under an advisory lock, and gives the names applied.
/// Throws gis::Conflict when an applied file differs from the program's (checksum) and when the database knows a file
/// that the program does not: it is newer than the program.
std::vector<std::string> migrate(const std::string& dsn, std::span<const Migration> migrations,
                                 const std::function<void(const std::string&)>& applying = {});

/// The names that `migrate` would apply. Throws as `migrate` does.
std::vector<std::string> pending_migrations(const std::string& dsn, std::span<const Migration> migrations);

}  // namespace db
