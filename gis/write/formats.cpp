#include "gis/write/formats.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <vector>

#include "gis/text/ascii.hpp"
#include "gis/write/csv.hpp"
#include "gis/write/dxf.hpp"
#include "gis/write/geojson.hpp"
#include "gis/write/gml.hpp"
#include "gis/write/json_fg.hpp"
#include "gis/write/kml.hpp"

namespace gis {

namespace {

using WriterPtr = std::unique_ptr<FeatureWriter>;

WriterPtr geojson(const FeatureOutput& output, const Provenance&) {
    return std::make_unique<GeoJsonWriter>(output);
}
WriterPtr json_fg(const FeatureOutput& output, const Provenance&) {
    return std::make_unique<JsonFgWriter>(output);
}
WriterPtr gml32(const FeatureOutput& output, const Provenance&) {
    return std::make_unique<GmlWriter>(output, gml_form(GmlVersion::V3_2, output.crs));
}
WriterPtr csv(const FeatureOutput& output, const Provenance&) {
    return std::make_unique<CsvWriter>(output, CsvForm{});
}
WriterPtr csv_xy(const FeatureOutput& output, const Provenance&) {
    return std::make_unique<CsvWriter>(output, CsvForm{CsvForm::Geometry::Xy, false});
}
WriterPtr csv_excel(const FeatureOutput& output, const Provenance&) {
    return std::make_unique<CsvWriter>(output, CsvForm{CsvForm::Geometry::Xy, true});
}
WriterPtr kml(const FeatureOutput& output, const Provenance& about) {
    return std::make_unique<KmlWriter>(output, about);
}
WriterPtr dxf(const FeatureOutput& output, const Provenance& about) {
    return std::make_unique<DxfWriter>(output, about);
}

using Default = Format::DefaultCrs;
constexpr std::array<Format, 11> all{{
    {"geojson", "application/geo+json", "geojson", "GeoJSON", Default::Crs84, geojson, nullptr},
    {"gpkg", "application/geopackage+sqlite3", "gpkg", "GeoPackage", Default::Storage, nullptr, geopackage_file},
    {"shp", "application/zip", "zip", "Shapefile (zip)", Default::Storage, nullptr, shapefile_zip},
    {"csv", "text/csv; charset=utf-8; header=present", "csv", "CSV, géométrie en WKT", Default::Storage, csv, nullptr},
    {"csv-xy", "text/csv; charset=utf-8; header=present; geometry=xy", "csv", "CSV, colonnes X et Y", Default::Storage,
     csv_xy, nullptr},
    {"csv-excel", "text/csv; charset=utf-8; header=present; excel=fr", "csv", "CSV pour Excel en français",
     Default::Storage, csv_excel, nullptr},
    {"gml", "application/gml+xml; version=3.2", "gml", "GML 3.2", Default::Crs84, gml32, nullptr},
    {"fgb", "application/flatgeobuf", "fgb", "FlatGeobuf", Default::Storage, nullptr, flatgeobuf_file, true},
    {"kml", "application/vnd.google-earth.kml+xml", "kml", "KML", Default::Always84, kml, nullptr},
    {"dxf", "image/vnd.dxf", "dxf", "DXF (dessin, étiquettes en textes)", Default::Storage, dxf, nullptr, true},
    {"jsonfg", "application/vnd.ogc.fg+json", "json", "JSON-FG", Default::Crs84, json_fg, nullptr},
}};

std::vector<std::string_view> parts_of(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    while (true) {
        const auto end = text.find(separator);
        parts.push_back(trimmed(text.substr(0, end)));
        if (end == std::string_view::npos) return parts;
        text.remove_prefix(end + 1);
    }
}

bool same(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, [](char x, char y) { return (x | 0x20) == (y | 0x20); });
}

/// `wanted`: a media range split at ';'.
bool fits(const Format& format, const std::vector<std::string_view>& wanted) {
    const auto offered = parts_of(format.media_type, ';');
    if (!same(offered.front(), wanted.front())) return false;
    return std::all_of(wanted.begin() + 1, wanted.end(), [&](std::string_view parameter) {
        return parameter.starts_with("q=") ||
               std::any_of(offered.begin() + 1, offered.end(), [&](std::string_view o) { return same(o, parameter); });
    });
}

double weight_of(const std::vector<std::string_view>& range) {
    for (const std::string_view parameter : range) {
        if (!parameter.starts_with("q=")) continue;
        double weight = 0;
        std::from_chars(parameter.data() + 2, parameter.data() + parameter.size(), weight);
        return weight;
    }
    return 1;
}

}  // namespace

std::span<const Format> formats() {
    return all;
}

const Format* find_format(std::string_view name) {
    if (name == "json") name = "geojson";
    const auto found = std::ranges::find(all, name, &Format::name);
    return found == all.end() ? nullptr : &*found;
}

const Format* accepted_format(std::string_view accept) {
    const Format* best = nullptr;
    double best_weight = 0;
    for (const std::string_view range : parts_of(accept, ',')) {
        const auto wanted = parts_of(range, ';');
        const double weight = weight_of(wanted);
        if (weight <= best_weight) continue;
        const auto found = std::ranges::find_if(all, [&](const Format& format) { return fits(format, wanted); });
        if (found == all.end()) continue;
        best = &*found;
        best_weight = weight;
    }
    return best;
}

}  // namespace gis
