// WKT, in both axis orders, and what a geometry goes through before it meets features.

#include "gis/geometry/prepare.hpp"
#include "gis/geometry/wkt.hpp"
#include "tests/fuzz/target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const gis::Crs storage = *gis::crs_from_epsg(2154);
    static const gis::Crs latitude_first = *gis::crs_from_epsg(4326);
    for (const gis::Crs& crs : {gis::crs84(), latitude_first, storage}) {
        fuzz::refusing([&] {
            gis::GeometryReading reading;
            reading.crs = crs;
            const gis::GeometryLiteral geometry = gis::parse_wkt(fuzz::text_of(data, size), reading);
            gis::is_mixed_collection(gis::prepare_geometry(geometry, storage, "geometry"));
        });
    }
    return 0;
}
