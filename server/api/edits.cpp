// OGC API – Features Part 4 (OGC 20-002): create, replace, update and delete features; what may be done where.

#include <fmt/format.h>

#include <cctype>

#include "gis/edit/edit_sql.hpp"
#include "gis/error.hpp"
#include "gis/query/feature_query.hpp"
#include "server/api/documents.hpp"
#include "server/api/edit_body.hpp"
#include "server/api/handlers.hpp"
#include "server/api/item_answer.hpp"
#include "server/api/parameters.hpp"
#include "server/api/problem.hpp"
#include "server/db/edits.hpp"
#include "server/gate/errors.hpp"
#include "server/http/problem.hpp"

namespace api {

namespace {

using gis::Edit;

constexpr std::string_view merge_patch_type = "application/merge-patch+json";

/// The media type of the body, without its parameters and in small letters.
std::string media_type(const http::Request& request) {
    const std::string* header = request.header("Content-Type");
    std::string type = header == nullptr ? "" : header->substr(0, header->find(';'));
    while (!type.empty() && type.back() == ' ') type.pop_back();
    for (char& c : type) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return type;
}

/// Nothing when the body's type is one that the method takes.
std::optional<Response> wrong_media_type(const http::Request& request, Edit::Kind kind) {
    const std::string type = media_type(request);
    if (type == geojson_type || type == "application/json") return std::nullopt;
    if (kind == Edit::Kind::Update && type == merge_patch_type) return std::nullopt;
    const std::string expected = kind == Edit::Kind::Update
                                     ? fmt::format("{}, {} or application/json", merge_patch_type, geojson_type)
                                     : fmt::format("{} or application/json", geojson_type);
    Response response = http::problem(415, "", fmt::format("Content-Type: {} expected, got '{}'", expected, type),
                                      &request, "Content-Type");
    response.set_header(kind == Edit::Kind::Update ? "Accept-Patch" : "Accept-Post", expected);
    return response;
}

bool wants_representation(const http::Request& request) {
    const std::string* prefer = request.header("Prefer");
    return prefer != nullptr && prefer->find("return=representation") != std::string::npos;
}

bool may_edit(const Call& call, const gis::Layer& layer) {
    return layer.editable && call.caller->scope.of(layer).grant(gis::Right::Edit).holds();
}

/// Whether the caller sees the feature.
boost::asio::awaitable<bool> is_visible(const Services& services, CallPtr call, const gis::Layer& layer,
                                        std::string id) {
    gis::SqlStatement statement;
    try {
        statement = gis::feature_sql(layer, id, layer.crs);
    } catch (const gis::InvalidRequest&) {
        co_return false;
    }
    auto work = [statement](db::Connection& connection) {
        return connection.query(statement.sql(), statement.parameters()).rows() > 0;
    };
    const bool seen = co_await services.database.run(call->reader(), query_for(*call->request), std::move(work));
    co_return seen;
}

/// Who may edit nothing of the layer is told so before his body is looked at.
boost::asio::awaitable<void> require_right(const Services& services, CallPtr call, const gis::Layer& layer,
                                           std::optional<std::string> id) {
    if (may_edit(*call, layer)) co_return;
    if (id) {
        const bool seen = co_await is_visible(services, call, layer, *id);
        if (!seen) throw no_feature(layer, *id);
    }
    if (!layer.editable)
        throw gis::NotAllowed("the layer '" + layer.name + "' cannot be edited: it is a view or keeps no history");
    if (call->caller->is_anonymous()) throw gate::Unauthorized("log in to edit");
    throw gis::NotAllowed("no convention of yours gives the right to edit '" + layer.name + "'");
}

std::string item_url(const http::Request& request, const gis::Layer& layer, const std::string& id) {
    return request.base_url + "/collections/" + layer.name + "/items/" + encode_path_segment(id);
}

/// What was applied, or why nothing was.
struct Outcome {
    std::vector<gis::EditResult> results;
    std::optional<gis::EditRefused> refusal;
    bool is_collection = false;
};

boost::asio::awaitable<Outcome> apply(const Services& services, CallPtr call, const gis::Layer& layer, Edit::Kind kind,
                                      std::optional<std::string> id) {
    const http::Request& request = *call->request;
    gis::Crs crs = content_crs(request, offered_for(layer, services.offered_crs));
    std::vector<std::string> versions = expected_versions(request);
    // Reading a long body is work as much as applying it: both are done beside the I/O threads.
    auto work = [call, &layer, kind, id, crs, versions](db::Connection& connection) {
        EditBody body;
        if (kind == Edit::Kind::Delete) {
            Edit edit;
            edit.kind = kind;
            edit.layer = &layer;
            edit.id = id;
            body.request.edits.push_back(std::move(edit));
        } else {
            body = read_edit_body(call->request->body, layer, kind, id, crs);
        }
        for (Edit& edit : body.request.edits) edit.expected_versions = versions;
        Outcome outcome;
        outcome.is_collection = body.is_collection;
        outcome.results = db::apply_edits(connection, body.request);
        return outcome;
    };
    Outcome outcome;
    try {
        outcome = co_await services.database.run(call->editor(), query_for(request), std::move(work));
    } catch (const gis::EditRefused& error) {
        outcome.refusal = error;
    }
    co_return outcome;
}

/// 412 tells both versions: what is stored, and what was sent. On what the client's was based cannot be known.
boost::asio::awaitable<Response> changed_meanwhile(const Services& services, CallPtr call, const gis::Layer& layer,
                                                   std::string id, gis::EditRefused refusal) {
    const gis::Crs crs = content_crs(*call->request, offered_for(layer, services.offered_crs));
    const std::optional<ItemText> stored = co_await read_item(services, call, layer, id, crs);
    if (!stored) throw no_feature(layer, id);
    Response response =
        refused(*call->request, refusal, {{"current", stored->feature + "}"}, {"yours", call->request->body}});
    response.set_header("ETag", feature_etag(stored->version, stored->feature));
    co_return response;
}

boost::asio::awaitable<Response> with_feature(const Services& services, CallPtr call, const gis::Layer& layer,
                                              std::string id, int status) {
    const gis::Crs crs = content_crs(*call->request, offered_for(layer, services.offered_crs));
    Response response = co_await item_answer(services, call, layer, id, crs);
    response.status = status;
    co_return response;
}

Answer change_item(const Services& services, CallPtr call, Edit::Kind kind) {
    const http::RequestPtr& request = call->request;
    const gis::Layer& layer = require_layer(*call->known.catalog, request->param("layer"));
    require_known(*request, {"f"});
    const std::string id = request->param("id");
    co_await require_right(services, call, layer, id);
    if (kind != Edit::Kind::Delete) {
        if (auto refusal = wrong_media_type(*request, kind)) co_return std::move(*refusal);
    }
    Outcome outcome = co_await apply(services, call, layer, kind, id);
    if (outcome.refusal && outcome.refusal->reason() == gis::EditProblem::Reason::Changed) {
        Response response = co_await changed_meanwhile(services, call, layer, id, *outcome.refusal);
        co_return response;
    }
    if (outcome.refusal) throw gis::EditRefused(*outcome.refusal);
    if (kind != Edit::Kind::Delete && wants_representation(*request)) {
        Response response = co_await with_feature(services, call, layer, id, 200);
        co_return response;
    }
    Response response = Response::no_content();
    if (kind != Edit::Kind::Delete) response.set_header("ETag", feature_etag(outcome.results[0].versions[0], ""));
    co_return response;
}

}  // namespace

Answer add_items(const Services& services, CallPtr call) {
    const http::RequestPtr& request = call->request;
    const gis::Layer& layer = require_layer(*call->known.catalog, request->param("layer"));
    require_known(*request, {"f"});
    co_await require_right(services, call, layer, std::nullopt);
    if (auto refusal = wrong_media_type(*request, Edit::Kind::Insert)) co_return std::move(*refusal);
    Outcome outcome = co_await apply(services, call, layer, Edit::Kind::Insert, std::nullopt);
    if (outcome.refusal) throw gis::EditRefused(*outcome.refusal);
    Response response;
    if (outcome.is_collection) {
        Json made = Json::array();
        for (const gis::EditResult& result : outcome.results)
            made.push_back({{"id", result.ids[0]}, {"href", item_url(*request, layer, result.ids[0])}});
        response = json_response({{"created", std::move(made)}});
        response.status = 201;
        co_return response;
    }
    const std::string id = outcome.results[0].ids[0];
    if (wants_representation(*request)) {
        response = co_await with_feature(services, call, layer, id, 201);
    } else {
        response = Response::no_content();
        response.status = 201;
        response.set_header("ETag", feature_etag(outcome.results[0].versions[0], ""));
    }
    response.set_header("Location", item_url(*request, layer, id));
    co_return response;
}

Answer replace_item(const Services& services, CallPtr call) {
    return change_item(services, std::move(call), Edit::Kind::Replace);
}

Answer update_item(const Services& services, CallPtr call) {
    return change_item(services, std::move(call), Edit::Kind::Update);
}

Answer delete_item(const Services& services, CallPtr call) {
    return change_item(services, std::move(call), Edit::Kind::Delete);
}

Answer items_options(const Services&, CallPtr call) {
    const gis::Layer& layer = require_layer(*call->known.catalog, call->request->param("layer"));
    Response response = Response::no_content();
    response.set_header("Allow", may_edit(*call, layer) ? "GET, HEAD, POST, OPTIONS" : "GET, HEAD, OPTIONS");
    if (may_edit(*call, layer)) response.set_header("Accept-Post", std::string(geojson_type) + ", application/json");
    co_return response;
}

/// Of a feature he sees, what he may do with it; of any other id, what he may do with some of the layer: clients ask
/// with an id they made up, and the answer does not tell whether there is such a feature.
Answer item_options(const Services& services, CallPtr call) {
    const gis::Layer& layer = require_layer(*call->known.catalog, call->request->param("layer"));
    const std::string id = call->request->param("id");
    bool allowed = may_edit(*call, layer);
    if (allowed) {
        const bool seen = co_await is_visible(services, call, layer, id);
        if (seen) {
            auto work = [layer_id = layer.id, id](db::Connection& connection) {
                const std::vector<db::Parameter> values{std::to_string(layer_id), id};
                return connection.query("select catalogue.may_edit($1::int, $2)", values).boolean(0, 0);
            };
            allowed = co_await services.database.run(call->reader(), query_for(*call->request), std::move(work));
        }
    }
    Response response = Response::no_content();
    response.set_header("Allow", allowed ? "GET, HEAD, PUT, PATCH, DELETE, OPTIONS" : "GET, HEAD, OPTIONS");
    if (allowed) response.set_header("Accept-Patch", fmt::format("{}, {}", merge_patch_type, geojson_type));
    co_return response;
}

}  // namespace api
