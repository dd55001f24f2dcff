#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gis/read/input.hpp"
#include "gis/read/options.hpp"

namespace gis::read {

/// How a table of text is written, found by looking at its first lines.
struct TextTable {
    char separator = ';';  ///< ' ' stands for any run of blanks
    bool decimal_comma = false;
    std::size_t header_lines = 1;  ///< 0: none; 2: names in words, then names
    std::vector<std::string> columns;
    int x = -1, y = -1;  ///< places of the coordinates; -1: none
    int wkt = -1;        ///< place of a geometry as WKT
};

/// ";", ",", "|", "tab" or "space", and "comma" or "point"; empty: not said. Throws InvalidRequest for anything else.
TextForm parse_text_form(const std::string& separator, const std::string& decimal);
std::string separator_name(char separator);

/// The fields of a line, quotes taken away.
std::vector<std::string> split_line(std::string_view line, char separator);

/// Looks at the first lines, for what `said` leaves open. `columns` is empty when they are no table.
TextTable look_at_table(const std::vector<std::string>& lines, const TextForm& said = {});

/// "1 234,56" when `decimal_comma`; nothing for what is no number or not finite.
std::optional<double> parse_number(std::string_view text, bool decimal_comma);

/// Tables of receivers, total stations and spreadsheets: CSV and TXT, with or without header, `;`, `,`, tab or blanks.
/// Read as a stream. CRS: none is said, but degrees where the columns are named so.
std::unique_ptr<Source> open_csv_source(const Input& input, const Options& options);

}  // namespace gis::read
