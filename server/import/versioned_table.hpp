#pragma once

#include <optional>
#include <string>
#include <vector>

#include "server/db/connection.hpp"

namespace importing {

/// The values of the coverage column in some rows, as a text[] literal; nothing: the whole table, which has no such
/// column.
using Coverage = std::optional<std::string>;

/// A table that holds rows of one version: a partition of the published table, or beside it.
struct Part {
    int part_id = 0;
    int version_id = 0;
    std::string table;  ///< as SQL names it
    Coverage coverage;
    bool attached = false;  ///< its rows are published
};

/// A published table and the parts its rows come and go with. Everything happens in the caller's transaction, which
/// holds the lock of publications.
class VersionedTable {
  public:
    /// `target` is "schema.table"; its layers, if it has any, say what covers, names and places its rows.
    VersionedTable(db::Connection& connection, std::string target);

    const std::string& target() const { return target_; }
    /// It goes with layers: what is new replaces what has the same link, whatever way the layers' rows are replaced.
    bool is_companion() const { return is_companion_; }
    /// Throws gis::NotFound when no layer is made of the table.
    const std::string& id_column() const;
    /// Quoted; empty when the table has none. Throws gis::NotFound likewise.
    const std::string& geometry_column() const;

    std::vector<Part> parts_of(int version_id);
    /// What a version took the place of.
    std::vector<Part> replaced_by(int version_id);
    Part part(int part_id);

    /// Reads the coverage of a part's rows, and notes it.
    Coverage cover(const Part& part);
    /// Everything attached that the coverage replaces goes aside for a version, whole or in part.
    void retire_covered(const Coverage& coverage, int version_id);
    /// Attached rows that meet the condition (" where ...") go aside for a version.
    void retire_where(const std::string& where, int version_id);
    /// The attached parts of a version that hold something of the coverage go aside whole: rows it brought where
    /// nothing was before go with the others.
    void retire_version(int version_id, const Coverage& coverage, int replaced_by);

    void attach(int part_id);
    void detach(const Part& part, std::optional<int> replaced_by);
    /// The rows of several unattached parts in the first one; the others are gone.
    void join(const std::vector<Part>& parts);

    /// Versions with an attached part are published, the others retired; what is loading or a draft stays.
    void update_states();
    /// One feed entry for each tracked layer on the table, over all its rows; coarse copies, extents and missions anew.
    void tell();

  private:
    struct Names {
        std::string id, geometry;
    };
    const Names& names() const;
    std::vector<Part> attached();
    std::vector<Part> read(const std::string& condition, const std::vector<db::Parameter>& values);
    Coverage coverage_of(const std::string& table);
    void note_coverage(int part_id, const Coverage& coverage);
    /// The condition on rows of that coverage; empty: all rows.
    std::string where_covered(const Coverage& coverage) const;
    bool holds(const std::string& table, const std::string& where);
    /// The missions of these rows hold more or less than before; `tell` brings them up to date.
    void touch_missions(const std::string& table);
    /// Moves rows out of a part into a new table aside, which covers `coverage`: nothing, what its rows say.
    void move_aside(const Part& from, const std::string& where, const Coverage& coverage, int version_id);
    /// Rows written directly, outside any version, go aside like the others.
    void move_edits_aside(const std::string& where, const Coverage& coverage, int version_id);

    db::Connection& connection_;
    std::string target_;
    std::string schema_, name_;
    std::string quoted_;
    std::string coverage_column_;  ///< empty: none
    bool is_companion_ = false;
    bool has_missions_ = false;  ///< its rows belong to missions
    std::optional<Names> names_;
};

}  // namespace importing
