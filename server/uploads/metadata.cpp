#include "server/uploads/metadata.hpp"

#include "gis/text/utf8.hpp"
#include "server/uploads/checksum.hpp"

namespace uploads {

namespace {

constexpr std::size_t longest_name = 200;

std::string_view trimmed(std::string_view text) {
    while (text.starts_with(' ')) text.remove_prefix(1);
    while (text.ends_with(' ')) text.remove_suffix(1);
    return text;
}

}  // namespace

std::optional<std::map<std::string, std::string>> parse_metadata(std::string_view header) {
    std::map<std::string, std::string> metadata;
    while (!trimmed(header).empty()) {
        const std::size_t comma = header.find(',');
        const std::string_view pair = trimmed(header.substr(0, comma));
        header = comma == std::string_view::npos ? std::string_view{} : header.substr(comma + 1);
        const std::size_t space = pair.find(' ');
        const std::string key(pair.substr(0, space));
        auto value = decode_base64(space == std::string_view::npos ? std::string_view{} : pair.substr(space + 1));
        if (key.empty() || !value || !gis::is_utf8(*value)) return std::nullopt;
        if (!metadata.emplace(key, std::move(*value)).second) return std::nullopt;
    }
    return metadata;
}

std::string safe_file_name(std::string_view name) {
    if (const std::size_t slash = name.find_last_of("/\\"); slash != std::string_view::npos)
        name.remove_prefix(slash + 1);
    std::string safe;
    for (const char c : name) {
        if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F) safe += c;
    }
    while (safe.starts_with('.')) safe.erase(0, 1);
    if (safe.size() > longest_name) {
        // The end tells the format; the cut must not split a letter.
        safe.erase(0, safe.size() - longest_name);
        while (!safe.empty() && (static_cast<unsigned char>(safe.front()) & 0xC0U) == 0x80) safe.erase(0, 1);
    }
    return safe.empty() ? "fichier" : safe;
}

}  // namespace uploads
