#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gis {

/// SQL text with its parameters, not yet run. The text is made of the program's own words and of quoted names from the
/// catalogue; a value can only enter as a parameter.
class SqlStatement {
  public:
    SqlStatement() = default;
    /// `words` come from the program's source, never from a request.
    explicit SqlStatement(std::string_view words) : sql_(words) {}

    SqlStatement& text(std::string_view words);
    /// A quoted identifier.
    SqlStatement& ident(std::string_view name);
    /// schema.table, both quoted.
    SqlStatement& table(std::string_view schema, std::string_view name);
    /// "$n::type"; `type` comes from the catalogue or the program.
    SqlStatement& param(std::optional<std::string> value, std::string_view type);
    SqlStatement& param(double value);
    SqlStatement& param(int value);
    /// Bytes, as "$n::bytea".
    SqlStatement& bytes(std::string_view value);
    /// Its parameters are numbered on from ours: `other.sql()` may be repeated as text if ours had none.
    SqlStatement& append(const SqlStatement& other);

    const std::string& sql() const { return sql_; }
    const std::vector<std::optional<std::string>>& parameters() const { return parameters_; }

    friend bool operator==(const SqlStatement&, const SqlStatement&) = default;

  private:
    std::string sql_;
    std::vector<std::optional<std::string>> parameters_;
};

}  // namespace gis
