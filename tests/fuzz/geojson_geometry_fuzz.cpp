// GeoJSON geometries, as edits and CQL2 JSON carry them.

#include "gis/geometry/geojson_reader.hpp"
#include "gis/geometry/prepare.hpp"
#include "tests/fuzz/target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const gis::Crs storage = *gis::crs_from_epsg(2154);
    return fuzz::refusing([&] {
        gis::GeometryReading reading;
        reading.crs = gis::crs84();
        const gis::GeometryLiteral geometry = gis::parse_geojson_geometry(fuzz::text_of(data, size), reading);
        gis::is_mixed_collection(gis::prepare_geometry(geometry, storage, "geometry"));
    });
}
