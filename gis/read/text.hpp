#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace gis::read {

/// ASCII only: names of layers, fields and files.
std::string lower(std::string_view text);
bool same_name(std::string_view a, std::string_view b);

/// `pattern` with '*' for any run of characters, ASCII case aside.
bool matches(std::string_view text, std::string_view pattern);

std::string_view trimmed(std::string_view text);

/// "Nom de l'élu (2020)" -> "nom_de_l_elu_2020": a column name of at most 63 bytes; "champ" when nothing is left.
std::string clean_name(std::string_view text);

bool is_valid_utf8(std::string_view text);

enum class Encoding { Utf8, Latin1, Latin9, Windows1252 };

/// Reads ".cpg" spellings: "UTF-8", "utf8", "65001", "ISO 88591", "LATIN1", "8859-15", "1252", "ANSI 1252", "CP1252"
/// ...
std::optional<Encoding> parse_encoding(std::string_view name);
std::string_view to_string(Encoding encoding);

/// Bytes in `encoding` as UTF-8. Invalid UTF-8 is nothing; one-byte encodings always succeed.
std::optional<std::string> decode(std::string_view bytes, Encoding encoding);

}  // namespace gis::read
