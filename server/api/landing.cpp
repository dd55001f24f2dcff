// The landing page, the conformance declaration, the API description, and the portal's files.

#include <fmt/format.h>

#include <boost/algorithm/string/case_conv.hpp>

#include "gis/error.hpp"
#include "server/api/documents.hpp"
#include "server/api/handlers.hpp"
#include "server/api/html.hpp"
#include "server/api/openapi.hpp"
#include "server/api/parameters.hpp"

namespace api {

namespace {

constexpr std::string_view product = "Carreau";
constexpr std::string_view about = "Serveur d'information géographique partagé";

// MapLibre compiles its shaders from blobs; everything else is our own.
constexpr std::string_view portal_policy =
    "default-src 'self'; img-src 'self' data: blob:; worker-src 'self' blob:; style-src 'self' 'unsafe-inline'; "
    "connect-src 'self'; "
    "base-uri 'self'; object-src 'none'; frame-ancestors 'self'";

Response with_policy(Response page) {
    page.set_header("Content-Security-Policy", std::string(portal_policy));
    return page;
}

Json landing_document(const std::string& base) {
    Json links = document_links(base + "/");
    links.push_back(link(base + "/api?f=json", "service-desc", openapi_type, "Description de l'API (OpenAPI 3.0)"));
    links.push_back(link(base + "/api?f=html", "service-doc", "text/html", "Documentation de l'API"));
    links.push_back(link(base + "/conformance", "conformance", "application/json", "Classes de conformité"));
    links.push_back(link(base + "/collections", "data", "application/json", "Couches"));
    links.push_back(
        link(base + "/conformance", "http://www.opengis.net/def/rel/ogc/1.0/conformance", "application/json"));
    links.push_back(link(base + "/collections", "http://www.opengis.net/def/rel/ogc/1.0/data", "application/json"));
    links.push_back(
        link(base + "/tileMatrixSets", "http://www.opengis.net/def/rel/ogc/1.0/tiling-schemes", "application/json"));
    links.push_back(
        link(base + "/styles", "http://www.opengis.net/def/rel/ogc/1.0/styles", "application/json", "Styles"));
    links.push_back(
        link(base + "/wfs?service=WFS&request=GetCapabilities", "related", "text/xml", "WFS 2.0.0, 1.1.0, 1.0.0"));
    links.push_back(link(base + "/catalogue", "related", "application/ld+json", "Catalogue DCAT-AP"));
    links.push_back(link(base + "/records", "related", "application/json", "Fiches (OGC API – Records)"));
    links.push_back(link(base + "/csw?service=CSW&version=2.0.2&request=GetCapabilities", "related", "application/xml",
                         "Service de découverte (CSW 2.0.2)"));
    links.push_back(
        link(base + "/atom", "related", "application/atom+xml", "Service de téléchargement INSPIRE (Atom)"));
    return {{"title", product}, {"description", about}, {"links", std::move(links)}};
}

Response html_landing(const std::string& base) {
    return html_page(base, std::string(product), {},
                     "<p>" + std::string(about) + ".</p><ul><li>" + anchor(base + "/", "La carte") + "</li><li>" +
                         anchor(base + "/collections?f=html", "Les couches") + "</li><li>" +
                         anchor(base + "/api?f=html", "L'API") + "</li><li>" +
                         anchor(base + "/styles", "Les styles (MapLibre, QGIS)") +
                         "</li></ul><p>Adresse à donner à QGIS "
                         "(OGC API – Features) : <code>" +
                         escape_html(base) + "/</code>, (WFS) : <code>" + escape_html(base) + "/wfs</code></p>");
}

const std::vector<std::string>& conformance_classes() {
    static const std::vector<std::string> classes = [] {
        std::vector<std::string> uris;
        for (const char* name : {"core", "geojson", "html", "oas30"})
            uris.push_back(fmt::format("http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/{}", name));
        uris.emplace_back("http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs");
        for (const char* name : {"filter", "features-filter", "queryables", "queryables-query-parameters"})
            uris.push_back(fmt::format("http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/{}", name));
        for (const char* name :
             {"schemas", "advanced-property-roles", "returnables-and-receivables", "queryables", "sortables"})
            uris.push_back(fmt::format("http://www.opengis.net/spec/ogcapi-features-5/1.0/conf/{}", name));
        for (const char* name : {"sortables", "sorting", "features-sorting"})
            uris.push_back(fmt::format("http://www.opengis.net/spec/ogcapi-features-8/1.0/conf/{}", name));
        // basic-spatial-operators: the name of drafts, which QGIS looks for.
        for (const char* name :
             {"cql2-text", "cql2-json", "basic-cql2", "advanced-comparison-operators", "case-insensitive-comparison",
              "accent-insensitive-comparison", "basic-spatial-functions", "basic-spatial-functions-plus",
              "basic-spatial-operators", "spatial-functions", "temporal-functions", "property-property", "arithmetic"})
            uris.push_back(fmt::format("http://www.opengis.net/spec/cql2/1.0/conf/{}", name));
        for (const char* name : {"create-replace-delete", "update", "optimistic-locking-etags", "features"})
            uris.push_back(fmt::format("http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/{}", name));
        for (const char* name : {"core", "html", "json", "landing-page", "oas30"})
            uris.push_back(fmt::format("http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/{}", name));
        uris.emplace_back("http://www.opengis.net/spec/ogcapi-common-2/1.0/conf/collections");
        for (const char* name : {"core", "tileset", "tilesets-list", "geodata-tilesets", "mvt"})
            uris.push_back(fmt::format("http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/{}", name));
        return uris;
    }();
    return classes;
}

}  // namespace

Answer landing(const Services& services, RequestPtr request) {
    if (representation(*request) == Representation::AsJson) {
        require_known(*request, {"f"});
        co_return json_response(landing_document(request->base_url));
    }
    if (!request->query_value("f")) {
        if (auto page = services.portal.find("index.html")) co_return with_policy(std::move(*page));
    }
    co_return html_landing(request->base_url);
}

Answer conformance(const Services&, RequestPtr request) {
    require_known(*request, {"f"});
    if (representation(*request) == Representation::AsHtml) {
        std::string body = "<ul>";
        for (const std::string& uri : conformance_classes()) body += "<li><code>" + escape_html(uri) + "</code></li>";
        co_return html_page(request->base_url, "Conformité", {}, body + "</ul>");
    }
    co_return json_response(
        {{"links", document_links(request->base_url + "/conformance")}, {"conformsTo", conformance_classes()}});
}

Answer api_description(const Services& services, CallPtr call) {
    const http::RequestPtr& request = call->request;
    require_known(*request, {"f"});
    const live::Snapshot& known = call->known;
    const Json document = openapi_document(*known.catalog, services, request->base_url);
    if (representation(*request) == Representation::AsJson) co_return json_response(document, openapi_type);
    std::string body = "<p>" + anchor(request->base_url + "/api?f=json", "Description OpenAPI 3.0 (JSON)") +
                       "</p><div class=\"table\"><table><thead><tr><th>Chemin</th><th>Réponse</th></tr></thead><tbody>";
    for (const auto& [path, methods] : document.at("paths").items()) {
        for (const auto& [method, operation] : methods.items()) {
            if (!operation.is_object() || !operation.contains("summary")) continue;
            const std::string shown = method == "get" ? "" : boost::algorithm::to_upper_copy(method) + " ";
            body += "<tr><td><code>" + escape_html(shown + path) + "</code></td><td>" +
                    escape_html(operation.at("summary").get<std::string>()) + "</td></tr>";
        }
    }
    co_return html_page(request->base_url, "L'API", {}, body + "</tbody></table></div>");
}

Answer portal_file(const Services& services, RequestPtr request) {
    auto file = services.portal.find(request->path);
    if (!file) throw nothing_at(*request);
    co_return with_policy(std::move(*file));
}

}  // namespace api
