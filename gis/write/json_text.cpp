#include "gis/write/json_text.hpp"

#include <fmt/format.h>

#include <cmath>
#include <iterator>

#include "gis/write/number_text.hpp"

namespace gis {

void append_json_string(std::string& out, std::string_view text) {
    out += '"';
    std::size_t plain = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto c = static_cast<unsigned char>(text[i]);
        if (c >= 0x20 && c != '"' && c != '\\') continue;
        out.append(text, plain, i - plain);
        plain = i + 1;
        switch (c) {
            case '"':
                out += "\\\"";
                break;
            case '\\':
                out += "\\\\";
                break;
            case '\n':
                out += "\\n";
                break;
            case '\r':
                out += "\\r";
                break;
            case '\t':
                out += "\\t";
                break;
            default:
                fmt::format_to(std::back_inserter(out), "\\u{:04x}", c);
        }
    }
    out.append(text, plain, text.size() - plain);
    out += '"';
}

void append_json_scalar(std::string& out, const Scalar& value) {
    if (const auto* text = std::get_if<std::string_view>(&value)) {
        append_json_string(out, *text);
    } else if (const auto* whole = std::get_if<std::int64_t>(&value)) {
        append_integer(out, *whole);
    } else if (const auto* number = std::get_if<double>(&value); number != nullptr && std::isfinite(*number)) {
        append_double(out, *number);
    } else if (const auto* flag = std::get_if<bool>(&value)) {
        out += *flag ? "true" : "false";
    } else {
        out += "null";
    }
}

}  // namespace gis
