#include "gis/read/survey_codes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "gis/error.hpp"
#include "gis/read/csv_source.hpp"
#include "gis/read/text.hpp"

namespace gis::read {

namespace {

constexpr std::size_t most_codes = 1000;  // a page of them is long already
constexpr std::size_t longest_number = 6;
constexpr double same_place = 0.05;          // metres: twice what a careful survey misses a point by
constexpr double same_place_degrees = 5e-7;  // the same, in degrees

std::string upper(std::string_view text) {
    std::string result(text);
    for (char& c : result) {
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
    }
    return result;
}

using Control = PointCode::Control;
constexpr std::array<std::pair<std::string_view, Control>, 12> controls{{{"D", Control::Begin},
                                                                         {"DEB", Control::Begin},
                                                                         {"B", Control::Begin},
                                                                         {"ST", Control::Begin},
                                                                         {"F", Control::End},
                                                                         {"FIN", Control::End},
                                                                         {"E", Control::End},
                                                                         {"END", Control::End},
                                                                         {"C", Control::Close},
                                                                         {"CL", Control::Close},
                                                                         {"FER", Control::Close},
                                                                         {"CLS", Control::Close}}};

/// The control of ".C"; nothing when the text is none.
std::optional<Control> parse_control(std::string_view text) {
    if (text.empty()) return Control::None;
    const std::size_t first = text.find_first_not_of(" .-_/");
    if (first == 0 || first == std::string_view::npos) return std::nullopt;
    for (const auto& [word, control] : controls) {
        if (text.substr(first) == word) return control;
    }
    return std::nullopt;
}

bool is_same_place(const std::vector<double>& xy) {
    const std::size_t last = xy.size() - 2;
    const double away = std::hypot(xy[last] - xy[0], xy[last + 1] - xy[1]);
    const bool degrees = std::abs(xy[0]) <= 180 && std::abs(xy[1]) <= 180;
    return away <= (degrees ? same_place_degrees : same_place);
}

void close(CodedLine& line) {
    line.closed = true;
    if (line.xy.size() > 2 && is_same_place(line.xy)) line.xy.resize(line.xy.size() - 2);
    line.xy.insert(line.xy.end(), {line.xy[0], line.xy[1]});
}

}  // namespace

std::vector<SurveyCode> parse_survey_codes(std::string_view text) {
    std::vector<SurveyCode> codes;
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    for (std::size_t number = 1; !text.empty(); ++number) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view line = trimmed(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        if (number == 1 || line.empty()) continue;
        const std::vector<std::string> fields = split_line(line, ';');
        const std::string code = upper(trimmed(fields.front()));
        const std::string draws = fields.size() == 3 ? lower(trimmed(fields[1])) : "";
        const bool sound = !code.empty() && code.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ") == std::string::npos;
        if (!sound || (draws != "ligne" && draws != "surface") || codes.size() == most_codes)
            throw InvalidRequest("survey-codes",
                                 fmt::format("ligne {} : attendu « code;ligne ou surface;titre », le code en lettres, "
                                             "{} lignes au plus",
                                             number, most_codes));
        codes.push_back({code, draws == "ligne" ? SurveyCode::Draws::Line : SurveyCode::Draws::Area,
                         std::string(trimmed(fields[2]))});
    }
    return codes;
}

std::string to_csv(const std::vector<SurveyCode>& codes) {
    std::string text = "code;geometrie;titre\n";
    for (const SurveyCode& code : codes) {
        std::string title = code.title;
        for (std::size_t at = 0; (at = title.find('"', at)) != std::string::npos; at += 2) title.insert(at, 1, '"');
        text += fmt::format("{};{};\"{}\"\n", code.code, code.draws == SurveyCode::Draws::Line ? "ligne" : "surface",
                            title);
    }
    return text;
}

std::optional<PointCode> parse_point_code(std::string_view text, const std::vector<SurveyCode>& codes) {
    const std::string said = upper(trimmed(text));
    const std::size_t letters = std::min(said.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ"), said.size());
    const auto known = std::ranges::find(codes, said.substr(0, letters), &SurveyCode::code);
    if (known == codes.end()) return std::nullopt;
    const std::size_t digits = std::min(said.find_first_not_of("0123456789", letters), said.size());
    const auto control = parse_control(std::string_view(said).substr(digits));
    if (!control || digits - letters > longest_number) return std::nullopt;
    return PointCode{static_cast<std::size_t>(known - codes.begin()), said.substr(letters, digits - letters), *control};
}

void LineBuilder::add(const PointCode& code, double x, double y, std::optional<double> accuracy,
                      std::string surveyed_at) {
    const auto [same, is_new] = open_.try_emplace({code.code, code.number}, lines_.size());
    if (is_new || code.control == Control::Begin) {
        same->second = lines_.size();
        lines_.push_back({code.code, code.number, {x, y}, accuracy, false, std::move(surveyed_at)});
        return;
    }
    CodedLine& line = lines_[same->second];
    line.xy.insert(line.xy.end(), {x, y});
    line.accuracy = line.accuracy && accuracy ? std::optional(std::max(*line.accuracy, *accuracy)) : std::nullopt;
    constexpr std::size_t triangle = 6;  // ordinates
    const bool comes_back = line.xy.size() > triangle && is_same_place(line.xy);
    if (code.control == Control::Close || comes_back) close(line);
    if (line.closed || code.control == Control::End) open_.erase(same);
}

std::vector<CodedLine> LineBuilder::finish() {
    std::vector<CodedLine> whole;
    for (CodedLine& line : lines_) {
        if (line.xy.size() < 4) {
            ++lone_;
        } else {
            whole.push_back(std::move(line));
        }
    }
    return whole;
}

}  // namespace gis::read
