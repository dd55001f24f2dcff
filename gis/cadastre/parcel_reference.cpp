#include "gis/cadastre/parcel_reference.hpp"

#include <regex>
#include <vector>

namespace gis {

namespace {

constexpr std::size_t max_text = 200;

std::string upper_ascii(std::string_view text) {
    std::string upper(text);
    for (char& c : upper) {
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
    }
    return upper;
}

std::string padded(const std::string& text, std::size_t width) {
    return text.size() >= width ? text : std::string(width - text.size(), '0') + text;
}

/// The forms of fixed length, spaces removed.
std::optional<ParcelReference> parse_identifier(const std::string& compact) {
    static const std::regex id14("([0-9][0-9AB][0-9]{3})([0-9]{3})([0-9A-Z][0-9A-Z])([0-9]{4})");
    static const std::regex id15("([0-9][0-9AB])[0-9]([0-9]{3})([0-9]{3})([0-9A-Z][0-9A-Z])([0-9]{4})");
    static const std::regex id12("([0-9]{3})([0-9]{3})([0-9A-Z][0-9A-Z])([0-9]{4})");
    std::smatch part;
    ParcelReference reference;
    if (std::regex_match(compact, part, id14)) {
        reference.commune = part[1];
        reference.prefix = part[2];
        reference.section = part[3];
        reference.number = part[4];
        return reference;
    }
    if (std::regex_match(compact, part, id15)) {
        reference.commune = part[1].str() + part[2].str();
        reference.prefix = part[3];
        reference.section = part[4];
        reference.number = part[5];
        return reference;
    }
    if (std::regex_match(compact, part, id12)) {
        reference.commune_suffix = part[1];
        reference.prefix = part[2];
        reference.section = part[3];
        reference.number = part[4];
        return reference;
    }
    return std::nullopt;
}

}  // namespace

std::optional<std::string> ParcelReference::id() const {
    if (!commune || number.empty()) return std::nullopt;
    return *commune + prefix.value_or("000") + section + number;
}

std::optional<ParcelReference> parse_parcel_reference(std::string_view text) {
    if (text.size() > max_text) return std::nullopt;
    const std::string upper = upper_ascii(text);
    std::string compact;
    for (const char c : upper) {
        if (c != ' ') compact += c;
    }
    if (auto reference = parse_identifier(compact)) return reference;

    // [INSEE] [prefix] SECTION number, as words of their own, before or after the name of a commune.
    static const std::regex form(
        "(^|[ ,])(?:([0-9][0-9AB][0-9]{3})[ ]+)?(?:([0-9]{3})[ ]+)?(0?[A-Z]{1,2})[ ]*([0-9]{1,4})(?=$|[ ,])");
    std::smatch part;
    if (!std::regex_search(upper, part, form)) return std::nullopt;
    ParcelReference reference;
    if (part[2].matched) reference.commune = part[2];
    if (part[3].matched) reference.prefix = part[3];
    const std::string section = part[4];
    reference.section = section.size() > 2 ? section.substr(section.size() - 2) : padded(section, 2);
    reference.number = padded(part[5], 4);
    const auto before = static_cast<std::size_t>(part.position(0));
    const std::size_t after = before + static_cast<std::size_t>(part.length(0));
    reference.place = std::string(text.substr(0, before)) + " " + std::string(text.substr(after));
    const auto first = reference.place.find_first_not_of(" ,");
    const auto last = reference.place.find_last_not_of(" ,");
    reference.place = first == std::string::npos ? "" : reference.place.substr(first, last - first + 1);
    return reference;
}

}  // namespace gis
