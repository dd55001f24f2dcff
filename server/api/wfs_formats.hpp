#pragma once

#include <string>
#include <vector>

#include "gis/wfs/request.hpp"
#include "gis/wfs/version.hpp"
#include "gis/write/formats.hpp"
#include "gis/write/gml.hpp"

namespace api {

/// How features are written: GML, or a streamed format that has no envelope of WFS around it.
struct WfsFormat {
    const gis::Format* other = nullptr;  ///< null: the version's GML
    std::string media_type;
    bool is_gml() const { return other == nullptr; }
};

/// What outputFormat may say in a version, the default first.
std::vector<std::string> wfs_format_names(gis::wfs::Version version);

/// Reads outputFormat; the version's GML when it is empty. Throws gis::wfs::ServiceError listing what there is.
WfsFormat wfs_format(gis::wfs::Version version, const std::string& text);

/// The request with the CRS that the format wants where none was asked for; throws gis::wfs::ServiceError where another
/// was asked for than the only one it has.
gis::wfs::GetFeature in_crs_of(const WfsFormat& format, gis::wfs::GetFeature request);

/// How the features of a query are written as GML: the CRS's name as the request spelt it.
gis::GmlForm gml_form_of(gis::wfs::Version version, const gis::wfs::Query& query);

}  // namespace api
