#pragma once

#include <optional>
#include <string>
#include <vector>

#include "gis/layer/layer.hpp"
#include "server/db/pqxx_session.hpp"

namespace db {

/// A column as PostgreSQL declares it.
struct Column {
    std::string name;
    std::string sql_type;  ///< as format_type writes it, without lengths
    bool not_null = false;
    bool has_default = false;
    bool is_computed = false;         ///< generated, or an identity nobody else may give
    std::optional<int> max_length{};  ///< of varchar(n)
    std::optional<double> maximum{};  ///< of numeric(p, s)

    /// Nothing for geometry and other types that no field has.
    std::optional<gis::FieldType> field_type() const;
};

/// All columns in their order; none when there is no such table.
std::vector<Column> columns_of(pqxx::work& transaction, const std::string& schema, const std::string& table);

/// A table or view that a layer is, or may be, made of.
struct SourceTable {
    struct GeometryColumn {
        std::string name, type;
        int srid = 0;
    };

    std::string schema;
    std::string name;
    bool is_table = true;  ///< triggers can be put on it: partitioned or not, no view, nothing foreign
    std::vector<Column> columns;

    /// Reads it by "schema.table"; without a dot it is in "public". Throws gis::NotFound.
    static SourceTable find(pqxx::work& transaction, const std::string& text);

    const Column* column(const std::string& name) const;
    /// Throws gis::InvalidRequest when the declaration's `key` ("label_field", "datetime_column" ...) names a column
    /// that cannot serve it. An empty name is fine.
    void require_column(const std::string& key, const std::string& name) const;
    /// The primary key's only column, part_id aside; empty when there is none.
    std::string primary_key(pqxx::work& transaction) const;
    /// Throws gis::InvalidRequest naming id_column when its values are null or there twice.
    void require_unique(pqxx::work& transaction, const std::string& id_column) const;
    /// The column of that name, the first one when it is empty; an empty answer when there is none at all. Throws
    /// gis::InvalidRequest when the wanted one is absent.
    GeometryColumn geometry(pqxx::work& transaction, const std::string& wanted) const;
};

}  // namespace db
