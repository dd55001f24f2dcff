#include "http/header_text.hpp"

#include <algorithm>
#include <cstddef>

namespace http {

std::string_view trimmed(std::string_view text) {
    while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
    while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
    return text;
}

std::vector<std::string_view> list_elements(std::string_view value) {
    std::vector<std::string_view> elements;
    while (!value.empty()) {
        const std::size_t comma = std::min(value.find(','), value.size());
        if (const auto element = trimmed(value.substr(0, comma)); !element.empty()) elements.push_back(element);
        value.remove_prefix(std::min(comma + 1, value.size()));
    }
    return elements;
}

}  // namespace http
