#include "gis/read/json_cursor.hpp"

#include <array>
#include <charconv>
#include <cstdint>
#include <limits>

#include "gis/read/text.hpp"

namespace gis::read {

namespace {

constexpr bool is_blank(char c) {
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}
constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// Powers of ten that a double holds exactly (IEEE 754): a 53-bit whole number over one of them is rounded once.
constexpr std::array<double, 23> exact_powers{1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                              1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

void append_code_point(std::string& out, std::uint32_t code) {
    if (code < 0x80) {
        out += static_cast<char>(code);
    } else if (code < 0x800) {
        out += static_cast<char>(0xC0 | (code >> 6));
        out += static_cast<char>(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
        out += static_cast<char>(0xE0 | (code >> 12));
        out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
        out += static_cast<char>(0x80 | (code & 0x3F));
    } else {
        out += static_cast<char>(0xF0 | (code >> 18));
        out += static_cast<char>(0x80 | ((code >> 12) & 0x3F));
        out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
        out += static_cast<char>(0x80 | (code & 0x3F));
    }
}

}  // namespace

void JsonCursor::fail(const char* why) const {
    if (at_ >= end_) stop_at_end();
    throw JsonError{why};
}

void JsonCursor::stop_at_end() const {
    if (!last_) throw JsonIncomplete{};
    throw JsonError{"le fichier s'arrête au milieu d'une valeur"};
}

char JsonCursor::peek() {
    while (is_blank(*at_)) ++at_;
    if (at_ >= end_) stop_at_end();
    return *at_;
}

bool JsonCursor::at_end() {
    while (is_blank(*at_)) ++at_;
    if (at_ >= end_ && !last_) throw JsonIncomplete{};
    return at_ >= end_;
}

void JsonCursor::expect(char c) {
    if (peek() != c) fail("ponctuation JSON inattendue");
    ++at_;
}

bool JsonCursor::accept(char c) {
    if (peek() != c) return false;
    ++at_;
    return true;
}

bool JsonCursor::another(char close) {
    if (accept(',')) return true;
    expect(close);
    return false;
}

void JsonCursor::string(std::string& out) {
    expect('"');
    out.clear();
    bool ascii = true;
    while (true) {
        const char* start = at_;
        while (static_cast<unsigned char>(*at_) >= 0x20 && *at_ != '"' && *at_ != '\\') {
            ascii = ascii && static_cast<unsigned char>(*at_) < 0x80;
            ++at_;
        }
        out.append(start, at_);
        if (*at_ == '"') break;
        if (*at_ != '\\') fail("caractère de contrôle dans un texte");
        ++at_;
        escape(out);
    }
    ++at_;
    if (!ascii && !is_valid_utf8(out))
        throw JsonError{"un texte n'est pas en UTF-8 ; convertissez le fichier en UTF-8"};
}

void JsonCursor::escape(std::string& out) {
    switch (*at_++) {
        case '"':
            out += '"';
            return;
        case '\\':
            out += '\\';
            return;
        case '/':
            out += '/';
            return;
        case 'b':
            out += '\b';
            return;
        case 'f':
            out += '\f';
            return;
        case 'n':
            out += '\n';
            return;
        case 'r':
            out += '\r';
            return;
        case 't':
            out += '\t';
            return;
        case 'u':
            break;
        default:
            --at_;
            fail("échappement inconnu dans un texte");
    }
    std::uint32_t code = hex4();
    if (code >= 0xD800 && code < 0xDC00) {
        if (at_[0] != '\\' || (at_ + 1 < end_ && at_[1] != 'u')) fail("demi-caractère dans un texte");
        at_ += 2;
        const std::uint32_t low = at_ <= end_ ? hex4() : 0;
        if (low < 0xDC00 || low > 0xDFFF) fail("demi-caractère dans un texte");
        code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    } else if (code >= 0xDC00 && code < 0xE000) {
        fail("demi-caractère dans un texte");
    }
    if (code == 0) throw JsonError{"un texte contient le caractère nul"};  // PostgreSQL cannot store it
    append_code_point(out, code);
}

unsigned JsonCursor::hex4() {
    unsigned code = 0;
    for (int i = 0; i < 4; ++i, ++at_) {
        const char c = *at_;
        if (is_digit(c))
            code = code * 16 + static_cast<unsigned>(c - '0');
        else if (c >= 'a' && c <= 'f')
            code = code * 16 + static_cast<unsigned>(c - 'a' + 10);
        else if (c >= 'A' && c <= 'F')
            code = code * 16 + static_cast<unsigned>(c - 'A' + 10);
        else
            fail("échappement \\u incomplet");
    }
    return code;
}

double JsonCursor::number() {
    const char first = peek();
    const char* start = at_;
    if (first == '-') ++at_;
    if (!is_digit(*at_)) {
        at_ = start;
        fail("un nombre était attendu");
    }
    std::uint64_t digits = 0;
    int count = 0;
    int decimals = 0;
    for (; is_digit(*at_); ++at_, ++count) digits = digits * 10 + static_cast<unsigned>(*at_ - '0');
    if (*at_ == '.') {
        ++at_;
        if (!is_digit(*at_)) fail("nombre mal écrit");
        for (; is_digit(*at_); ++at_, ++count, ++decimals) digits = digits * 10 + static_cast<unsigned>(*at_ - '0');
    }
    const bool exponent = *at_ == 'e' || *at_ == 'E';
    if (at_ >= end_) stop_at_end();
    if (!exponent && count <= 18 && digits <= (std::uint64_t{1} << 53)) {
        const double result = static_cast<double>(digits) / exact_powers[static_cast<std::size_t>(decimals)];
        return first == '-' ? -result : result;
    }
    if (exponent) {
        ++at_;
        if (*at_ == '+' || *at_ == '-') ++at_;
        if (!is_digit(*at_)) fail("nombre mal écrit");
        while (is_digit(*at_)) ++at_;
        if (at_ >= end_) stop_at_end();
    }
    double result = 0;
    const auto parsed = std::from_chars(start, at_, result);
    if (parsed.ec == std::errc::result_out_of_range) return std::numeric_limits<double>::infinity();
    return result;
}

Value JsonCursor::number_value() {
    const char* start = at_;
    const double real = number();
    std::int64_t whole = 0;
    const auto [stop, error] = std::from_chars(start, at_, whole);
    if (error == std::errc{} && stop == at_) return whole;
    return real;
}

Value JsonCursor::value(int depth) {
    switch (peek()) {
        case '"': {
            std::string text;
            string(text);
            return text;
        }
        case 't':
            literal("true");
            return true;
        case 'f':
            literal("false");
            return false;
        case 'n':
            literal("null");
            return std::monostate{};
        case '[':
        case '{': {
            const char* start = at_;
            skip(depth);
            std::string text(start, at_);
            if (!is_valid_utf8(text)) throw JsonError{"un texte n'est pas en UTF-8 ; convertissez le fichier en UTF-8"};
            return text;
        }
        default:
            return number_value();
    }
}

void JsonCursor::literal(std::string_view word) {
    for (const char c : word) {
        if (*at_ != c) fail("mot JSON inconnu");
        ++at_;
    }
}

void JsonCursor::skip(int depth) {
    if (depth > max_depth) throw JsonError{"plus de 64 niveaux imbriqués ; refusé"};
    switch (peek()) {
        case '"': {
            std::string ignored;
            string(ignored);
            return;
        }
        case '[':
            ++at_;
            if (accept(']')) return;
            do skip(depth + 1);
            while (another(']'));
            return;
        case '{': {
            ++at_;
            if (accept('}')) return;
            std::string key;
            do {
                string(key);
                expect(':');
                skip(depth + 1);
            } while (another('}'));
            return;
        }
        case 't':
            literal("true");
            return;
        case 'f':
            literal("false");
            return;
        case 'n':
            literal("null");
            return;
        default:
            number();
    }
}

}  // namespace gis::read
