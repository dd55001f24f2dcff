#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "server/db/connection.hpp"

// The tables an import writes to before anything is published: parts, staging tables, their keys and indexes.
// `target` is "schema.table"; a `relation` or `part` is named as SQL names it.

namespace importing {

struct Source;

/// A table as loading must know it.
struct TableShape {
    std::map<std::string, std::string> columns;  ///< name -> type, generated columns left out
    std::string geometry_column;
    int srid = 0;
    bool is_versioned = false;  ///< partitioned by part_id
};

/// Throws gis::NotFound when there is no such table.
TableShape describe_table(db::Connection& connection, const std::string& target);

struct NewPart {
    int version_id = 0;
    int part_id = 0;
    std::string table;
};

/// A new version in state "loading" with one empty, unindexed, unattached part.
NewPart create_part(db::Connection& connection, const std::string& target, const Source& source);

/// An empty table beside `target`, for rows that are merged at publication.
std::string create_staging(db::Connection& connection, const std::string& target);

/// Takes out of a part without a key all but one of the rows that share an id. Gives the first `listed` ids, `removed`
/// the rows.
std::vector<std::string> remove_duplicates(db::Connection& connection, const std::string& target,
                                           const std::string& part, std::int64_t& removed, std::size_t listed);

/// Gives a part the primary key and the other indexes of its table, so that attaching it is instant, and statistics.
/// The connections build one index each at the same time; with more than one the part's rows must be committed. False,
/// and no key, when rows share an id: then come remove_duplicates and add_primary_key.
bool index_part(std::span<db::Connection* const> connections, const std::string& target, const std::string& part);

void add_primary_key(db::Connection& connection, const std::string& target, const std::string& part);

/// A new column of a table made for an import.
struct NewColumn {
    std::string name;
    std::string sql_type;  ///< one that CopyEncoder writes
};

/// Creates a versioned table in EPSG:`srid`: columns, primary key (id, part_id), spatial index. `geometry_type` empty:
/// none. Throws gis::Conflict when there is such a table already.
void create_versioned_table(db::Connection& connection, const std::string& target,
                            const std::vector<NewColumn>& columns, const std::string& id_column,
                            const std::string& geometry_type, int srid);

/// First key of the two-key lock that a loading session holds on its version.
inline constexpr long long loading_lock_space = 0x4361;

db::Result query(db::Connection& connection, const std::string& sql, const std::vector<db::Parameter>& parameters = {});

/// "schema.table" in two. Throws gis::InvalidRequest without a dot.
std::pair<std::string, std::string> split_name(const std::string& target);

/// The name as SQL wants it.
std::string quoted(const db::Connection& connection, const std::string& target);

/// The columns that rows of one table are told apart by: the primary key without part_id.
std::vector<std::string> key_of(db::Connection& connection, const std::string& target);

/// The columns that can be written, quoted and separated by commas.
std::string columns_list(db::Connection& connection, const std::string& relation,
                         const std::set<std::string>& without = {});

/// Identity columns: the real table fills them, staging tables do without.
std::vector<std::string> numbered_columns(db::Connection& connection, const std::string& relation);

/// An empty table like `target` that can become its partition `part_id`; its name.
std::string make_part_table(db::Connection& connection, const std::string& target, int part_id);

/// A row of catalogue.part, its table not named yet; its number.
int insert_part(db::Connection& connection, int version_id, const std::optional<std::string>& coverage,
                std::optional<int> replaced_by);
void name_part(db::Connection& connection, int part_id, const std::string& table);

}  // namespace importing
