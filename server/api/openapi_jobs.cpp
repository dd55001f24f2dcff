#include "server/api/openapi_jobs.hpp"

#include "server/api/openapi_parts.hpp"

namespace api {

namespace {

using openapi::operation;
using openapi::path_parameter;
using openapi::query_parameter;

constexpr std::string_view jobs_tag = "Deposits";
constexpr std::string_view job_json = "application/json";

/// A path that answers POST; `members`: properties of the body, `required` of them without which it is nothing.
Json post_operation(std::string_view id, std::string_view summary, Json parameters, Json members, Json required,
                    std::string_view status, std::string_view said) {
    Json schema{{"type", "object"}, {"properties", std::move(members)}};
    if (!required.empty()) schema["required"] = std::move(required);
    Json responses = operation(id, summary, jobs_tag, parameters, job_json)["get"]["responses"];
    responses.erase("200");
    responses[std::string(status)] = {{"description", said}};
    for (const char* code : {"401", "403", "409"}) responses[code] = openapi::problem("Not so: the detail says why");
    return {{"post",
             {{"operationId", id},
              {"summary", summary},
              {"tags", Json::array({jobs_tag})},
              {"parameters", std::move(parameters)},
              {"requestBody", {{"content", {{"application/json", {{"schema", std::move(schema)}}}}}}},
              {"responses", std::move(responses)}}}};
}

}  // namespace

void add_job_paths(Json& paths) {
    const Json job =
        Json::array({path_parameter("jobId", "Number of the deposit.", {{"type", "integer"}, {"minimum", 1}})});
    const Json way{{"type", "string"}, {"enum", {"coverage", "nothing", "keys", "area"}}, {"default", "coverage"}};
    const Json proposal{{"type", "string"}, {"format", "date-time"}, {"nullable", true}};
    const Json text{{"type", "string"}, {"minLength", 1}, {"maxLength", 2000}};
    paths["/jobs"] = operation("jobs", "One's own deposits, newest first", jobs_tag, Json::array(), job_json);
    paths["/jobs/{jobId}"] =
        operation("job", "A deposit: its state, its report, what was done with it", jobs_tag, job, job_json);
    paths["/jobs/{jobId}/draft"] =
        operation("job.draft", "What it would publish, the first features", jobs_tag, job, geojson_type);
    paths["/jobs/{jobId}/propose"] = post_operation("job.propose", "Hands one's own draft over to who may publish it",
                                                    job, {{"replaces", way}}, Json::array(), "200", "The deposit");
    paths["/jobs/{jobId}/withdraw"] = post_operation("job.withdraw", "Takes the proposal of one's own draft back", job,
                                                     Json::object(), Json::array(), "200", "The deposit");
    paths["/jobs/{jobId}/publish"] =
        post_operation("job.publish", "Publishes a draft, one's own or handed over", job,
                       {{"replaces", way}, {"proposal", proposal}}, Json::array(), "200", "The deposit");
    paths["/jobs/{jobId}/refuse"] =
        post_operation("job.refuse", "Sends a draft that was handed over back to its author", job,
                       {{"message", text}, {"proposal", proposal}}, Json::array({"message"}), "204", "It is sent back");
    paths["/jobs/{jobId}/undo"] = post_operation("job.undo", "Takes a publication back", job, Json::object(),
                                                 Json::array(), "200", "The deposit");
    const Json limit{{"type", "integer"}, {"minimum", 1}, {"maximum", 100}, {"default", 20}};
    const Json state{{"type", "string"}, {"enum", {"proposed", "publishing", "published"}}, {"default", "proposed"}};
    paths["/inbox"] =
        operation("inbox", "Deposits of others that are one's own to publish or to send back, newest first", jobs_tag,
                  Json::array({query_parameter("state", "Those in this state.", state),
                               query_parameter("limit", "Deposits in a page.", limit),
                               query_parameter("token", "Of the link to the next page.", {{"type", "string"}})}),
                  job_json);
    paths["/inbox/events"] = operation("inbox.events", "How many wait, told again when something changes", jobs_tag,
                                       Json::array(), "text/event-stream", {{"type", "string"}});
}

}  // namespace api
