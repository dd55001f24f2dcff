#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace gis {

/// A cadastral parcel as people and systems name it. What the text did not say is absent.
struct ParcelReference {
    std::optional<std::string> commune;  ///< INSEE code, 5 characters
    std::string commune_suffix;          ///< last 3 of the INSEE code, when an IDU gave no département
    std::optional<std::string> prefix;   ///< 3 characters, "000" for most
    std::string section;                 ///< 2 characters, padded with '0': "0A", "AB"
    std::string number;                  ///< 4 digits, padded with '0'; empty: the whole section
    std::string place;                   ///< what is left of the text: the name of a commune

    /// The 14-character id (INSEE, prefix, section, number) when the text said all of it; an unsaid prefix is "000".
    std::optional<std::string> id() const;
};

/// Reads "62119000AB0012" (14 characters: INSEE, prefix, section, number), "119000AB0012" (12: the EDIGEO IDU, without
/// département), "620119000AB0012" (15: with the direction), "AB 12", "AB12 Béthune", "Béthune AB 12", "62119 AB 12",
/// "62119 000 AB 12". Case, spaces and missing zeros do not matter. Nothing when the text names no parcel.
std::optional<ParcelReference> parse_parcel_reference(std::string_view text);

}  // namespace gis
