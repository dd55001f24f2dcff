#include "server/api/openapi_records.hpp"

#include "server/api/openapi_parts.hpp"
#include "server/api/parameters.hpp"

namespace api {

namespace {

using openapi::component;
using openapi::operation;
using openapi::query_parameter;

constexpr std::string_view records_tag = "Records";

Json text_parameter(std::string_view name, std::string_view description) {
    return query_parameter(name, description, {{"type", "string"}});
}

Json list_parameter(std::string_view name, std::string_view description) {
    return query_parameter(name, description, {{"type", "array"}, {"items", {{"type", "string"}}}});
}

Json choice_parameter(std::string_view name, std::string_view description, Json values) {
    return query_parameter(name, description, {{"type", "string"}, {"enum", std::move(values)}});
}

Json record_items_parameters() {
    Json parameters = Json::array(
        {query_parameter("limit", "Records in a page.",
                         {{"type", "integer"}, {"minimum", 1}, {"maximum", max_limit}, {"default", 10}}),
         query_parameter("offset", "Records before the page.", {{"type", "integer"}, {"minimum", 0}, {"default", 0}}),
         list_parameter("q", "Records that mention one of these, whatever case and accents."),
         list_parameter("type", "Records of these types: dataset, service."),
         list_parameter("ids", "Records of these ids."),
         list_parameter("externalIds", "Records of data sets with these codes."),
         list_parameter("sortby", "Queryables in order, '+' (ascending) or '-' (descending) before each.")});
    for (const char* name : {"bbox", "bbox-crs", "datetime", "filter", "filter-lang", "filter-crs"})
        parameters.push_back(component(std::string("parameters/") + name));
    return parameters;
}

/// OGC 07-006r1, tables 29 and 44; names of parameters in any case.
Json csw_parameters() {
    const Json number{{"type", "integer"}, {"minimum", 0}};
    Json request = choice_parameter("request", "Operation.", {"GetCapabilities", "GetRecords", "GetRecordById"});
    request["required"] = true;
    return Json::array(
        {choice_parameter("service", "Service.", {"CSW"}), choice_parameter("version", "Version.", {"2.0.2"}),
         std::move(request), list_parameter("typeNames", "csw:Record or gmd:MD_Metadata, of GetRecords."),
         choice_parameter("resultType", "Records, or how many there are.", {"hits", "results"}),
         choice_parameter("outputSchema", "Schema of the records.",
                          {"http://www.opengis.net/cat/csw/2.0.2", "http://www.isotc211.org/2005/gmd"}),
         choice_parameter("elementSetName", "How much of them.", {"brief", "summary", "full"}),
         choice_parameter("constraintLanguage", "Language of constraint.", {"CQL_TEXT", "FILTER"}),
         text_parameter("constraint", "Condition on records."),
         list_parameter("sortBy", "Queryables in order, each with ':A' (ascending) or ':D' (descending)."),
         query_parameter("startPosition", "First record of the page.", number),
         query_parameter("maxRecords", "Records in a page.", number),
         list_parameter("id", "Ids of records, of GetRecordById.")});
}

}  // namespace

void add_record_paths(Json& paths) {
    const Json none = Json::array();
    const Json catalogue =
        openapi::path_parameter("catalogueId", "Catalogue.", {{"type", "string"}, {"enum", {"inspire"}}});
    const Json record = openapi::path_parameter("recordId", "Id of the record.", {{"type", "string"}});
    const std::string path = "/records/collections/{catalogueId}";
    const std::string json_type = "application/json";
    paths["/records"] = operation("records.landing", "Records: landing page", records_tag, none, json_type);
    paths["/records/conformance"] =
        operation("records.conformance", "Records: conformance classes", records_tag, none, json_type);
    paths["/records/collections"] =
        operation("records.catalogues", "Catalogues of records", records_tag, none, json_type);
    paths[path] = operation("records.catalogue", "A catalogue", records_tag, Json::array({catalogue}), json_type);
    paths[path + "/queryables"] = operation("records.queryables", "What filters on records may name", records_tag,
                                            Json::array({catalogue}), schema_type);
    Json parameters = record_items_parameters();
    parameters.push_back(catalogue);
    paths[path + "/items"] = operation("records.items", "Records", records_tag, std::move(parameters), geojson_type,
                                       component("schemas/featureCollection"));
    paths[path + "/items/{recordId}"] =
        operation("records.item", "A record", records_tag, Json::array({catalogue, record}), geojson_type,
                  component("schemas/feature"));

    Json& csw = paths["/csw"];
    csw = operation("csw", "Catalogue Service for the Web 2.0.2", records_tag, csw_parameters(), "application/xml");
    csw["get"]["responses"]["400"] = openapi::answer("An exception report of OWS Common", "application/xml");
    csw["post"] = {
        {"operationId", "csw.post"},
        {"summary", "The same, the request as XML"},
        {"tags", Json::array({records_tag})},
        {"requestBody", {{"required", true}, {"content", {{"application/xml", {{"schema", {{"type", "object"}}}}}}}}},
        {"responses", csw["get"]["responses"]}};
}

}  // namespace api
