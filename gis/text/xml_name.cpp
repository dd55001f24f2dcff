#include "gis/text/xml_name.hpp"

#include <fmt/format.h>

#include <cstddef>
#include <cstdint>
#include <utility>

namespace gis {

namespace {

bool is_letter(std::uint32_t point) {
    const bool ascii = (point >= 'a' && point <= 'z') || (point >= 'A' && point <= 'Z') || point == '_';
    return ascii || (point >= 0xC0 && point <= 0x2FF && point != 0xD7 && point != 0xF7);
}

bool is_inner(std::uint32_t point) {
    return is_letter(point) || (point >= '0' && point <= '9') || point == '-' || point == '.';
}

/// The code point at `at` of UTF-8 text, and how many bytes it takes. A broken byte stands for itself.
std::pair<std::uint32_t, std::size_t> point_at(std::string_view text, std::size_t at) {
    const auto lead = static_cast<unsigned char>(text[at]);
    const std::size_t length = lead < 0xC2 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    if (length == 1 || at + length > text.size()) return {lead, 1};
    std::uint32_t point = lead & (0xFFU >> (length + 1));
    for (std::size_t k = 1; k < length; ++k) point = (point << 6U) | (static_cast<unsigned char>(text[at + k]) & 0x3FU);
    return {point, length};
}

std::string escaped(std::string_view text, bool first) {
    std::string name;
    for (std::size_t at = 0; at < text.size();) {
        const auto [point, length] = point_at(text, at);
        const bool looks_escaped = point == '_' && at + 1 < text.size() && text[at + 1] == 'x';
        if (!looks_escaped && (first ? is_letter(point) : is_inner(point))) {
            name += text.substr(at, length);
        } else {
            name += fmt::format("_x{:04X}_", point);
        }
        first = false;
        at += length;
    }
    return name;
}

void append_utf8(std::string& out, std::uint32_t point) {
    const auto byte = [&](std::uint32_t value) { out += static_cast<char>(value); };
    if (point < 0x80) return byte(point);
    if (point < 0x800) {
        byte(0xC0U | (point >> 6U));
    } else {
        if (point < 0x10000) {
            byte(0xE0U | (point >> 12U));
        } else {
            byte(0xF0U | (point >> 18U));
            byte(0x80U | ((point >> 12U) & 0x3FU));
        }
        byte(0x80U | ((point >> 6U) & 0x3FU));
    }
    byte(0x80U | (point & 0x3FU));
}

/// The code point of "_xHHHH_" at the beginning of `text`, with its length in bytes.
std::optional<std::pair<std::uint32_t, std::size_t>> escape_at(std::string_view text) {
    if (!text.starts_with("_x")) return std::nullopt;
    const auto end = text.find('_', 2);
    if (end == std::string_view::npos || end < 6 || end > 8) return std::nullopt;
    std::uint32_t point = 0;
    for (const char c : text.substr(2, end - 2)) {
        const bool digit = c >= '0' && c <= '9';
        if (!digit && (c < 'A' || c > 'F')) return std::nullopt;
        point = point * 16 + static_cast<std::uint32_t>(digit ? c - '0' : c - 'A' + 10);
    }
    if (point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF)) return std::nullopt;
    return std::pair(point, end + 1);
}

}  // namespace

std::string xml_name(std::string_view name) {
    return escaped(name, true);
}

std::string xml_name_part(std::string_view text) {
    return escaped(text, false);
}

std::string from_xml_name(std::string_view name) {
    std::string text;
    while (!name.empty()) {
        if (const auto escape = escape_at(name)) {
            append_utf8(text, escape->first);
            name.remove_prefix(escape->second);
        } else {
            text += name.front();
            name.remove_prefix(1);
        }
    }
    return text;
}

}  // namespace gis
