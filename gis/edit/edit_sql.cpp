#include "gis/edit/edit_sql.hpp"

#include <fmt/format.h>

#include "gis/filter/filter_sql.hpp"

namespace gis {

namespace {

void add_table(SqlStatement& sql, const Layer& layer) {
    sql.table(layer.schema_name, layer.table_name);
}

void add_shape(SqlStatement& sql, const CheckedEdit& edit) {
    if (edit.wkb.empty()) {
        sql.text("null");
        return;
    }
    static constexpr char digits[] = "0123456789abcdef";
    std::string hex = "\\x";
    hex.reserve(2 + 2 * edit.wkb.size());
    for (const char c : edit.wkb) {
        const auto byte = static_cast<unsigned char>(c);
        hex += digits[byte >> 4U];
        hex += digits[byte & 15U];
    }
    sql.text("st_geomfromwkb(").param(hex, "bytea").text(fmt::format(", {})", edit.layer->crs.srid));
}

void add_assigned(SqlStatement& sql, const CheckedEdit::Assignment& value) {
    if (value.is_default) {
        sql.text("default");
    } else {
        sql.param(value.text, value.field->sql_type);
    }
}

void add_id_condition(SqlStatement& sql, const CheckedEdit& edit) {
    sql.text(" where ").ident(edit.layer->id_column).text(" = ").param(edit.id, edit.layer->id_sql_type);
}

void add_ids(SqlStatement& sql, const Layer& layer, const std::vector<std::string>& ids) {
    sql.text("unnest(").param(array_literal(ids), layer.id_sql_type + "[]").text(") with ordinality k(id, place)");
}

void add_returning(SqlStatement& sql, const Layer& layer) {
    sql.text(" returning ").ident(layer.id_column).text("::text, ").append(version_sql(layer));
}

}  // namespace

SqlStatement version_sql(const Layer& layer) {
    SqlStatement sql("to_hex(hashtextextended(row(");
    sql.ident(layer.id_column);
    if (layer.has_geometry()) sql.text(", ").ident(layer.geometry_column);
    for (const Field& field : layer.fields) sql.text(", ").ident(field.name);
    return sql.text(")::text, 0))");
}

SqlStatement stored_version_sql(const Layer& layer, const std::string& id) {
    SqlStatement sql("select ");
    sql.append(version_sql(layer)).text(" from ").table(layer.source_schema, layer.source_name);
    return sql.text(" where ").ident(layer.id_column).text(" = ").param(id, layer.id_sql_type);
}

SqlStatement insert_sql(const CheckedEdit& edit) {
    const Layer& layer = *edit.layer;
    SqlStatement sql("insert into ");
    add_table(sql, layer);
    SqlStatement values;
    const char* separator = " (";
    const auto column = [&](const std::string& name) {
        sql.text(separator).ident(name);
        if (separator[0] == ',') values.text(", ");
        separator = ", ";
    };
    if (edit.id) {
        column(layer.id_column);
        values.param(edit.id, layer.id_sql_type);
    }
    for (const CheckedEdit::Assignment& value : edit.values) {
        column(value.field->name);
        add_assigned(values, value);
    }
    if (edit.sets_geometry) {
        column(layer.geometry_column);
        add_shape(values, edit);
    }
    if (separator[0] == ',') {
        sql.text(") values (").append(values).text(")");
    } else {
        sql.text(" default values");
    }
    add_returning(sql, layer);
    return sql;
}

SqlStatement update_sql(const CheckedEdit& edit) {
    const Layer& layer = *edit.layer;
    SqlStatement sql("update ");
    add_table(sql, layer);
    const char* separator = " set ";
    for (const CheckedEdit::Assignment& value : edit.values) {
        sql.text(separator).ident(value.field->name).text(" = ");
        add_assigned(sql, value);
        separator = ", ";
    }
    if (edit.sets_geometry) {
        sql.text(separator).ident(layer.geometry_column).text(" = ");
        add_shape(sql, edit);
    }
    add_id_condition(sql, edit);
    add_returning(sql, layer);
    return sql;
}

SqlStatement delete_sql(const CheckedEdit& edit) {
    SqlStatement sql("delete from ");
    add_table(sql, *edit.layer);
    add_id_condition(sql, edit);
    return sql.text(" returning ").ident(edit.layer->id_column).text("::text");
}

SqlStatement lock_sql(const Layer& layer, const std::vector<std::string>& ids) {
    SqlStatement sql("select k.place, t.");
    sql.ident(layer.id_column).text("::text, v.version from ");
    add_ids(sql, layer, ids);
    // The version is made of bare column names: they mean the row here, and the lock is taken on the table itself.
    sql.text(" join ");
    add_table(sql, layer);
    sql.text(" t on t.").ident(layer.id_column).text(" = k.id cross join lateral (select ");
    sql.append(version_sql(layer)).text(" from (select t.*) r) v(version)");
    return sql.text(" order by t.").ident(layer.id_column).text(" for update of t");
}

SqlStatement matching_sql(const Layer& layer, const Filter& filter, std::size_t limit) {
    SqlStatement sql("select ");
    sql.ident(layer.id_column).text("::text from ").table(layer.source_schema, layer.source_name).text(" where ");
    add_filter(sql, layer, filter);
    return sql.text(" limit ").param(static_cast<int>(limit));
}

SqlStatement visible_sql(const Layer& layer, const std::vector<std::string>& ids) {
    SqlStatement sql("select k.place from ");
    add_ids(sql, layer, ids);
    sql.text(" join ").table(layer.source_schema, layer.source_name);
    return sql.text(" t on t.").ident(layer.id_column).text(" = k.id");
}

SqlStatement stored_shape_sql(const Layer& layer, const std::string& id, const Crs& crs) {
    SqlStatement sql("select st_asbinary(");
    const bool same = crs.srid == layer.crs.srid;
    if (!same) sql.text("st_transform(");
    sql.ident(layer.geometry_column);
    if (!same) sql.text(fmt::format(", {})", crs.srid));
    sql.text(") from ");
    add_table(sql, layer);
    return sql.text(" where ").ident(layer.id_column).text(" = ").param(id, layer.id_sql_type);
}

SqlStatement commune_sql(const CheckedEdit& edit, const std::optional<std::string>& code) {
    const Layer& layer = *edit.layer;
    SqlStatement sql("select c.place, c.fits from (select ");
    const bool is_new = edit.kind == Edit::Kind::Insert;
    if (code || is_new) {
        sql.param(code, "text");
    } else {
        sql.ident(layer.commune_column).text("::text");
    }
    sql.text(", ");
    if (edit.sets_geometry || is_new || !layer.has_geometry()) {
        add_shape(sql, edit);
        sql.text("::geometry");
    } else {
        sql.ident(layer.geometry_column);
    }
    if (!is_new) {
        sql.text(" from ");
        add_table(sql, layer);
        add_id_condition(sql, edit);
    }
    return sql.text(") as f(code, shape), catalogue.commune_of(f.code, f.shape) c");
}

SqlStatement claims_sql(const CheckedEdit& edit) {
    SqlStatement sql("select ");
    const char* separator = "";
    for (const CheckedEdit::Assignment& claim : edit.claims) {
        sql.text(separator);
        separator = ", ";
        // Clients may hold a time to the millisecond only.
        const bool is_time = claim.field->type == FieldType::DateTime;
        if (is_time) sql.text("date_trunc('milliseconds', ");
        sql.ident(claim.field->name);
        if (is_time) sql.text(")");
        sql.text(is_time ? " is not distinct from date_trunc('milliseconds', " : " is not distinct from ");
        sql.param(claim.text, claim.field->sql_type);
        if (is_time) sql.text(")");
    }
    sql.text(" from ");
    add_table(sql, *edit.layer);
    add_id_condition(sql, edit);
    return sql;
}

std::string array_literal(const std::vector<std::string>& texts) {
    std::string literal = "{";
    for (const std::string& text : texts) {
        if (literal.size() > 1) literal += ',';
        literal += '"';
        for (const char c : text) {
            if (c == '"' || c == '\\') literal += '\\';
            literal += c;
        }
        literal += '"';
    }
    return literal + '}';
}

}  // namespace gis
