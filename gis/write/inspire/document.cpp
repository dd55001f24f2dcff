#include "gis/write/inspire/document.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "gis/layer/value_text.hpp"
#include "gis/text/xml_name.hpp"
#include "gis/write/inspire/surfaces.hpp"
#include "gis/write/number_text.hpp"
#include "gis/write/time_text.hpp"
#include "gis/write/wkb_cursor.hpp"
#include "gis/write/xml_text.hpp"

namespace gis::inspire {

namespace {

constexpr std::string_view wfs_uri = "http://www.opengis.net/wfs/2.0";
constexpr std::string_view gml_uri = "http://www.opengis.net/gml/3.2";

GmlForm gml_form_of(const Crs& crs) {
    GmlForm form = gml_form(GmlVersion::V3_2, crs);
    form.srs_name = crs.uri();
    form.with_heights = false;  // the CRS offered have two axes
    return form;
}

/// An xs:dateTime with a zone: narrower than RFC 3339, which has small letters, leap seconds and any zone.
bool is_xml_moment(std::string_view text) {
    constexpr std::string_view farthest = "14:00";
    if (!is_instant(text) || text[10] != 'T' || text.substr(17, 2) == "60") return false;
    return text.back() == 'Z' || (text.back() != 'z' && text.substr(text.size() - farthest.size()) <= farthest);
}

/// A day, or a moment of one.
bool has_date(std::string_view text) {
    return is_calendar_date(text) || is_xml_moment(text);
}

bool is_plain_name_part(std::string_view text) {
    return std::ranges::all_of(text, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '.';
    });
}

void append_name(std::string& out, std::string_view text) {
    if (is_plain_name_part(text)) {
        out += text;
    } else {
        out += xml_name_part(text);
    }
}

}  // namespace

void add_lookup_row(LookupRows& rows, const Lookup& lookup, std::string key, std::vector<std::string> texts) {
    for (std::size_t i = 0; i < texts.size(); ++i) texts[i] = std::string(lookup.columns[i].part_of(texts[i]));
    const auto [known, is_new] = rows.try_emplace(std::move(key), texts);
    if (is_new) return;
    for (std::size_t i = 0; i < texts.size(); ++i) {
        if (known->second[i] != texts[i]) known->second[i].clear();
    }
}

Document::Document(const Theme& theme, DocumentForm form)
    : theme_(theme),
      form_(std::move(form)),
      gml_(gml_form_of(form_.crs)),
      decimals_(coordinate_decimals(form_.crs)),
      written_(theme.mappings.size()) {}

void Document::begin(std::string& out, const CollectionFacts& facts) const {
    const bool is_wfs = form_.collection == DocumentForm::Collection::Wfs;
    const auto attribute = [&](std::string_view name, std::string_view value) {
        out += fmt::format(" {}=\"", name);
        append_xml_text(out, value);
        out += '"';
    };
    out += "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
    out += is_wfs ? "<wfs:FeatureCollection" : "<gml:FeatureCollection";
    if (is_wfs) attribute("xmlns:wfs", wfs_uri);
    attribute("xmlns:gml", gml_uri);
    attribute("xmlns:xlink", "http://www.w3.org/1999/xlink");
    attribute("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance");
    for (const auto& [prefix, uri] : theme_.namespaces) attribute("xmlns:" + prefix, uri);
    std::string location = theme_.schema_location;
    if (is_wfs) location = fmt::format("{} http://schemas.opengis.net/wfs/2.0/wfs.xsd {}", wfs_uri, location);
    attribute("xsi:schemaLocation", location);
    if (is_wfs) {
        attribute("timeStamp", facts.time_stamp);
        attribute("numberMatched", facts.number_matched ? std::to_string(*facts.number_matched) : "unknown");
        attribute("numberReturned", std::to_string(facts.number_returned.value_or(0)));
    } else {
        attribute("gml:id", "collection." + theme_.name);
    }
    out += ">\n";
}

void Document::end(std::string& out) const {
    out +=
        form_.collection == DocumentForm::Collection::Wfs ? "</wfs:FeatureCollection>\n" : "</gml:FeatureCollection>\n";
}

std::vector<const Field*> Document::fields_of(const Mapping& mapping, const Layer& layer) {
    std::vector<const Field*> fields;
    for (const std::string& column : mapping.columns) {
        if (const Field* field = layer.find_field(column)) fields.push_back(field);
    }
    if (fields.empty()) {
        for (const Field& field : layer.fields) fields.push_back(&field);
    }
    return fields;
}

void Document::start_layer(const Mapping& mapping, const Layer& layer, const std::vector<const Field*>& fields,
                           std::vector<LookupRows> lookups, LastChanges changes) {
    mapping_ = &mapping;
    layer_ = &layer;
    lookups_ = std::move(lookups);
    lookups_.resize(mapping.lookups.size());
    changes_ = std::move(changes);
    places_.clear();
    for (const std::string& column : mapping.columns) {
        const auto found = std::ranges::find(fields, column, &Field::name);
        places_.push_back(found == fields.end() ? -1 : static_cast<int>(found - fields.begin()));
    }
}

std::string_view Document::take_shapes(const Feature& feature) {
    if (feature.wkb.empty() || is_empty_geometry(feature.wkb)) return "no geometry";
    wkb_ = feature.wkb;
    WkbCursor cursor(wkb_);
    const std::uint32_t type = cursor.header();
    if (mapping_->shape == Mapping::Shape::Any && type != WkbCursor::Polygon && type != WkbCursor::MultiPolygon)
        return type == WkbCursor::GeometryCollection ? "a collection of geometries" : "";
    if (mapping_->shape == Mapping::Shape::Point) return take_point(type, cursor);
    if (mapping_->shape == Mapping::Shape::Curve) {
        members_ = lines_of(wkb_);
        return members_.empty() ? "no line" : "";
    }
    members_ = polygons_of(wkb_);
    if (members_.empty()) return "no area of closed rings";
    const bool wants_multi = mapping_->shape == Mapping::Shape::MultiSurface && type == WkbCursor::Polygon;
    const bool has_gaps = type == WkbCursor::MultiPolygon && cursor.count() != members_.size();
    if (wants_multi || has_gaps) {
        shape_ = multi_polygon(members_);
        wkb_ = shape_;
    }
    return "";
}

std::string_view Document::take_point(std::uint32_t type, WkbCursor cursor) {
    if (type == WkbCursor::MultiPoint && cursor.count() == 1) {
        constexpr std::size_t head = 1 + 4 + 4;  // byte order, type, count
        wkb_.remove_prefix(head);
        type = WkbCursor::Point;
    }
    return type == WkbCursor::Point ? "" : "no single point";
}

int Document::write(std::string& out, const Feature& feature) {
    leaves_geometry_out_ = false;
    return each_part(feature, [&] { return write_member(out); });
}

int Document::each_object(const Feature& feature, const TakeObject& take) {
    leaves_geometry_out_ = true;
    return each_part(feature, [&] {
        object_.clear();
        if (!write_object(object_)) return false;
        take(object_, mapping_->with_geometry ? wkb_ : std::string_view());
        return true;
    });
}

int Document::each_part(const Feature& feature, const std::function<bool()>& write_one) {
    feature_ = &feature;
    if (const std::string_view why = mapping_->with_geometry ? take_shapes(feature) : ""; !why.empty()) {
        refuse(feature, why);
        return 0;
    }
    int objects = 0;
    const bool is_split = mapping_->with_geometry &&
                          (mapping_->shape == Mapping::Shape::Surface || mapping_->shape == Mapping::Shape::Curve);
    const std::size_t parts = is_split ? members_.size() : 1;
    for (std::size_t i = 0; i < parts; ++i) {
        if (is_split) wkb_ = members_[i];
        part_.clear();
        append_integer(part_, static_cast<std::int64_t>(i + 1));
        if (write_one()) ++objects;
    }
    if (objects == 0 && mapping_->body.conditions.empty())
        refuse(feature, "a value is missing that the schema demands");
    if (objects > 0 && mapping_->referenced)
        written_[static_cast<std::size_t>(mapping_ - theme_.mappings.data())].emplace(feature.id);
    return objects;
}

bool Document::write_member(std::string& out) {
    const bool is_wfs = form_.collection == DocumentForm::Collection::Wfs;
    const std::size_t begin = out.size();
    out += is_wfs ? "<wfs:member>" : "<gml:featureMember>";
    if (!write_object(out)) {
        out.resize(begin);
        return false;
    }
    out += is_wfs ? "</wfs:member>\n" : "</gml:featureMember>\n";
    return true;
}

bool Document::write_object(std::string& out) {
    gml_id_.clear();
    return fill(gml_id_, mapping_->id, *this) && fill(out, mapping_->body, *this);
}

void Document::refuse(const Feature& feature, std::string_view why) {
    ++refusals_.count;
    if (refusals_.first.size() < Refusals::listed_at_most)
        refusals_.first.push_back(fmt::format("{} {}: {}", layer_->name, feature.id, why));
}

void Document::append_geometry(std::string& out) {
    if (leaves_geometry_out_) return;
    const std::size_t size = gml_id_.size();
    gml_id_ += ".geom";
    append_gml_geometry(out, wkb_, gml_, decimals_, gml_id_);
    gml_id_.resize(size);
}

const std::vector<std::string>* Document::looked_up(std::size_t lookup) {
    Term key;
    key.column = mapping_->lookups[lookup].column;
    const Scalar value = value_of(key);
    const auto* text = std::get_if<std::string_view>(&value);
    if (text == nullptr) return nullptr;
    const auto found = lookups_[lookup].find(std::string(*text));
    return found == lookups_[lookup].end() ? nullptr : &found->second;
}

Scalar Document::value_of(const Term& term) {
    switch (term.source) {
        case Term::Source::Column: {
            const int place = places_[term.column];
            return place < 0 ? Scalar{} : feature_->values[static_cast<std::size_t>(place)];
        }
        case Term::Source::Lookup: {
            const std::vector<std::string>* row = looked_up(term.lookup);
            return row == nullptr ? Scalar{} : Scalar{std::string_view((*row)[term.column])};
        }
        case Term::Source::Literal:
            return std::string_view(term.literal);
        case Term::Source::Fact:
            break;
    }
    switch (term.fact) {
        case Term::Fact::Id:
            return feature_->id;
        case Term::Fact::Part:
            return std::string_view(part_);
        case Term::Fact::Namespace:
            return std::string_view(form_.id_namespace);
        case Term::Fact::Vintage:
            return std::string_view(layer_->vintage);
        case Term::Fact::Changed:
            return last_change();
        case Term::Fact::Layer:
            return std::string_view(layer_->name);
        case Term::Fact::Table:
            return std::string_view(layer_->table_name);
        case Term::Fact::Title:
            return std::string_view(layer_->title);
    }
    return {};
}

Scalar Document::last_change() {
    const auto found = changes_.find(std::string(feature_->id));
    if (found == changes_.end()) return {};
    changed_.clear();
    append_date_time(changed_, found->second);
    return std::string_view(changed_);
}

bool Document::append(std::string& out, const Placeholder& placeholder) {
    unknown_.clear();
    if (std::ranges::any_of(placeholder, [&](const Term& term) { return append_term(out, term); })) return true;
    std::ranges::for_each(unknown_, [&](const std::string& code) { count_unknown(code); });
    return false;
}

bool Document::append_term(std::string& out, const Term& term) {
    const Scalar value = value_of(term);
    if (const auto* text = std::get_if<std::string_view>(&value)) return append_text(out, term, *text);
    if (std::holds_alternative<std::monostate>(value)) return false;
    if (term.form == Term::Form::Plain && term.size == std::string::npos) {
        append_xml_scalar(out, value);
        return true;
    }
    text_.clear();
    append_xml_scalar(text_, value);
    return append_text(out, term, text_);
}

bool Document::append_text(std::string& out, const Term& term, std::string_view text) {
    if (term.size != std::string::npos) {
        if (text.size() < term.from + term.size) return false;
        text = text.substr(term.from, term.size);
    }
    if (text.empty()) return false;
    switch (term.form) {
        case Term::Form::Plain:
            append_xml_text(out, text);
            return true;
        case Term::Form::Integer:
        case Term::Form::Number:
            if (term.form == Term::Form::Integer ? !is_integer(text) : !is_number(text)) return false;
            out += text;
            return true;
        case Term::Form::Date:
        case Term::Form::DateTime:
            if (!has_date(text)) return false;
            out += term.form == Term::Form::Date ? text.substr(0, 10) : text;
            if (term.form == Term::Form::DateTime && text.size() == 10) out += "T00:00:00Z";
            return true;
        case Term::Form::Name:
            append_name(out, text);
            return true;
        case Term::Form::Code:
            return append_code(out, term, text);
        case Term::Form::Reference:
            if (!written_[term.target].contains(std::string(text))) return false;
            append_name(out, text);
            return true;
    }
    return false;
}

bool Document::append_code(std::string& out, const Term& term, std::string_view text) {
    const CodeList& list = theme_.lists[term.list];
    const std::string* found = list.find(text);
    if (found != nullptr) {
        append_xml_text(out, *found);
        return !found->empty();
    }
    const std::string unknown = fmt::format("{} {}", list.name, text.substr(0, 50));
    if (list.other.empty()) {
        unknown_.push_back(unknown);  // another term may know it
        return false;
    }
    count_unknown(unknown);
    append_xml_text(out, list.other);
    return true;
}

void Document::count_unknown(const std::string& code) {
    if (refusals_.unknown_codes.size() < Refusals::listed_at_most || refusals_.unknown_codes.contains(code))
        ++refusals_.unknown_codes[code];
}

}  // namespace gis::inspire
