#include "gis/read/detect.hpp"

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
        detected.count = layer.count;
        detected.refusal = layer.refusal;
        if (mapping) {
            detected.kind = mapping->kind;
            detected.table = mapping->table;
        }
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
