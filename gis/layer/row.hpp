#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace gis {

/// An attribute value on its way into a table. Dates and times travel as ISO 8601 text; monostate is NULL.
using Value = std::variant<std::monostate, bool, std::int64_t, double, std::string>;

/// One row: values in the order of its batch's columns, and WKB (ISO or extended, little endian) in the table's CRS;
/// empty for a table or a row without geometry.
struct Row {
    std::vector<Value> values;
    std::string wkb;
};

/// Rows for one table. `columns` name `Row::values`; the geometry column is the table's own and is not among them.
struct RowBatch {
    std::string table;  ///< "cadastre.parcelle"
    std::vector<std::string> columns;
    std::vector<Row> rows;
};

/// Where readers and generators put what they make, in batches of some thousands. `write` may block until there is
/// room.
class RowSink {
  public:
    virtual ~RowSink() = default;
    virtual void write(RowBatch batch) = 0;
};

}  // namespace gis
