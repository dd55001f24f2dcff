#include "server/api/item_answer.hpp"

#include <fmt/format.h>

#include "gis/edit/edit_sql.hpp"
#include "gis/write/geojson.hpp"
#include "server/api/documents.hpp"
#include "server/api/edit_body.hpp"
#include "server/api/feature_reader.hpp"
#include "server/api/missions.hpp"
#include "server/api/parameters.hpp"

namespace api {

gis::NotFound no_feature(const gis::Layer& layer, const std::string& id) {
    return gis::NotFound(fmt::format("there is no feature '{}' in '{}'", id.substr(0, 100), layer.name));
}

boost::asio::awaitable<std::optional<ItemText>> read_item(const Services& services, CallPtr call,
                                                          const gis::Layer& layer, std::string id, gis::Crs crs) {
    gis::SqlStatement statement;
    try {
        statement = gis::feature_sql(layer, id, crs);
    } catch (const gis::InvalidRequest&) {
        co_return std::nullopt;  // "abc" where ids are numbers: no such feature
    }
    auto work = [statement, &layer, id, crs, call](db::Connection& connection) {
        std::optional<ItemText> item;
        FeatureRows rows(layer, crs, connection.query(statement.sql(), statement.parameters()));
        if (rows.size() == 0) return item;
        item.emplace();
        gis::append_geojson_feature(item->feature, layer, rows.at(0), crs);
        const gis::SqlStatement version = gis::stored_version_sql(layer, id);
        item->version = connection.query(version.sql(), version.parameters()).text(0, 0);
        item->links = mission_links(connection, *call, layer, id);
        return item;
    };
    std::optional<ItemText> item =
        co_await services.database.run(call->reader(), query_for(*call->request), std::move(work));
    co_return item;
}

namespace {

Response item_response(const http::Request& request, const gis::Layer& layer, const std::string& id,
                       const gis::Crs& crs, std::string text, const Json& more = Json::array()) {
    const std::string collection_url = request.base_url + "/collections/" + layer.name;
    const std::string url = collection_url + "/items/" + encode_path_segment(id);
    Json links = Json::array({link(url + query_without(request, {}), "self", geojson_type),
                              link(url + "?f=html", "alternate", "text/html"),
                              link(collection_url, "collection", "application/json", layer.title)});
    for (const Json& entry : more) links.push_back(entry);
    text += ",\"links\":" + links.dump() + "}\n";
    Response response = Response::bytes(geojson_type, std::move(text));
    response.set_header("Content-Crs", "<" + crs.uri() + ">");
    return response;
}

}  // namespace

Answer item_answer(const Services& services, CallPtr call, const gis::Layer& layer, std::string id, gis::Crs crs) {
    std::optional<ItemText> item = co_await read_item(services, call, layer, id, crs);
    if (!item) throw no_feature(layer, id);
    // The whole answer tells representations apart: its links differ by how it was asked for.
    std::string etag = feature_etag(item->version, item->feature + item->links.dump() + call->request->target);
    Response response = item_response(*call->request, layer, id, crs, std::move(item->feature), item->links);
    response.etag = std::move(etag);
    co_return response;
}

Answer past_item(const Services& services, CallPtr call, const gis::Layer& layer, std::string id, gis::Crs crs,
                 PastMoment moment) {
    auto work = [&layer, id, crs, moment, call](db::Connection& connection) {
        std::string text;
        const std::optional<std::string> as_of = settled(connection, layer, moment);
        gis::SqlStatement statement;
        try {
            statement = gis::feature_sql(layer, id, crs, as_of);
        } catch (const gis::InvalidRequest&) {
            return text;  // "abc" where ids are numbers: no such feature
        }
        FeatureRows rows(layer, crs, connection.query(statement.sql(), statement.parameters()));
        if (rows.size() > 0) gis::append_geojson_feature(text, layer, rows.at(0), crs);
        return text;
    };
    std::string text = co_await services.database.run(call->reader(), query_for(*call->request), std::move(work));
    if (text.empty()) throw no_feature(layer, id);
    co_return item_response(*call->request, layer, id, crs, std::move(text));
}

}  // namespace api
