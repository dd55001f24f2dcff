#include "gis/read/geopackage_check.hpp"

#include <array>
#include <fstream>
#include <functional>
#include <set>

#include "gis/error.hpp"
#include "gis/read/sqlite_file.hpp"
#include "gis/read/text.hpp"

namespace gis::read {

namespace fs = std::filesystem;

namespace {

/// Virtual machine steps before a look at the schema is given up: a normal one takes some thousands.
constexpr int most_steps = 50'000'000;
constexpr int longest_schema_row = 10'000'000;

[[noreturn]] void refuse(const std::string& shown_name) {
    throw InvalidRequest(shown_name, "GeoPackage illisible ou abîmé ; envoyez-le de nouveau");
}

/// The header says how many pages there are; SQLite itself notices a cut only when it reaches it.
void check_size(const fs::path& path, const std::string& shown_name) {
    std::ifstream in(path, std::ios::binary);
    std::array<unsigned char, 100> head{};
    if (!in.read(reinterpret_cast<char*>(head.data()), head.size())) refuse(shown_name);
    const auto number = [&](std::size_t at) {
        return (std::uint64_t{head[at]} << 24) | (std::uint64_t{head[at + 1]} << 16) |
               (std::uint64_t{head[at + 2]} << 8) | head[at + 3];
    };
    const std::uint64_t raw_page = head[16] * 256U + head[17];
    const std::uint64_t page = raw_page == 1 ? 65536 : raw_page;
    const bool count_is_current = number(24) == number(92);
    if (count_is_current && number(28) * page > fs::file_size(path)) {
        throw InvalidRequest(shown_name, "le GeoPackage est tronqué ; envoyez-le de nouveau");
    }
}

std::string column(sqlite3_stmt* row, int index) {
    return std::string(column_text(row, index));
}

void each_row(sqlite3* database, const std::string& sql, const std::string& parameter, const std::string& shown_name,
              const std::function<void(sqlite3_stmt*)>& take) {
    const StatementPtr statement = prepare(database, sql);
    if (!statement) refuse(shown_name);
    sqlite3_stmt* raw = statement.get();
    if (!parameter.empty()) sqlite3_bind_text(raw, 1, parameter.c_str(), -1, SQLITE_TRANSIENT);
    int steps = 0;
    sqlite3_progress_handler(
        database, 10'000, [](void* count) { return ++*static_cast<int*>(count) > most_steps / 10'000 ? 1 : 0; },
        &steps);
    int status = SQLITE_ROW;
    while ((status = sqlite3_step(raw)) == SQLITE_ROW) take(raw);
    sqlite3_progress_handler(database, 0, nullptr, nullptr);
    if (status != SQLITE_DONE) refuse(shown_name);
}

/// Triggers that GeoPackage writers put on every feature table; reading never fires one.
bool is_usual_trigger(const std::string& name) {
    constexpr std::array<std::string_view, 5> usual{"rtree_*", "gpkg_*", "trigger_insert_feature_count_*",
                                                    "trigger_delete_feature_count_*", "geometry_trigger_*"};
    for (const auto pattern : usual) {
        if (matches(name, pattern)) return true;
    }
    return false;
}

struct Schema {
    std::set<std::string> tables;
    std::set<std::string> views;
    std::set<std::string> virtual_tables;
    std::map<std::string, std::string> unknown_triggers;  // table -> trigger
};

Schema read_schema(sqlite3* database, const std::string& shown_name) {
    Schema schema;
    each_row(database, "select type, name, tbl_name, substr(sql, 1, 40) from sqlite_master limit 10000", "", shown_name,
             [&](sqlite3_stmt* row) {
                 const std::string type = column(row, 0);
                 const std::string name = lower(column(row, 1));
                 if (type == "view") schema.views.insert(name);
                 if (type == "table") schema.tables.insert(name);
                 if (type == "table" && matches(column(row, 3), "create virtual*")) schema.virtual_tables.insert(name);
                 if (type == "trigger" && !is_usual_trigger(name)) {
                     schema.unknown_triggers.emplace(lower(column(row, 2)), column(row, 1));
                 }
             });
    return schema;
}

bool has_computed_columns(sqlite3* database, const std::string& table, const std::string& shown_name) {
    bool computed = false;
    each_row(database, "select hidden from pragma_table_xinfo(?1)", table, shown_name,
             [&](sqlite3_stmt* row) { computed = computed || sqlite3_column_int(row, 0) != 0; });
    return computed;
}

std::string why_refused(sqlite3* database, const Schema& schema, const std::string& table,
                        const std::string& shown_name) {
    const std::string name = lower(table);
    if (schema.views.contains(name)) return "cette couche est une vue ; exportez-la comme une table";
    if (!schema.tables.contains(name)) return "la table de cette couche n'existe pas";
    if (schema.virtual_tables.contains(name))
        return "cette couche est une table virtuelle ; exportez-la comme une table";
    if (const auto trigger = schema.unknown_triggers.find(name); trigger != schema.unknown_triggers.end()) {
        return "la table a un déclencheur (" + trigger->second + ") ; exportez-la sans lui";
    }
    if (has_computed_columns(database, table, shown_name))
        return "la table a des colonnes calculées ; exportez ses valeurs";
    return "";
}

}  // namespace

GeoPackageFacts check_geopackage(const fs::path& path, const std::string& shown_name) {
    check_size(path, shown_name);
    const DatabasePtr database = open_database(path, longest_schema_row);
    if (!database) refuse(shown_name);
    const Schema schema = read_schema(database.get(), shown_name);
    for (const auto& view : schema.views) {
        if (matches(view, "gpkg_*") || matches(view, "rtree_*") || matches(view, "sqlite_*")) {
            throw InvalidRequest(shown_name, "la table " + view + " est une vue ; ce GeoPackage n'est pas sûr, refusé");
        }
    }
    if (!schema.tables.contains("gpkg_contents")) {
        throw InvalidRequest(shown_name, "cette base SQLite n'est pas un GeoPackage ; exportez en GeoPackage");
    }
    GeoPackageFacts facts;
    std::set<std::string> layers;
    each_row(database.get(),
             "select table_name from gpkg_contents where data_type in ('features', 'attributes') limit 1000", "",
             shown_name, [&](sqlite3_stmt* row) { layers.insert(column(row, 0)); });
    if (layers.empty()) throw InvalidRequest(shown_name, "ce GeoPackage ne contient aucune couche vectorielle");
    for (const auto& layer : layers) {
        const std::string why = why_refused(database.get(), schema, layer, shown_name);
        if (!why.empty()) {
            facts.refused[layer] = why;
            continue;
        }
        each_row(database.get(), "select count(*) from " + quoted_name(layer), "", shown_name,
                 [&](sqlite3_stmt* row) { facts.counts[layer] = sqlite3_column_int64(row, 0); });
    }
    return facts;
}

}  // namespace gis::read
