// Tables of text as deposits bring them: separators, headers, places, the codes of their points.
#include "gis/read/csv_source.hpp"
#include "gis/read/survey_codes.hpp"
#include "tests/fuzz/target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = fuzz::text_of(data, size);
    std::vector<std::string> lines;
    for (std::size_t at = 0; at < text.size() && lines.size() < 200;) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        lines.emplace_back(text.substr(at, end - at));
        at = end + 1;
    }
    const gis::read::TextTable table = gis::read::look_at_table(lines);
    static const std::vector<gis::read::SurveyCode> codes =
        gis::read::parse_survey_codes("code;geometrie;titre\nBAT;surface;Bâtiment\nMUR;ligne;Mur\n");
    for (const std::string& line : lines) {
        for (const std::string& field : gis::read::split_line(line, table.separator)) {
            gis::read::parse_number(field, table.decimal_comma);
            gis::read::parse_point_code(field, codes);
        }
    }
    fuzz::refusing([&] { gis::read::parse_survey_codes(text); });
    return 0;
}
