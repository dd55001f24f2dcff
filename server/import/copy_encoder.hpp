#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gis/layer/row.hpp"

namespace importing {

/// A column as binary COPY must know it.
struct CopyColumn {
    std::string name;
    std::string sql_type;  ///< format_type without modifiers: "integer", "text", "date" ...
};

/// What binary COPY makes of a value; None: nothing but NULL.
enum class CopyForm { None, Text, Int16, Int32, Int64, Float64, Boolean, Date, Timestamp, Uuid };

/// Writes rows in PostgreSQL's binary COPY format (PostgreSQL manual, COPY, "Binary Format"). Order: the columns, then
/// the geometry as extended WKB when the table has one. Not shared between threads.
class CopyEncoder {
  public:
    /// `srid` 0: no geometry column follows.
    CopyEncoder(std::vector<CopyColumn> columns, int srid);

    static std::string header();
    static std::string trailer();

    /// Appends one row. Throws gis::InvalidRequest naming the column when a value cannot be one of its type.
    void append(std::string& out, const gis::Row& row) const;

  private:
    void append_value(std::string& out, std::size_t place, const gis::Value& value) const;
    void append_geometry(std::string& out, std::string_view wkb) const;

    std::vector<CopyColumn> columns_;
    std::vector<CopyForm> forms_;  // of each column
    int srid_;
};

}  // namespace importing
