#include "server/api/edit_body.hpp"

#include <fmt/format.h>

#include <limits>
#include <nlohmann/json.hpp>

#include "gis/edit/field_check.hpp"
#include "gis/geometry/bounded_json.hpp"
#include "server/api/edit_geometry.hpp"
#include "server/http/conditional.hpp"

namespace api {

namespace {

using gis::Edit;
using gis::EditProblem;
using nlohmann::json;

std::string cut(const json& value) {
    return gis::shown(value.dump(-1, ' ', false, json::error_handler_t::replace));
}

/// Nothing for an array or an object.
std::optional<gis::Value> value_of(const json& value) {
    switch (value.type()) {
        case json::value_t::null:
            return gis::Value{};
        case json::value_t::boolean:
            return gis::Value{value.get<bool>()};
        case json::value_t::number_integer:
            return gis::Value{value.get<std::int64_t>()};
        case json::value_t::number_unsigned: {
            const auto number = value.get<std::uint64_t>();
            if (number <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
                return gis::Value{static_cast<std::int64_t>(number)};
            return gis::Value{static_cast<double>(number)};
        }
        case json::value_t::number_float:
            return gis::Value{value.get<double>()};
        case json::value_t::string:
            return gis::Value{value.get<std::string>()};
        default:
            return std::nullopt;
    }
}

class BodyReader {
  public:
    BodyReader(const gis::Layer& layer, Edit::Kind kind, const std::optional<std::string>& id, const gis::Crs& crs)
        : layer_(layer), kind_(kind), id_(id), crs_(crs) {}

    EditBody read(const json& document) {
        const auto features = document.is_object() ? document.find("features") : document.end();
        body_.is_collection = kind_ == Edit::Kind::Insert && document.is_object() &&
                              document.value("type", json()) == "FeatureCollection" && features != document.end() &&
                              features->is_array();
        if (!body_.is_collection) {
            add_feature(document);
        } else {
            for (const json& feature : *features) add_feature(feature);
            if (features->empty()) refuse("features", "", "at least one feature expected");
        }
        return std::move(body_);
    }

  private:
    void refuse(std::string field, std::string value, std::string expected) {
        if (body_.request.problems.size() >= gis::max_problems) return;
        body_.request.problems.push_back({EditProblem::Reason::Content, body_.request.edits.size(), id_.value_or(""),
                                          std::move(field), std::move(value), std::move(expected)});
    }

    void add_feature(const json& feature) {
        Edit edit;
        edit.kind = kind_;
        edit.layer = &layer_;
        edit.id = id_;
        const json type = feature.is_object() ? feature.value("type", json()) : json();
        const bool is_patch = kind_ == Edit::Kind::Update && type.is_null();
        if (!feature.is_object() || (type != "Feature" && !is_patch)) {
            refuse("type", cut(type), "a GeoJSON Feature expected");
        } else {
            add_id(edit, feature);
            add_properties(edit, feature);
            add_geometry(edit, feature);
        }
        body_.request.edits.push_back(std::move(edit));
    }

    /// Clients number new features themselves (-1, -2): only what may be a natural key counts.
    void add_id(Edit& edit, const json& feature) {
        const json id = feature.value("id", json());
        if (kind_ == Edit::Kind::Insert) {
            const bool is_text = layer_.id_type == gis::FieldType::Text;
            if (is_text && id.is_string()) edit.id = id.get<std::string>();
            if (!is_text && id.is_number_integer() && id >= 0) edit.id = id.dump();
            return;
        }
        if (id.is_null()) return;
        const std::string text = id.is_string() ? id.get<std::string>() : id.dump();
        if (text != id_) refuse("id", cut(id), "the id of the address expected: ids do not change");
    }

    void add_properties(Edit& edit, const json& feature) {
        const auto properties = feature.find("properties");
        if (properties == feature.end() || properties->is_null()) return;
        if (!properties->is_object()) return refuse("properties", cut(*properties), "an object expected");
        for (const auto& [name, value] : properties->items()) {
            if (auto scalar = value_of(value)) {
                edit.values.push_back({name, std::move(*scalar)});
            } else {
                refuse(name, cut(value), "a single value expected");
            }
        }
    }

    void add_geometry(Edit& edit, const json& feature) {
        const auto geometry = feature.find("geometry");
        if (geometry == feature.end()) return;
        if (geometry->is_null()) {
            edit.geometry = gis::EditGeometry{"", crs_};
            return;
        }
        ReadGeometry read = read_geometry(*geometry, crs_.northing_first);
        if (!read.expected.empty()) {
            const json type = geometry->is_object() ? geometry->value("type", json()) : *geometry;
            return refuse("geometry", cut(type), read.expected);
        }
        edit.geometry = gis::EditGeometry{std::move(read.wkb), crs_};
    }

    const gis::Layer& layer_;
    Edit::Kind kind_;
    std::optional<std::string> id_;
    gis::Crs crs_;
    EditBody body_;
};

}  // namespace

EditBody read_edit_body(const std::string& body, const gis::Layer& layer, Edit::Kind kind,
                        const std::optional<std::string>& id, const gis::Crs& crs) {
    return BodyReader(layer, kind, id, crs).read(gis::parse_bounded_json(body, ""));
}

gis::Crs content_crs(const http::Request& request, const std::vector<gis::Crs>& offered) {
    const std::string* header = request.header("Content-Crs");
    if (header == nullptr) return gis::crs84();
    std::string_view text = *header;
    if (text.size() > 2 && text.front() == '<' && text.back() == '>') text = text.substr(1, text.size() - 2);
    if (auto crs = gis::find_crs(text, offered)) return *crs;
    std::vector<std::string> uris;
    for (const gis::Crs& crs : offered) uris.push_back(crs.uri());
    throw gis::InvalidRequest("Content-Crs", fmt::format("'{}' is not offered; expected one of {}", text.substr(0, 200),
                                                         fmt::join(uris, ", ")));
}

std::vector<std::string> expected_versions(const http::Request& request) {
    const std::string* header = request.header("If-Match");
    std::vector<std::string> versions;
    if (header == nullptr || *header == "*") return versions;
    for (std::size_t open = header->find('"'); open != std::string::npos;) {
        const std::size_t close = header->find('"', open + 1);
        if (close == std::string::npos) break;
        const std::string tag = header->substr(open + 1, close - open - 1);
        versions.push_back(tag.substr(0, tag.find('-')));
        open = header->find('"', close + 1);
    }
    if (versions.empty())
        throw gis::InvalidRequest("If-Match", "an entity tag in quotes expected, as ETag gave it, or *");
    return versions;
}

std::string feature_etag(const std::string& version, std::string_view representation) {
    const std::string tag = http::etag_of(representation);
    return "\"" + version + "-" + tag.substr(1);
}

}  // namespace api
