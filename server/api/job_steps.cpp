#include "server/api/job_steps.hpp"

#include <fmt/format.h>

#include "gis/error.hpp"
#include "server/api/wait_for.hpp"

namespace api {

namespace {

constexpr auto longest_answer = std::chrono::seconds(30);

constexpr auto job_sql = R"sql(
select (jsonb_build_object(
    'id', j.job_id, 'state', j.state, 'layer', j.layer, 'replaces', j.replaces, 'reason', j.reason, 'options', j.options,
    'progress', j.progress, 'created_at', to_char(j.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
    'published_at', to_char(j.published_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
    'proposed_at', to_char(j.proposed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
    'summary', jsonb_build_object('drafts', coalesce(j.report -> 'drafts', '[]'), 'refused', j.report -> 'refused',
                                  'problem_count', j.report -> 'problem_count'),
    {}) || capture.job_facts(j.job_id))::text from capture.job j )sql";
constexpr auto without_report = "'report', null";
constexpr auto with_report =
    "'report', j.report, 'record', capture.job_record(j.job_id), 'may_publish', "
    "j.state = 'draft' and capture.may_publish(j.job_id)";

Response response_of(const Json& job) {
    Response response = json_response(job);
    response.set_header("Cache-Control", "no-store");
    return response;
}

}  // namespace

std::string job_id(const http::Request& request) {
    std::string id = request.param("job");
    const bool sound = !id.empty() && id.size() <= 18 && id.find_first_not_of("0123456789") == std::string::npos;
    if (!sound) throw gis::NotFound("there is no such job");
    return id;
}

std::string select_jobs(JobDetail detail, const std::string& rest) {
    return fmt::format(fmt::runtime(job_sql), detail == JobDetail::Whole ? with_report : without_report) + rest;
}

Json read_job(db::Connection& connection, const std::string& id) {
    const std::vector<db::Parameter> values{id};
    const db::Result rows = connection.query(select_jobs(JobDetail::Whole, "where j.job_id = $1::bigint"), values);
    if (rows.rows() == 0) throw gis::NotFound("there is no such job");
    return Json::parse(rows.text(0, 0));
}

boost::asio::awaitable<Json> load_job(const Services& services, CallPtr call) {
    auto work = [id = job_id(*call->request)](db::Connection& connection) { return read_job(connection, id); };
    // The peer may have left a watch: it ends at its next piece.
    Json job = co_await services.database.run(call->reader(), std::make_shared<db::RunningQuery>(), std::move(work));
    co_return job;
}

bool is_settled(const Json& job) {
    const auto state = job.at("state").get<std::string>();
    return state == "draft" || state == "refused" || state == "failed" || state == "cancelled" || state == "published";
}

boost::asio::awaitable<Response> answer_job(const Services& services, CallPtr call) {
    const Json job = co_await load_job(services, call);
    co_return response_of(job);
}

boost::asio::awaitable<Response> answer_settled_job(const Services& services, CallPtr call) {
    const auto end = std::chrono::steady_clock::now() + longest_answer;
    Json job = co_await load_job(services, call);
    while (!is_settled(job) && std::chrono::steady_clock::now() < end) {
        co_await pause_for(job_look_interval);
        job = co_await load_job(services, call);
    }
    Response response = response_of(job);
    if (!is_settled(job)) response.status = 202;
    co_return response;
}

bool change_state(db::Connection& connection, const std::string& id, const std::string& from, const std::string& change,
                  std::vector<db::Parameter> more) {
    std::vector<db::Parameter> values{id, from};
    values.insert(values.end(), more.begin(), more.end());
    const db::Result rows =
        connection.query(fmt::format("update capture.job set changed_at = now(), reason = '', {} where job_id = "
                                     "$1::bigint and state = any ($2::text[]) returning job_id",
                                     change),
                         values);
    if (rows.rows() > 0) return true;
    const Json job = read_job(connection, id);
    if (!job.at("author").at("own").get<bool>()) throw gis::NotAllowed("only who deposited it may do that");
    throw gis::Conflict(fmt::format("the job is '{}'", job.at("state").get<std::string>()));
}

std::string event_of(const Json& document) {
    return "data: " + document.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n\n";
}

Response answer_with_events(http::BodyStream next) {
    Response response = Response::stream("text/event-stream", std::move(next));
    // A proxy must not gather the events.
    response.set_header("X-Accel-Buffering", "no");
    response.set_header("Cache-Control", "no-store, no-transform");
    return response;
}

}  // namespace api
