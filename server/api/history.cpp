// The record of a feature for those who edit it: who changed it when, from what to what; and taking the last change
// back.

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "gis/edit/edit_sql.hpp"
#include "gis/query/feature_query.hpp"
#include "gis/write/geojson.hpp"
#include "gis/write/number_text.hpp"
#include "server/api/documents.hpp"
#include "server/api/handlers.hpp"
#include "server/api/item_answer.hpp"
#include "server/api/parameters.hpp"
#include "server/db/edits.hpp"

namespace api {

namespace {

/// One change as the database tells it; shapes are WKB in the CRS asked for.
struct Change {
    std::int64_t number = 0;
    std::string at, by, operation;
    std::optional<nlohmann::json> before, after;
    std::string before_shape, after_shape;
};

std::vector<Change> read_changes(db::Connection& connection, const gis::Layer& layer, const std::string& id,
                                 const gis::Crs& crs) {
    const std::vector<db::Parameter> values{std::to_string(layer.id), id, std::to_string(crs.srid)};
    const db::Result rows = connection.query(
        "select change, to_char(at at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'), by, op, before::text, "
        "st_asbinary(st_transform(before_shape, $3::int)), after::text, st_asbinary(st_transform(after_shape, "
        "$3::int)) "
        "from catalogue.feature_history($1::int, $2)",
        values);
    std::vector<Change> changes;
    for (int i = 0; i < rows.rows(); ++i) {
        Change change{rows.int64(i, 0), rows.text(i, 1), rows.text(i, 2), rows.text(i, 3), {}, {}, "", ""};
        if (!rows.is_null(i, 4)) change.before = nlohmann::json::parse(rows.text(i, 4));
        if (!rows.is_null(i, 5)) change.before_shape = rows.text(i, 5);
        if (!rows.is_null(i, 6)) change.after = nlohmann::json::parse(rows.text(i, 6));
        if (!rows.is_null(i, 7)) change.after_shape = rows.text(i, 7);
        changes.push_back(std::move(change));
    }
    return changes;
}

/// A side of a change as a feature with the published fields; null when there was none.
Json side_of(const gis::Layer& layer, const std::string& id, const std::optional<nlohmann::json>& row,
             const std::string& shape, const gis::Crs& crs) {
    if (!row) return nullptr;
    Json feature{{"type", "Feature"}, {"id", id}, {"geometry", nullptr}, {"properties", Json::object()}};
    if (!shape.empty()) {
        std::string text;
        gis::append_geojson_geometry(text, shape, crs.northing_first, gis::coordinate_decimals(crs));
        feature["geometry"] = Json::parse(text);
    }
    for (const gis::Field& field : layer.fields)
        feature["properties"][field.name] = row->value(field.name, nlohmann::json());
    return feature;
}

Json document_of(const gis::Layer& layer, const std::string& id, const std::vector<Change>& changes,
                 const gis::Crs& crs) {
    Json list = Json::array();
    for (const Change& change : changes) {
        const char* operation = change.operation == "I" ? "create" : change.operation == "D" ? "delete" : "update";
        list.push_back({{"change", change.number},
                        {"at", change.at},
                        {"by", change.by},
                        {"operation", operation},
                        {"before", side_of(layer, id, change.before, change.before_shape, crs)},
                        {"after", side_of(layer, id, change.after, change.after_shape, crs)}});
    }
    return {{"collection", layer.name}, {"id", id}, {"changes", std::move(list)}};
}

gis::Value shown_value(const nlohmann::json& value) {
    if (value.is_boolean()) return value.get<bool>();
    if (value.is_number_integer()) return value.get<std::int64_t>();
    if (value.is_number()) return value.get<double>();
    if (value.is_string()) return value.get<std::string>();
    return {};
}

/// The edit that leads from after the change to before it.
gis::Edit reverse_of(const gis::Layer& layer, const std::string& id, const Change& change) {
    gis::Edit edit;
    edit.layer = &layer;
    edit.id = id;
    edit.restores_id = true;
    edit.kind = !change.before  ? gis::Edit::Kind::Delete
                : !change.after ? gis::Edit::Kind::Insert
                                : gis::Edit::Kind::Replace;
    if (!change.before) return edit;
    for (const gis::Field& field : layer.fields) {
        if (field.editable && field.name != layer.id_column)
            edit.values.push_back({field.name, shown_value(change.before->value(field.name, nlohmann::json()))});
    }
    if (layer.has_geometry()) edit.geometry = gis::EditGeometry{change.before_shape, layer.crs};
    return edit;
}

void require_editor(const Call& call, const gis::Layer& layer, const std::string& id) {
    // What was deleted is not seen by anybody any more: who edits nothing here is told of nothing.
    if (!layer.editable || !call.caller->scope.of(layer).grant(gis::Right::Edit).holds()) throw no_feature(layer, id);
    try {
        gis::feature_sql(layer, id, layer.crs);
    } catch (const gis::InvalidRequest&) {
        throw no_feature(layer, id);  // "abc" where ids are numbers
    }
}

}  // namespace

Answer item_history(const Services& services, CallPtr call) {
    const http::RequestPtr& request = call->request;
    const gis::Layer& layer = require_layer(*call->known.catalog, request->param("layer"));
    require_known(*request, {"f", "crs"});
    const std::string id = request->param("id");
    require_editor(*call, layer, id);
    const gis::Crs crs = parse_crs(*request, "crs", offered_for(layer, services.offered_crs));
    auto work = [&layer, id, crs, call](db::Connection& connection) {
        const std::vector<Change> changes = read_changes(connection, layer, id, crs);
        if (changes.empty()) {  // as it was loaded, or not his to edit
            const std::vector<db::Parameter> values{std::to_string(layer.id), id};
            if (!connection.query("select catalogue.may_edit($1::int, $2)", values).boolean(0, 0))
                throw no_feature(layer, id);
        }
        return document_of(layer, id, changes, crs);
    };
    const Json document = co_await services.database.run(call->reader(), query_for(*request), std::move(work));
    Response response = json_response(document);
    response.set_header("Content-Crs", "<" + crs.uri() + ">");
    co_return response;
}

Answer undo_change(const Services& services, CallPtr call) {
    const http::RequestPtr& request = call->request;
    const gis::Layer& layer = require_layer(*call->known.catalog, request->param("layer"));
    require_known(*request, {"f"});
    const std::string id = request->param("id");
    require_editor(*call, layer, id);
    const std::string wanted = request->param("change");
    auto work = [&layer, id, wanted, call](db::Connection& connection) {
        // Locked first: what is the last change stays so until it is taken back.
        const gis::SqlStatement lock = gis::lock_sql(layer, {id});
        connection.query(lock.sql(), lock.parameters());
        const std::vector<Change> changes = read_changes(connection, layer, id, layer.crs);
        const auto found = std::find_if(changes.begin(), changes.end(),
                                        [&](const Change& c) { return std::to_string(c.number) == wanted; });
        if (found == changes.end())
            throw gis::NotFound(
                fmt::format("there is no change '{}' of '{}'", wanted.substr(0, 50), id.substr(0, 100)));
        if (found != changes.begin())
            throw gis::Conflict("change", fmt::format("{} is not the last change: take back {} of {} first",
                                                      found->number, changes.front().number, changes.front().at));
        gis::EditRequest edits;
        edits.edits.push_back(reverse_of(layer, id, *found));
        db::apply_edits(connection, edits);
        return true;
    };
    co_await services.database.run(call->editor(), query_for(*request), std::move(work));
    co_return Response::no_content();
}

}  // namespace api
