// Vector tiles by XYZ address and by OGC API – Tiles, TileJSON 3.0. The tiles themselves: tile_answer.cpp.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "gis/error.hpp"
#include "gis/query/tile_sql.hpp"
#include "server/api/documents.hpp"
#include "server/api/handlers.hpp"
#include "server/api/parameters.hpp"
#include "server/api/tile_answer.hpp"
#include "server/api/tileset_facts.hpp"
#include "tiles/grid/tile_coord.hpp"

namespace api {

namespace {

constexpr std::size_t max_layers = 20;
constexpr std::string_view quad = "WebMercatorQuad";
constexpr std::string_view quad_uri = "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad";
constexpr double scale_zero = 559082264.028717;  // denominator of zoom 0 (OGC 17-083r4, annex D.1)
constexpr double cell_zero = 156543.033928041;   // metres

std::vector<const gis::Layer*> require_layers(const gis::Catalog& catalog, const std::string& names) {
    std::vector<const gis::Layer*> layers;
    std::size_t begin = 0;
    while (begin <= names.size()) {
        const std::size_t end = std::min(names.find(',', begin), names.size());
        const gis::Layer* layer = &require_layer(catalog, names.substr(begin, end - begin));
        if (std::find(layers.begin(), layers.end(), layer) == layers.end()) layers.push_back(layer);
        if (layers.size() > max_layers)
            throw gis::InvalidRequest("layers", fmt::format("at most {} layers in a tile", max_layers));
        begin = end + 1;
    }
    return layers;
}

Json matrix(int z) {
    const double scale = std::exp2(z);
    const auto count = static_cast<std::int64_t>(scale);
    return {{"id", std::to_string(z)},
            {"scaleDenominator", scale_zero / scale},
            {"cellSize", cell_zero / scale},
            {"cornerOfOrigin", "topLeft"},
            {"pointOfOrigin", {-20037508.3427892, 20037508.3427892}},
            {"tileWidth", 256},
            {"tileHeight", 256},
            {"matrixWidth", count},
            {"matrixHeight", count}};
}

void require_quad(const std::string& set) {
    if (set != quad)
        throw gis::NotFound(fmt::format("there is no tile matrix set '{}'; expected {}", set.substr(0, 100), quad));
}

const gis::Layer& require_tiles(const gis::Layer& layer) {
    if (!layer.has_geometry()) throw gis::NotFound(fmt::format("'{}' has no geometry, so no tiles", layer.name));
    return layer;
}

Json tileset_document(const gis::Layer& layer, const std::string& base_url) {
    const std::string url = base_url + "/collections/" + layer.name + "/tiles/" + std::string(quad);
    Json links = Json::array(
        {link(url, "self", "application/json"),
         link(std::string(quad_uri), "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme", "application/json"),
         link(base_url + "/tileMatrixSets/" + std::string(quad), "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme",
              "application/json")});
    Json item = link(url + "/{tileMatrix}/{tileRow}/{tileCol}", "item", mvt_type, layer.title);
    item["templated"] = true;
    links.push_back(std::move(item));
    Json document{{"title", layer.title},
                  {"dataType", "vector"},
                  {"crs", "http://www.opengis.net/def/crs/EPSG/0/3857"},
                  {"tileMatrixSetId", quad},
                  {"tileMatrixSetURI", quad_uri}};
    if (layer.extent) {
        Json limits = Json::array();
        for (int z = layer.min_zoom; z <= layer.max_zoom; ++z) {
            const tiles::TileRange range = tiles::tiles_covering(*layer.extent, z);
            limits.push_back({{"tileMatrix", std::to_string(z)},
                              {"minTileRow", range.min_y},
                              {"maxTileRow", range.max_y},
                              {"minTileCol", range.min_x},
                              {"maxTileCol", range.max_x}});
        }
        document["tileMatrixSetLimits"] = std::move(limits);
        document["boundingBox"] = {{"lowerLeft", {layer.extent->west, layer.extent->south}},
                                   {"upperRight", {layer.extent->east, layer.extent->north}},
                                   {"crs", gis::crs84().uri()}};
    }
    document["layers"] = Json::array({{{"id", layer.name}, {"dataType", "vector"}, {"title", layer.title}}});
    document["links"] = std::move(links);
    return document;
}

}  // namespace

Answer tile(const Services& services, CallPtr call) {
    const http::RequestPtr& request = call->request;
    const tiles::TileCoord coord =
        tiles::parse_tile_coord(request->param("z"), request->param("x"), request->param("y"));
    require_known(*request, {"f"});
    auto layers = require_layers(*call->known.catalog, request->param("layers"));
    return answer_tile(services, std::move(call), std::move(layers), coord);
}

Answer collection_tile(const Services& services, CallPtr call) {
    const http::RequestPtr& request = call->request;
    require_quad(request->param("set"));
    const tiles::TileCoord coord =
        tiles::parse_tile_coord(request->param("z"), request->param("x"), request->param("y"));
    require_known(*request, {"f"});
    const gis::Layer& layer = require_layer(*call->known.catalog, request->param("layer"));
    return answer_tile(services, std::move(call), {&layer}, coord);
}

Answer tile_json(const Services&, CallPtr call) {
    const http::RequestPtr& request = call->request;
    require_known(*request, {"f"});
    const live::Snapshot& known = call->known;
    const std::string names = request->param("layers");
    const auto layers = require_layers(*known.catalog, names);
    for (const gis::Layer* layer : layers) require_tiles(*layer);
    TilesetFacts facts = tileset_facts(layers);
    Json document{{"tilejson", "3.0.0"},
                  {"name", facts.title},
                  {"scheme", "xyz"},
                  {"tiles", {request->base_url + "/tiles/" + names + "/{z}/{x}/{y}.mvt"}},
                  {"minzoom", facts.min_zoom},
                  {"maxzoom", facts.max_zoom},
                  {"vector_layers", std::move(facts.vector_layers)}};
    if (!facts.attribution.empty()) document["attribution"] = facts.attribution;
    if (const auto& box = facts.extent) {
        document["bounds"] = {box->west, box->south, box->east, box->north};
        document["center"] = {(box->west + box->east) / 2, (box->south + box->north) / 2,
                              std::min(facts.max_zoom, std::max(facts.min_zoom, 12))};
    }
    co_return json_response(document);
}

Answer collection_tilesets(const Services&, CallPtr call) {
    const http::RequestPtr& request = call->request;
    require_known(*request, {"f"});
    const live::Snapshot& known = call->known;
    const gis::Layer& layer = require_tiles(require_layer(*known.catalog, request->param("layer")));
    const std::string url = request->base_url + "/collections/" + layer.name + "/tiles";
    Json entry{
        {"title", layer.title},
        {"dataType", "vector"},
        {"crs", "http://www.opengis.net/def/crs/EPSG/0/3857"},
        {"tileMatrixSetId", quad},
        {"tileMatrixSetURI", quad_uri},
        {"links", Json::array({link(url + "/" + std::string(quad), "self", "application/json"),
                               link(request->base_url + "/tileMatrixSets/" + std::string(quad),
                                    "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme", "application/json")})}};
    co_return json_response({{"links", Json::array({link(url, "self", "application/json")})},
                             {"tilesets", Json::array({std::move(entry)})}});
}

Answer collection_tileset(const Services&, CallPtr call) {
    const http::RequestPtr& request = call->request;
    require_known(*request, {"f"});
    require_quad(request->param("set"));
    const live::Snapshot& known = call->known;
    co_return json_response(
        tileset_document(require_tiles(require_layer(*known.catalog, request->param("layer"))), request->base_url));
}

Answer tile_matrix_sets(const Services&, RequestPtr request) {
    require_known(*request, {"f"});
    const std::string url = request->base_url + "/tileMatrixSets";
    co_return json_response(
        {{"tileMatrixSets",
          Json::array({{{"id", quad},
                        {"title", "Google Maps Compatible for the World"},
                        {"uri", quad_uri},
                        {"links", Json::array({link(url + "/" + std::string(quad), "self", "application/json")})}}})}});
}

Answer tile_matrix_set(const Services&, RequestPtr request) {
    require_known(*request, {"f"});
    require_quad(request->param("set"));
    Json matrices = Json::array();
    for (int z = 0; z <= tiles::max_zoom; ++z) matrices.push_back(matrix(z));
    co_return json_response({{"id", quad},
                             {"title", "Google Maps Compatible for the World"},
                             {"uri", quad_uri},
                             {"crs", "http://www.opengis.net/def/crs/EPSG/0/3857"},
                             {"orderedAxes", {"X", "Y"}},
                             {"wellKnownScaleSet", "http://www.opengis.net/def/wkss/OGC/1.0/GoogleMapsCompatible"},
                             {"tileMatrices", std::move(matrices)}});
}

}  // namespace api
