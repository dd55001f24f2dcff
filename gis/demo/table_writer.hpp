#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gis/demo/plane.hpp"
#include "gis/layer/row.hpp"

namespace gis::demo {

/// WKB, little endian, as PostGIS takes it; metres in Lambert-93.
std::string wkb(const MultiPolygon& shape);
std::string wkb(const Ring& only_ring);
std::string wkb_multi_line(const Ring& open_line);
std::string wkb_multi_point(Point at);
std::string wkb_point(Point at);
std::string wkb_line(const Ring& open_line);
std::string wkb_polygon(const Ring& only_ring);

/// An optional text: empty is NULL.
Value text_or_null(std::string text);

/// Collects the rows of one table and hands them on in batches. Call `finish` at the end.
class TableWriter {
  public:
    TableWriter(RowSink& sink, std::string_view table, std::vector<std::string> columns);
    void add(std::vector<Value> values, std::string geometry = {});
    void finish();

  private:
    /// Small enough to keep memory flat, big enough for COPY to be busy.
    static constexpr std::size_t batch_rows = 2000;

    RowSink& sink_;
    RowBatch batch_;
};

}  // namespace gis::demo
