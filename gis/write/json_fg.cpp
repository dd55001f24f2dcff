#include "gis/write/json_fg.hpp"

#include <fmt/format.h>

#include "gis/write/geojson.hpp"

namespace gis {

JsonFgWriter::JsonFgWriter(const FeatureOutput& output)
    : feature_type_(output.layer->name), crs_(output.crs), id_is_number_(output.layer->id_type == FieldType::Integer) {
    for (std::size_t i = 0; i < output.fields.size(); ++i) {
        const Field& field = *output.fields[i];
        std::string name = names_.empty() ? "" : ",";
        append_json_string(name, field.name);
        names_.push_back(name + ':');
        const bool is_time = field.type == FieldType::Date || field.type == FieldType::DateTime;
        if (!is_time || field.name != output.layer->datetime_column) continue;
        time_field_ = i;
        time_is_date_ = field.type == FieldType::Date;
    }
}

void JsonFgWriter::begin(std::string& out, const CollectionFacts& facts) {
    out += R"({"type":"FeatureCollection","conformsTo":["http://www.opengis.net/spec/json-fg-1/1.0/conf/core"],)";
    out += R"("featureType":)";
    append_json_string(out, feature_type_);
    out += fmt::format(R"(,"coordRefSys":"{}",)", crs_.uri());
    if (facts.number_matched) out += fmt::format(R"("numberMatched":{},)", *facts.number_matched);
    if (facts.number_returned) out += fmt::format(R"("numberReturned":{},)", *facts.number_returned);
    if (!facts.links.empty()) out += R"("links":)" + facts.links + ',';
    out += R"("features":[)";
}

void JsonFgWriter::append_time(std::string& out, const Feature& feature) const {
    const auto* text = time_field_ ? std::get_if<std::string_view>(&feature.values[*time_field_]) : nullptr;
    if (text == nullptr) {
        out += "null";
        return;
    }
    out += time_is_date_ ? R"({"date":)" : R"({"timestamp":)";
    append_json_string(out, *text);
    out += '}';
}

void JsonFgWriter::write(std::string& out, const Feature& feature) {
    out += is_first_ ? "\n" : ",\n";
    is_first_ = false;
    out += R"({"type":"Feature","id":)";
    if (id_is_number_) {
        out += feature.id;
    } else {
        append_json_string(out, feature.id);
    }
    out += R"(,"time":)";
    append_time(out, feature);
    const std::string_view shown = crs_.is_crs84 ? R"(,"place":null,"geometry":)" : R"(,"geometry":null,"place":)";
    out += shown;
    if (feature.wkb.empty()) {
        out += "null";
    } else {
        append_geojson_geometry(out, feature.wkb, crs_.northing_first, coordinate_decimals(crs_));
    }
    out += R"(,"properties":{)";
    for (std::size_t i = 0; i < feature.values.size(); ++i) {
        out += names_[i];
        append_json_scalar(out, feature.values[i]);
    }
    out += "}}";
}

void JsonFgWriter::end(std::string& out) {
    out += "\n]}\n";
}

}  // namespace gis
