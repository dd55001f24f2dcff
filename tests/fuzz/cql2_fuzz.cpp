// CQL2, as text or as JSON (CQL2_PARSER): read, bound to a layer with a field of every type, made SQL.

#include "gis/filter/bind.hpp"
#include "gis/filter/cql2.hpp"
#include "gis/filter/filter_sql.hpp"
#include "tests/fuzz/target.hpp"
#include "tests/gis/sample_layer.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const gis::Layer layer = test::sample_layer();
    return fuzz::refusing([&] {
        gis::FilterReading reading;
        reading.layer = &layer;
        reading.crs = gis::crs84();
        gis::Filter filter = gis::CQL2_PARSER(fuzz::text_of(data, size), reading);
        gis::SqlStatement statement;
        gis::add_filter(statement, layer, *gis::bind_filter(std::move(filter), layer));
    });
}
