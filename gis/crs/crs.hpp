#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gis {

/// A box, mostly in degrees: west, south, east, north. Used for areas of use and extents shown to people.
struct GeographicBox {
    double west = -180;
    double south = -90;
    double east = 180;
    double north = 90;
    friend bool operator==(const GeographicBox&, const GeographicBox&) = default;
};

/// A coordinate reference system, as far as Carreau must know it. A plain value, read from PROJ's database.
/// Inside the program coordinates are x, y (easting or longitude first) whatever the authority says;
/// `northing_first` matters only where text is read or written (OGC API Features Part 2, clause 7).
struct Crs {
    int srid = 0;                 ///< PostGIS number; CRS84 and EPSG:4326 are both 4326
    bool is_crs84 = false;        ///< OGC:CRS84: WGS 84, longitude first
    bool northing_first = false;  ///< the authority's axis order is north (latitude) first
    bool geographic = false;      ///< degrees, else metres
    std::string name;             ///< "RGF93 v1 / Lambert-93"
    GeographicBox native_area;    ///< the area of use in the CRS's own units, x before y (west is min x, south min y)
    GeographicBox area_of_use;    ///< in degrees

    /// "http://www.opengis.net/def/crs/EPSG/0/2154"
    std::string uri() const;
    /// "EPSG:2154" or "OGC:CRS84"
    std::string code() const;

    friend bool operator==(const Crs& a, const Crs& b) { return a.srid == b.srid && a.is_crs84 == b.is_crs84; }
};

/// WGS 84, longitude first: the default of OGC API Features.
Crs crs84();

/// Reads EPSG:`code` from PROJ's database; nothing when it is unknown or neither geographic 2D nor projected.
std::optional<Crs> crs_from_epsg(int code);

/// The CRS that `text` names, among `offered`: "http(s)://www.opengis.net/def/crs/EPSG/0/2154",
/// "urn:ogc:def:crs:EPSG::2154", "EPSG:2154", "[EPSG:2154]" (safe CURIE), ".../OGC/1.3/CRS84". Nothing when not
/// offered.
std::optional<Crs> find_crs(std::string_view text, const std::vector<Crs>& offered);

}  // namespace gis
