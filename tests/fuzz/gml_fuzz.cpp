// GML geometries of every version, with and without heights.

#include "gis/wfs/gml_geometry.hpp"
#include "tests/fuzz/wfs_target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    for (const gis::wfs::Version version : fuzz::versions) {
        for (const bool keep_z : {false, true}) {
            fuzz::refusing_wfs([&] {
                const gis::wfs::GmlContext context{version, fuzz::offered().back(), fuzz::offered(), keep_z};
                gis::wfs::read_gml(fuzz::text_of(data, size), context, "geometry");
            });
        }
    }
    return 0;
}
