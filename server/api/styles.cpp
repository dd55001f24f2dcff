// Map styles for MapLibre and QGIS, composed from the layers' declarations.

#include <fmt/format.h>

#include <algorithm>

#include "gis/error.hpp"
#include "gis/query/tile_sql.hpp"
#include "server/api/documents.hpp"
#include "server/api/handlers.hpp"
#include "server/api/parameters.hpp"

namespace api {

namespace {

constexpr std::string_view style_type = "application/vnd.mapbox.style+json";
constexpr std::string_view portal_style = "portail";
constexpr std::string_view background = "#f4f1ea";

/// What a layer without a style of its own looks like.
Json default_fragments(const gis::Layer& layer) {
    const auto legend = [&](Json fragment) {
        fragment["metadata"] = {{"carreau:legend", {{"label", layer.title}, {"order", 1}}}};
        return fragment;
    };
    const Json circle = legend({{"type", "circle"},
                                {"paint",
                                 {{"circle-radius", 4},
                                  {"circle-color", "#7a4fa3"},
                                  {"circle-stroke-color", "#ffffff"},
                                  {"circle-stroke-width", 1}}}});
    const Json line = legend({{"type", "line"}, {"paint", {{"line-color", "#7a4fa3"}, {"line-width", 1.5}}}});
    const Json fill =
        legend({{"type", "fill"},
                {"paint", {{"fill-color", "#7a4fa3"}, {"fill-opacity", 0.25}, {"fill-outline-color", "#7a4fa3"}}}});
    switch (layer.geometry_type) {
        case gis::GeometryType::Point:
        case gis::GeometryType::MultiPoint:
            return Json::array({circle});
        case gis::GeometryType::LineString:
        case gis::GeometryType::MultiLineString:
            return Json::array({line});
        case gis::GeometryType::Polygon:
        case gis::GeometryType::MultiPolygon:
            return Json::array({fill});
        case gis::GeometryType::Any:
            break;
    }
    const auto only = [](Json fragment, std::string_view type) {
        fragment["filter"] = {"==", {"geometry-type"}, type};
        return fragment;
    };
    return Json::array({only(fill, "Polygon"), only(line, "LineString"), only(circle, "Point")});
}

void add_layer(Json& style, const gis::Layer& layer, const std::string& base_url, bool shown) {
    Json source{{"type", "vector"},
                {"tiles", {base_url + "/tiles/" + layer.name + "/{z}/{x}/{y}.mvt"}},
                {"minzoom", layer.min_zoom},
                {"maxzoom", layer.max_zoom}};
    if (layer.extent)
        source["bounds"] = {layer.extent->west, layer.extent->south, layer.extent->east, layer.extent->north};
    if (!layer.attribution.empty()) source["attribution"] = layer.attribution;
    if (layer.id_type != gis::FieldType::Integer) source["promoteId"] = layer.id_column;
    style["sources"][layer.name] = std::move(source);

    Json fragments = Json::parse(layer.style, nullptr, false);
    if (!fragments.is_array() || fragments.empty()) fragments = default_fragments(layer);
    // A polygon drawn by its outline alone could not be clicked inside.
    const bool has_fill = std::any_of(fragments.begin(), fragments.end(),
                                      [](const Json& f) { return f.is_object() && f.value("type", "") == "fill"; });
    if (layer.is_polygonal() && !has_fill) {
        fragments.insert(fragments.begin(),
                         Json{{"type", "fill"}, {"paint", {{"fill-color", "#000000"}, {"fill-opacity", 0}}}});
    }
    int number = 0;
    for (const Json& fragment : fragments) {
        if (!fragment.is_object() || !fragment.contains("type")) continue;
        Json entry{{"id", fmt::format("{}-{}", layer.name, ++number)},
                   {"type", fragment["type"]},
                   {"source", layer.name},
                   {"source-layer", layer.name}};
        if (!fragment.contains("minzoom")) entry["minzoom"] = layer.min_zoom;
        entry.update(fragment);
        if (fragment["type"] == "symbol" && layer.is_polygonal()) entry["source-layer"] = gis::label_layer_name(layer);
        entry["id"] = fmt::format("{}-{}", layer.name, number);
        entry["metadata"]["carreau:layer"] = layer.name;
        if (!shown) entry["layout"]["visibility"] = "none";
        style["layers"].push_back(std::move(entry));
    }
}

/// Text above everything: a polygon layer never hides another's labels.
int drawing_rank(const Json& entry) {
    return entry["type"] == "symbol" ? 1 : 0;
}

Json compose(const std::vector<const gis::Layer*>& layers, const std::string& title, const std::string& base_url,
             const gis::Catalog& catalog) {
    Json style{
        {"version", 8},
        {"name", title},
        {"metadata", {{"carreau:style", title}}},
        {"sources", Json::object()},
        {"layers",
         Json::array({{{"id", "fond"}, {"type", "background"}, {"paint", {{"background-color", background}}}}})}};
    for (const gis::Layer& layer : catalog.layers()) {
        if (!layer.extent) continue;
        style["center"] = {(layer.extent->west + layer.extent->east) / 2,
                           (layer.extent->south + layer.extent->north) / 2};
        style["zoom"] = 11;
        break;
    }
    const bool alone = layers.size() == 1;
    for (const gis::Layer* layer : layers) {
        if (layer->has_geometry()) add_layer(style, *layer, base_url, alone || layer->visible);
    }
    auto& entries = style["layers"].get_ref<Json::array_t&>();
    std::stable_sort(entries.begin(), entries.end(),
                     [](const Json& a, const Json& b) { return drawing_rank(a) < drawing_rank(b); });
    return style;
}

}  // namespace

Answer styles(const Services&, CallPtr call) {
    const http::RequestPtr& request = call->request;
    require_known(*request, {"f"});
    const live::Snapshot& known = call->known;
    Json list = Json::array();
    const auto add = [&](const std::string& id, const std::string& title) {
        list.push_back(
            {{"id", id},
             {"title", title},
             {"links", Json::array({link(request->base_url + "/styles/" + id, "stylesheet", style_type, title)})}});
    };
    add(std::string(portal_style), "Toutes les couches");
    for (const gis::Layer& layer : known.catalog->layers()) {
        if (layer.has_geometry()) add(layer.name, layer.title);
    }
    co_return json_response(
        {{"default", portal_style},
         {"styles", std::move(list)},
         {"links", Json::array({link(request->base_url + "/styles", "self", "application/json")})}});
}

Answer style(const Services&, CallPtr call) {
    const http::RequestPtr& request = call->request;
    require_known(*request, {"f"});
    const live::Snapshot& known = call->known;
    const std::string name = request->param("style");
    std::vector<const gis::Layer*> layers;
    std::string title = "Carreau";
    if (name == portal_style) {
        for (const gis::Layer& layer : known.catalog->layers()) layers.push_back(&layer);
    } else {
        const gis::Layer* layer = known.catalog->find(name);
        if (layer == nullptr || !layer->has_geometry())
            throw gis::NotFound(fmt::format("there is no style '{}'", name.substr(0, 100)));
        layers.push_back(layer);
        title = layer->title;
    }
    co_return json_response(compose(layers, title, request->base_url, *known.catalog), style_type);
}

}  // namespace api
