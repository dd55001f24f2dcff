#include "server/api/jobs.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "gis/error.hpp"
#include "server/api/body.hpp"
#include "server/api/documents.hpp"
#include "server/api/job_steps.hpp"
#include "server/api/parameters.hpp"
#include "server/api/wait_for.hpp"
#include "server/jobs/columns.hpp"
#include "server/uploads/upload_store.hpp"

namespace api {

namespace {

constexpr std::size_t most_files = 1000;
constexpr int most_drawn = 5000;  // features of a draft: enough for a look, little enough for a phone
constexpr auto heartbeat = std::chrono::seconds(15);
constexpr auto longest_watch = std::chrono::minutes(30);

std::string address_of(const http::Request& request, const std::string& id) {
    return fmt::format("{}/jobs/{}", request.base_url, id);
}

/// What a body says of a job: checked here so that the person hears of it at once.
struct Wish {
    std::string layer;   ///< empty: what the files say
    std::string tables;  ///< text[]
    std::string options;
};

Wish read_wish(const Call& call, const Json& body) {
    Wish wish;
    const auto open = layers_for_deposits(call);
    const gis::Layer* aimed = nullptr;
    std::string tables;
    for (const gis::Layer* layer : open)
        tables += fmt::format("{}\"{}.{}\"", tables.empty() ? "" : ",", layer->schema_name, layer->table_name);
    wish.tables = "{" + tables + "}";
    if (const auto layer = body.find("layer"); layer != body.end() && !layer->is_null()) {
        const std::string name = layer->is_string() ? layer->get<std::string>() : "";
        const auto known = std::find_if(open.begin(), open.end(), [&](const gis::Layer* l) { return l->name == name; });
        if (known == open.end())
            throw gis::InvalidRequest("layer", "the name of a layer you may deposit in is expected");
        wish.layer = name;
        aimed = *known;
    }
    Json options = Json::object();
    if (const auto said = body.find("options"); said != body.end() && !said->is_null()) options = *said;
    if (!options.is_object()) throw gis::InvalidRequest("options", "an object is expected");
    admin::require_members(options, jobs::known_wishes());
    gis::read::Options checked;
    jobs::read_wishes(options, checked);
    if (!checked.columns.empty() && !aimed)
        throw gis::InvalidRequest("layer", "une couche est attendue avec « columns »");
    if (aimed) jobs::check_columns(*aimed, checked.columns);
    wish.options = options.dump();
    return wish;
}

std::string uploads_of(const Json& body) {
    const auto found = body.find("uploads");
    if (found == body.end() || !found->is_array() || found->empty() || found->size() > most_files)
        throw gis::InvalidRequest("uploads", fmt::format("an array of 1 to {} ids of uploads expected", most_files));
    std::string list;
    for (const Json& id : *found) {
        if (!id.is_string() || !uploads::is_upload_id(id.get_ref<const std::string&>()))
            throw gis::InvalidRequest("uploads", "ids of uploads expected");
        list += (list.empty() ? "" : ",") + id.get<std::string>();
    }
    return "{" + list + "}";
}

/// What a watch remembers between its pieces.
struct Watch {
    std::string last;
    std::chrono::steady_clock::time_point end = std::chrono::steady_clock::now() + longest_watch;
    bool over = false;
};

boost::asio::awaitable<std::string> next_event(const Services* services, CallPtr call, std::shared_ptr<Watch> watch) {
    const auto silent_until = std::chrono::steady_clock::now() + heartbeat;
    while (!watch->over && std::chrono::steady_clock::now() < watch->end) {
        const Json job = co_await load_job(*services, call);
        std::string event = event_of(job);
        watch->over = is_settled(job);
        if (event != watch->last) {
            watch->last = event;
            co_return event;
        }
        if (std::chrono::steady_clock::now() > silent_until) co_return ": \n\n";
        if (!watch->over) co_await pause_for(job_look_interval);
    }
    co_return std::string();
}

}  // namespace

std::vector<const gis::Layer*> layers_for_deposits(const Call& call) {
    std::vector<const gis::Layer*> layers;
    for (const gis::Layer& layer : call.known.catalog->layers()) {
        if (layer.versioned && call.caller->scope.of(layer).grant(gis::Right::Upload).holds()) layers.push_back(&layer);
    }
    return layers;
}

Answer own_jobs(const Services& services, CallPtr call) {
    auto work = [person = call->caller->person_id](db::Connection& connection) {
        Json items = Json::array();
        const db::Result rows = connection.query(select_jobs(
            JobDetail::Summary, fmt::format("where j.person_id = {} order by j.job_id desc limit 100", person)));
        for (int i = 0; i < rows.rows(); ++i) items.push_back(Json::parse(rows.text(i, 0)));
        return items;
    };
    Json items = co_await services.database.run(call->reader(), query_for(*call->request), std::move(work));
    Json layers = Json::array();
    for (const gis::Layer* layer : layers_for_deposits(*call))
        layers.push_back({{"id", layer->name}, {"title", layer->title}});
    Response response = json_response({{"items", std::move(items)}, {"layers", std::move(layers)}});
    response.set_header("Cache-Control", "no-store");
    co_return response;
}

Answer make_job(const Services& services, CallPtr call) {
    const Json body = json_body(*call->request, {"uploads", "layer", "options"});
    const Wish wish = read_wish(*call, body);
    if (wish.tables == "{}") throw nothing_at(*call->request);
    const std::string files = uploads_of(body);
    auto work = [wish, files](db::Connection& connection) {
        const std::vector<db::Parameter> values{files};
        const db::Result whole = connection.query(
            "select count(distinct upload_id) = cardinality($1::text[]) from capture.upload where upload_id = any "
            "($1::text[]) and sha256 is "
            "not null",
            values);
        if (!whole.boolean(0, 0))
            throw gis::InvalidRequest("uploads", "complete uploads of your own are expected, each once");
        const std::vector<db::Parameter> row{files, wish.layer.empty() ? db::Parameter() : db::Parameter(wish.layer),
                                             wish.tables, wish.options};
        return connection
            .query(
                "insert into capture.job (person_id, organisation_id, uploads, layer, tables, options) select "
                "person_id, organisation_id, "
                "$1::text[], $2, $3::text[], $4::jsonb from capture.upload where upload_id = ($1::text[])[1] returning "
                "job_id",
                row)
            .int64(0, 0);
    };
    const auto id =
        std::to_string(co_await services.database.run(call->editor(), query_for(*call->request), std::move(work)));
    auto look = [id](db::Connection& connection) { return read_job(connection, id); };
    const Json job = co_await services.database.run(call->reader(), query_for(*call->request), std::move(look));
    Response response = json_response(job);
    response.status = 201;
    response.set_header("Location", address_of(*call->request, id));
    response.set_header("Cache-Control", "no-store");
    co_return response;
}

Answer job_state(const Services& services, CallPtr call) {
    Response response = co_await answer_job(services, call);
    co_return response;
}

Answer job_events(const Services& services, CallPtr call) {
    auto watch = std::make_shared<Watch>();
    Response response =
        answer_with_events([services = &services, call, watch] { return next_event(services, call, watch); });
    co_return response;
}

Answer job_draft(const Services& services, CallPtr call) {
    auto work = [id = job_id(*call->request)](db::Connection& connection) {
        read_job(connection, id);
        const std::vector<db::Parameter> values{id, std::to_string(most_drawn)};
        const db::Result rows = connection.query("select capture.draft_features($1::bigint, $2::int)", values);
        std::string text = R"({"type":"FeatureCollection","features":[)";
        for (int i = 0; i < rows.rows(); ++i) text += (i == 0 ? "" : ",") + rows.text(i, 0);
        return text + "]}";
    };
    const std::string text = co_await services.database.run(call->reader(), query_for(*call->request), std::move(work));
    Response response = Response::bytes(geojson_type, std::string(text));
    response.set_header("Cache-Control", "no-store");
    co_return response;
}

Answer cancel_job(const Services& services, CallPtr call) {
    auto work = [id = job_id(*call->request)](db::Connection& connection) {
        return change_state(
            connection, id, "{waiting,reading}",
            "cancel = state = 'reading', state = case state when 'waiting' then 'cancelled' else state end");
    };
    co_await services.database.run(call->editor(), query_for(*call->request), std::move(work));
    Response response = co_await answer_settled_job(services, call);
    co_return response;
}

Answer retry_job(const Services& services, CallPtr call) {
    const Json body = json_body(*call->request, {"layer", "options"});
    const Wish wish = read_wish(*call, body);
    auto work = [id = job_id(*call->request), wish](db::Connection& connection) {
        return change_state(connection, id, "{draft,refused,failed,cancelled}",
                            "state = 'waiting', attempts = 0, report = null, progress = '{}', proposed_at = null, "
                            "layer = nullif($3, ''), "
                            "tables = $4::text[], "
                            "options = $5::jsonb",
                            {wish.layer, wish.tables, wish.options});
    };
    co_await services.database.run(call->editor(), query_for(*call->request), std::move(work));
    Response response = co_await answer_job(services, call);
    co_return response;
}

Answer delete_job(const Services& services, CallPtr call) {
    auto work = [id = job_id(*call->request)](db::Connection& connection) {
        change_state(connection, id, "{draft,refused,failed,cancelled}", "cancel = false");
        const std::vector<db::Parameter> values{id};
        connection.query("delete from capture.job where job_id = $1::bigint", values);
        return true;
    };
    co_await services.database.run(call->editor(), query_for(*call->request), std::move(work));
    co_return Response::no_content();
}

}  // namespace api
