#include "capture.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <type_traits>
#include <utility>
#include <variant>

namespace {

GEOSContextHandle_t context() {
    static const GEOSContextHandle_t handle = GEOS_init_r();
    return handle;
}

Shapes::Shape own(GEOSGeometry* geometry) {
    return {geometry, [](GEOSGeometry* g) { GEOSGeom_destroy_r(context(), g); }};
}

void mix_in(std::uint64_t& hash, std::string_view bytes) {
    for (const char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;  // FNV-1a
}

}  // namespace

std::size_t CapturedTable::column(std::string_view name) const {
    const auto found = std::find(columns.begin(), columns.end(), name);
    if (found == columns.end()) throw std::out_of_range("no column " + std::string(name));
    return static_cast<std::size_t>(found - columns.begin());
}

std::string CapturedTable::text(const gis::Row& row, std::string_view name) const {
    const gis::Value& value = row.values[column(name)];
    return std::holds_alternative<std::monostate>(value) ? std::string() : std::get<std::string>(value);
}

std::int64_t CapturedTable::integer(const gis::Row& row, std::string_view name) const {
    return std::get<std::int64_t>(row.values[column(name)]);
}

void Capture::write(gis::RowBatch batch) {
    if (!tables.contains(batch.table)) order.push_back(batch.table);
    CapturedTable& table = tables[batch.table];
    table.columns = std::move(batch.columns);
    std::move(batch.rows.begin(), batch.rows.end(), std::back_inserter(table.rows));
}

void HashSink::write(gis::RowBatch batch) {
    rows[batch.table] += batch.rows.size();
    largest_batch = std::max(largest_batch, batch.rows.size());
    mix_in(hash, batch.table);
    for (const gis::Row& row : batch.rows) {
        for (const gis::Value& value : row.values) {
            std::visit(
                [&](const auto& v) {
                    using T = std::decay_t<decltype(v)>;
                    if constexpr (std::is_same_v<T, std::string>) {
                        mix_in(hash, v);
                    } else if constexpr (!std::is_same_v<T, std::monostate>) {
                        mix_in(hash, std::to_string(v));
                    }
                    mix_in(hash, "|");
                },
                value);
        }
        mix_in(hash, row.wkb);
    }
}

std::string read_text(const std::string& path_in_repository) {
    std::ifstream file(std::string(CARREAU_SOURCE_DIR) + "/" + path_in_repository, std::ios::binary);
    if (!file) throw std::runtime_error("cannot read " + path_in_repository);
    return {std::istreambuf_iterator<char>(file), {}};
}

gis::demo::Facts seed_facts() {
    return {read_text("data-samples/seed-facts/communes.csv"),
            read_text("data-samples/seed-facts/archaeology_operations.csv"),
            read_text("data-samples/seed-facts/ads_acts.csv")};
}

const Capture& small_territory() {
    static const Capture capture = [] {
        Capture out;
        gis::demo::Options options;
        options.size = gis::demo::Size::Small;
        gis::demo::generate_territory(seed_facts(), options, out);
        return out;
    }();
    return capture;
}

const CapturedTable& table(std::string_view name) {
    return small_territory().table(name);
}

Shapes::Shape Shapes::read(const std::string& wkb) const {
    const std::unique_ptr<GEOSWKBReader, void (*)(GEOSWKBReader*)> reader(
        GEOSWKBReader_create_r(context()), [](GEOSWKBReader* r) { GEOSWKBReader_destroy_r(context(), r); });
    std::vector<unsigned char> bytes(wkb.begin(), wkb.end());
    return own(GEOSWKBReader_read_r(context(), reader.get(), bytes.data(), bytes.size()));
}

bool Shapes::valid(const Shape& shape) const {
    return shape && GEOSisValid_r(context(), shape.get()) == 1;
}

double Shapes::area(const Shape& shape) const {
    double out = 0;
    GEOSArea_r(context(), shape.get(), &out);
    return out;
}

double Shapes::area_of_union(const std::vector<Shape>& shapes) const {
    std::vector<GEOSGeometry*> copies;
    for (const Shape& shape : shapes) copies.push_back(GEOSGeom_clone_r(context(), shape.get()));
    const Shape all = own(GEOSGeom_createCollection_r(context(), GEOS_GEOMETRYCOLLECTION, copies.data(),
                                                      static_cast<unsigned>(copies.size())));
    return area(own(GEOSUnaryUnion_r(context(), all.get())));
}

double Shapes::area_of_intersection(const Shape& a, const Shape& b) const {
    return area(own(GEOSIntersection_r(context(), a.get(), b.get())));
}

bool Shapes::within(const Shape& inner, const Shape& outer) const {
    return GEOSWithin_r(context(), inner.get(), outer.get()) == 1;
}
