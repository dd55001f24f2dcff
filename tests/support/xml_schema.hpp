#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace test {

/// Says with xmllint and the official schemas (beside the project, or where CARREAU_SCHEMAS says) whether a document is
/// valid: "" when it is, or what is wrong. `kind` is "wfs" (WFS 2.0, GML 3.2) or "wfs11". Nothing where the schemas or
/// xmllint are not there.
std::optional<std::string> validity(std::string_view kind, const std::string& document);

}  // namespace test
