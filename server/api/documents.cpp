#include "server/api/documents.hpp"

#include <fmt/format.h>

#include "gis/write/formats.hpp"
#include "server/api/parameters.hpp"

namespace api {

namespace {

constexpr std::string_view fictive_note = "Données fictives, générées pour la démonstration.";

/// Every format but the first, GeoJSON, which has its link already; and all of them as files, for who may take them.
void add_format_links(Json& links, const gis::Layer& layer, const std::string& url, bool may_export) {
    for (const gis::Format& format : gis::formats()) {
        if (format.needs_geometry && !layer.has_geometry()) continue;
        const std::string f = "?f=" + std::string(format.name);
        if (format.is_streamed() && format.name != "geojson")
            links.push_back(
                link(fmt::format("{}/items{}", url, f), "items", format.media_type, std::string(format.title)));
        if (may_export)
            links.push_back(link(fmt::format("{}/export{}", url, f), "enclosure", format.media_type,
                                 layer.title + " : " + std::string(format.title)));
    }
}

}  // namespace

std::string_view licence_url(const std::string& licence) {
    if (licence == "Licence Ouverte 2.0") return "https://www.etalab.gouv.fr/licence-ouverte-open-licence/";
    if (licence == "ODbL 1.0") return "https://opendatacommons.org/licenses/odbl/1-0/";
    return "";
}

Json link(std::string href, std::string_view rel, std::string_view type, std::string_view title) {
    Json link{{"href", std::move(href)}, {"rel", rel}, {"type", type}};
    if (!title.empty()) link["title"] = title;
    return link;
}

Json document_links(const std::string& url, std::string_view json_type) {
    return Json::array({link(url + "?f=json", "self", json_type, "Ce document en JSON"),
                        link(url + "?f=html", "alternate", "text/html", "Ce document en HTML")});
}

http::Response json_response(const Json& document, std::string_view type) {
    return http::Response::bytes(type, document.dump(-1, ' ', false, Json::error_handler_t::replace));
}

Json describe_collection(const gis::Layer& layer, const std::vector<gis::Crs>& offered, const std::string& base_url,
                         const gis::Scope& scope) {
    const std::string url = base_url + "/collections/" + layer.name;
    Json links = document_links(url);
    links.push_back(link(url + "/items", "items", geojson_type, layer.title));
    links.push_back(link(url + "/items?f=html", "items", "text/html", layer.title));
    add_format_links(links, layer, url, scope.of(layer).grant(gis::Right::Export).holds());
    links.push_back(link(url + "/schema", "http://www.opengis.net/def/rel/ogc/1.0/schema", schema_type, "Schéma"));
    links.push_back(link(url + "/schema", "describedby", schema_type, "Schéma"));
    links.push_back(link(url + "/queryables", "http://www.opengis.net/def/rel/ogc/1.0/queryables", schema_type,
                         "Propriétés à filtrer"));
    links.push_back(link(url + "/sortables", "http://www.opengis.net/def/rel/ogc/1.0/sortables", schema_type,
                         "Propriétés à trier"));
    if (layer.has_geometry()) {
        links.push_back(link(url + "/tiles", "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector",
                             "application/json", "Tuiles vectorielles"));
        links.push_back(link(base_url + "/tiles/" + layer.name + ".json", "alternate", "application/json", "TileJSON"));
        links.push_back(link(base_url + "/styles/" + layer.name, "stylesheet", "application/vnd.mapbox.style+json",
                             "Style MapLibre"));
    }
    if (const auto licence = licence_url(layer.licence); !licence.empty()) {
        links.push_back(link(std::string(licence), "license", "text/html", layer.licence));
    }

    std::string description = layer.description;
    if (layer.fictive && description.find("fictive") == std::string::npos) {
        description += (description.empty() ? "" : " ") + std::string(fictive_note);
    }
    Json document{{"id", layer.name}, {"title", layer.title}, {"description", description}, {"itemType", "feature"}};
    if (layer.extent) {
        const auto& box = *layer.extent;
        document["extent"]["spatial"] = {{"bbox", Json::array({{box.west, box.south, box.east, box.north}})},
                                         {"crs", gis::crs84().uri()}};
    }
    Json uris = Json::array();
    for (const gis::Crs& crs : offered_for(layer, offered)) uris.push_back(crs.uri());
    document["crs"] = std::move(uris);
    if (layer.has_geometry()) document["storageCrs"] = layer.crs.uri();
    document["carreau:theme"] = layer.theme;
    document["carreau:visible"] = layer.visible;
    document["carreau:fictive"] = layer.fictive;
    document["carreau:vintage"] = layer.vintage;
    document["carreau:updated"] = layer.updated;
    document["carreau:minZoom"] = layer.min_zoom;
    document["carreau:maxZoom"] = layer.max_zoom;
    document["carreau:geometryType"] = layer.has_geometry() ? std::string(gis::to_string(layer.geometry_type)) : "";
    document["carreau:labelField"] = layer.label_field.empty() ? layer.id_column : layer.label_field;
    document["carreau:idField"] = layer.id_column;
    if (!layer.picture_column.empty()) document["carreau:pictureField"] = layer.picture_column;
    if (const gis::Field* field = layer.time_field()) document["carreau:timeField"] = field->name;
    if (layer.belongs_to_missions()) document["carreau:missionField"] = gis::mission_field;
    document["carreau:licence"] = layer.licence;
    document["carreau:attribution"] = layer.attribution;
    document["links"] = std::move(links);
    return document;
}

}  // namespace api
