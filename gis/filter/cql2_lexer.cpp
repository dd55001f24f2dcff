#include "gis/filter/cql2_lexer.hpp"

#include <fmt/format.h>

#include <utility>

#include "gis/error.hpp"

namespace gis {

namespace {

bool is_decimal_digit(char c) {
    return c >= '0' && c <= '9';
}

/// The standard's ranges cover nearly all letters of the world; any character beyond ASCII may stand in a name here,
/// for a name is looked up among the layer's all the same.
bool starts_name(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':' ||
           (static_cast<unsigned char>(c) >= 0x80);
}

bool is_space(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

constexpr std::string_view control_letters = "abtnvfr";
constexpr std::string_view control_characters = "\a\b\t\n\v\f\r";

std::string unescape(std::string_view raw, bool pattern) {
    std::string text;
    for (std::size_t i = 0; i < raw.size(); ++i) {
        const char c = raw[i];
        const char next = i + 1 < raw.size() ? raw[i + 1] : '\0';
        if (c == '\'') ++i;  // doubled: the lexer let no other stand
        if (c != '\\' || next == '\0') {
            text += c;
            continue;
        }
        if (next == '\'') {
            text += next;
            ++i;
        } else if (next == '\\') {
            text += pattern ? "\\\\" : "\\";
            ++i;
        } else if (const auto control = control_letters.find(next); control != std::string_view::npos) {
            text += control_characters[control];
            ++i;
        } else {
            text += c;
        }
    }
    return text;
}

}  // namespace

Cql2Lexer::Cql2Lexer(std::string_view text, std::string parameter) : text_(text), parameter_(std::move(parameter)) {
    read();
}

Cql2Token Cql2Lexer::take() {
    const Cql2Token taken = token_;
    read();
    return taken;
}

void Cql2Lexer::skip_to(std::string_view rest) {
    next_ = text_.size() - rest.size();
    read();
}

void Cql2Lexer::read() {
    while (next_ < text_.size() && is_space(text_[next_])) ++next_;
    const std::size_t at = next_;
    if (at == text_.size()) {
        token_ = {Cql2Token::Kind::End, "", at};
        return;
    }
    const char c = text_[at];
    const bool decimal = c == '.' && at + 1 < text_.size() && is_decimal_digit(text_[at + 1]);
    if (starts_name(c)) {
        next_ = at + length_of_word(at);
        token_ = {Cql2Token::Kind::Word, text_.substr(at, next_ - at), at};
    } else if (is_decimal_digit(c) || decimal) {
        next_ = at + length_of_number(at);
        token_ = {Cql2Token::Kind::Number, text_.substr(at, next_ - at), at};
    } else if (c == '\'') {
        const std::size_t end = end_of_text(at);
        next_ = end + 1;
        token_ = {Cql2Token::Kind::Text, text_.substr(at + 1, end - at - 1), at};
    } else if (c == '"') {
        const std::size_t end = text_.find('"', at + 1);
        if (end == std::string_view::npos) refuse("a name in double quotes does not end", at);
        next_ = end + 1;
        token_ = {Cql2Token::Kind::QuotedName, text_.substr(at + 1, end - at - 1), at};
    } else {
        next_ = at + length_of_sign(at);
        token_ = {Cql2Token::Kind::Sign, text_.substr(at, next_ - at), at};
    }
}

std::size_t Cql2Lexer::length_of_word(std::size_t at) const {
    std::size_t end = at;
    while (end < text_.size() && (starts_name(text_[end]) || is_decimal_digit(text_[end]) || text_[end] == '.')) ++end;
    return end - at;
}

std::size_t Cql2Lexer::length_of_number(std::size_t at) const {
    std::size_t end = at;
    const auto digits = [&] {
        while (end < text_.size() && is_decimal_digit(text_[end])) ++end;
    };
    digits();
    if (end < text_.size() && text_[end] == '.') {
        ++end;
        digits();
    }
    if (end < text_.size() && (text_[end] == 'E' || text_[end] == 'e')) {
        std::size_t exponent = end + 1;
        if (exponent < text_.size() && (text_[exponent] == '+' || text_[exponent] == '-')) ++exponent;
        if (exponent < text_.size() && is_decimal_digit(text_[exponent])) {
            end = exponent;
            digits();
        }
    }
    if (end < text_.size() && (starts_name(text_[end]) || text_[end] == '.'))
        refuse(fmt::format("'{}' is no number", text_.substr(at, end - at + 1)), at);
    return end - at;
}

std::size_t Cql2Lexer::end_of_text(std::size_t at) const {
    for (std::size_t i = at + 1; i < text_.size(); ++i) {
        if (text_[i] == '\\' && i + 1 < text_.size()) {
            ++i;
        } else if (text_[i] == '\'') {
            if (i + 1 == text_.size() || text_[i + 1] != '\'') return i;
            ++i;
        }
    }
    refuse("a text in quotes does not end (a quote inside is written '')", at);
}

std::size_t Cql2Lexer::length_of_sign(std::size_t at) const {
    const std::string_view two = text_.substr(at, 2);
    if (two == "<>" || two == "<=" || two == ">=") return 2;
    if (std::string_view("(),=<>+-*/%^").find(text_[at]) == std::string_view::npos)
        refuse(fmt::format("'{}' has no meaning here", text_.substr(at, 1)), at);
    return 1;
}

void Cql2Lexer::refuse(const std::string& reason, std::size_t at) const {
    throw InvalidRequest(parameter_, fmt::format("at character {}: {}", at + 1, reason));
}

void Cql2Lexer::refuse_here(const std::string& expected) const {
    const std::string found =
        token_.kind == Cql2Token::Kind::End
            ? "the end"
            : fmt::format("'{}'", text_.substr(token_.at, std::max<std::size_t>(next_ - token_.at, 1)).substr(0, 40));
    refuse(fmt::format("{} expected, got {}", expected, found), token_.at);
}

std::string unescape_text(std::string_view raw) {
    return unescape(raw, false);
}

std::string unescape_pattern(std::string_view raw) {
    return unescape(raw, true);
}

}  // namespace gis
