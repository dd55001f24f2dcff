#pragma once

#include <geos_c.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gis/demo/territory.hpp"

/// A table as the generator wrote it.
struct CapturedTable {
    std::vector<std::string> columns;
    std::vector<gis::Row> rows;

    std::size_t column(std::string_view name) const;
    /// Empty for NULL.
    std::string text(const gis::Row& row, std::string_view name) const;
    std::int64_t integer(const gis::Row& row, std::string_view name) const;
};

struct Capture : gis::RowSink {
    std::map<std::string, CapturedTable, std::less<>> tables;
    std::vector<std::string> order;  ///< tables as they first appeared
    void write(gis::RowBatch batch) override;
    const CapturedTable& table(std::string_view name) const { return tables.find(name)->second; }
};

/// Remembers nothing but a hash of every byte and the number of rows.
struct HashSink : gis::RowSink {
    std::uint64_t hash = 1469598103934665603ULL;
    std::map<std::string, std::size_t> rows;
    std::size_t largest_batch = 0;
    void write(gis::RowBatch batch) override;
};

std::string read_text(const std::string& path_in_repository);
gis::demo::Facts seed_facts();
/// The small territory with the usual seed, generated once for all tests.
const Capture& small_territory();
/// One table of it.
const CapturedTable& table(std::string_view name);

/// GEOS for the tests: another implementation than the one under test where that one has its own.
class Shapes {
  public:
    using Shape = std::unique_ptr<GEOSGeometry, void (*)(GEOSGeometry*)>;

    Shape read(const std::string& wkb) const;
    bool valid(const Shape& shape) const;
    double area(const Shape& shape) const;
    double area_of_union(const std::vector<Shape>& shapes) const;
    double area_of_intersection(const Shape& a, const Shape& b) const;
    bool within(const Shape& inner, const Shape& outer) const;
};
