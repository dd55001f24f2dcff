#include "gis/write/gml.hpp"

#include <fmt/format.h>

#include "gis/text/xml_name.hpp"
#include "gis/write/number_text.hpp"
#include "gis/write/wkb_cursor.hpp"
#include "gis/write/xml_text.hpp"

namespace gis {

namespace {

std::pair<std::string, std::string> tag_of(const GmlForm& form, const std::string& name) {
    const std::string element = form.prefix + ':' + xml_name(name);
    return {'<' + element + '>', "</" + element + '>'};
}

std::string_view id_attribute(GmlVersion version) {
    return version == GmlVersion::V2_1 ? "fid" : "gml:id";
}

void append_attribute(std::string& out, std::string_view name, std::string_view value) {
    if (value.empty()) return;
    out += ' ';
    out += name;
    out += "=\"";
    append_xml_text(out, value);
    out += '"';
}

/// Letters, digits and what else an XML name may hold: most ids.
bool is_plain_name_part(std::string_view text) {
    for (const char c : text) {
        const bool plain =
            (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '.';
        if (!plain) return false;
    }
    return true;
}

}  // namespace

GmlForm gml_form(GmlVersion version, const Crs& crs) {
    GmlForm form;
    form.version = version;
    if (version == GmlVersion::V2_1) {
        form.srs_name = fmt::format("EPSG:{}", crs.srid);
        return form;
    }
    form.srs_name = crs.is_crs84 ? "urn:ogc:def:crs:OGC:1.3:CRS84" : fmt::format("urn:ogc:def:crs:EPSG::{}", crs.srid);
    form.northing_first = crs.northing_first;
    return form;
}

GmlFeatureText::GmlFeatureText(const FeatureOutput& output, GmlForm form)
    : form_(std::move(form)), decimals_(coordinate_decimals(output.crs)) {
    const Layer& layer = *output.layer;
    name_prefix_ = xml_name(layer.name) + '.';
    const std::string element = form_.prefix + ':' + xml_name(layer.name);
    open_ = fmt::format("<{} {}=\"", element, id_attribute(form_.version));
    close_ = "</" + element + '>';
    for (const Field* field : output.fields) tags_.push_back(tag_of(form_, field->name));
    if (output.with_geometry) geometry_tag_ = tag_of(form_, layer.geometry_column);
}

void GmlFeatureText::append(std::string& out, const Feature& feature) {
    name_ = name_prefix_;
    if (is_plain_name_part(feature.id)) {
        name_ += feature.id;
    } else {
        name_ += xml_name_part(feature.id);
    }
    out += open_;
    out += name_;
    out += "\">";
    for (std::size_t i = 0; i < feature.values.size(); ++i) {
        if (std::holds_alternative<std::monostate>(feature.values[i])) continue;
        out += tags_[i].first;
        append_xml_scalar(out, feature.values[i]);
        out += tags_[i].second;
    }
    if (!geometry_tag_.first.empty() && !feature.wkb.empty() && !is_empty_geometry(feature.wkb)) {
        out += geometry_tag_.first;
        name_ += ".geom";
        append_gml_geometry(out, feature.wkb, form_, decimals_, name_);
        out += geometry_tag_.second;
    }
    out += close_;
}

std::string_view gml_member(GmlVersion version) {
    return version == GmlVersion::V3_2 ? "wfs:member" : "gml:featureMember";
}

void append_gml_collection_start(std::string& out, const GmlForm& form, const CollectionFacts& facts) {
    const bool is_2_0 = form.version == GmlVersion::V3_2;
    out += "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<wfs:FeatureCollection";
    append_attribute(out, "xmlns:wfs", is_2_0 ? "http://www.opengis.net/wfs/2.0" : "http://www.opengis.net/wfs");
    append_attribute(out, "xmlns:gml", is_2_0 ? "http://www.opengis.net/gml/3.2" : "http://www.opengis.net/gml");
    append_attribute(out, "xmlns:" + form.prefix, form.namespace_uri);
    if (!form.schema_location.empty()) {
        append_attribute(out, "xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance");
        append_attribute(out, "xsi:schemaLocation", form.schema_location);
    }
    if (form.version != GmlVersion::V2_1) append_attribute(out, "timeStamp", facts.time_stamp);
    const std::string returned = facts.number_returned ? std::to_string(*facts.number_returned) : "";
    if (is_2_0) {
        append_attribute(out, "numberMatched",
                         facts.number_matched ? std::to_string(*facts.number_matched) : "unknown");
        append_attribute(out, "numberReturned", returned.empty() ? "0" : returned);
        append_attribute(out, "next", facts.next);
        append_attribute(out, "previous", facts.previous);
    } else if (form.version == GmlVersion::V3_1) {
        append_attribute(out, "numberOfFeatures", returned);
    }
    out += ">\n";
    if (form.version == GmlVersion::V2_1) out += "<gml:boundedBy><gml:null>unknown</gml:null></gml:boundedBy>\n";
}

void append_gml_collection_end(std::string& out) {
    out += "</wfs:FeatureCollection>\n";
}

void GmlWriter::begin(std::string& out, const CollectionFacts& facts) {
    append_gml_collection_start(out, feature_.form(), facts);
}

void GmlWriter::write(std::string& out, const Feature& feature) {
    const bool is_2_0 = feature_.form().version == GmlVersion::V3_2;
    out += is_2_0 ? "<wfs:member>" : "<gml:featureMember>";
    feature_.append(out, feature);
    out += is_2_0 ? "</wfs:member>\n" : "</gml:featureMember>\n";
}

void GmlWriter::end(std::string& out) {
    append_gml_collection_end(out);
}

}  // namespace gis
