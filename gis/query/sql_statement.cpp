#include "gis/query/sql_statement.hpp"

#include <fmt/format.h>

#include <cctype>

namespace gis {

SqlStatement& SqlStatement::text(std::string_view words) {
    sql_ += words;
    return *this;
}

SqlStatement& SqlStatement::ident(std::string_view name) {
    sql_ += '"';
    for (const char c : name) {
        if (c == '"') sql_ += '"';
        sql_ += c;
    }
    sql_ += '"';
    return *this;
}

SqlStatement& SqlStatement::table(std::string_view schema, std::string_view name) {
    return ident(schema).text(".").ident(name);
}

SqlStatement& SqlStatement::param(std::optional<std::string> value, std::string_view type) {
    parameters_.push_back(std::move(value));
    sql_ += fmt::format("${}::{}", parameters_.size(), type);
    return *this;
}

SqlStatement& SqlStatement::param(double value) {
    return param(fmt::format("{}", value), "float8");
}

SqlStatement& SqlStatement::param(int value) {
    return param(std::to_string(value), "int");
}

SqlStatement& SqlStatement::bytes(std::string_view value) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string hex = "\\x";
    hex.reserve(2 + 2 * value.size());
    for (const char c : value) {
        hex += digits[static_cast<unsigned char>(c) >> 4U];
        hex += digits[static_cast<unsigned char>(c) & 15U];
    }
    return param(std::move(hex), "bytea");
}

SqlStatement& SqlStatement::append(const SqlStatement& other) {
    // Renumber "$n": our statements hold '$' nowhere else, identifiers in quotes aside.
    bool quoted = false;
    for (std::size_t i = 0; i < other.sql_.size(); ++i) {
        const char c = other.sql_[i];
        if (c == '"') quoted = !quoted;
        if (c != '$' || quoted) {
            sql_ += c;
            continue;
        }
        std::size_t number = 0;
        while (i + 1 < other.sql_.size() && std::isdigit(static_cast<unsigned char>(other.sql_[i + 1])) != 0) {
            number = number * 10 + static_cast<std::size_t>(other.sql_[++i] - '0');
        }
        sql_ += fmt::format("${}", number + parameters_.size());
    }
    parameters_.insert(parameters_.end(), other.parameters_.begin(), other.parameters_.end());
    return *this;
}

}  // namespace gis
