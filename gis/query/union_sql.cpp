#include <fmt/format.h>

#include "gis/crs/closed_form.hpp"
#include "gis/query/feature_query.hpp"
#include "gis/query/field_sql.hpp"

namespace gis {

SqlStatement union_sql(const FeatureQuery& query, const Field& key) {
    const Layer& layer = *query.layer;
    SqlStatement statement("select ");
    statement.ident(key.name).text("::text");
    if (query.with_geometry) {
        // As in a page: what formulas turn faster than the database stays as it is stored.
        const bool same =
            query.output_crs.srid == layer.crs.srid || closed_form(layer.crs.srid, query.output_crs) != nullptr;
        statement.text(same ? ", st_asbinary(" : ", st_asbinary(st_transform(").text("st_multi(st_union(");
        statement.ident(layer.geometry_column).text("))");
        if (!same) statement.text(fmt::format(", {})", query.output_crs.srid));
        statement.text(")");
    }
    for (const Field* field : fields_of(query)) {
        statement.text(field->type == FieldType::Boolean ? ", bool_and(" : ", min(");
        statement.ident(field->name).text("::").text(canonical_type(field->type)).text(")");
    }
    statement.text(" from ").table(layer.source_schema, layer.source_name);
    statement.text(" where ").ident(key.name).text(" is not null group by ").ident(key.name);
    statement.text(" order by ").ident(key.name);
    return statement;
}

}  // namespace gis
