#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gis/crs/crs.hpp"
#include "gis/wfs/version.hpp"

namespace gis::wfs {

/// A CRS as a request names it, with the order of the coordinates that this name and version imply.
struct CrsName {
    Crs crs;
    bool northing_first = false;  ///< the text has y (latitude, northing) before x
};

/// Axis order by name and version. URNs and http://www.opengis.net/def/crs/ URIs: as the authority says, in 1.1.0 and
/// 2.0.0. "EPSG:4326" and "http://www.opengis.net/gml/srs/epsg.xml#4326": always x before y. In 1.0.0 (GML 2) x is
/// before y whatever the spelling: QGIS writes URNs into 1.0.0 transactions without turning the axes.
/// Throws ServiceError (InvalidParameterValue at `locator`) when it is none of `offered`.
CrsName read_crs_name(std::string_view text, const std::vector<Crs>& offered, Version version,
                      const std::string& locator);

/// How answers of a version name a CRS: "urn:ogc:def:crs:EPSG::2154" (2.0.0, 1.1.0), "EPSG:2154" (1.0.0).
std::string crs_name(const Crs& crs, Version version);

/// The CRSs that a version can name: 1.0.0 has no word for CRS84.
std::vector<Crs> offered_in(Version version, const std::vector<Crs>& offered);

}  // namespace gis::wfs
