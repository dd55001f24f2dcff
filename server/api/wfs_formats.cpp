#include "server/api/wfs_formats.hpp"

#include <fmt/format.h>

#include "gis/wfs/service_error.hpp"

namespace api {

namespace {

namespace wfs = gis::wfs;

/// What GML is called: the first name is the default, and the media type of the answer.
std::vector<std::string> gml_names(wfs::Version version) {
    switch (version) {
        case wfs::Version::V2_0_0:
            return {"application/gml+xml; version=3.2", "text/xml; subtype=gml/3.2", "text/xml; subtype=gml/3.2.1",
                    "gml32"};
        case wfs::Version::V1_1_0:
            return {"text/xml; subtype=gml/3.1.1", "text/gml; subtype=gml/3.1.1", "application/gml+xml; version=3.1",
                    "GML3"};
        case wfs::Version::V1_0_0:
            break;
    }
    return {"GML2", "text/xml; subtype=gml/2.1.2", "XMLSCHEMA"};
}

/// Lower case without blanks: clients write "text/xml;subtype=GML/3.1.1" as well.
std::string plain(std::string_view text) {
    std::string result;
    for (const char c : text) {
        if (c == ' ') continue;
        result += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return result;
}

}  // namespace

std::vector<std::string> wfs_format_names(wfs::Version version) {
    std::vector<std::string> names = gml_names(version);
    for (const gis::Format& format : gis::formats()) {
        if (format.is_streamed() && format.name != "gml") names.emplace_back(format.name);
    }
    return names;
}

WfsFormat wfs_format(wfs::Version version, const std::string& text) {
    const std::vector<std::string> gml = gml_names(version);
    const std::string& media_type = version == wfs::Version::V1_0_0 ? gml[1] : gml[0];
    if (text.empty()) return {nullptr, media_type};
    for (const std::string& name : gml) {
        if (plain(name) == plain(text)) return {nullptr, name.find('/') == std::string::npos ? media_type : name};
    }
    const gis::Format* other = gis::find_format(plain(text));
    if (other == nullptr)
        other = plain(text) == "application/json" ? gis::find_format("json") : gis::accepted_format(text);
    if (other != nullptr && other->is_streamed() && other->name != "gml")
        return {other, std::string(other->media_type)};
    throw wfs::invalid("outputFormat", fmt::format("'{}' is not offered; expected one of {}", text.substr(0, 100),
                                                   fmt::join(wfs_format_names(version), ", ")));
}

wfs::GetFeature in_crs_of(const WfsFormat& format, wfs::GetFeature request) {
    if (format.is_gml() || format.other->default_crs == gis::Format::DefaultCrs::Storage) return request;
    for (wfs::Query& query : request.queries) {
        if (!query.crs_asked) query.crs = {gis::crs84(), false};
        if (format.other->default_crs == gis::Format::DefaultCrs::Always84 && !query.crs.crs.is_crs84)
            throw wfs::invalid("srsName", std::string(format.other->title) + " has no CRS but " + gis::crs84().uri());
    }
    return request;
}

gis::GmlForm gml_form_of(wfs::Version version, const wfs::Query& query) {
    gis::GmlForm form;
    form.version = version == wfs::Version::V2_0_0   ? gis::GmlVersion::V3_2
                   : version == wfs::Version::V1_1_0 ? gis::GmlVersion::V3_1
                                                     : gis::GmlVersion::V2_1;
    form.srs_name = query.srs_name;
    form.northing_first = query.crs.northing_first;
    return form;
}

}  // namespace api
