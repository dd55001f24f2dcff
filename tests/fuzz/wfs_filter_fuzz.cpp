// Filter Encoding of every version: read, bound to a layer with a field of every type, made SQL.

#include "gis/filter/filter_sql.hpp"
#include "gis/wfs/fes.hpp"
#include "tests/fuzz/wfs_target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const gis::Layer& layer = fuzz::catalog().layers().front();
    for (const gis::wfs::Version version : fuzz::versions) {
        fuzz::refusing_wfs([&] {
            const gis::FilterPtr filter =
                gis::wfs::read_filter(fuzz::text_of(data, size), layer, fuzz::offered(), version);
            gis::SqlStatement statement;
            gis::add_filter(statement, layer, *filter);
        });
    }
    return 0;
}
