#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace uploads {

/// What Upload-Metadata says: keys and their decoded values, "filename bGV2ZS5jc3Y=,filetype dGV4dC9jc3Y=". Nothing
/// when it is malformed: an empty or repeated key, a value that is no base64 or no UTF-8.
std::optional<std::map<std::string, std::string>> parse_metadata(std::string_view header);

/// The last part of a path, without control characters, at most 200 bytes: a name to show and to write on disk.
/// "fichier" when nothing is left.
std::string safe_file_name(std::string_view name);

}  // namespace uploads
