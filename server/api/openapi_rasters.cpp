#include "server/api/openapi_rasters.hpp"

#include "server/api/openapi_parts.hpp"
#include "tiles/raster/palette.hpp"

namespace api {

namespace {

using openapi::path_parameter;
using openapi::query_parameter;

Json colour_parameters() {
    Json palettes = Json::array();
    for (const raster::Palette& palette : raster::palettes()) palettes.push_back(palette.name());
    const Json number{{"type", "number"}};
    return Json::array({query_parameter("palette", "Colours of heights or temperatures.",
                                        {{"type", "string"}, {"enum", std::move(palettes)}}),
                        query_parameter("min", "Value of the first colour.", number),
                        query_parameter("max", "Value of the last colour.", number)});
}

Json with(Json parameters, Json more) {
    for (Json& parameter : more) parameters.push_back(std::move(parameter));
    return parameters;
}

}  // namespace

void add_raster_paths(Json& paths) {
    constexpr std::string_view tag = "Rasters";
    const std::string json_type = "application/json";
    const Json binary{{"type", "string"}, {"format", "binary"}};
    const Json whole{{"type", "integer"}, {"minimum", 0}};
    const Json raster =
        Json::array({path_parameter("raster", "Its id of /rasters: 'orthophoto:vol_7'.", {{"type", "string"}})});
    const Json address =
        with(raster, Json::array({path_parameter("z", "Zoom.", whole), path_parameter("x", "Column.", whole),
                                  path_parameter("y", "Row.", whole)}));
    const Json size =
        Json::array({query_parameter("size", "Pixels a side.", {{"type", "integer"}, {"enum", {256, 512}}})});
    paths["/rasters"] =
        openapi::operation("rasters", "Aerial photos, heights, temperatures", tag, Json::array(), json_type);
    paths["/rasters/{raster}"] = openapi::operation("raster", "A raster, as TileJSON", tag, raster, json_type);
    paths["/rasters/{raster}/value"] = openapi::operation(
        "raster.value", "The value at a place, null where there is none", tag,
        with(raster, Json::array({query_parameter("lon", "Longitude, degrees.", {{"type", "number"}}),
                                  query_parameter("lat", "Latitude, degrees.", {{"type", "number"}})})),
        json_type);
    paths["/rasters/{raster}/legend"] = openapi::operation("raster.legend", "Values and their colours", tag,
                                                           with(raster, colour_parameters()), json_type);
    for (const char* kind : {"png", "webp"}) {
        const std::string name = kind;
        paths["/rasters/{raster}/{z}/{x}/{y}." + name] =
            openapi::operation("raster." + name, "A tile (WebMercatorQuad)", tag,
                               with(with(address, colour_parameters()), size), "image/" + name, binary);
    }
    paths["/wmts"] = openapi::operation(
        "wmts", "Web Map Tile Service 1.0", tag,
        Json::array({query_parameter("service", "Service.", {{"type", "string"}, {"enum", {"WMTS"}}}),
                     query_parameter("request", "Operation; the parameters of GetTile are those of OGC 07-057r7.",
                                     {{"type", "string"}, {"enum", {"GetCapabilities", "GetTile"}}})}),
        "application/xml");
}

}  // namespace api
