// OGC API – Features: the collections.

#include <algorithm>

#include "gis/error.hpp"
#include "server/api/documents.hpp"
#include "server/api/handlers.hpp"
#include "server/api/html.hpp"
#include "server/api/inspire_links.hpp"
#include "server/api/parameters.hpp"

namespace api {

namespace {

std::string theme_title(const std::string& theme) {
    static const std::map<std::string, std::string, std::less<>> titles{
        {"org", "Territoire"},     {"cadastre", "Cadastre"},  {"risque", "Risques"},         {"urba", "Urbanisme"},
        {"ads", "Droit des sols"}, {"archeo", "Archéologie"}, {"topo", "Plan topographique"}};
    const auto found = titles.find(theme);
    return found == titles.end() ? theme : found->second;
}

/// Layers that hold something first, for clients that open whatever is on top; else as they are drawn, lowest first.
std::vector<const gis::Layer*> in_listed_order(const gis::Catalog& catalog) {
    std::vector<const gis::Layer*> listed;
    for (const gis::Layer& layer : catalog.layers()) listed.push_back(&layer);
    std::ranges::stable_partition(listed, [](const gis::Layer* layer) { return layer->extent.has_value(); });
    return listed;
}

Response html_collections(const gis::Catalog& catalog, const std::string& base_url) {
    std::string body =
        "<div class=\"table\"><table><thead><tr><th>Couche</th><th>Thème</th><th>Description</th></tr></thead><tbody>";
    for (const gis::Layer* layer : in_listed_order(catalog)) {
        body += "<tr><td>" + anchor(base_url + "/collections/" + layer->name + "?f=html", layer->title) + "</td><td>" +
                escape_html(theme_title(layer->theme)) + "</td><td>" + escape_html(layer->description) + "</td></tr>";
    }
    return html_page(base_url, "Collections", {}, body + "</tbody></table></div>");
}

Response html_collection(const gis::Layer& layer, const std::string& base_url) {
    const std::string url = base_url + "/collections/" + layer.name;
    std::string body = "<p>" + escape_html(layer.description) + "</p>";
    if (layer.fictive) body += "<p class=\"note\">Données de démonstration fictives</p>";
    body += "<p>" + anchor(url + "/items?f=html", "Voir les objets") + " · " +
            anchor(url + "/items?f=json", "GeoJSON") + " · " +
            anchor(base_url + "/tiles/" + layer.name + ".json", "TileJSON") + "</p>";
    body += "<dl><dt>Licence</dt><dd>" + escape_html(layer.licence) + "</dd><dt>Système de coordonnées</dt><dd>" +
            escape_html(layer.has_geometry() ? layer.crs.name + " (" + layer.crs.code() + ")" : "sans géométrie") +
            "</dd></dl>";
    body +=
        "<div "
        "class=\"table\"><table><thead><tr><th>Champ</th><th>Titre</th><th>Type</th><th>Description</th></tr></"
        "thead><tbody>";
    for (const gis::Field& field : layer.fields) {
        body += "<tr><td><code>" + escape_html(field.name) + "</code></td><td>" + escape_html(field.title) +
                "</td><td>" + std::string(gis::to_string(field.type)) + "</td><td>" + escape_html(field.description) +
                "</td></tr>";
    }
    return html_page(base_url, layer.title, {{"Collections", base_url + "/collections?f=html"}},
                     body + "</tbody></table></div>");
}

Json collection_document(const gis::Layer& layer, const std::vector<InspireDataSet>& data_sets,
                         const Services& services, const Call& call) {
    Json document = describe_collection(layer, services.offered_crs, call.request->base_url, call.caller->scope);
    add_inspire_links(document["links"], layer, data_sets, *call.request);
    return document;
}

}  // namespace

Answer collections(const Services& services, CallPtr call) {
    const http::RequestPtr& request = call->request;
    require_known(*request, {"f"});
    const live::Snapshot& known = call->known;
    if (representation(*request) == Representation::AsHtml)
        co_return html_collections(*known.catalog, request->base_url);
    Json list = Json::array();
    const std::vector<InspireDataSet> data_sets = inspire_data_sets(services, *call);
    for (const gis::Layer* layer : in_listed_order(*known.catalog))
        list.push_back(collection_document(*layer, data_sets, services, *call));
    Json links = document_links(request->base_url + "/collections");
    add_inspire_links(links, data_sets, services, *call);
    Json uris = Json::array();
    for (const gis::Crs& crs : services.offered_crs) uris.push_back(crs.uri());
    co_return json_response({{"links", std::move(links)},
                             {"carreau:revision", known.revision()},
                             {"crs", std::move(uris)},
                             {"collections", std::move(list)}});
}

Answer collection(const Services& services, CallPtr call) {
    const http::RequestPtr& request = call->request;
    require_known(*request, {"f"});
    const live::Snapshot& known = call->known;
    const gis::Layer& layer = require_layer(*known.catalog, request->param("layer"));
    if (representation(*request) == Representation::AsHtml) co_return html_collection(layer, request->base_url);
    co_return json_response(collection_document(layer, inspire_data_sets(services, *call), services, *call));
}

}  // namespace api
