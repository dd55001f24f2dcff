#include "server/api/wmts.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "gis/error.hpp"
#include "gis/wfs/kvp.hpp"
#include "gis/wfs/service_error.hpp"
#include "server/api/rasters.hpp"

namespace api {

namespace {

using gis::wfs::Kvp;
using gis::wfs::ServiceError;

Answer capabilities_of(const Services& services, CallPtr call) {
    const std::vector<RasterFacts> rasters = co_await rasters_of(services, call);
    co_return Response::bytes("application/xml",
                              wmts_capabilities_document(call->request->base_url, services.contact, rasters));
}

std::string require_parameter(const Kvp& parameters, const char* name) {
    const std::optional<std::string> value = parameters.find(name);
    if (!value) throw ServiceError("MissingParameterValue", name, fmt::format("{} is expected", name));
    return *value;
}

/// OGC 07-057r7, 7.2.
Answer tile_answer(const Services& services, CallPtr call, Kvp parameters) {
    const std::string format = require_parameter(parameters, "format");
    if (format != "image/png" && format != "image/webp")
        throw ServiceError("InvalidParameterValue", "format", "image/png or image/webp is expected");
    if (require_parameter(parameters, "tilematrixset") != wmts_matrix_set)
        throw ServiceError("InvalidParameterValue", "tilematrixset", fmt::format("{} is expected", wmts_matrix_set));
    const std::string matrix = require_parameter(parameters, "tilematrix");
    const std::string column = require_parameter(parameters, "tilecol");
    const std::string row = require_parameter(parameters, "tilerow");
    const tiles::TileCoord coord = tiles::parse_tile_coord(matrix, column, row);
    const std::string layer = require_parameter(parameters, "layer");
    const RasterFacts facts = co_await require_raster(services, call, layer);
    const std::string style = parameters.find("style").value_or("");
    const bool is_usual = style == wmts_photo_style || style == "default";
    RasterPicture picture =
        picture_of(facts, format == "image/png" ? raster::ImageFormat::Png : raster::ImageFormat::Webp,
                   is_usual ? "" : style, "", "", "");
    Response response = co_await answer_raster_tile(services, std::move(picture), coord);
    co_return response;
}

Answer answer_wmts(const Services& services, CallPtr call) {
    const Kvp parameters(call->request->query);
    const std::string service = parameters.find("service").value_or("WMTS");
    if (service != "WMTS") throw ServiceError("InvalidParameterValue", "service", "WMTS is expected");
    const std::string request = require_parameter(parameters, "request");
    if (request != "GetCapabilities" && request != "GetTile")
        throw ServiceError("OperationNotSupported", "request", "GetCapabilities or GetTile is expected");
    Response response;
    if (request == "GetCapabilities") {
        response = co_await capabilities_of(services, call);
    } else {
        response = co_await tile_answer(services, call, parameters);
    }
    co_return response;
}

Response refusal(int status, std::string_view code, std::string_view locator, std::string_view text) {
    Response response = Response::bytes("application/xml", wmts_exception_report(code, locator, text));
    response.status = status;
    return response;
}

/// What a client of the service understands; anything else is answered as everywhere.
std::optional<Response> wmts_problem(const std::exception_ptr& failure) {
    try {
        std::rethrow_exception(failure);
    } catch (const ServiceError& refused) {
        return refusal(refused.code() == "OperationNotSupported" ? 501 : 400, refused.code(), refused.locator(),
                       refused.what());
    } catch (const gis::InvalidRequest& refused) {
        return refusal(400, "InvalidParameterValue", refused.field(), refused.what());
    } catch (const gis::NotFound& refused) {
        return refusal(404, "InvalidParameterValue", "", refused.what());
    } catch (...) {
        return std::nullopt;
    }
}

}  // namespace

Answer web_map_tile_service(const Services& services, CallPtr call) {
    Response response;
    std::exception_ptr failure;
    try {
        response = co_await answer_wmts(services, call);
    } catch (...) {
        failure = std::current_exception();
    }
    if (failure) {
        const std::optional<Response> refused = wmts_problem(failure);
        if (!refused) std::rethrow_exception(failure);
        response = *refused;
    }
    co_return response;
}

Answer wmts_capabilities(const Services& services, CallPtr call) {
    Response response = co_await capabilities_of(services, call);
    co_return response;
}

}  // namespace api
