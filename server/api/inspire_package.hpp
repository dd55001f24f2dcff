#pragma once

#include <filesystem>

#include "server/api/inspire_document.hpp"

namespace api {

/// The objects of a document as a GeoPackage after the INSPIRE good practice: a table for each feature type, whose
/// columns are its properties flattened. Stands at `path` only once it is whole. Throws gis::Unavailable where the disk
/// refuses; nothing is left then.
InspireOutcome write_inspire_package(db::Connection& connection, const InspireOrder& order,
                                     const std::filesystem::path& path);

}  // namespace api
