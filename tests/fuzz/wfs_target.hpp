#pragma once

#include "gis/wfs/request.hpp"
#include "gis/wfs/service_error.hpp"
#include "tests/fuzz/target.hpp"
#include "tests/gis/sample_layer.hpp"

namespace fuzz {

inline const gis::Catalog& catalog() {
    static const gis::Catalog made({test::sample_layer()});
    return made;
}

inline const std::vector<gis::Crs>& offered() {
    static const std::vector<gis::Crs> made{gis::crs84(), *gis::crs_from_epsg(4326), *gis::crs_from_epsg(2154)};
    return made;
}

inline constexpr gis::wfs::Version versions[] = {gis::wfs::Version::V1_0_0, gis::wfs::Version::V1_1_0,
                                                 gis::wfs::Version::V2_0_0};

/// As `refusing`, for what also refuses in the words of WFS.
template <typename Read>
int refusing_wfs(Read read) {
    return refusing([&] {
        try {
            read();
        } catch (const gis::wfs::ServiceError& error) {
            gis::wfs::exception_report(gis::wfs::Version::V2_0_0, error.code(), error.locator(), error.what());
        }
    });
}

}  // namespace fuzz
