#include "server/api/feature_format.hpp"

#include <fmt/format.h>

#include "gis/error.hpp"
#include "server/api/clock_text.hpp"
#include "server/api/documents.hpp"

namespace api {

namespace {

std::string names_of_formats(bool streamed_only) {
    std::string names;
    for (const gis::Format& format : gis::formats()) {
        if (streamed_only && !format.is_streamed()) continue;
        names += (names.empty() ? "" : ", ") + std::string(format.name);
    }
    return names;
}

/// The media type without its parameters.
std::string_view essence_of(const gis::Format& format) {
    return format.media_type.substr(0, format.media_type.find(';'));
}

}  // namespace

const gis::Format* page_format(const http::Request& request) {
    const gis::Format* geojson = gis::find_format("geojson");
    if (const auto name = request.query_value("f")) {
        if (*name == "html") return nullptr;
        const gis::Format* format = gis::find_format(*name);
        if (format != nullptr && format->is_streamed()) return format;
        throw gis::InvalidRequest(
            "f", fmt::format("html, {} expected, got '{}'{}", names_of_formats(true), name->substr(0, 50),
                             format == nullptr ? "" : "; a file is made by /export"));
    }
    const std::string* accept = request.header("Accept");
    if (accept == nullptr) return geojson;
    const gis::Format* format = gis::accepted_format(*accept);
    if (format != nullptr && !format->is_streamed()) format = nullptr;
    const auto html = accept->find("text/html");
    const auto other = std::min(accept->find("application/json"),
                                format == nullptr ? std::string::npos : accept->find(essence_of(*format)));
    if (html < other) return nullptr;
    return format == nullptr ? geojson : format;
}

const gis::Format& export_format(const http::Request& request) {
    if (const auto name = request.query_value("f")) {
        if (const gis::Format* format = gis::find_format(*name)) return *format;
        throw gis::InvalidRequest("f",
                                  fmt::format("{} expected, got '{}'", names_of_formats(false), name->substr(0, 50)));
    }
    const std::string* accept = request.header("Accept");
    const gis::Format* format = accept == nullptr ? nullptr : gis::accepted_format(*accept);
    return format == nullptr ? *gis::find_format("geojson") : *format;
}

void require_geometry(const gis::Format& format, const gis::Layer& layer) {
    if (!format.needs_geometry || layer.has_geometry()) return;
    throw gis::InvalidRequest(
        "f", fmt::format("{} holds geometries only and '{}' has none; csv and gpkg hold it", format.name, layer.name));
}

gis::Provenance provenance_for(const gis::Layer& layer, const http::Request& request) {
    return gis::provenance_of(layer, request.base_url + "/collections/" + layer.name, time_stamp());
}

void describe_answer(Response& response, const gis::Layer& layer, const gis::Crs& crs) {
    response.set_header("Content-Crs", "<" + crs.uri() + ">");
    if (const auto licence = licence_url(layer.licence); !licence.empty())
        response.add_header("Link", "<" + std::string(licence) + ">; rel=\"license\"");
}

}  // namespace api
