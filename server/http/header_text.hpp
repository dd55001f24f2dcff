#pragma once

#include <string_view>
#include <vector>

namespace http {

/// `text` without spaces and tabs at its ends.
std::string_view trimmed(std::string_view text);

/// Elements of a comma-separated header value, trimmed, empty ones left out. Quotes are not understood.
std::vector<std::string_view> list_elements(std::string_view value);

}  // namespace http
