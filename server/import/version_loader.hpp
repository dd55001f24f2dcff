#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "gis/layer/row.hpp"
#include "server/db/connection.hpp"
#include "server/import/copy_encoder.hpp"

namespace importing {

/// Where a load comes from, as the catalogue remembers it.
struct Source {
    std::string name;     ///< file names, for people
    std::string sha256;   ///< recognises the same files brought again; empty: never recognised
    std::string vintage;  ///< "2026-01-01"
};

/// What came of one table.
struct LoadedTable {
    std::string table;
    std::int64_t rows = 0;
    std::int64_t duplicates = 0;             ///< rows whose id was there already in the same load, left out
    std::vector<std::string> duplicate_ids;  ///< the first of them
    int version_id = 0;                      ///< 0 for tables without versions
};

/// A table of rows that are kept aside, indexed, and seen by nobody.
struct Draft {
    LoadedTable loaded;
    int part_id = 0;
    std::string part_table;  ///< as SQL names it
};

/// What a person should know of a loaded row, or of all of them.
struct Finding {
    std::optional<std::int64_t> row;  ///< of the file, from 1
    std::string field;
    std::string reason;
};

/// Loads rows into new versions, one for each table that rows come for, and publishes them together.
///
/// Rows go by binary COPY into tables aside, which nobody sees; `publish` then indexes them and, in one transaction,
/// takes the published rows of the same coverage (commune, plan) out and the new ones in. Without `publish` the
/// destructor leaves nothing. Tables without a part_id column (procedures, memberships) are brought up to date by
/// primary key in that same transaction. `write` may be called by several threads at once.
class VersionLoader : public gis::RowSink {
  public:
    enum class Pace { Full, Background };
    /// Pace::Background: its PostgreSQL processes let others go first (db/priority.hpp).
    VersionLoader(std::string dsn, Source source, Pace pace = Pace::Full);
    ~VersionLoader() override;

    void write(gis::RowBatch batch) override;

    /// Ends the load and does what remains to be done with the rows of some tables (catalogue.completion), with what
    /// the person may see; nobody: with everything. Comes before `publish` or `keep`, or not at all; no `write`
    /// afterwards.
    std::vector<Finding> complete(std::optional<int> person);

    /// All or nothing. Calls no `write` afterwards.
    std::vector<LoadedTable> publish();

    /// Instead of `publish`: everything that was loaded stays aside as drafts, which publish_together takes later.
    /// Throws gis::InvalidRequest when rows came for a table without versions.
    std::vector<Draft> keep();

    std::int64_t rows() const;

  private:
    struct TableLoad;
    std::unique_ptr<db::Connection> connect() const;
    TableLoad& load_for(const gis::RowBatch& batch);
    void open(TableLoad& load, const gis::RowBatch& batch);
    void finish_copies();
    void finish_copy(TableLoad& load);
    void index(TableLoad& load, LoadedTable& table);
    void discard() noexcept;

    std::string dsn_;
    Source source_;
    Pace pace_;
    mutable std::mutex mutex_;
    std::vector<std::unique_ptr<TableLoad>> loads_;         ///< in the order tables first came: what refers comes after
    std::vector<std::unique_ptr<db::Connection>> helpers_;  ///< build indexes beside a table's own connection
    bool published_ = false;
};

}  // namespace importing
