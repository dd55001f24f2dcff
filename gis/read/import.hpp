#pragma once

#include <map>
#include <mutex>
#include <string>

#include "gis/layer/row.hpp"
#include "gis/read/id_registry.hpp"
#include "gis/read/mapping.hpp"
#include "gis/read/report.hpp"

namespace gis::read {

/// What the files of one reading share: the sink, the report, and the ids already met. Used by all reading threads.
class Import {
  public:
    Import(const Options& options, RowSink& sink) : options_(options), sink_(sink) {}

    const Options& options() const { return options_; }
    PlanStates& plans() { return plans_; }

    /// Hands rows to the sink, one batch at a time.
    void write(RowBatch batch);
    void add(Problem problem);
    void add_counts(const std::string& table, const TableCounts& counts);
    void add_coverage(const std::string& table, const std::string& value);
    void add_file(const std::string& name, const std::string& crs, const std::string& encoding);

    /// How often this id was met in the table before.
    std::uint32_t times_met(const std::string& table, const std::string& id);

    /// Keeps a row whose geometry other features of the same id complete. True when it is the first of its id.
    bool merge(const Mapping& mapping, const std::string& id, std::vector<Value> values, const Shape& shape);

    /// Writes what was kept back. Called once, after all threads.
    ReadReport finish();

    /// Throws Unavailable when the caller asked to stop.
    void check_stop() const;
    void progress(std::int64_t done, std::int64_t total, const char* unit);
    /// Inside one file: told only when it is the only one, else whole files are counted.
    void progress_in_file(std::int64_t done, std::int64_t total, const char* unit);
    void set_only_one_input(bool only) { only_one_input_ = only; }

  private:
    struct Merged {
        std::vector<Value> values;
        Shape shape;
    };
    struct MergedTable {
        std::vector<std::string> columns;
        GeometryType geometry = GeometryType::MultiPolygon;
        std::map<std::string, Merged> rows;
    };
    void write_merged();
    void write_plans_without_row();

    const Options& options_;
    RowSink& sink_;
    PlanStates plans_;
    bool only_one_input_ = false;
    std::mutex mutex_;       // report, ids, merged rows
    std::mutex sink_mutex_;  // the sink and progress alone: they may block
    ReadReport report_;
    std::map<std::string, IdRegistry> ids_;
    std::map<std::string, MergedTable> merged_;
};

/// The columns of a mapping that the table has: all but the helpers of `finish`.
std::vector<std::string> table_columns(const Mapping& mapping);

}  // namespace gis::read
