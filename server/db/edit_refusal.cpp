#include "server/db/edit_refusal.hpp"

#include <fmt/format.h>

namespace db {

namespace {

using Reason = gis::EditProblem::Reason;

/// The columns and the definition of a constraint or unique index of the layer's table or of its partitions.
constexpr auto constraint_sql = R"sql(
with rel as (
    select to_regclass(format('%I.%I', $2::text, $3::text))::oid as oid
    union select i.inhrelid from pg_inherits i where i.inhparent = to_regclass(format('%I.%I', $2::text, $3::text)))
select coalesce(string_agg(distinct a.attname::text, ', ') filter (where a.attname <> 'part_id'), ''), max(d.text)
from (
    select c.conrelid as relid, c.conkey as columns, pg_get_constraintdef(c.oid) as text
    from pg_constraint c where c.conname = $1
    union
    select x.indrelid, x.indkey::int2[], '' from pg_index x join pg_class i on i.oid = x.indexrelid where i.relname = $1) d
join rel on rel.oid = d.relid join pg_attribute a on a.attrelid = d.relid and a.attnum = any (d.columns))sql";

struct Constraint {
    std::string columns;
    std::string definition;
};

Constraint constraint_of(Connection& connection, const gis::Layer& layer, const std::string& name) {
    const std::vector<Parameter> values{name, layer.schema_name, layer.table_name};
    const Result row = connection.query(constraint_sql, values);
    return {row.text(0, 0), row.is_null(0, 1) ? "" : row.text(0, 1)};
}

std::string given_value(const gis::CheckedEdit& edit, const std::string& field) {
    if (field == edit.layer->id_column) return edit.id.value_or("");
    const auto* value = edit.find(field);
    return value == nullptr ? "" : value->text.value_or("null").substr(0, 100);
}

gis::EditProblem problem(const gis::CheckedEdit& edit, Reason reason, const std::string& field, std::string expected) {
    return {reason, edit.index, edit.id.value_or(""), field, given_value(edit, field), std::move(expected)};
}

gis::EditProblem not_allowed(const gis::CheckedEdit& edit) {
    const gis::Layer& layer = *edit.layer;
    if (!layer.commune_column.empty())
        return problem(edit, Reason::NotAllowed, layer.commune_column,
                       "a commune where you may edit this layer expected");
    return problem(edit, Reason::NotAllowed, "",
                   "a feature that you may edit expected: no right of yours reaches there");
}

gis::EditProblem foreign_key(const gis::CheckedEdit& edit, const Constraint& constraint) {
    // A key of another table's is violated by what leaves this one.
    if (edit.kind == gis::Edit::Kind::Delete || constraint.columns.empty())
        return problem(edit, Reason::Conflict, "", "a feature that nothing else refers to expected");
    return problem(edit, Reason::Conflict, constraint.columns, "a value that exists where it refers to expected");
}

}  // namespace

gis::EditProblem problem_of(Connection& connection, const gis::CheckedEdit& edit, const SqlError& error) {
    const std::string& state = error.state();
    const gis::Layer& layer = *edit.layer;
    if (state == "42501") return not_allowed(edit);
    if (state == "40P01" || state == "55P03" || state == "40001")
        throw gis::Unavailable("somebody else edits the same features; try again");
    if (state == "428C9")
        return problem(edit, Reason::Conflict, layer.id_column,
                       "an id that the database gives expected: this one is its own");
    if (state == "23502") {
        const bool is_shape = error.column() == layer.geometry_column;
        return problem(edit, Reason::Content, is_shape ? "geometry" : error.column(),
                       "a value expected, it is required");
    }
    if (state == "23505" || state == "23P01") {
        const Constraint constraint = constraint_of(connection, layer, error.constraint());
        return problem(edit, Reason::Conflict, constraint.columns,
                       "a value that no other feature has expected: there is one already");
    }
    if (state == "23503") return foreign_key(edit, constraint_of(connection, layer, error.constraint()));
    if (state == "23514") {
        const Constraint constraint = constraint_of(connection, layer, error.constraint());
        return problem(edit, Reason::Content, constraint.columns,
                       constraint.definition.empty() ? "values that fit together expected"
                                                     : "values expected that satisfy " + constraint.definition);
    }
    if (state.starts_with("22") || state.starts_with("23") || state == "P0001")
        return problem(edit, Reason::Content, error.column(),
                       fmt::format("values that fit expected ({})", error.reason()));
    throw SqlError(error);
}

}  // namespace db
