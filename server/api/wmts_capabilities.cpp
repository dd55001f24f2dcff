#include <fmt/format.h>

#include <cmath>

#include "gis/write/xml_text.hpp"
#include "server/api/parameters.hpp"
#include "server/api/wmts.hpp"

namespace api {

namespace {

using gis::xml_text;

constexpr double scale_of_zoom_zero = 559082264.0287178;  // OGC 07-057r7, annex E.4

std::string operation(std::string_view name, const std::string& url) {
    return fmt::format(
        R"(<ows:Operation name="{}"><ows:DCP><ows:HTTP><ows:Get xlink:href="{}"><ows:Constraint name="GetEncoding">)"
        R"(<ows:AllowedValues><ows:Value>KVP</ows:Value></ows:AllowedValues></ows:Constraint></ows:Get></ows:HTTP>)"
        R"(</ows:DCP></ows:Operation>)",
        name, url);
}

std::string style_element(std::string_view name, bool usual) {
    return fmt::format(R"(<Style{}><ows:Identifier>{}</ows:Identifier></Style>)", usual ? R"( isDefault="true")" : "",
                       xml_text(name));
}

std::string styles_of(const RasterFacts& facts) {
    if (!facts.has_values()) return style_element(wmts_photo_style, true);
    std::string styles;
    for (const raster::Palette& palette : raster::palettes())
        styles += style_element(palette.name(), palette.name() == usual_palette(facts));
    return styles;
}

std::string limits_of(const RasterFacts& facts) {
    std::string limits;
    for (int z = facts.min_zoom; z <= facts.max_zoom; ++z) {
        const tiles::TileRange range = tiles::tiles_covering(facts.extent, z);
        limits += fmt::format(
            "<TileMatrixLimits><TileMatrix>{}</TileMatrix><MinTileRow>{}</MinTileRow><MaxTileRow>{}</MaxTileRow>"
            "<MinTileCol>{}</MinTileCol><MaxTileCol>{}</MaxTileCol></TileMatrixLimits>",
            z, range.min_y, range.max_y, range.min_x, range.max_x);
    }
    return limits;
}

std::string layer_element(const RasterFacts& facts, const std::string& base_url) {
    const std::string name = xml_text(facts.name());
    const std::string url = xml_text(base_url + "/rasters/" + encode_path_segment(facts.name()));
    const std::string query = facts.has_values() ? "?palette={Style}" : "";
    std::string out = fmt::format(
        "<Layer><ows:Title>{}</ows:Title><ows:WGS84BoundingBox><ows:LowerCorner>{} {}</ows:LowerCorner>"
        "<ows:UpperCorner>{} {}</ows:UpperCorner></ows:WGS84BoundingBox><ows:Identifier>{}</ows:Identifier>{}"
        "<Format>image/png</Format><Format>image/webp</Format><TileMatrixSetLink><TileMatrixSet>{}</TileMatrixSet>"
        "<TileMatrixSetLimits>{}</TileMatrixSetLimits></TileMatrixSetLink>",
        xml_text(facts.title), facts.extent.west, facts.extent.south, facts.extent.east, facts.extent.north, name,
        styles_of(facts), wmts_matrix_set, limits_of(facts));
    for (const char* kind : {"png", "webp"}) {
        out += fmt::format(
            R"(<ResourceURL format="image/{0}" resourceType="tile" template="{1}/{{TileMatrix}}/{{TileCol}}/{{TileRow}}.{0}{2}"/>)",
            kind, url, query);
    }
    return out + "</Layer>";
}

std::string matrices() {
    std::string out;
    for (int z = 0; z <= tiles::max_zoom; ++z) {
        const auto count = std::int64_t{1} << z;
        out += fmt::format(
            "<TileMatrix><ows:Identifier>{}</ows:Identifier><ScaleDenominator>{:.17g}</ScaleDenominator><TopLeftCorner>"
            "-20037508.3427892476320267 20037508.3427892476320267</TopLeftCorner><TileWidth>256</TileWidth>"
            "<TileHeight>256</TileHeight><MatrixWidth>{}</MatrixWidth><MatrixHeight>{}</MatrixHeight></TileMatrix>",
            z, scale_of_zoom_zero / static_cast<double>(count), count, count);
    }
    return out;
}

}  // namespace

std::string wmts_capabilities_document(const std::string& base_url, const std::string& contact,
                                       const std::vector<RasterFacts>& rasters) {
    const std::string url = xml_text(base_url);
    std::string out = fmt::format(
        R"(<?xml version="1.0" encoding="UTF-8"?><Capabilities xmlns="http://www.opengis.net/wmts/1.0" )"
        R"(xmlns:ows="http://www.opengis.net/ows/1.1" xmlns:xlink="http://www.w3.org/1999/xlink" )"
        R"(xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" version="1.0.0" )"
        R"(xsi:schemaLocation="http://www.opengis.net/wmts/1.0 http://schemas.opengis.net/wmts/1.0/wmtsGetCapabilities_response.xsd">)"
        "<ows:ServiceIdentification><ows:Title>Rasters</ows:Title><ows:ServiceType>OGC WMTS</ows:ServiceType>"
        "<ows:ServiceTypeVersion>1.0.0</ows:ServiceTypeVersion></ows:ServiceIdentification>"
        "<ows:ServiceProvider><ows:ProviderName>{}</ows:ProviderName><ows:ServiceContact/></ows:ServiceProvider>"
        "<ows:OperationsMetadata>{}{}</ows:OperationsMetadata><Contents>",
        xml_text(contact), operation("GetCapabilities", url + "/wmts?"), operation("GetTile", url + "/wmts?"));
    for (const RasterFacts& facts : rasters) out += layer_element(facts, base_url);
    out += fmt::format(
        "<TileMatrixSet><ows:Identifier>{}</ows:Identifier><ows:SupportedCRS>urn:ogc:def:crs:EPSG::3857</"
        "ows:SupportedCRS>"
        "<WellKnownScaleSet>urn:ogc:def:wkss:OGC:1.0:GoogleMapsCompatible</WellKnownScaleSet>{}</TileMatrixSet>"
        R"(</Contents><ServiceMetadataURL xlink:href="{}/wmts/1.0.0/WMTSCapabilities.xml"/></Capabilities>)",
        wmts_matrix_set, matrices(), url);
    return out;
}

std::string wmts_exception_report(std::string_view code, std::string_view locator, std::string_view text) {
    return fmt::format(
        R"(<?xml version="1.0" encoding="UTF-8"?><ows:ExceptionReport xmlns:ows="http://www.opengis.net/ows/1.1" )"
        R"(version="1.1.0" xml:lang="en"><ows:Exception exceptionCode="{}" locator="{}"><ows:ExceptionText>{}</ows:ExceptionText>)"
        R"(</ows:Exception></ows:ExceptionReport>)",
        xml_text(code), xml_text(locator), xml_text(text));
}

}  // namespace api
