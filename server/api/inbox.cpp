// The inbox of who answers for a layer: drafts that others handed over, what he does with them, and their publication.

#include <fmt/format.h>

#include <array>

#include "gis/error.hpp"
#include "server/api/body.hpp"
#include "server/api/job_steps.hpp"
#include "server/api/jobs.hpp"
#include "server/api/parameters.hpp"
#include "server/api/wait_for.hpp"
#include "server/import/versions.hpp"

namespace api {

namespace {

constexpr int inbox_page = 20;
constexpr int most_counted = 100;  // of what waits: beyond, how many matters little
constexpr auto inbox_look_interval = std::chrono::milliseconds(1000);
constexpr auto inbox_heartbeat = std::chrono::seconds(15);
constexpr auto longest_inbox_watch = std::chrono::minutes(30);

/// What `state` may ask for, as a condition on jobs `j`.
struct InboxState {
    std::string_view name;
    std::string_view condition;
};
constexpr std::array inbox_states{
    InboxState{"proposed", "j.state = 'draft'"},
    InboxState{"publishing", "j.state in ('to_publish', 'publishing', 'to_undo', 'undoing')"},
    InboxState{"published", "j.state = 'published'"}};

/// The policy says which; one's own are no part of it.
std::string in_inbox_of(int person) {
    return fmt::format("j.proposed_at is not null and j.person_id <> {}", person);
}

std::string_view condition_of(const http::Request& request) {
    const std::string asked = query_text(request, "state");
    for (const InboxState& state : inbox_states) {
        if (state.name == asked || (asked.empty() && state.name == "proposed")) return state.condition;
    }
    throw gis::InvalidRequest("state", "proposed, publishing or published is expected");
}

std::int64_t count_waiting(db::Connection& connection, int person) {
    return connection
        .query(fmt::format("select count(*) from (select from capture.job j where {} and {} limit {}) w",
                           in_inbox_of(person), inbox_states[0].condition, most_counted))
        .int64(0, 0);
}

struct InboxPage {
    Json items = Json::array();
    std::int64_t waiting = 0;
    std::string last_key;  ///< empty: there is no more
};

InboxPage read_inbox(db::Connection& connection, int person, std::string_view condition, int limit,
                     const std::string& after) {
    InboxPage page;
    page.waiting = count_waiting(connection, person);
    const std::size_t middle = after.find(' ');
    const std::vector<db::Parameter> values{std::to_string(limit + 1),
                                            after.empty() ? db::Parameter() : db::Parameter(after.substr(0, middle)),
                                            after.empty() ? db::Parameter() : db::Parameter(after.substr(middle + 1))};
    const db::Result rows = connection.query(
        select_jobs(
            JobDetail::Summary,
            fmt::format("where {} and {} and ($2::timestamptz is null or (j.proposed_at, j.job_id) < "
                        "($2::timestamptz, $3::bigint)) order by j.proposed_at desc, j.job_id desc limit $1::int",
                        in_inbox_of(person), condition)),
        values);
    for (int i = 0; i < std::min(rows.rows(), limit); ++i) page.items.push_back(Json::parse(rows.text(i, 0)));
    if (rows.rows() > limit) {
        const Json& last = page.items.back();
        page.last_key =
            fmt::format("{} {}", last.at("proposed_at").get<std::string>(), last.at("id").get<std::int64_t>());
    }
    return page;
}

std::string proposal_of(const Json& body) {
    return body.contains("proposal") ? moment_member(body, "proposal", false) : "";
}

db::Parameter or_nothing(const std::string& text) {
    if (text.empty()) return {};
    return text;
}

[[noreturn]] void refuse_outcome(const std::string& outcome, std::int64_t elsewhere) {
    if (outcome == "hidden") throw gis::NotFound("there is no such job");
    if (outcome == "changed")
        throw gis::Conflict("this deposit was read or proposed anew since you looked at it: look again");
    if (outcome == "elsewhere")
        throw gis::NotAllowed(
            elsewhere > 0
                ? fmt::format("{} objects lie where you may not deposit: propose it for publication", elsewhere)
                : "you may not deposit where these objects lie: ask the SIG to undo it");
    if (outcome == "replaces")
        throw gis::NotAllowed(
            "this would replace objects, or take their ids, where you may not deposit: choose another 'replaces', or "
            "propose it for publication");
    if (outcome == "edited")
        throw gis::Conflict("objects of this deposit were edited since: undoing would lose that; ask the SIG");
    throw gis::Conflict(fmt::format("the job is '{}'", outcome));
}

std::string way_of(const Json& body) {
    std::string said = body.contains("replaces") ? text_member(body, "replaces", 20) : "coverage";
    if (!importing::parse_replace(said))
        throw gis::InvalidRequest("replaces", "coverage, nothing, keys or area is expected");
    return said;
}

/// What a watch of the inbox remembers between its pieces.
struct InboxWatch {
    std::string last;
    std::chrono::steady_clock::time_point end = std::chrono::steady_clock::now() + longest_inbox_watch;
};

/// How many wait, and a mark that is another one when something came, went or changed.
boost::asio::awaitable<Json> look_at_inbox(const Services* services, CallPtr call) {
    auto work = [person = call->caller->person_id](db::Connection& connection) {
        // Once, for the policy looks at every row of a draft. What waits comes first, so that the limit cuts the rest.
        const db::Result rows = connection.query(fmt::format(
            "select count(*) filter (where w.waits), md5(coalesce(string_agg(w.mark, ' '), '')) from (select {} as "
            "waits, concat_ws(' ', j.job_id, j.state, j.proposed_at, j.changed_at) as mark from capture.job j where {} "
            "order by waits desc, j.proposed_at desc, j.job_id desc limit {}) w",
            inbox_states[0].condition, in_inbox_of(person), most_counted));
        return Json{{"waiting", rows.int64(0, 0)}, {"mark", rows.text(0, 1)}};
    };
    Json seen = co_await services->database.run(call->reader(), std::make_shared<db::RunningQuery>(), std::move(work));
    co_return seen;
}

boost::asio::awaitable<std::string> next_inbox_event(const Services* services, CallPtr call,
                                                     std::shared_ptr<InboxWatch> watch) {
    const auto silent_until = std::chrono::steady_clock::now() + inbox_heartbeat;
    while (std::chrono::steady_clock::now() < watch->end) {
        const Json seen = co_await look_at_inbox(services, call);
        std::string event = event_of(seen);
        if (event != watch->last) {
            watch->last = event;
            co_return event;
        }
        if (std::chrono::steady_clock::now() > silent_until) co_return ": \n\n";
        co_await pause_for(inbox_look_interval);
    }
    co_return std::string();
}

}  // namespace

Answer inbox(const Services& services, CallPtr call) {
    const http::RequestPtr& request = call->request;
    require_known(*request, {"state", "limit", "token", "f"});
    const std::string_view condition = condition_of(*request);
    const int limit = parse_count(*request, "limit", 100).value_or(inbox_page);
    if (limit == 0) throw gis::InvalidRequest("limit", "a number from 1 to 100 is expected");
    const std::string question = fmt::format("inbox {} {}", call->caller->person_id, query_text(*request, "state"));
    std::string after;
    if (const auto token = request->query_value("token")) after = services.tokens.read(*token, question);
    auto work = [person = call->caller->person_id, condition, limit, after](db::Connection& connection) {
        return read_inbox(connection, person, condition, limit, after);
    };
    InboxPage page = co_await services.database.run(call->reader(), query_for(*request), std::move(work));
    Json document{{"items", std::move(page.items)}, {"waiting", page.waiting}, {"links", Json::array()}};
    if (!page.last_key.empty()) {
        const std::string more = "token=" + services.tokens.sign(page.last_key, question);
        document["links"].push_back(
            link(request->base_url + "/inbox" + query_without(*request, {"token"}, more), "next", "application/json"));
    }
    Response response = json_response(document);
    response.set_header("Cache-Control", "no-store");
    co_return response;
}

Answer inbox_events(const Services& services, CallPtr call) {
    auto watch = std::make_shared<InboxWatch>();
    Response response =
        answer_with_events([services = &services, call, watch] { return next_inbox_event(services, call, watch); });
    co_return response;
}

Answer propose_job(const Services& services, CallPtr call) {
    const std::string way = way_of(json_body(*call->request, {"replaces"}));
    auto work = [id = job_id(*call->request), way](db::Connection& connection) {
        return change_state(connection, id, "{draft}",
                            "proposed_at = clock_timestamp(), replaces = $3, refused_at = null, refused_by = null, "
                            "refusal = ''",
                            {way});
    };
    co_await services.database.run(call->editor(), query_for(*call->request), std::move(work));
    Response response = co_await answer_job(services, call);
    co_return response;
}

Answer withdraw_job(const Services& services, CallPtr call) {
    require_known(*call->request, {});
    auto work = [id = job_id(*call->request)](db::Connection& connection) {
        return change_state(connection, id, "{draft}", "proposed_at = null", {});
    };
    co_await services.database.run(call->editor(), query_for(*call->request), std::move(work));
    Response response = co_await answer_job(services, call);
    co_return response;
}

Answer publish_job(const Services& services, CallPtr call) {
    const Json body = json_body(*call->request, {"replaces", "proposal"});
    const std::string way = way_of(body);
    auto work = [id = job_id(*call->request), way, proposal = proposal_of(body)](db::Connection& connection) {
        const std::vector<db::Parameter> values{id, way, or_nothing(proposal)};
        const db::Result told = connection.query(
            "select outcome, rows from capture.ask_publication($1::bigint, $2, $3::timestamptz)", values);
        if (told.text(0, 0) != "asked") refuse_outcome(told.text(0, 0), told.int64(0, 1));
        return true;
    };
    co_await services.database.run(call->editor(), query_for(*call->request), std::move(work));
    Response response = co_await answer_settled_job(services, call);
    co_return response;
}

Answer refuse_job(const Services& services, CallPtr call) {
    const Json body = json_body(*call->request, {"message", "proposal"});
    const std::string message = required_text(body, "message", 2000);
    auto work = [id = job_id(*call->request), message, proposal = proposal_of(body)](db::Connection& connection) {
        const std::vector<db::Parameter> values{id, message, or_nothing(proposal)};
        const std::string outcome =
            connection.query("select capture.send_back($1::bigint, $2, $3::timestamptz)", values).text(0, 0);
        if (outcome != "returned") refuse_outcome(outcome, 0);
        return true;
    };
    co_await services.database.run(call->editor(), query_for(*call->request), std::move(work));
    // It is its author's alone again.
    co_return Response::no_content();
}

Answer undo_job(const Services& services, CallPtr call) {
    auto work = [id = job_id(*call->request)](db::Connection& connection) {
        const std::vector<db::Parameter> values{id};
        const std::string outcome = connection.query("select capture.ask_undoing($1::bigint)", values).text(0, 0);
        if (outcome != "asked") refuse_outcome(outcome, 0);
        return true;
    };
    co_await services.database.run(call->editor(), query_for(*call->request), std::move(work));
    Response response = co_await answer_settled_job(services, call);
    co_return response;
}

}  // namespace api
