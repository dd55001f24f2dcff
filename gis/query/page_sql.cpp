#include <fmt/format.h>

#include "gis/crs/closed_form.hpp"
#include "gis/filter/filter_sql.hpp"
#include "gis/query/box_sql.hpp"
#include "gis/query/feature_query.hpp"
#include "gis/query/field_sql.hpp"
#include "gis/query/past_sql.hpp"

namespace gis {

namespace {

// Names that no column has: a table may well have columns called id or part.
constexpr std::string_view part_name = "carreau$part";
constexpr std::string_view id_name = "carreau$id";

std::string key_name(std::size_t number) {
    return fmt::format("carreau$key{}", number);
}

std::string column_name(std::size_t number) {
    return fmt::format("carreau${}", number);
}

/// The columns of an answer, named carreau$0 and on.
std::size_t add_columns(SqlStatement& statement, const FeatureQuery& query) {
    const Layer& layer = *query.layer;
    const Crs& output_crs = query.output_crs;
    std::size_t count = 0;
    const auto name = [&] { statement.text(" as ").ident(column_name(count++)); };
    statement.ident(layer.id_column).text("::text");
    name();
    if (layer.has_geometry() && query.with_geometry) {
        // What formulas turn faster than the database stays as it is stored: who reads the rows applies them.
        const bool same = output_crs.srid == layer.crs.srid || closed_form(layer.crs.srid, output_crs) != nullptr;
        statement.text(same ? ", st_asbinary(" : ", st_asbinary(st_transform(");
        if (layer.geometry_type == GeometryType::Any) statement.text("st_curvetoline(");
        statement.ident(layer.geometry_column);
        if (layer.geometry_type == GeometryType::Any) statement.text(")");
        if (!same) statement.text(fmt::format(", {})", output_crs.srid));
        statement.text(")");
        name();
    }
    for (const Field* field : fields_of(query)) {
        statement.text(", ").ident(field->name).text("::").text(canonical_type(field->type));
        name();
    }
    return count;
}

void add_time_condition(SqlStatement& statement, const std::string& column, const TimeInterval& interval) {
    statement.text(" and (").ident(column).text(" is null or (true");
    if (interval.begin) statement.text(" and ").ident(column).text(" >= ").param(*interval.begin, "timestamptz");
    if (interval.end) statement.text(" and ").ident(column).text(" <= ").param(*interval.end, "timestamptz");
    statement.text("))");
}

void add_conditions(SqlStatement& statement, const FeatureQuery& query) {
    const Layer& layer = *query.layer;
    statement.text(" where true");
    if (query.bbox && layer.has_geometry()) {
        if (const auto box = box_sql(*query.bbox, layer.crs)) {
            statement.text(" and ").ident(layer.geometry_column).text(" && ").append(*box);
            statement.text(" and st_intersects(").ident(layer.geometry_column).text(", ").append(*box).text(")");
        } else {
            statement.text(" and false");
        }
    }
    if (query.datetime && !layer.datetime_column.empty())
        add_time_condition(statement, layer.datetime_column, *query.datetime);
    for (const PropertyCondition& condition : query.conditions) {
        statement.text(" and ");
        add_field(statement, *condition.field);
        statement.text(" = ").param(condition.value, parameter_type(*condition.field));
    }
    if (query.filter) {
        statement.text(" and ");
        add_filter(statement, layer, *query.filter);
    }
}

void add_source(SqlStatement& statement, const FeatureQuery& query) {
    const Layer& layer = *query.layer;
    if (query.as_of) {
        add_past(statement, layer, *query.as_of, std::nullopt, query.bbox);
    } else {
        statement.text(" from ").table(layer.source_schema, layer.source_name);
    }
}

/// A column with its table: alone, the name could mean an output column.
SqlStatement& qualified(SqlStatement& statement, const FeatureQuery& query) {
    const Layer& layer = *query.layer;
    if (query.as_of) return statement.ident(layer.source_name).text(".");
    return statement.table(layer.source_schema, layer.source_name).text(".");
}

void add_order(SqlStatement& statement, const FeatureQuery& query) {
    const Layer& layer = *query.layer;
    statement.text(" order by ");
    for (const SortKey& key : query.sort) {
        add_field(qualified(statement, query), *key.field);
        statement.text(key.descending ? " desc, " : ", ");
    }
    qualified(statement, query).ident(layer.id_column);
}

void add_keys_as_text(SqlStatement& statement, const FeatureQuery& query, std::size_t columns) {
    for (const SortKey& key : query.sort) {
        statement.text(", ");
        add_field(statement, *key.field);
        statement.text("::text as ").ident(column_name(columns++));
    }
}

/// `sign` and the value of sort key `index` where the page begins.
void add_compared(SqlStatement& statement, const FeatureQuery& query, std::size_t index, std::string_view sign) {
    const Field& field = *query.sort[index].field;
    add_field(statement, field);
    statement.text(sign).param(query.after->sort[index], parameter_type(field));
}

void add_null_test(SqlStatement& statement, const FeatureQuery& query, std::size_t index, std::string_view test) {
    add_field(statement, *query.sort[index].field);
    statement.text(test);
}

/// "Comes after the key", the sort keys from `index` on and then the id.
void add_after(SqlStatement& statement, const FeatureQuery& query, std::size_t index) {
    if (index == query.sort.size()) {
        statement.ident(query.layer->id_column).text(" > ").param(query.after->id, query.layer->id_sql_type);
        return;
    }
    const bool descending = query.sort[index].descending;
    statement.text("(");
    if (query.after->sort[index]) {
        add_compared(statement, query, index, descending ? " < " : " > ");
        if (!descending) {
            statement.text(" or ");
            add_null_test(statement, query, index, " is null");
        }
        statement.text(" or (");
        add_compared(statement, query, index, " = ");
    } else {
        if (descending) {
            add_null_test(statement, query, index, " is not null");
            statement.text(" or ");
        }
        statement.text("(");
        add_null_test(statement, query, index, " is null");
    }
    statement.text(" and ");
    add_after(statement, query, index + 1);
    statement.text("))");
}

/// What follows a key falls in two parts that an index on the first sort key finds each by a range: the rest of those
/// with a value (or without), and those without (or with), whichever come later.
enum class Part { Head, Tail };

bool has_tail(const FeatureQuery& query) {
    return query.after->sort.front().has_value() != query.sort.front().descending;
}

void add_part(SqlStatement& statement, const FeatureQuery& query, Part part) {
    const bool has_value = query.after->sort.front().has_value();
    statement.text(" and ");
    if (part == Part::Tail) {
        add_null_test(statement, query, 0, has_value ? " is null" : " is not null");
        return;
    }
    if (has_value) {
        const bool descending = query.sort.front().descending;
        add_compared(statement, query, 0, descending ? " <= " : " >= ");
        statement.text(" and (");
        add_compared(statement, query, 0, descending ? " < " : " > ");
        statement.text(" or (");
        add_compared(statement, query, 0, " = ");
    } else {
        statement.text("((");
        add_null_test(statement, query, 0, " is null");
    }
    statement.text(" and ");
    add_after(statement, query, 1);
    statement.text("))");
}

/// Head and tail as one answer; the tail is not looked at when the head fills the page.
SqlStatement two_part_page_sql(const FeatureQuery& query) {
    const Layer& layer = *query.layer;
    SqlStatement statement;
    std::size_t columns = 0;
    for (const Part part : {Part::Head, Part::Tail}) {
        statement.text(part == Part::Head ? "with head as (select " : "), tail as (select ");
        columns = add_columns(statement, query);
        add_keys_as_text(statement, query, columns);
        for (std::size_t i = 0; i < query.sort.size(); ++i) {
            statement.text(", ");
            add_field(statement, *query.sort[i].field);
            statement.text(" as ").ident(key_name(i));
        }
        statement.text(", ").ident(layer.id_column).text(" as ").ident(id_name);
        add_source(statement, query);
        add_conditions(statement, query);
        add_part(statement, query, part);
        add_order(statement, query);
        statement.text(" limit ").param(query.limit + 1);
        if (part == Part::Tail) statement.text(" - (select count(*) from head)");
    }
    statement.text(") select ");
    for (std::size_t i = 0; i < columns + query.sort.size(); ++i)
        statement.text(i == 0 ? "" : ", ").ident(column_name(i));
    statement.text(" from (select 0 as ").ident(part_name).text(", * from head union all select 1, * from tail) page");
    statement.text(" order by ").ident(part_name);
    for (std::size_t i = 0; i < query.sort.size(); ++i)
        statement.text(", ").ident(key_name(i)).text(query.sort[i].descending ? " desc" : "");
    statement.text(", ").ident(id_name);
    return statement;
}

}  // namespace

SqlStatement page_sql(const FeatureQuery& query) {
    if (query.after && !query.sort.empty() && has_tail(query)) return two_part_page_sql(query);
    SqlStatement statement("select ");
    const std::size_t columns = add_columns(statement, query);
    add_keys_as_text(statement, query, columns);
    add_source(statement, query);
    add_conditions(statement, query);
    if (query.after && !query.sort.empty()) {
        add_part(statement, query, Part::Head);
    } else if (query.after) {
        statement.text(" and ");
        add_after(statement, query, 0);
    }
    if (query.limit > 0 || !query.sort.empty()) add_order(statement, query);
    if (query.limit > 0) statement.text(" limit ").param(query.limit + 1);
    return statement;
}

SqlStatement key_sql(const FeatureQuery& query, std::int64_t skipped) {
    SqlStatement statement("select ");
    statement.ident(query.layer->id_column).text("::text");
    add_keys_as_text(statement, query, 0);
    add_source(statement, query);
    add_conditions(statement, query);
    if (query.after) {
        statement.text(" and ");
        add_after(statement, query, 0);
    }
    add_order(statement, query);
    statement.text(" offset ").param(std::to_string(skipped - 1), "bigint").text(" limit 1");
    return statement;
}

SqlStatement feature_sql(const Layer& layer, const std::string& id, const Crs& output_crs,
                         const std::optional<std::string>& as_of) {
    require_value_of(Field{layer.id_column, "", layer.id_type, layer.id_sql_type, "", 0}, id);
    FeatureQuery all;
    all.layer = &layer;
    all.output_crs = output_crs;
    SqlStatement statement("select ");
    add_columns(statement, all);
    if (as_of) {
        add_past(statement, layer, *as_of, id, std::nullopt);
    } else {
        add_source(statement, all);
    }
    statement.text(" where ").ident(layer.id_column).text(" = ").param(id, layer.id_sql_type).text(" limit 1");
    return statement;
}

SqlStatement count_sql(const FeatureQuery& query) {
    SqlStatement statement("select count(*)");
    add_source(statement, query);
    add_conditions(statement, query);
    return statement;
}

}  // namespace gis
