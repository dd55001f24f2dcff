#pragma once

#include <filesystem>

#include "server/api/inspire_document.hpp"

namespace api {

/// Writes a document to `path`, where it stands only once it is whole. Its head says the counts, which are known at the
/// end. Throws std::system_error where the disk refuses; nothing is left then.
InspireOutcome write_inspire_file(db::Connection& connection, const InspireOrder& order,
                                  const std::filesystem::path& path);

}  // namespace api
