#include "gis/read/sqlite_file.hpp"

namespace gis::read {

DatabasePtr open_database(const std::filesystem::path& path, int longest_row) {
    // '?', '#' and '%' of the path must not be read as parts of the URI.
    std::string uri = "file:";
    for (const char c : std::filesystem::absolute(path).string()) {
        if (c == '?')
            uri += "%3f";
        else if (c == '#')
            uri += "%23";
        else if (c == '%')
            uri += "%25";
        else
            uri += c;
    }
    uri += "?mode=ro&immutable=1";
    sqlite3* raw = nullptr;
    const int status =
        sqlite3_open_v2(uri.c_str(), &raw, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, nullptr);
    DatabasePtr database(raw);
    if (status != SQLITE_OK) return nullptr;
    sqlite3_limit(raw, SQLITE_LIMIT_LENGTH, longest_row);
    sqlite3_db_config(raw, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    return database;
}

StatementPtr prepare(sqlite3* database, const std::string& sql) {
    sqlite3_stmt* raw = nullptr;
    if (sqlite3_prepare_v2(database, sql.c_str(), -1, &raw, nullptr) != SQLITE_OK) return nullptr;
    return StatementPtr(raw);
}

std::string_view column_text(sqlite3_stmt* row, int index) {
    const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(row, index));
    return text ? std::string_view(text, static_cast<std::size_t>(sqlite3_column_bytes(row, index)))
                : std::string_view();
}

std::string quoted_name(std::string_view name) {
    std::string text = "\"";
    for (const char c : name) text += c == '"' ? std::string("\"\"") : std::string(1, c);
    return text + "\"";
}

}  // namespace gis::read
