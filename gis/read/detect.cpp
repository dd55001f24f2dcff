#include "gis/read/detect.hpp"

#include <fmt/format.h>

#include <set>

#include "gis/error.hpp"
#include "gis/read/layer_reader.hpp"
#include "gis/read/text.hpp"

namespace gis::read {

namespace {

/// Name and code of the layer's CRS, or nothing: here an unknown one is an answer, not an error.
void set_crs(DetectedLayer& detected, const SourceLayer& layer, const Options& options, Toolbox& tools) {
    if (!layer.geometry) return;
    try {
        const auto known = tools.crs_of(layer, options.source_srid, detected.file);
        detected.srid = known.srid;
        detected.crs = known.shown;
    } catch (const InvalidRequest&) {
        detected.srid.reset();
    }
}

constexpr std::size_t rows_shown = 5;
constexpr std::size_t characters_shown = 60;

std::string shown_value(const Value& value) {
    std::string text;
    if (const auto* said = std::get_if<std::string>(&value)) text = *said;
    if (const auto* whole = std::get_if<std::int64_t>(&value)) text = std::to_string(*whole);
    if (const auto* real = std::get_if<double>(&value)) text = fmt::format("{}", *real);
    if (const auto* truth = std::get_if<bool>(&value)) text = *truth ? "true" : "false";
    if (text.size() <= characters_shown) return text;
    std::size_t end = characters_shown;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;  // whole characters of UTF-8
    return text.substr(0, end) + "…";
}

/// What a person recognises his columns by. Pictures and clouds have none to choose, and cadastral exchanges are known.
std::vector<std::vector<std::string>> first_rows(Source& source, std::size_t place, Format format) {
    if (format == Format::Edigeo || format == Format::GeoTiff || keeps_original(format)) return {};
    std::vector<std::string> wanted;
    for (const SourceField& field : source.layers()[place].fields) wanted.push_back(field.name);
    struct Seen {};
    std::vector<std::vector<std::string>> rows;
    try {
        source.read(place, wanted, [&rows](SourceFeature& feature) {
            std::vector<std::string>& row = rows.emplace_back();
            for (const Value& value : feature.values) row.push_back(shown_value(value));
            if (rows.size() == rows_shown) throw Seen{};
        });
    } catch (const Seen&) {
    } catch (const InvalidRequest&) {
        // What breaks off is told where it is read.
    }
    return rows;
}

void look_into(const Input& input, const Options& options, Toolbox& tools, Detection& detection) {
    const auto source = open_source(input, options);
    const std::string stem = input.path.stem().string();
    for (std::size_t place = 0; place < source->layers().size(); ++place) {
        const SourceLayer& layer = source->layers()[place];
        const Mapping* mapping = find_mapping(layer, input.format, stem);
        // An exchange has thirty layers; those that are no one's business are not shown.
        if (input.format == Format::Edigeo && !mapping) continue;
        DetectedLayer detected;
        detected.file = input.shown_name;
        detected.format = input.format;
        detected.name = layer.name;
        detected.fields = layer.fields;
        detected.geometry = layer.geometry;
        detected.encoding = layer.encoding;
        detected.text_form = layer.text_form;
        detected.count = layer.count;
        detected.refusal = layer.refusal;
        if (mapping) {
            detected.kind = mapping->kind;
            detected.table = mapping->table;
        }
        if (layer.refusal.empty()) detected.rows = first_rows(*source, place, input.format);
        set_crs(detected, layer, options, tools);
        if (layer.geometry && layer.refusal.empty())
            detected.proposals = propose_for(*source, place, detected.srid, options, tools);
        detection.layers.push_back(std::move(detected));
    }
}

std::string unique_name(const std::string& wanted, std::set<std::string>& taken) {
    std::string name = wanted;
    for (int i = 2; !taken.insert(name).second; ++i) name = wanted.substr(0, 58) + "_" + std::to_string(i);
    return name;
}

GeometryType table_type(GeometryType source) {
    switch (source) {
        case GeometryType::Polygon:
            return GeometryType::MultiPolygon;
        case GeometryType::LineString:
            return GeometryType::MultiLineString;
        default:
            return source;
    }
}

}  // namespace

Detection detect(const std::filesystem::path& path, const Options& options) {
    Detection detection;
    InputList list = list_inputs(path);
    detection.inputs = list.inputs.size();
    detection.ignored = std::move(list.ignored);
    Toolbox tools(options.target_srid);
    for (const auto& input : list.inputs) {
        if (detection.opened == Detection::max_opened) break;
        ++detection.opened;
        try {
            const OpenInput open = open_input(input);
            for (const auto& inner : open.inputs) look_into(inner, options, tools, detection);
        } catch (const InvalidRequest& refused) {
            detection.refused.emplace_back(input.shown_name, refused.what());
        }
    }
    return detection;
}

Target propose_table(const DetectedLayer& layer, const std::string& table) {
    Target target;
    target.table = table;
    // "geom" is the geometry's own column.
    std::set<std::string> taken{"geom", "part_id"};
    for (const auto& field : layer.fields) taken.insert(clean_name(field.name));
    target.id_column = unique_name("fid", taken);
    target.columns.push_back({target.id_column, FieldType::Integer, true, ""});
    taken = {"geom", "part_id", target.id_column};
    for (const auto& field : layer.fields) {
        target.columns.push_back({unique_name(clean_name(field.name), taken), field.type, false, field.name});
    }
    if (layer.geometry) target.geometry = table_type(*layer.geometry);
    return target;
}

}  // namespace gis::read
