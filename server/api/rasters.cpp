// Rasters: what there is, tiles by XYZ address, the value at a place, the legend. WMTS: wmts.cpp.
#include "server/api/rasters.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "gis/error.hpp"
#include "server/api/parameters.hpp"
#include "server/api/raster_tiles.hpp"

namespace api {

namespace {

constexpr int legend_steps = 10;

Json or_null(const std::optional<double>& value) {
    return value ? Json(*value) : Json();
}

Json describe_raster(const RasterFacts& facts, const std::string& base_url) {
    const std::string url = base_url + "/rasters/" + encode_path_segment(facts.name());
    Json document{{"tilejson", "3.0.0"},
                  {"name", facts.title},
                  {"id", facts.name()},
                  {"scheme", "xyz"},
                  {"tiles", {url + "/{z}/{x}/{y}.png"}},
                  {"minzoom", facts.min_zoom},
                  {"maxzoom", facts.max_zoom},
                  {"bounds", {facts.extent.west, facts.extent.south, facts.extent.east, facts.extent.north}},
                  {"layer", facts.layer},
                  {"theme", facts.theme},
                  {"kind", facts.kind},
                  {"vintage", facts.vintage},
                  {"resolution", facts.resolution},
                  {"webp", url + "/{z}/{x}/{y}.webp"}};
    if (!facts.attribution.empty()) document["attribution"] = facts.attribution;
    if (!facts.licence.empty()) document["licence"] = facts.licence;
    if (!facts.has_values()) return document;
    Json names = Json::array();
    for (const raster::Palette& palette : raster::palettes()) names.push_back(palette.name());
    document["unit"] = facts.unit;
    document["minimum"] = or_null(facts.minimum);
    document["maximum"] = or_null(facts.maximum);
    document["stretch"] = {or_null(facts.low), or_null(facts.high)};
    document["palette"] = usual_palette(facts);
    document["palettes"] = std::move(names);
    document["value"] = url + "/value{?lon,lat}";
    document["legend"] = url + "/legend{?palette,min,max}";
    return document;
}

RasterPicture asked_picture(const http::Request& request, const RasterFacts& facts, raster::ImageFormat format) {
    return picture_of(facts, format, query_text(request, "palette"), query_text(request, "min"),
                      query_text(request, "max"), query_text(request, "size"));
}

double degrees_of(const http::Request& request, const char* name, double limit) {
    const std::string text = query_text(request, name);
    double value = NAN;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || !(std::abs(value) <= limit))
        throw gis::InvalidRequest(name, fmt::format("degrees from {} to {} expected", -limit, limit));
    return value;
}

Answer tile_of(const Services& services, CallPtr call, raster::ImageFormat format) {
    const http::RequestPtr& request = call->request;
    require_known(*request, {"palette", "min", "max", "size"});
    const tiles::TileCoord coord =
        tiles::parse_tile_coord(request->param("z"), request->param("x"), request->param("y"));
    const RasterFacts facts = co_await require_raster(services, call, request->param("raster"));
    RasterPicture picture = asked_picture(*request, facts, format);
    Response response = co_await answer_raster_tile(services, std::move(picture), coord);
    co_return response;
}

}  // namespace

boost::asio::awaitable<std::vector<RasterFacts>> rasters_of(const Services& services, CallPtr call) {
    auto work = [call](db::Connection& connection) { return list_rasters(connection, *call->known.catalog); };
    std::vector<RasterFacts> found =
        co_await services.database.run(call->reader(), query_for(*call->request), std::move(work));
    co_return found;
}

boost::asio::awaitable<RasterFacts> require_raster(const Services& services, CallPtr call, std::string name) {
    auto work = [call, name](db::Connection& connection) {
        return find_raster(connection, *call->known.catalog, name);
    };
    std::optional<RasterFacts> found =
        co_await services.database.run(call->reader(), query_for(*call->request), std::move(work));
    if (!found) throw gis::NotFound(fmt::format("there is no raster '{}'", name.substr(0, 100)));
    co_return std::move(*found);
}

Answer answer_raster_tile(const Services& services, RasterPicture picture, tiles::TileCoord coord) {
    const std::string_view type = raster::media_type(picture.format);
    const tiles::ReadyTilePtr tile = co_await services.rasters.tile(std::move(picture), coord);
    Response response = Response::bytes(type, tile->bytes());
    response.etag = tile->etag();
    // Asked again each time: who may see it is decided each time, an unchanged tile is a 304.
    response.set_header("Cache-Control", "private, no-cache");
    co_return response;
}

Answer rasters(const Services& services, CallPtr call) {
    require_known(*call->request, {"f"});
    const std::vector<RasterFacts> found = co_await rasters_of(services, call);
    const std::string& base = call->request->base_url;
    Json list = Json::array();
    for (const RasterFacts& facts : found) {
        Json entry = describe_raster(facts, base);
        entry["links"] = Json::array(
            {link(base + "/rasters/" + encode_path_segment(facts.name()), "self", "application/json", facts.title)});
        list.push_back(std::move(entry));
    }
    co_return json_response(
        {{"rasters", std::move(list)}, {"links", Json::array({link(base + "/rasters", "self", "application/json")})}});
}

Answer raster(const Services& services, CallPtr call) {
    require_known(*call->request, {"f"});
    const RasterFacts facts = co_await require_raster(services, call, call->request->param("raster"));
    co_return json_response(describe_raster(facts, call->request->base_url));
}

Answer raster_value(const Services& services, CallPtr call) {
    require_known(*call->request, {"lon", "lat", "f"});
    const double longitude = degrees_of(*call->request, "lon", 180);
    const double latitude = degrees_of(*call->request, "lat", 90);
    const RasterFacts facts = co_await require_raster(services, call, call->request->param("raster"));
    if (!facts.has_values()) throw gis::NotFound("a photo has no values");
    const std::optional<double> value = co_await services.rasters.value(facts.file, longitude, latitude);
    co_return json_response({{"value", or_null(value)}, {"unit", facts.unit}, {"kind", facts.kind}});
}

Answer raster_legend(const Services& services, CallPtr call) {
    require_known(*call->request, {"palette", "min", "max", "f"});
    const RasterFacts facts = co_await require_raster(services, call, call->request->param("raster"));
    const RasterPicture picture = asked_picture(*call->request, facts, raster::ImageFormat::Png);
    if (picture.style.palette == nullptr || !picture.style.stretch) throw gis::NotFound("a photo has no legend");
    const auto [low, high] = *picture.style.stretch;
    Json stops = Json::array();
    for (int step = 0; step <= legend_steps; ++step) {
        const double part = static_cast<double>(step) / legend_steps;
        const raster::Colour& colour = picture.style.palette->at(part);
        stops.push_back({{"value", low + part * (high - low)},
                         {"color", fmt::format("#{:02x}{:02x}{:02x}", colour[0], colour[1], colour[2])}});
    }
    co_return json_response({{"palette", picture.style.palette->name()},
                             {"unit", facts.unit},
                             {"min", low},
                             {"max", high},
                             {"stops", std::move(stops)}});
}

Answer raster_png(const Services& services, CallPtr call) {
    return tile_of(services, std::move(call), raster::ImageFormat::Png);
}

Answer raster_webp(const Services& services, CallPtr call) {
    return tile_of(services, std::move(call), raster::ImageFormat::Webp);
}

Answer draft_raster_png(const Services& services, CallPtr call) {
    const http::RequestPtr& request = call->request;
    require_known(*request, {"palette", "min", "max", "size"});
    const tiles::TileCoord coord =
        tiles::parse_tile_coord(request->param("z"), request->param("x"), request->param("y"));
    const std::string& job = request->param("job");
    const bool is_number = !job.empty() && job.size() < 19 && job.find_first_not_of("0123456789") == std::string::npos;
    if (!is_number) throw nothing_at(*request);
    auto work = [job, id = request->param("raster")](db::Connection& connection) {
        return find_draft_raster(connection, job, id);
    };
    const std::optional<RasterFacts> facts =
        co_await services.database.run(call->reader(), query_for(*request), std::move(work));
    if (!facts) throw nothing_at(*request);
    RasterPicture picture = asked_picture(*request, *facts, raster::ImageFormat::Png);
    Response response = co_await answer_raster_tile(services, std::move(picture), coord);
    co_return response;
}

}  // namespace api
