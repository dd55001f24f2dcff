#pragma once

#include <optional>
#include <string>

#include "gis/read/input.hpp"

namespace gis::read {

/// Where an EDIGEO exchange is: what its identifiers leave out.
struct EdigeoPlace {
    std::string departement;  ///< two characters, what stands before an IDU: "62", "2A", "97"
    std::string commune;      ///< INSEE code
};

/// From the commune's IDU inside and the names outside ("edigeo-25354000AB01.tar.bz2"), or from what the person states.
/// Throws InvalidRequest asking for the département when neither tells.
EdigeoPlace find_edigeo_place(Source& source, const Input& input, const std::optional<std::string>& stated);

/// The two characters before `idu` in a name; nothing when it is not there. Exposed for its tests.
std::optional<std::string> departement_before(std::string_view name, std::string_view idu);

}  // namespace gis::read
