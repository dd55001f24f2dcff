#include "server/api/openapi.hpp"

#include <algorithm>

#include "gis/write/formats.hpp"
#include "server/api/filter_parameters.hpp"
#include "server/api/openapi_edits.hpp"
#include "server/api/openapi_jobs.hpp"
#include "server/api/openapi_parts.hpp"
#include "server/api/openapi_rasters.hpp"
#include "server/api/openapi_records.hpp"
#include "server/api/parameters.hpp"

namespace api {

namespace {

using openapi::component;
using openapi::operation;
using openapi::path_parameter;
using openapi::problem;
using openapi::query_parameter;

std::string_view json_type_of(gis::FieldType type) {
    switch (type) {
        case gis::FieldType::Integer:
            return "integer";
        case gis::FieldType::Number:
            return "number";
        case gis::FieldType::Boolean:
            return "boolean";
        default:
            return "string";
    }
}

Json shared_parameters(const std::vector<gis::Crs>& offered) {
    Json uris = Json::array();
    for (const gis::Crs& crs : offered) uris.push_back(crs.uri());
    const Json crs_schema{{"type", "string"}, {"format", "uri"}, {"default", gis::crs84().uri()}};
    Json limit =
        query_parameter("limit", "Features in a page.",
                        {{"type", "integer"}, {"minimum", 1}, {"maximum", max_limit}, {"default", default_limit}});
    return {
        {"f", query_parameter("f", "Format of the answer; without it the Accept header decides.",
                              {{"type", "string"}, {"enum", {"json", "html"}}})},
        {"limit", std::move(limit)},
        {"bbox",
         query_parameter("bbox", "Only features that intersect the box, in the axis order of bbox-crs.",
                         {{"type", "array"}, {"minItems", 4}, {"maxItems", 6}, {"items", {{"type", "number"}}}})},
        {"bbox-crs", query_parameter("bbox-crs", "CRS of bbox.", crs_schema)},
        {"crs", query_parameter("crs", "CRS of the coordinates in the answer.", crs_schema)},
        {"datetime", query_parameter("datetime", "A date-time or an interval, RFC 3339; '..' for an open end.",
                                     {{"type", "string"}})},
        {"as-of", query_parameter("as-of", "The features as they were recorded at that instant, RFC 3339.",
                                  {{"type", "string"}})},
        {"filter", query_parameter("filter", "A condition on the queryables, in the language of filter-lang.",
                                   {{"type", "string"}})},
        {"filter-lang",
         query_parameter(
             "filter-lang", "Language of filter (OGC 21-065r2).",
             {{"type", "string"}, {"enum", {"cql2-text", "cql2-json", "cql-text"}}, {"default", "cql2-text"}})},
        {"filter-crs", query_parameter("filter-crs", "CRS of the geometries in filter.", crs_schema)},
        {"token", query_parameter("token", "Where a page begins, as the 'next' link gives it.", {{"type", "string"}})}};
}

/// `f` of pages of features: the formats that are streamed, and HTML.
Json page_format_parameter() {
    Json names = Json::array({"json", "html"});
    for (const gis::Format& format : gis::formats()) {
        if (format.is_streamed()) names.push_back(format.name);
    }
    return query_parameter("f", "Format of the answer; without it the Accept header decides.",
                           {{"type", "string"}, {"enum", std::move(names)}});
}

Json items_parameters(const gis::Layer& layer) {
    Json parameters = Json::array({page_format_parameter()});
    for (const char* name :
         {"limit", "bbox", "bbox-crs", "crs", "datetime", "as-of", "filter", "filter-lang", "filter-crs", "token"})
        parameters.push_back(component(std::string("parameters/") + name));
    Json names = Json::array();
    Json orders = Json::array();
    for (const gis::Field& field : layer.fields) {
        names.push_back(field.name);
        for (const char* sign : {"", "+", "-"}) orders.push_back(sign + field.name);
    }
    const auto list_of = [](const Json& values) {
        return Json{{"type", "array"}, {"minItems", 1}, {"items", {{"type", "string"}, {"enum", values}}}};
    };
    if (!names.empty()) {
        parameters.push_back(query_parameter(
            "sortby", "Sortables in order, '+' (ascending) or '-' (descending) before each.", list_of(orders)));
        parameters.push_back(query_parameter("properties", "Only these properties.", list_of(names)));
    }
    const auto& own = items_parameter_names();
    for (const gis::Field& field : layer.fields) {
        if (std::find(own.begin(), own.end(), field.name) != own.end()) continue;
        parameters.push_back(query_parameter(field.name, field.title, {{"type", json_type_of(field.type)}}));
    }
    return parameters;
}

/// OGC 20-057, table 11: what the operation ids of tiles end with.
void add_tile_paths(Json& paths, const gis::Layer& layer) {
    const std::string path = "/collections/" + layer.name + "/tiles";
    const std::string id = layer.name + ".collection.vector.";
    const Json set =
        path_parameter("tileMatrixSetId", "Tile matrix set.", {{"type", "string"}, {"enum", {"WebMercatorQuad"}}});
    const Json whole{{"type", "integer"}, {"minimum", 0}};
    const Json f = component("parameters/f");
    paths[path] = operation(id + "getTileSetsList", layer.title + ": tilesets", layer.theme, Json::array({f}),
                            "application/json");
    paths[path + "/{tileMatrixSetId}"] = operation(id + "getTileSet", layer.title + ": a tileset", layer.theme,
                                                   Json::array({set, f}), "application/json");
    paths[path + "/{tileMatrixSetId}/{tileMatrix}/{tileRow}/{tileCol}"] =
        operation(id + "getTile", layer.title + ": a vector tile", layer.theme,
                  Json::array({set, path_parameter("tileMatrix", "Zoom.", whole),
                               path_parameter("tileRow", "Row.", whole), path_parameter("tileCol", "Column.", whole)}),
                  mvt_type, {{"type", "string"}, {"format", "binary"}});
}

/// As a page, without its size and place; `f` names every format.
Json export_parameters(const gis::Layer& layer) {
    Json names = Json::array();
    for (const gis::Format& format : gis::formats()) names.push_back(format.name);
    Json parameters = Json::array(
        {query_parameter("f", "Format of the file; without it the Accept header decides.",
                         {{"type", "string"}, {"enum", std::move(names)}, {"default", gis::formats().front().name}})});
    for (Json& parameter : items_parameters(layer)) {
        const std::string reference = parameter.value("$ref", "");
        const bool only_of_pages =
            parameter.value("name", "") == "f" || reference.ends_with("/limit") || reference.ends_with("/token");
        if (!only_of_pages) parameters.push_back(std::move(parameter));
    }
    return parameters;
}

void add_picture_paths(Json& paths, const gis::Layer& layer) {
    const struct {
        const char* name;
        const char* summary;
    } pictures[] = {{"thumbnail", "thumbnail of the feature's photo, 320 pixels at most"},
                    {"photo", "photo of the feature, without its private metadata"},
                    {"original", "photo as it was deposited, for who has the right to deposit there"}};
    for (const auto& [name, summary] : pictures) {
        paths["/collections/" + layer.name + "/items/{featureId}/" + name] =
            operation(std::string(name) + "." + layer.name, layer.title + ": " + summary, layer.theme,
                      Json::array({path_parameter("featureId", "Id of the feature.", {{"type", "string"}})}),
                      "image/jpeg", {{"type", "string"}, {"format", "binary"}});
    }
}

}  // namespace

Json openapi_document(const gis::Catalog& catalog, const Services& services, const std::string& base_url) {
    const Json f = Json::array({component("parameters/f")});
    Json paths;
    paths["/"] = operation("landing", "Landing page", "Capabilities", f, "application/json");
    paths["/conformance"] = operation("conformance", "Conformance classes", "Capabilities", f, "application/json");
    paths["/api"] = operation("api", "This description", "Capabilities", f, std::string(openapi_type));
    paths["/collections"] = operation("collections", "All layers", "Capabilities", f, "application/json");
    for (const gis::Layer& layer : catalog.layers()) {
        const std::string path = "/collections/" + layer.name;
        paths[path] = operation("collection." + layer.name, layer.title, layer.theme, f, "application/json");
        paths[path + "/schema"] =
            operation("schema." + layer.name, layer.title + ": schema", layer.theme, f, schema_type);
        paths[path + "/queryables"] =
            operation("queryables." + layer.name, layer.title + ": what filters may name", layer.theme, f, schema_type);
        paths[path + "/sortables"] =
            operation("sortables." + layer.name, layer.title + ": what sortby may name", layer.theme, f, schema_type);
        paths[path + "/items"] =
            operation("items." + layer.name, layer.title + ": features", layer.theme, items_parameters(layer),
                      geojson_type, component("schemas/featureCollection"));
        paths[path + "/items/{featureId}"] = operation(
            "item." + layer.name, layer.title + ": one feature", layer.theme,
            Json::array({path_parameter("featureId", "Id of the feature.", {{"type", "string"}}),
                         component("parameters/crs"), component("parameters/f"), component("parameters/as-of")}),
            geojson_type, component("schemas/feature"));
        if (!layer.picture_column.empty()) add_picture_paths(paths, layer);
        add_edit_operations(paths, layer);
        if (layer.has_geometry()) add_tile_paths(paths, layer);
    }
    for (const gis::Layer& layer : catalog.layers()) {
        paths["/collections/" + layer.name + "/export"] = operation(
            "export." + layer.name, layer.title + ": all features as one file, for who has the right to export",
            layer.theme, export_parameters(layer), geojson_type, {{"type", "string"}, {"format", "binary"}});
    }
    const Json integer{{"type", "integer"}, {"minimum", 0}};
    paths["/tiles/{layers}/{z}/{x}/{y}.mvt"] = operation(
        "tile", "A vector tile (WebMercatorQuad) of one layer or several, separated by commas", "Tiles",
        Json::array({path_parameter("layers", "Layers.", {{"type", "string"}}), path_parameter("z", "Zoom.", integer),
                     path_parameter("x", "Column.", integer), path_parameter("y", "Row.", integer)}),
        mvt_type, {{"type", "string"}, {"format", "binary"}});
    paths["/tileMatrixSets"] = operation("tileMatrixSets", "Tile matrix sets", "Tiles", f, "application/json");
    paths["/styles"] = operation("styles", "Styles for MapLibre and QGIS", "Styles", f, "application/json");
    add_record_paths(paths);
    add_raster_paths(paths);
    add_job_paths(paths);
    paths["/search"] = operation(
        "search", "Communes, parcels and places by what people type", "Search",
        Json::array({query_parameter("q", "What is looked for.", {{"type", "string"}, {"maxLength", 200}}),
                     query_parameter("limit", "Results at most.",
                                     {{"type", "integer"}, {"minimum", 1}, {"maximum", 50}, {"default", 10}})}),
        "application/json");

    const Json link_schema{{"type", "object"},
                           {"required", {"href", "rel"}},
                           {"properties",
                            {{"href", {{"type", "string"}}},
                             {"rel", {{"type", "string"}}},
                             {"type", {{"type", "string"}}},
                             {"title", {{"type", "string"}}}}}};
    const Json feature{{"type", "object"},
                       {"required", {"type", "geometry", "properties"}},
                       {"properties",
                        {{"type", {{"type", "string"}, {"enum", {"Feature"}}}},
                         {"id", {{"oneOf", Json::array({{{"type", "string"}}, {{"type", "integer"}}})}}},
                         {"geometry", {{"type", "object"}, {"nullable", true}}},
                         {"properties", {{"type", "object"}, {"nullable", true}}}}}};
    const Json collection{{"type", "object"},
                          {"required", {"type", "features"}},
                          {"properties",
                           {{"type", {{"type", "string"}, {"enum", {"FeatureCollection"}}}},
                            {"numberMatched", integer},
                            {"numberReturned", integer},
                            {"links", {{"type", "array"}, {"items", component("schemas/link")}}},
                            {"features", {{"type", "array"}, {"items", component("schemas/feature")}}}}}};
    const Json problem_schema{{"type", "object"},
                              {"properties",
                               {{"title", {{"type", "string"}}},
                                {"status", {{"type", "integer"}}},
                                {"detail", {{"type", "string"}}},
                                {"instance", {{"type", "string"}}}}}};
    return {{"openapi", "3.0.3"},
            {"info",
             {{"title", "Carreau"},
              {"description", "Serveur d'information géographique partagé"},
              {"version", services.version},
              {"contact", {{"name", services.contact}}},
              {"license", {{"name", "Apache 2.0"}}}}},
            {"servers", Json::array({{{"url", base_url}}})},
            {"paths", std::move(paths)},
            {"components",
             {{"parameters", shared_parameters(services.offered_crs)},
              {"schemas",
               {{"link", link_schema},
                {"feature", feature},
                {"featureCollection", collection},
                {"problem", problem_schema}}},
              {"responses",
               {{"Invalid", problem("A parameter is wrong; the detail names it")},
                {"NotFound", problem("There is no such thing")},
                {"Failure", problem("The server failed")},
                {"Unavailable", problem("Try again later")}}}}}};
}

}  // namespace api
