#include "gis/read/text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

namespace gis::read {

namespace {

char lower_char(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

void append_utf8(std::string& out, std::uint32_t code) {
    if (code < 0x80) {
        out += static_cast<char>(code);
    } else if (code < 0x800) {
        out += static_cast<char>(0xC0 | (code >> 6));
        out += static_cast<char>(0x80 | (code & 0x3F));
    } else {
        out += static_cast<char>(0xE0 | (code >> 12));
        out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
        out += static_cast<char>(0x80 | (code & 0x3F));
    }
}

/// Windows-1252 between 0x80 and 0x9F; the five free places keep their own number.
constexpr std::array<std::uint16_t, 32> windows_1252{0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                                     0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D,   0x017D, 0x8F,
                                                     0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                                     0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178};

std::uint32_t latin9(std::uint8_t byte) {
    switch (byte) {
        case 0xA4:
            return 0x20AC;
        case 0xA6:
            return 0x0160;
        case 0xA8:
            return 0x0161;
        case 0xB4:
            return 0x017D;
        case 0xB8:
            return 0x017E;
        case 0xBC:
            return 0x0152;
        case 0xBD:
            return 0x0153;
        case 0xBE:
            return 0x0178;
        default:
            return byte;
    }
}

std::uint32_t code_point(std::uint8_t byte, Encoding encoding) {
    if (encoding == Encoding::Windows1252 && byte >= 0x80 && byte < 0xA0) return windows_1252[byte - 0x80U];
    if (encoding == Encoding::Latin9) return latin9(byte);
    return byte;
}

/// U+00C0 to U+00FF without their accents; two letters where French writes two.
constexpr std::array<const char*, 64> without_accent{
    "a", "a", "a", "a", "a", "a", "ae", "c", "e",  "e",  "e", "e", "i", "i", "i", "i", "d",  "n", "o",  "o", "o", "o",
    "o", "_", "o", "u", "u", "u", "u",  "y", "th", "ss", "a", "a", "a", "a", "a", "a", "ae", "c", "e",  "e", "e", "e",
    "i", "i", "i", "i", "d", "n", "o",  "o", "o",  "o",  "o", "_", "o", "u", "u", "u", "u",  "y", "th", "y"};

/// How many bytes the UTF-8 sequence at `at` has; 0 when it is not one (overlong forms and surrogates included).
std::size_t sequence_length(std::string_view text, std::size_t at) {
    const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[at + i]); };
    const auto follows = [&](std::size_t i) { return at + i < text.size() && (byte(i) & 0xC0) == 0x80; };
    const std::uint8_t first = byte(0);
    if (first < 0x80) return 1;
    if (first >= 0xC2 && first <= 0xDF) return follows(1) ? 2 : 0;
    if (first >= 0xE0 && first <= 0xEF) {
        if (!follows(1) || !follows(2)) return 0;
        if (first == 0xE0 && byte(1) < 0xA0) return 0;
        if (first == 0xED && byte(1) > 0x9F) return 0;
        return 3;
    }
    if (first >= 0xF0 && first <= 0xF4) {
        if (!follows(1) || !follows(2) || !follows(3)) return 0;
        if (first == 0xF0 && byte(1) < 0x90) return 0;
        if (first == 0xF4 && byte(1) > 0x8F) return 0;
        return 4;
    }
    return 0;
}

}  // namespace

std::string lower(std::string_view text) {
    std::string result(text);
    std::ranges::transform(result, result.begin(), lower_char);
    return result;
}

bool same_name(std::string_view a, std::string_view b) {
    return a.size() == b.size() &&
           std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower_char(x) == lower_char(y); });
}

bool matches(std::string_view text, std::string_view pattern) {
    std::size_t t = 0;
    std::size_t p = 0;
    std::size_t star = std::string_view::npos;
    std::size_t mark = 0;
    while (t < text.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            mark = t;
        } else if (p < pattern.size() && lower_char(pattern[p]) == lower_char(text[t])) {
            ++p;
            ++t;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            t = ++mark;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == '*') ++p;
    return p == pattern.size();
}

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view blanks(" \t\r\n\0", 5);
    const auto first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::string clean_name(std::string_view text) {
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<std::uint8_t>(text[i]);
        const char plain = lower_char(text[i]);
        if ((plain >= 'a' && plain <= 'z') || (plain >= '0' && plain <= '9')) {
            result += plain;
        } else if (byte == 0xC3 && i + 1 < text.size()) {
            result += without_accent[static_cast<std::uint8_t>(text[++i]) & 0x3FU];
        } else if (byte == 0xC5 && i + 1 < text.size() && (text[i + 1] == '\x92' || text[i + 1] == '\x93')) {
            result += "oe";
            ++i;
        } else if (!result.empty() && result.back() != '_') {
            result += '_';
        }
    }
    while (!result.empty() && result.back() == '_') result.pop_back();
    if (result.empty()) return "champ";
    if (result.front() >= '0' && result.front() <= '9') result.insert(0, "c_");
    if (result.size() > 63) result.resize(63);
    return result;
}

bool is_valid_utf8(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t length = sequence_length(text, at);
        if (length == 0) return false;
        at += length;
    }
    return true;
}

std::optional<Encoding> parse_encoding(std::string_view name) {
    std::string key;
    for (const char c : lower(name)) {
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) key += c;
    }
    constexpr std::array<std::pair<std::string_view, Encoding>, 24> spellings{{
        {"utf8", Encoding::Utf8},
        {"utf", Encoding::Utf8},
        {"65001", Encoding::Utf8},
        {"cp65001", Encoding::Utf8},
        {"latin1", Encoding::Latin1},
        {"iso88591", Encoding::Latin1},
        {"88591", Encoding::Latin1},
        {"l1", Encoding::Latin1},
        {"isolatin1", Encoding::Latin1},
        {"28591", Encoding::Latin1},
        {"latin9", Encoding::Latin9},
        {"iso885915", Encoding::Latin9},
        {"885915", Encoding::Latin9},
        {"28605", Encoding::Latin9},
        {"1252", Encoding::Windows1252},
        {"cp1252", Encoding::Windows1252},
        {"ansi1252", Encoding::Windows1252},
        {"windows1252", Encoding::Windows1252},
        {"win1252", Encoding::Windows1252},
        {"ansi", Encoding::Windows1252},
        {"system", Encoding::Windows1252},
        {"ldid87", Encoding::Windows1252},
        {"ldid3", Encoding::Windows1252},
        {"ascii", Encoding::Utf8},
    }};
    for (const auto& [spelling, encoding] : spellings) {
        if (key == spelling) return encoding;
    }
    return std::nullopt;
}

std::string_view to_string(Encoding encoding) {
    switch (encoding) {
        case Encoding::Utf8:
            return "UTF-8";
        case Encoding::Latin1:
            return "ISO-8859-1";
        case Encoding::Latin9:
            return "ISO-8859-15";
        case Encoding::Windows1252:
            return "Windows-1252";
    }
    return "";
}

std::optional<std::string> decode(std::string_view bytes, Encoding encoding) {
    if (encoding == Encoding::Utf8) {
        if (!is_valid_utf8(bytes)) return std::nullopt;
        return std::string(bytes);
    }
    std::string result;
    result.reserve(bytes.size() + 8);
    for (const char c : bytes) append_utf8(result, code_point(static_cast<std::uint8_t>(c), encoding));
    return result;
}

}  // namespace gis::read
