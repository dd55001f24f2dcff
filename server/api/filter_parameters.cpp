#include "server/api/filter_parameters.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "gis/error.hpp"
#include "gis/filter/bind.hpp"
#include "gis/filter/cql2.hpp"
#include "gis/filter/property.hpp"
#include "server/api/parameters.hpp"

namespace api {

using gis::InvalidRequest;

namespace {

constexpr std::size_t max_names = 1000;  // more than any table has columns

enum class FilterLanguage { Text, Json };

FilterLanguage parse_language(const http::Request& request) {
    const std::string language = query_text(request, "filter-lang");
    // cql-text: the name in drafts, which GDAL 3 asks for; what it sends is CQL2 text.
    if (!request.query_value("filter-lang") || language == "cql2-text" || language == "cql-text")
        return FilterLanguage::Text;
    if (language == "cql2-json") return FilterLanguage::Json;
    throw InvalidRequest("filter-lang",
                         fmt::format("cql2-text or cql2-json expected, got '{}'", language.substr(0, 50)));
}

gis::FilterPtr parse_filter(const http::Request& request, const std::vector<gis::Crs>& offered,
                            const gis::Layer& layer) {
    const FilterLanguage language = parse_language(request);
    gis::FilterReading reading;
    reading.layer = &layer;
    reading.crs = parse_crs(request, "filter-crs", offered);
    const auto text = request.query_value("filter");
    if (!text) return nullptr;
    gis::Filter filter =
        language == FilterLanguage::Text ? gis::parse_cql2_text(*text, reading) : gis::parse_cql2_json(*text, reading);
    return gis::bind_filter(std::move(filter), layer);
}

std::vector<std::string_view> list_of(std::string_view text, const std::string& parameter) {
    std::vector<std::string_view> names;
    while (true) {
        const auto comma = text.find(',');
        names.push_back(text.substr(0, comma));
        if (names.size() > max_names) throw InvalidRequest(parameter, fmt::format("more than {} names", max_names));
        if (comma == std::string_view::npos) return names;
        text.remove_prefix(comma + 1);
    }
}

std::vector<gis::SortKey> parse_sort(std::string_view text, const gis::Layer& layer) {
    std::vector<gis::SortKey> keys;
    for (std::string_view name : list_of(text, "sortby")) {
        gis::SortKey key;
        key.descending = name.starts_with('-');
        // A '+' that was not percent-encoded arrives as a space.
        if (name.starts_with('-') || name.starts_with('+') || name.starts_with(' ')) name.remove_prefix(1);
        key.field = &gis::field_of(layer, name, "sortby");
        const auto same = [&](const gis::SortKey& known) { return known.field == key.field; };
        if (std::any_of(keys.begin(), keys.end(), same))
            throw InvalidRequest("sortby", fmt::format("'{}' is there twice", name));
        keys.push_back(key);
    }
    if (keys.size() > gis::max_sort_keys)
        throw InvalidRequest("sortby", fmt::format("at most {} properties expected", gis::max_sort_keys));
    return keys;
}

/// The geometry may be named; it is always given.
std::vector<const gis::Field*> parse_properties(std::string_view text, const gis::Layer& layer) {
    std::vector<const gis::Field*> fields;
    for (const std::string_view name : list_of(text, "properties")) {
        const gis::Expression property = gis::property_of(layer, name, "properties");
        const auto* field = std::get_if<gis::PropertyRef>(&property.node);
        if (field == nullptr) continue;
        if (std::find(fields.begin(), fields.end(), field->field) != fields.end())
            throw InvalidRequest("properties", fmt::format("'{}' is there twice", name));
        fields.push_back(field->field);
    }
    return fields;
}

}  // namespace

const std::vector<std::string_view>& items_parameter_names() {
    static const std::vector<std::string_view> names{"f",          "limit",    "bbox",       "bbox-crs",
                                                     "crs",        "datetime", "filter",     "filter-lang",
                                                     "filter-crs", "sortby",   "properties", "token"};
    return names;
}

void parse_filter_parameters(const http::Request& request, const std::vector<gis::Crs>& offered,
                             gis::FeatureQuery& query) {
    query.filter = parse_filter(request, offered, *query.layer);
    if (const auto sort = request.query_value("sortby")) query.sort = parse_sort(*sort, *query.layer);
    if (const auto properties = request.query_value("properties"))
        query.fields = parse_properties(*properties, *query.layer);
}

void blame_filter(const gis::FeatureQuery& query, const db::SqlError& error) {
    if (query.filter && error.state().starts_with("22"))  // class 22: data exceptions
        throw InvalidRequest("filter", "its arithmetic has no result for some feature: a number out of range");
    throw error;
}

}  // namespace api
