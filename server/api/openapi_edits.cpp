#include "server/api/openapi_edits.hpp"

#include "server/api/openapi_parts.hpp"

namespace api {

namespace {

using openapi::component;
using openapi::problem;

Json header(std::string_view name, std::string_view description) {
    return {{"name", name},
            {"in", "header"},
            {"required", false},
            {"description", description},
            {"schema", {{"type", "string"}}}};
}

Json body_of(std::string_view type) {
    return {{"required", true}, {"content", {{std::string(type), {{"schema", component("schemas/feature")}}}}}};
}

Json edit_operation(const std::string& id, const std::string& summary, const gis::Layer& layer, bool is_item,
                    std::string_view status, std::string_view done) {
    Json parameters = Json::array();
    if (is_item) {
        parameters.push_back(openapi::path_parameter("featureId", "Id of the feature.", {{"type", "string"}}));
        parameters.push_back(header("If-Match", "ETag of the version that is meant; another one is answered 412."));
    }
    Json responses{{std::string(status), {{"description", done}}},
                   {"400", component("responses/Invalid")},
                   {"401", problem("Log in first")},
                   {"403", problem("Seen, but not to be edited")},
                   {"404", component("responses/NotFound")},
                   {"409", problem("A unique value is taken, or something refers to the feature")},
                   {"422", problem("Content that the layer does not take; every fault is in errors")},
                   {"503", component("responses/Unavailable")}};
    if (is_item) responses["412"] = problem("Changed meanwhile; current and yours are in the answer");
    return {{"operationId", id + "." + layer.name},
            {"summary", layer.title + ": " + summary},
            {"tags", Json::array({layer.theme})},
            {"parameters", std::move(parameters)},
            {"responses", std::move(responses)}};
}

Json with_body(Json operation, std::string_view type) {
    operation["parameters"].push_back(
        header("Content-Crs", "CRS of the coordinates sent, in its authority's axis order; CRS84 by default."));
    operation["requestBody"] = body_of(type);
    operation["responses"]["415"] = problem("Another media type is expected");
    return operation;
}

}  // namespace

void add_edit_operations(Json& paths, const gis::Layer& layer) {
    if (!layer.editable) return;
    Json& items = paths["/collections/" + layer.name + "/items"];
    Json& item = paths["/collections/" + layer.name + "/items/{featureId}"];
    items["post"] = with_body(edit_operation("create", "new feature", layer, false, "201", "Made; Location says where"),
                              geojson_type);
    item["put"] =
        with_body(edit_operation("replace", "replace a feature", layer, true, "204", "Replaced"), geojson_type);
    item["patch"] = with_body(edit_operation("update", "change a feature", layer, true, "204", "Changed"),
                              "application/merge-patch+json");
    item["delete"] = edit_operation("delete", "delete a feature", layer, true, "204", "Deleted");
}

}  // namespace api
