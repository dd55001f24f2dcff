#include "server/api/openapi_parts.hpp"

namespace api::openapi {

Json component(const std::string& what) {
    return {{"$ref", "#/components/" + what}};
}

Json answer(std::string_view description, std::string_view type, Json schema) {
    return {{"description", description}, {"content", {{std::string(type), {{"schema", std::move(schema)}}}}}};
}

Json problem(std::string_view description) {
    return answer(description, "application/problem+json", component("schemas/problem"));
}

Json operation(std::string_view id, std::string_view summary, std::string_view tag, Json parameters,
               std::string_view type, Json schema) {
    Json responses{{"200", answer(summary, type, std::move(schema))},
                   {"400", component("responses/Invalid")},
                   {"404", component("responses/NotFound")},
                   {"500", component("responses/Failure")},
                   {"503", component("responses/Unavailable")}};
    return {{"get",
             {{"operationId", id},
              {"summary", summary},
              {"tags", Json::array({tag})},
              {"parameters", std::move(parameters)},
              {"responses", std::move(responses)}}}};
}

Json path_parameter(std::string_view name, std::string_view description, Json schema) {
    return {{"name", name},
            {"in", "path"},
            {"required", true},
            {"description", description},
            {"schema", std::move(schema)}};
}

Json query_parameter(std::string_view name, std::string_view description, Json schema) {
    return {{"name", name},
            {"in", "query"},
            {"required", false},
            {"description", description},
            {"schema", std::move(schema)},
            {"style", "form"},
            {"explode", false}};
}

}  // namespace api::openapi
