#include "server/api/missions.hpp"

#include <fmt/format.h>

#include "gis/query/sql_statement.hpp"
#include "server/api/parameters.hpp"

namespace api {

namespace {

std::string mission_items_url(const Call& call, const gis::Layer& layer) {
    return call.request->base_url + "/collections/" + layer.name + "/items";
}

Json links_to_members(db::Connection& connection, const Call& call, const std::string& mission) {
    Json links = Json::array();
    for (const gis::Layer& layer : call.known.catalog->layers()) {
        if (!layer.belongs_to_missions()) continue;
        gis::SqlStatement sql("select count(*) from ");
        sql.table(layer.source_schema, layer.source_name);
        sql.text(" where ").ident(gis::mission_field).text(" = ").param(mission, "text");
        const std::int64_t count = connection.query(sql.sql(), sql.parameters()).int64(0, 0);
        if (count == 0) continue;
        Json entry = link(
            mission_items_url(call, layer) + "?" + std::string(gis::mission_field) + "=" + encode_path_segment(mission),
            "related", geojson_type, layer.title);
        entry["count"] = count;
        links.push_back(std::move(entry));
    }
    return links;
}

Json links_to_missions(db::Connection& connection, const Call& call, const gis::Layer& layer, const std::string& id) {
    Json links = Json::array();
    for (const gis::Layer& missions : call.known.catalog->layers()) {
        if (!missions.holds_missions()) continue;
        gis::SqlStatement sql("select ");
        sql.ident(missions.id_column).text("::text, ");
        sql.ident(missions.label_field.empty() ? missions.id_column : missions.label_field).text("::text from ");
        sql.table(missions.source_schema, missions.source_name).text(" where ").ident(missions.id_column);
        sql.text(" in (select ").ident(gis::mission_field).text(" from ").table(layer.source_schema, layer.source_name);
        sql.text(" where ").ident(layer.id_column).text("::text = ").param(id, "text").text(")");
        const db::Result rows = connection.query(sql.sql(), sql.parameters());
        for (int i = 0; i < rows.rows(); ++i)
            links.push_back(link(mission_items_url(call, missions) + "/" + encode_path_segment(rows.text(i, 0)),
                                 "related", geojson_type, rows.text(i, 1)));
    }
    return links;
}

}  // namespace

Json mission_links(db::Connection& connection, const Call& call, const gis::Layer& layer, const std::string& id) {
    if (layer.holds_missions()) return links_to_members(connection, call, id);
    if (layer.belongs_to_missions()) return links_to_missions(connection, call, layer, id);
    return Json::array();
}

}  // namespace api
