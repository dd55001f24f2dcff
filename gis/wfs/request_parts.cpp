#include "gis/wfs/request_parts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "gis/filter/bind.hpp"
#include "gis/filter/property.hpp"
#include "gis/text/xml_name.hpp"
#include "gis/wfs/feature_names.hpp"
#include "gis/wfs/fes.hpp"
#include "gis/wfs/names.hpp"
#include "gis/wfs/service_error.hpp"

namespace gis::wfs {

namespace {

std::string type_parameter(Version version) {
    return version == Version::V2_0_0 ? "typeNames" : "typeName";
}

[[noreturn]] void refuse_type(std::string_view name, Version version) {
    throw invalid(type_parameter(version), fmt::format("there is no feature type '{}'", name.substr(0, 100)));
}

std::string upper(std::string_view text) {
    std::string result(text);
    for (char& c : result) {
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    return result;
}

bool is_later(std::string_view a, std::string_view b) {
    return std::lexicographical_compare(b.begin(), b.end(), a.begin(), a.end());
}

}  // namespace

const Layer& layer_named(std::string_view name, const RequestContext& context, Version version,
                         const Prefixes& prefixes) {
    const auto colon = name.find(':');
    std::string_view local = name;
    if (colon != std::string_view::npos) {
        const auto meaning = prefixes(name.substr(0, colon));
        // QGIS binds prefixes of its own, some versions of it to nothing.
        if (meaning && !meaning->empty() && *meaning != feature_namespace) refuse_type(name, version);
        local = name.substr(colon + 1);
    }
    const Layer* layer = context.catalog.find(from_xml_name(local));
    if (layer == nullptr) refuse_type(name, version);
    return *layer;
}

Query query_of(const Layer& layer, const std::string& srs_name, const RequestContext& context, Version version) {
    Query query;
    query.layer = &layer;
    query.with_geometry = layer.has_geometry();
    const Crs own = layer.has_geometry() ? layer.crs : crs84();
    query.crs_asked = !srs_name.empty();
    query.srs_name = srs_name.empty() ? crs_name(own, version) : srs_name;
    std::vector<Crs> offered = context.offered;
    if (std::find(offered.begin(), offered.end(), own) == offered.end()) offered.push_back(own);
    query.crs = read_crs_name(query.srs_name, offered, version, "srsName");
    return query;
}

void choose_properties(Query& query, const std::vector<std::string>& paths) {
    if (paths.empty()) return;
    const Layer& layer = *query.layer;
    std::vector<const Field*> fields;
    bool geometry = false;
    for (const std::string& path : paths) {
        const std::string name = property_name(path, layer);
        if (name == "*") return;
        const Expression property = property_of(layer, name, "propertyName");
        if (const auto* field = std::get_if<PropertyRef>(&property.node)) {
            if (std::find(fields.begin(), fields.end(), field->field) == fields.end()) fields.push_back(field->field);
        } else {
            geometry = true;
        }
    }
    // In the order of the schema, which has them in a sequence.
    std::sort(fields.begin(), fields.end());
    query.all_properties = false;
    query.fields = std::move(fields);
    query.with_geometry = geometry;
}

SortItem sort_item(std::string_view path, std::string_view order, const Layer& layer) {
    SortItem item;
    item.field = &field_of(layer, property_name(path, layer), "sortBy");
    const std::string direction = upper(order);
    item.descending = direction == "D" || direction == "DESC";
    if (!item.descending && !direction.empty() && direction != "A" && direction != "ASC")
        throw invalid("sortBy", fmt::format("ASC or DESC expected, got '{}'", order.substr(0, 50)));
    return item;
}

SortItem read_sort_item(std::string_view text, const Layer& layer) {
    const auto separator = text.find_first_of(" +");
    if (separator == std::string_view::npos) return sort_item(text, "", layer);
    std::string_view order = text.substr(separator + 1);
    while (order.starts_with(' ')) order.remove_prefix(1);
    return sort_item(text.substr(0, separator), order, layer);
}

std::vector<Query> queries_by_name(const std::vector<std::string>& names, const std::string& srs_name,
                                   const RequestContext& context, Version version) {
    if (names.size() > static_cast<std::size_t>(max_filter_nodes))
        throw invalid("resourceId", fmt::format("at most {} names", max_filter_nodes));
    std::vector<Query> queries;
    std::vector<ById> ids;
    for (const std::string& name : names) {
        const Layer* layer = context.catalog.find(from_xml_name(type_of_feature_name(name)));
        const auto id = layer == nullptr ? std::nullopt : id_of_feature_name(*layer, name);
        if (!id) {
            throw invalid("resourceId",
                          fmt::format("'{}': a feature type, a point and an id expected", name.substr(0, 100)));
        }
        const auto same = [&](const Query& query) { return query.layer == layer; };
        const auto known = std::find_if(queries.begin(), queries.end(), same);
        if (known == queries.end()) {
            queries.push_back(query_of(*layer, srs_name, context, version));
            ids.push_back({{*id}});
        } else {
            ids[static_cast<std::size_t>(known - queries.begin())].ids.push_back(*id);
        }
    }
    for (std::size_t i = 0; i < queries.size(); ++i)
        queries[i].filter = bind_filter(Filter{std::move(ids[i])}, *queries[i].layer, "resourceId");
    return queries;
}

GetFeature stored_query(std::string_view id, const std::optional<std::string>& feature, const std::string& srs_name,
                        const RequestContext& context) {
    if (!is_feature_by_id_query(id))
        throw invalid("storedquery_id", fmt::format("there is no stored query '{}'", id.substr(0, 100)));
    if (!feature) throw missing("ID");
    GetFeature request;
    request.single_feature = true;
    const Layer* layer = context.catalog.find(from_xml_name(type_of_feature_name(*feature)));
    const auto key = layer == nullptr ? std::nullopt : id_of_feature_name(*layer, *feature);
    if (!key) throw ServiceError("NotFound", "ID", fmt::format("there is no feature '{}'", feature->substr(0, 100)));
    Query query = query_of(*layer, srs_name, context, Version::V2_0_0);
    query.filter = bind_filter(Filter{ById{{*key}}}, *layer, "ID");
    request.queries.push_back(std::move(query));
    return request;
}

void require_parameters(const GetSpatialDataSet& request) {
    if (request.crs.empty()) throw missing("CRS");
    if (request.code.empty()) throw missing("DataSetIdCode");
}

std::int64_t read_count(std::string_view text, const std::string& parameter) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = end == text.data() + text.size();
    if (whole && error == std::errc::result_out_of_range && !text.starts_with('-')) return INT64_MAX;
    if (!whole || error != std::errc{} || value < 0)
        throw invalid(parameter,
                      fmt::format("a whole number that is not negative expected, got '{}'", text.substr(0, 50)));
    return value;
}

ResultType read_result_type(std::string_view text) {
    if (text.empty() || upper(text) == "RESULTS") return ResultType::Results;
    if (upper(text) == "HITS") return ResultType::Hits;
    throw invalid("resultType", fmt::format("results or hits expected, got '{}'", text.substr(0, 50)));
}

Version negotiate(const std::vector<std::string>& accept, const std::optional<std::string>& version) {
    if (!accept.empty()) {
        for (const std::string& text : accept) {
            if (const auto known = parse_version(text)) return *known;
        }
        throw ServiceError("VersionNegotiationFailed", "AcceptVersions",
                           "AcceptVersions: 2.0.0, 1.1.0 and 1.0.0 are spoken here");
    }
    if (!version) return Version::V2_0_0;
    if (const auto known = parse_version(*version)) return *known;
    // The old way: the greatest that is not above what was asked, or the lowest there is.
    for (const Version spoken : {Version::V2_0_0, Version::V1_1_0}) {
        if (is_later(*version, to_string(spoken))) return spoken;
    }
    return Version::V1_0_0;
}

Version require_version(const std::string& text) {
    if (const auto known = parse_version(text)) return *known;
    throw invalid("version", fmt::format("2.0.0, 1.1.0 or 1.0.0 expected, got '{}'", text.substr(0, 50)));
}

void set_value_reference(GetFeature& request, const std::string& path) {
    request.is_property_value = true;
    if (path.empty()) throw invalid("valueReference", "the name of a property expected");
    for (Query& query : request.queries) {
        const Layer& layer = *query.layer;
        const std::string name = property_name(path, layer);
        if (path.ends_with("@gml:id")) {
            request.value_reference = "@gml:id";
            query.with_geometry = false;
            query.all_properties = false;
            continue;
        }
        property_of(layer, name, "valueReference");
        request.value_reference = name;
        choose_properties(query, {name});
    }
}

void refuse_operation(const std::string& name) {
    constexpr std::array<std::string_view, 5> not_offered{"LOCKFEATURE", "GETFEATUREWITHLOCK", "CREATESTOREDQUERY",
                                                          "DROPSTOREDQUERY", "GETGMLOBJECT"};
    if (std::find(not_offered.begin(), not_offered.end(), upper(name)) != not_offered.end())
        throw ServiceError("OperationNotSupported", name, name + ": this service does not offer the operation");
    throw invalid("request", fmt::format("there is no operation '{}'", name.substr(0, 50)));
}

void require_filter_language(const std::optional<std::string>& name) {
    if (name && *name != "urn:ogc:def:queryLanguage:OGC-FES:Filter" &&
        *name != "urn:ogc:def:query Language:OGC-FES:Filter")
        throw invalid("filter_language", "urn:ogc:def:queryLanguage:OGC-FES:Filter expected");
}

}  // namespace gis::wfs
