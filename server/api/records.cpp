// OGC API – Records Part 1 (20-004r1): the records of INSPIRE data sets as one catalogue, an API of its own below
// /records, so that who lists the layers at /collections is not given records for features.

#include <fmt/format.h>

#include <algorithm>

#include "gis/error.hpp"
#include "gis/filter/bind.hpp"
#include "gis/filter/property.hpp"
#include "server/api/clock_text.hpp"
#include "server/api/discovery_records.hpp"
#include "server/api/documents.hpp"
#include "server/api/filter_parameters.hpp"
#include "server/api/handlers.hpp"
#include "server/api/parameters.hpp"
#include "server/gate/gatekeeper.hpp"

namespace api {

namespace {

using gis::records::Record;

constexpr std::string_view catalogue_id = "inspire";
constexpr std::string_view catalogue_title = "Fiches des jeux de données INSPIRE";
constexpr std::string_view record_core = "http://www.opengis.net/spec/ogcapi-records-1/1.0/conf/record-core";

std::string root_url(const http::Request& request) {
    return request.base_url + "/records";
}

std::string catalogue_url(const http::Request& request) {
    return fmt::format("{}/collections/{}", root_url(request), catalogue_id);
}

std::string record_url(const http::Request& request, const Record& record) {
    return catalogue_url(request) + "/items/" + encode_path_segment(record.id);
}

Json self_link(const std::string& url, std::string_view type = "application/json") {
    return link(url, "self", type, "Ce document");
}

Json polygon(const gis::GeographicBox& box) {
    const Json ring = Json::array({Json::array({box.west, box.south}), Json::array({box.east, box.south}),
                                   Json::array({box.east, box.north}), Json::array({box.west, box.north}),
                                   Json::array({box.west, box.south})});
    return {{"type", "Polygon"}, {"coordinates", Json::array({ring})}};
}

/// A record as GeoJSON (20-004r1, 8.2).
Json record_document(const Record& record, const http::Request& request) {
    Json properties{{"type", record.type},
                    {"title", record.title},
                    {"description", record.abstract},
                    {"updated", record.modified + "T00:00:00Z"},
                    {"language", {{"code", "fr"}}},
                    {"keywords", record.subjects},
                    {"formats", Json::array({{{"name", record.format}}})}};
    if (!record.publisher.empty())
        properties["contacts"] =
            Json::array({{{"organization", record.publisher}, {"roles", Json::array({"publisher"})}}});
    if (!record.resource_id.empty()) properties["externalIds"] = Json::array({{{"value", record.resource_id}}});
    std::string rights;
    for (const std::string& one : record.rights) rights += (rights.empty() ? "" : " ; ") + one;
    if (!rights.empty()) properties["rights"] = rights;
    Json links = Json::array({self_link(record_url(request, record), geojson_type),
                              link(catalogue_url(request), "collection", "application/json", catalogue_title)});
    for (const gis::records::Link& one : record.links)
        links.push_back(link(one.url, one.relation, one.media_type, one.title));
    return {{"id", record.id},
            {"type", "Feature"},
            {"conformsTo", Json::array({record_core})},
            {"time", nullptr},
            {"geometry", polygon(record.extent)},
            {"properties", std::move(properties)},
            {"links", std::move(links)}};
}

Json catalogue_document(const http::Request& request) {
    const std::string url = catalogue_url(request);
    return {{"id", catalogue_id},
            {"title", catalogue_title},
            {"description", "Ce que le demandeur a le droit d’emporter, et le service qui le donne."},
            {"itemType", "record"},
            {"conformsTo", Json::array({record_core})},
            {"crs", Json::array({gis::crs84().uri()})},
            {"links", Json::array({self_link(url), link(url + "/items", "items", geojson_type, catalogue_title),
                                   link(url + "/queryables", "http://www.opengis.net/def/rel/ogc/1.0/queryables",
                                        schema_type, "Propriétés à filtrer")})}};
}

gis::Expression property(std::string_view name) {
    return gis::property_of(gis::records::queryables(), name, std::string(name));
}

gis::Expression text(std::string value) {
    return {gis::Literal{std::move(value)}};
}

gis::Expression folded(gis::Expression expression) {
    using Without = gis::Folded::Without;
    const gis::ExpressionPtr plain = gis::share(std::move(expression));
    const gis::ExpressionPtr caseless = gis::share(gis::Expression{gis::Folded{Without::Case, plain}});
    return {gis::Folded{Without::Accents, caseless}};
}

/// Parts of a list between commas.
std::vector<std::string> comma_list(const http::Request& request, std::string_view name) {
    constexpr std::size_t most = 100;
    std::vector<std::string> parts;
    std::string_view text = request.query_value(name).value_or("");
    while (!text.empty()) {
        const auto comma = std::min(text.find(','), text.size());
        if (comma > 0) parts.emplace_back(text.substr(0, comma));
        text.remove_prefix(std::min(comma + 1, text.size()));
        if (parts.size() > most) throw gis::InvalidRequest(std::string(name), fmt::format("at most {} expected", most));
    }
    return parts;
}

gis::Filter one_of(std::string_view name, const std::vector<std::string>& values) {
    gis::In in{property(name), {}};
    for (const std::string& value : values) in.list.push_back(text(value));
    return {std::move(in)};
}

/// Any of the terms, whatever its case and accents (20-004r1, 8.3.4).
gis::Filter mentions_any(const std::vector<std::string>& terms) {
    gis::Or any;
    for (const std::string& term : terms) {
        const std::string pattern = '%' + gis::like_pattern(term, "", "", "", "q") + '%';
        any.parts.push_back({gis::Like{folded(property("anytext")), folded(text(pattern))}});
    }
    return {std::move(any)};
}

/// `bbox`, `q`, `type`, `ids`, `externalIds`; `filter` and `sortby` stand in `query`.
gis::FilterPtr filter_of(const http::Request& request, const gis::FeatureQuery& query) {
    gis::And all;
    if (const auto box = parse_bbox(request, {gis::crs84()}))
        all.parts.push_back({gis::Spatial{gis::Spatial::Operator::Intersects, {gis::GeometryRef{}}, {*box}}});
    if (const auto terms = comma_list(request, "q"); !terms.empty()) all.parts.push_back(mentions_any(terms));
    if (const auto types = comma_list(request, "type"); !types.empty()) all.parts.push_back(one_of("type", types));
    if (const auto ids = comma_list(request, "ids"); !ids.empty()) all.parts.push_back(one_of("identifier", ids));
    if (const auto ids = comma_list(request, "externalIds"); !ids.empty())
        all.parts.push_back(one_of("resourceidentifier", ids));
    if (all.parts.empty()) return query.filter;
    gis::FilterPtr bound = gis::bind_filter({std::move(all)}, gis::records::queryables());
    if (!query.filter) return bound;
    return gis::share(gis::Filter{gis::And{{*bound, *query.filter}}});
}

boost::asio::awaitable<std::vector<Record>> all_records(const Services& services, CallPtr call) {
    const gate::CallerPtr everybody = co_await services.gatekeeper.anybody(query_for(*call->request));
    co_return discovery_records(services, *call, everybody->scope);
}

void require_catalogue(const http::Request& request) {
    if (request.param("catalogue") != catalogue_id) throw nothing_at(request);
}

}  // namespace

Answer records_landing(const Services&, RequestPtr request) {
    const std::string url = root_url(*request);
    co_return json_response(
        {{"title", catalogue_title},
         {"links",
          Json::array({self_link(url), link(url + "/conformance", "conformance", "application/json", "Conformité"),
                       link(url + "/collections", "data", "application/json", "Catalogues"),
                       link(request->base_url + "/api?f=json", "service-desc", openapi_type,
                            "Description de l'API (OpenAPI 3.0)"),
                       link(request->base_url + "/", "up", "application/json", "Carreau")})}});
}

Answer records_conformance(const Services&, RequestPtr) {
    Json classes = Json::array();
    for (const char* name : {"record-core", "record-core-query-parameters", "record-collection", "record-api", "json"})
        classes.push_back(fmt::format("http://www.opengis.net/spec/ogcapi-records-1/1.0/conf/{}", name));
    for (const char* name : {"core", "geojson"})
        classes.push_back(fmt::format("http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/{}", name));
    for (const char* name : {"filter", "features-filter", "queryables"})
        classes.push_back(fmt::format("http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/{}", name));
    for (const char* name : {"cql2-text", "cql2-json", "basic-cql2"})
        classes.push_back(fmt::format("http://www.opengis.net/spec/cql2/1.0/conf/{}", name));
    co_return json_response({{"conformsTo", std::move(classes)}});
}

Answer record_catalogues(const Services&, RequestPtr request) {
    co_return json_response({{"links", Json::array({self_link(root_url(*request) + "/collections")})},
                             {"collections", Json::array({catalogue_document(*request)})}});
}

Answer record_catalogue(const Services&, RequestPtr request) {
    require_catalogue(*request);
    co_return json_response(catalogue_document(*request));
}

Answer record_queryables(const Services&, RequestPtr request) {
    require_catalogue(*request);
    Json properties{
        {"boundingbox", {{"$ref", "https://geojson.org/schema/Polygon.json"}, {"format", "geometry-polygon"}}}};
    for (const gis::Field& field : gis::records::queryables().fields) properties[field.name] = {{"type", "string"}};
    co_return json_response({{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                             {"$id", catalogue_url(*request) + "/queryables"},
                             {"type", "object"},
                             {"title", catalogue_title},
                             {"properties", std::move(properties)},
                             {"additionalProperties", false}},
                            schema_type);
}

Answer record_items(const Services& services, CallPtr call) {
    const http::Request& request = *call->request;
    require_catalogue(request);
    require_known(request, {"f", "limit", "offset", "bbox", "bbox-crs", "datetime", "q", "type", "ids", "externalIds",
                            "filter", "filter-lang", "filter-crs", "sortby"});
    // Records have no time, and what has none matches (17-069r4, 7.15.4).
    if (const auto datetime = request.query_value("datetime")) gis::parse_datetime(std::string(*datetime));
    gis::FeatureQuery query;
    query.layer = &gis::records::queryables();
    parse_filter_parameters(request, {gis::crs84()}, query);
    std::vector<gis::records::Sort> sort;
    for (const gis::SortKey& key : query.sort) sort.push_back({key.field, key.descending});
    const auto limit = static_cast<std::size_t>(parse_count(request, "limit", max_limit).value_or(10));
    const auto offset = static_cast<std::size_t>(parse_count(request, "offset", 1'000'000).value_or(0));
    if (limit == 0) throw gis::InvalidRequest("limit", "1 or more expected");
    const gis::FilterPtr filter = filter_of(request, query);
    const std::vector<Record> all = co_await all_records(services, call);
    const std::vector<std::size_t> found = co_await search_records(services, call, all, filter, sort);
    Json features = Json::array();
    for (std::size_t i = offset; i < found.size() && features.size() < limit; ++i)
        features.push_back(record_document(all[found[i]], request));
    const std::string url = catalogue_url(request) + "/items";
    Json links = Json::array({self_link(url + query_without(request, {}), geojson_type),
                              link(catalogue_url(request), "collection", "application/json", catalogue_title)});
    if (offset + features.size() < found.size())
        links.push_back(
            link(url + query_without(request, {"offset"}, fmt::format("offset={}", offset + features.size())), "next",
                 geojson_type, "Page suivante"));
    const std::size_t returned = features.size();
    co_return json_response({{"type", "FeatureCollection"},
                             {"timeStamp", time_stamp()},
                             {"numberMatched", found.size()},
                             {"numberReturned", returned},
                             {"features", std::move(features)},
                             {"links", std::move(links)}},
                            geojson_type);
}

Answer record_item(const Services& services, CallPtr call) {
    const http::Request& request = *call->request;
    require_catalogue(request);
    const std::vector<Record> all = co_await all_records(services, call);
    const auto found = std::ranges::find(all, request.param("record"), &Record::id);
    if (found == all.end()) throw nothing_at(request);
    co_return json_response(record_document(*found, request), geojson_type);
}

}  // namespace api
