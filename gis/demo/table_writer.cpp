#include "gis/demo/table_writer.hpp"

#include <bit>
#include <cstdint>
#include <cstring>
#include <utility>

namespace gis::demo {

namespace {

static_assert(std::endian::native == std::endian::little, "WKB is written by copying memory");

enum WkbType : std::uint32_t {
    point = 1,
    line_string = 2,
    polygon = 3,
    multi_point = 4,
    multi_line = 5,
    multi_polygon = 6
};

template <typename T>
void append(std::string& out, T value) {
    char bytes[sizeof value];
    std::memcpy(bytes, &value, sizeof value);
    out.append(bytes, sizeof value);
}

void append_header(std::string& out, std::uint32_t type) {
    out += '\1';
    append(out, type);
}

void append_point(std::string& out, Point p) {
    append(out, p.x / 100.0);
    append(out, p.y / 100.0);
}

void append_count(std::string& out, std::size_t count) {
    append(out, static_cast<std::uint32_t>(count));
}

void append_ring(std::string& out, const Ring& ring) {
    append_count(out, ring.size() + 1);
    for (const Point p : ring) append_point(out, p);
    append_point(out, ring.front());
}

}  // namespace

std::string wkb(const MultiPolygon& shape) {
    std::string out;
    append_header(out, multi_polygon);
    append_count(out, shape.size());
    for (const Polygon& part : shape) {
        append_header(out, polygon);
        append_count(out, part.size());
        for (const Ring& ring : part) append_ring(out, ring);
    }
    return out;
}

std::string wkb(const Ring& only_ring) {
    std::string out;
    out.reserve(22 + 16 * (only_ring.size() + 1));
    append_header(out, multi_polygon);
    append_count(out, 1);
    append_header(out, polygon);
    append_count(out, 1);
    append_ring(out, only_ring);
    return out;
}

std::string wkb_point(Point at) {
    std::string out;
    append_header(out, point);
    append_point(out, at);
    return out;
}

std::string wkb_line(const Ring& open_line) {
    std::string out;
    append_header(out, line_string);
    append_count(out, open_line.size());
    for (const Point p : open_line) append_point(out, p);
    return out;
}

std::string wkb_polygon(const Ring& only_ring) {
    std::string out;
    append_header(out, polygon);
    append_count(out, 1);
    append_ring(out, only_ring);
    return out;
}

std::string wkb_multi_line(const Ring& open_line) {
    std::string out;
    append_header(out, multi_line);
    append_count(out, 1);
    append_header(out, line_string);
    append_count(out, open_line.size());
    for (const Point p : open_line) append_point(out, p);
    return out;
}

std::string wkb_multi_point(Point at) {
    std::string out;
    append_header(out, multi_point);
    append_count(out, 1);
    append_header(out, point);
    append_point(out, at);
    return out;
}

Value text_or_null(std::string text) {
    return text.empty() ? Value{} : Value{std::move(text)};
}

TableWriter::TableWriter(RowSink& sink, std::string_view table, std::vector<std::string> columns) : sink_(sink) {
    batch_.table = table;
    batch_.columns = std::move(columns);
}

void TableWriter::add(std::vector<Value> values, std::string geometry) {
    batch_.rows.push_back({std::move(values), std::move(geometry)});
    if (batch_.rows.size() >= batch_rows) finish();
}

void TableWriter::finish() {
    if (batch_.rows.empty()) return;
    RowBatch full{batch_.table, batch_.columns, std::move(batch_.rows)};
    batch_.rows = {};
    sink_.write(std::move(full));
}

}  // namespace gis::demo
