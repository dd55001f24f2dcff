#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace gis::read {

/// What the small files of an EDIGEO exchange (NF Z 52000) say about the large ones.
struct EdigeoExchange {
    std::string crs_label;    ///< RELSA of the .GEO: "LAMB93", "RGF93CC50"
    std::optional<int> srid;  ///< the EPSG code it stands for, when it is one the DGFiP uses
};

/// Reads the .THF and what it names. Throws InvalidRequest when a member is missing or does not end with EOM.
EdigeoExchange check_edigeo(const std::filesystem::path& thf, const std::string& shown_name);

}  // namespace gis::read
