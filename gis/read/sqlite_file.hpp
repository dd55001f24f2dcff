#pragma once

#include <sqlite3.h>

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace gis::read {

struct DatabaseCloser {
    void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
};
struct StatementFinalizer {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using DatabasePtr = std::unique_ptr<sqlite3, DatabaseCloser>;
using StatementPtr = std::unique_ptr<sqlite3_stmt, StatementFinalizer>;

/// Opens a database that nobody else writes, read-only; no row of it may be longer than `longest_row` bytes.
/// Null when SQLite refuses.
DatabasePtr open_database(const std::filesystem::path& path, int longest_row);

/// Null when SQLite refuses the statement.
StatementPtr prepare(sqlite3* database, const std::string& sql);

/// The text of a column of the current row; empty for null. Lives until the next step.
std::string_view column_text(sqlite3_stmt* row, int index);

/// `name` as an SQL identifier.
std::string quoted_name(std::string_view name);

}  // namespace gis::read
