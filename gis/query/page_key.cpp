#include <charconv>

#include "gis/error.hpp"
#include "gis/query/feature_query.hpp"

namespace gis {

// Each sort value is "-" (NULL) or its length, ':' and its bytes; the id is what is left.

std::string to_text(const PageKey& key) {
    std::string text;
    for (const auto& value : key.sort) text += value ? std::to_string(value->size()) + ":" + *value : "-";
    return text + key.id;
}

PageKey parse_page_key(std::string_view text, std::size_t sort_keys) {
    PageKey key;
    while (key.sort.size() < sort_keys) {
        if (text.starts_with('-')) {
            text.remove_prefix(1);
            key.sort.emplace_back();
            continue;
        }
        std::size_t length = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
        const auto digits = static_cast<std::size_t>(end - text.data());
        if (error != std::errc{} || digits >= text.size() || text[digits] != ':' || length > text.size() - digits - 1)
            throw InvalidRequest("token", "not the key of a page");
        key.sort.emplace_back(std::string(text.substr(digits + 1, length)));
        text.remove_prefix(digits + 1 + length);
    }
    key.id = std::string(text);
    return key;
}

}  // namespace gis
