#include "gis/write/xml_text.hpp"

#include <cmath>

#include "gis/write/number_text.hpp"

namespace gis {

namespace {

/// What stands for `c` at `at`; empty: itself.
std::string_view replacement(std::string_view text, std::size_t at) {
    const auto c = static_cast<unsigned char>(text[at]);
    switch (c) {
        case '&':
            return "&amp;";
        case '<':
            return "&lt;";
        case '>':
            return "&gt;";
        case '"':
            return "&quot;";
        case '\r':
            return "&#13;";  // as itself a reader would take it for a line feed
        default:
            return c < 0x20 && c != '\t' && c != '\n' ? " " : "";
    }
}

/// U+FFFE and U+FFFF, the two characters of UTF-8 that XML 1.0 leaves out.
bool is_noncharacter(std::string_view text, std::size_t at) {
    return text.substr(at, 2) == "\xEF\xBF" && at + 2 < text.size() &&
           (text[at + 2] == '\xBE' || text[at + 2] == '\xBF');
}

}  // namespace

void append_xml_text(std::string& out, std::string_view text) {
    std::size_t plain = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool gone = text[i] == '\xEF' && is_noncharacter(text, i);
        const std::string_view instead = gone ? " " : replacement(text, i);
        if (instead.empty()) continue;
        out.append(text, plain, i - plain);
        out += instead;
        if (gone) i += 2;
        plain = i + 1;
    }
    out.append(text, plain, text.size() - plain);
}

std::string xml_text(std::string_view text) {
    std::string out;
    append_xml_text(out, text);
    return out;
}

std::string xml_element(std::string_view name, std::string_view text) {
    if (text.empty()) return "";
    const std::string tag(name);
    return '<' + tag + '>' + xml_text(text) + "</" + tag + '>';
}

void append_xml_scalar(std::string& out, const Scalar& value) {
    if (const auto* text = std::get_if<std::string_view>(&value)) {
        append_xml_text(out, *text);
    } else if (const auto* whole = std::get_if<std::int64_t>(&value)) {
        append_integer(out, *whole);
    } else if (const auto* number = std::get_if<double>(&value)) {
        if (std::isfinite(*number)) {
            append_double(out, *number);
        } else {
            out += std::isnan(*number) ? "NaN" : *number > 0 ? "INF" : "-INF";
        }
    } else if (const auto* flag = std::get_if<bool>(&value)) {
        out += *flag ? "true" : "false";
    }
}

}  // namespace gis
