#include "server/api/raster_facts.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "gis/error.hpp"
#include "gis/layer/catalog.hpp"
#include "gis/query/sql_statement.hpp"

namespace api {

namespace {

constexpr std::size_t most_listed = 2'000;

gis::SqlStatement select_rasters(const gis::Layer& layer) {
    gis::SqlStatement sql(
        "select id, titre, genre, coalesce(millesime, ''), coalesce(unite, ''), resolution_m, bandes, type, minimum, "
        "maximum, bas, haut, zoom_min, zoom_max, st_xmin(g), st_ymin(g), st_xmax(g), st_ymax(g), ");
    sql.ident(layer.raster_column).text(" from (select *, st_transform(").ident(layer.geometry_column);
    sql.text(", 4326) as g from ").table(layer.source_schema, layer.source_name).text(") r");
    return sql;
}

std::optional<double> number_or_nothing(const db::Result& rows, int row, int column) {
    if (rows.is_null(row, column)) return std::nullopt;
    return rows.float64(row, column);
}

RasterFacts read_facts(const db::Result& rows, int row, const gis::Layer& layer) {
    RasterFacts facts;
    facts.layer = layer.name;
    facts.theme = layer.theme;
    facts.licence = layer.licence;
    facts.attribution = layer.attribution;
    facts.id = rows.text(row, 0);
    facts.title = rows.text(row, 1);
    facts.kind = rows.text(row, 2);
    facts.vintage = rows.text(row, 3);
    facts.unit = rows.text(row, 4);
    facts.resolution = rows.float64(row, 5);
    facts.bands = static_cast<int>(rows.int64(row, 6));
    facts.sample_type = rows.text(row, 7);
    facts.minimum = number_or_nothing(rows, row, 8);
    facts.maximum = number_or_nothing(rows, row, 9);
    facts.low = number_or_nothing(rows, row, 10);
    facts.high = number_or_nothing(rows, row, 11);
    facts.min_zoom = static_cast<int>(rows.int64(row, 12));
    facts.max_zoom = static_cast<int>(rows.int64(row, 13));
    facts.extent = {rows.float64(row, 14), rows.float64(row, 15), rows.float64(row, 16), rows.float64(row, 17)};
    facts.file = rows.text(row, 18);
    return facts;
}

std::optional<double> number_in(const Json& properties, const char* name) {
    const auto found = properties.find(name);
    if (found == properties.end() || !found->is_number()) return std::nullopt;
    return found->get<double>();
}

double read_number(const char* name, const std::string& text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value))
        throw gis::InvalidRequest(name, fmt::format("a number expected, got '{}'", text.substr(0, 40)));
    return value;
}

}  // namespace

std::vector<RasterFacts> list_rasters(db::Connection& connection, const gis::Catalog& visible) {
    std::vector<RasterFacts> found;
    for (const gis::Layer& layer : visible.layers()) {
        if (layer.raster_column.empty()) continue;
        gis::SqlStatement sql = select_rasters(layer);
        sql.text(" order by titre, id limit ").param(static_cast<int>(most_listed));
        const db::Result rows = connection.query(sql.sql(), sql.parameters());
        for (int i = 0; i < rows.rows(); ++i) found.push_back(read_facts(rows, i, layer));
    }
    return found;
}

std::optional<RasterFacts> find_raster(db::Connection& connection, const gis::Catalog& visible, std::string_view name) {
    const std::size_t colon = name.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    const gis::Layer* layer = visible.find(name.substr(0, colon));
    if (layer == nullptr || layer->raster_column.empty()) return std::nullopt;
    gis::SqlStatement sql = select_rasters(*layer);
    sql.text(" where ").ident(layer->id_column).text(" = ").param(std::string(name.substr(colon + 1)), "text");
    const db::Result rows = connection.query(sql.sql(), sql.parameters());
    if (rows.rows() == 0) return std::nullopt;
    return read_facts(rows, 0, *layer);
}

std::optional<RasterFacts> find_draft_raster(db::Connection& connection, const std::string& job,
                                             const std::string& id) {
    const std::vector<db::Parameter> values{job, id};
    const db::Result rows = connection.query(
        "select (f::jsonb -> 'properties')::text from capture.draft_features($1::bigint, 2000) f where f::jsonb #>> "
        "'{properties,id}' = $2 and f::jsonb -> 'properties' ? 'fichier'",
        values);
    if (rows.rows() == 0) return std::nullopt;
    const Json said = Json::parse(rows.text(0, 0));
    RasterFacts facts;
    facts.id = id;
    facts.kind = said.value("genre", "photo");
    facts.sample_type = said.value("type", "Byte");
    facts.low = number_in(said, "bas");
    facts.high = number_in(said, "haut");
    facts.minimum = number_in(said, "minimum");
    facts.maximum = number_in(said, "maximum");
    facts.file = said.at("fichier").get<std::string>();
    return facts;
}

std::string usual_palette(const RasterFacts& facts) {
    if (facts.kind == "temperature") return "thermique";
    return facts.kind == "hauteur" ? "relief" : "";
}

RasterPicture picture_of(const RasterFacts& facts, raster::ImageFormat format, const std::string& palette,
                         const std::string& least, const std::string& greatest, const std::string& size) {
    RasterPicture picture;
    picture.file = facts.file;
    picture.format = format;
    if (!size.empty() && size != "256" && size != "512") throw gis::InvalidRequest("size", "256 or 512 expected");
    if (size == "512") picture.size = 512;
    const std::string chosen = palette.empty() ? usual_palette(facts) : palette;
    if (!chosen.empty()) {
        if (!facts.has_values()) throw gis::InvalidRequest("palette", "a photo has the colours it has");
        picture.style.palette = raster::find_palette(chosen);
        if (picture.style.palette == nullptr)
            throw gis::InvalidRequest("palette", "one of gris, thermique, relief expected");
    }
    const bool asked = !least.empty() || !greatest.empty();
    if (facts.has_values() || facts.sample_type != "Byte" || asked) {
        const double low = least.empty() ? facts.low.value_or(facts.minimum.value_or(0)) : read_number("min", least);
        const double high =
            greatest.empty() ? facts.high.value_or(facts.maximum.value_or(255)) : read_number("max", greatest);
        if (asked && !(low < high)) throw gis::InvalidRequest("max", "a number above min expected");
        picture.style.stretch = {low, high};
    }
    return picture;
}

}  // namespace api
