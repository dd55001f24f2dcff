#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "server/db/connection.hpp"

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

/// Takes out of an unindexed part all but one of the rows that share an id. Gives the first `listed` ids, `removed` the
/// rows.
std::vector<std::string> remove_duplicates(db::Connection& connection, const std::string& target,
                                           const std::string& part, std::int64_t& removed, std::size_t listed);

/// Gives a part the primary key of its table. False, and no key, when rows share an id (see remove_duplicates).
bool add_primary_key(db::Connection& connection, const std::string& target, const std::string& part);

/// Gives a part the other indexes of its table, so that attaching it is instant, and statistics. The connections build
/// one index each at the same time; with more than one the part's rows must be committed.
void index_part(std::span<db::Connection* const> connections, const std::string& target, const std::string& part);

/// What is published of one table: parts of a version, or a staging table merged by primary key.
struct Publication {
    std::string target;
    int version_id = 0;
    std::vector<int> parts;
    std::string staging;
    std::int64_t rows = 0;
};

/// In one transaction: published rows of the same coverage go aside, the new ones are seen, the change feed tells, the
/// layers' extents follow.
void publish_together(db::Connection& connection, const std::vector<Publication>& publications);

struct Version {
    int version_id = 0;
    std::string target, vintage, source, state, published_at;
    std::int64_t feature_count = 0;
};
/// Newest first.
std::vector<Version> list_versions(db::Connection& connection, const std::string& target);

/// Puts back what the newest published version of the table replaced; that version goes aside in its turn.
/// Gives the version put back. Throws gis::Conflict when nothing was replaced.
int roll_back(db::Connection& connection, const std::string& target);

/// A published version of `target` (of any table when empty) made of the same files, or 0.
int find_same_source(db::Connection& connection, const std::string& sha256, const std::string& target);

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

/// Drops a version that is not published, with its tables.
void discard_version(db::Connection& connection, int version_id);

/// Takes away what an import that was killed left behind: versions that no living session loads.
void discard_abandoned(db::Connection& connection);

}  // namespace importing
