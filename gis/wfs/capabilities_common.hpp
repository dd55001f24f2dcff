#pragma once

#include <string>
#include <string_view>

#include "gis/wfs/capabilities.hpp"

// Parts of the capabilities that several versions share. Internal to the library.

namespace gis::wfs {

inline constexpr std::string_view service_title = "Carreau";
inline constexpr std::string_view service_abstract =
    "Service de téléchargement de l'information géographique mutualisée : les couches que vos conventions vous "
    "ouvrent.";

bool may_edit(const Catalog& catalog, const ServiceFacts& facts);

/// Layer's description, and that it is invented where it is.
std::string abstract_of(const Layer& layer);

/// Where the layer lies, in degrees; its CRS's area when nothing is known.
GeographicBox extent_of(const Layer& layer);

/// The layer's own CRS first, then the others of the version.
std::vector<Crs> crs_of(const Layer& layer, const ServiceFacts& facts, Version version);

/// "2.6": enough digits for a box, none that say nothing.
std::string degrees(double value);

std::string capabilities_1_0(const Catalog& catalog, const ServiceFacts& facts);
std::string capabilities_1_1(const Catalog& catalog, const ServiceFacts& facts, const Sections& sections);
std::string capabilities_2_0(const Catalog& catalog, const ServiceFacts& facts, const Sections& sections);

}  // namespace gis::wfs
