#include "gis/filter/spatial_sql.hpp"

#include <fmt/format.h>

#include <optional>

#include "gis/query/box_sql.hpp"

namespace gis {

namespace {

std::string_view function_of(Spatial::Operator op) {
    switch (op) {
        case Spatial::Operator::Intersects:
        case Spatial::Operator::Disjoint:  // the negation
            return "st_intersects";
        case Spatial::Operator::Equals:
            return "st_equals";
        case Spatial::Operator::Touches:
            return "st_touches";
        case Spatial::Operator::Within:
            return "st_within";
        case Spatial::Operator::Overlaps:
            return "st_overlaps";
        case Spatial::Operator::Crosses:
            return "st_crosses";
        case Spatial::Operator::Contains:
            break;
    }
    return "st_contains";
}

bool is_column(const Expression& side) {
    return std::holds_alternative<GeometryRef>(side.node);
}

/// A literal as SQL; nothing when it is a box wholly outside where the layer's CRS is defined.
std::optional<SqlStatement> literal_sql(const Layer& layer, const Expression& side) {
    if (const auto* box = std::get_if<Envelope>(&side.node))
        return box_sql(*box, layer.has_geometry() ? layer.crs : box->crs);
    const auto& literal = std::get<GeometryLiteral>(side.node);
    SqlStatement sql("st_geomfromwkb(");
    sql.bytes(literal.wkb).text(fmt::format(", {})", literal.crs.srid));
    return sql;
}

/// The column as the relation takes it. GEOS computes no relation of an invalid polygon or of a collection: such a
/// feature, which only a table from elsewhere has, is taken by its valid parts of the highest dimension.
/// ST_Intersects copes by itself.
void add_column(SqlStatement& statement, const Layer& layer, std::string_view function) {
    const bool may_fail = layer.is_polygonal() || layer.geometry_type == GeometryType::Any;
    if (function == "st_intersects" || function == "st_dwithin" || !may_fail) {
        statement.ident(layer.geometry_column);
        return;
    }
    const auto shape = [&] {
        if (layer.geometry_type == GeometryType::Any) statement.text("st_curvetoline(");
        statement.ident(layer.geometry_column);
        if (layer.geometry_type == GeometryType::Any) statement.text(")");
    };
    statement.text("case when st_isvalid(");
    shape();
    statement.text(")");
    if (layer.geometry_type == GeometryType::Any) {
        statement.text(" and geometrytype(");
        statement.ident(layer.geometry_column).text(") <> 'GEOMETRYCOLLECTION'");
    }
    statement.text(" then ");
    shape();
    statement.text(" else st_collectionextract(st_makevalid(");
    shape();
    statement.text(")) end");
}

/// "box operator and relation" of the column and what else there is; the literal's parameters are sent once.
SqlStatement relation_sql(const Layer& layer, const Expression& left, const Expression& right,
                          std::string_view function) {
    SqlStatement sql;
    if (is_column(left) && is_column(right)) {
        sql.text(function).text("(");
        add_column(sql, layer, function);
        sql.text(", ");
        add_column(sql, layer, function);
        return sql.text(")");
    }
    if (!is_column(left) && !is_column(right)) {
        const auto first = literal_sql(layer, left);
        const auto second = literal_sql(layer, right);
        if (!first || !second) return SqlStatement("false");
        return sql.text(function).text("(").append(*first).text(", ").append(*second).text(")");
    }
    const auto literal = literal_sql(layer, is_column(left) ? right : left);
    if (!literal) return SqlStatement("false");
    sql.append(*literal).text(" && ").ident(layer.geometry_column).text(" and ").text(function).text("(");
    const auto add_side = [&](const Expression& side) {
        if (is_column(side)) {
            add_column(sql, layer, function);
        } else {
            sql.text(literal->sql());  // its parameters are the statement's first
        }
    };
    add_side(left);
    sql.text(", ");
    add_side(right);
    return sql.text(")");
}

/// Beyond, disjoint: true of geometries only, a feature without one is nowhere.
void add_negation(SqlStatement& statement, const Layer& layer, const Expression& left, const Expression& right,
                  const SqlStatement& condition) {
    if (is_column(left) || is_column(right)) statement.ident(layer.geometry_column).text(" is not null and ");
    statement.text("not (").append(condition).text(")");
}

SqlStatement within_sql(const Layer& layer, const Distance& distance) {
    const bool geographic = layer.has_geometry() && layer.crs.geographic;
    const std::string_view cast = geographic ? "::geography" : "";
    SqlStatement sql;
    const auto side = [&](const Expression& expression) {
        if (is_column(expression)) {
            sql.ident(layer.geometry_column).text(cast);
        } else if (const auto literal = literal_sql(layer, expression)) {
            sql.append(*literal).text(cast);
        } else {
            sql.text("null::geometry").text(cast);
        }
    };
    const bool one_column = is_column(distance.left) != is_column(distance.right);
    if (one_column && !geographic) {
        sql.ident(layer.geometry_column).text(" && st_expand(");
        side(is_column(distance.left) ? distance.right : distance.left);
        sql.text(", ").param(distance.metres).text(") and ");
    }
    sql.text("st_dwithin(");
    side(distance.left);
    sql.text(", ");
    side(distance.right);
    return sql.text(", ").param(distance.metres).text(")");
}

}  // namespace

void add_spatial(SqlStatement& statement, const Layer& layer, const Spatial& spatial) {
    const SqlStatement condition = relation_sql(layer, spatial.left, spatial.right, function_of(spatial.op));
    if (spatial.op == Spatial::Operator::Disjoint) {
        add_negation(statement, layer, spatial.left, spatial.right, condition);
    } else {
        statement.append(condition);
    }
}

void add_distance(SqlStatement& statement, const Layer& layer, const Distance& distance) {
    const SqlStatement condition = within_sql(layer, distance);
    if (distance.op == Distance::Operator::Beyond) {
        add_negation(statement, layer, distance.left, distance.right, condition);
    } else {
        statement.append(condition);
    }
}

}  // namespace gis
