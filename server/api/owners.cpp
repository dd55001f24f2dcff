// Owners of parcels (LPF L107 A): never in tiles, never cached, never exported; each look-up says its purpose and is
// journalled by the database function that answers it.

#include <fmt/format.h>

#include <algorithm>

#include "gis/error.hpp"
#include "server/api/body.hpp"
#include "server/api/handlers.hpp"
#include "server/api/parameters.hpp"

namespace api {

namespace {

constexpr std::size_t max_parcels = 100;  // the database refuses far fewer, by the caller's level

std::vector<std::string> parcels_of(const Json& body) {
    const auto found = body.find("parcels");
    if (found == body.end() || !found->is_array() || found->empty() || found->size() > max_parcels)
        throw gis::InvalidRequest("parcels", fmt::format("an array of 1 to {} parcel ids expected", max_parcels));
    std::vector<std::string> parcels;
    for (const Json& entry : *found) {
        const std::string id = entry.is_string() ? entry.get<std::string>() : "";
        const bool sound = id.size() == 14 && std::all_of(id.begin(), id.end(), [](char c) {
                               return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
                           });
        if (!sound) throw gis::InvalidRequest("parcels", "ids of 14 characters such as 62119000AB0012 expected");
        parcels.push_back(id);
    }
    return parcels;
}

struct Answered {
    std::string status;
    Json owners = Json::array();
};

Answered look_up(db::Connection& connection, const std::vector<db::Parameter>& values) {
    const db::Result rows = connection.query(
        "select status, parcelle, compte, denomination, adresse, droit, siren, valeur_locative "
        "from majic.look_up($1::text[], $2, $3)",
        values);
    Answered answered{rows.rows() == 0 ? "answered" : rows.text(0, 0), Json::array()};
    if (answered.status != "answered") return answered;
    for (int i = 0; i < rows.rows(); ++i) {
        Json owner{{"parcelle", rows.text(i, 1)},
                   {"compte", rows.text(i, 2)},
                   {"denomination", rows.text(i, 3)},
                   {"adresse", rows.text(i, 4)},
                   {"droit", rows.text(i, 5)}};
        if (!rows.is_null(i, 6)) owner["siren"] = rows.text(i, 6);
        if (!rows.is_null(i, 7)) owner["valeur_locative"] = rows.float64(i, 7);
        answered.owners.push_back(std::move(owner));
    }
    return answered;
}

}  // namespace

Answer search_owners(const Services& services, CallPtr call) {
    const http::RequestPtr& request = call->request;
    require_known(*request, {"f"});
    const Json body = json_body(*request, {"parcels", "purpose"});
    const auto parcels = parcels_of(body);
    const std::vector<db::Parameter> values{fmt::format("{{{}}}", fmt::join(parcels, ",")),
                                            text_member(body, "purpose", 500), request->id};
    auto work = [values](db::Connection& connection) { return look_up(connection, values); };
    const Answered answered = co_await services.database.run(call->at_gate(), query_for(*request), std::move(work));
    if (answered.status == "hidden") throw nothing_at(*request);
    if (answered.status == "purpose") throw gis::InvalidRequest("purpose", "say what the names are needed for");
    if (answered.status == "not_ponctual")
        throw gis::InvalidRequest(
            "parcels", "a look-up must be occasional (LPF L107 A): one parcel for third parties, 20 for agents");
    if (answered.status == "week" || answered.status == "month") {
        throw gis::NotAllowed(
            fmt::format("third parties may look up 5 times a week and 10 times a month (LPF R*107 A-3): the {}'s "
                        "look-ups are used up",
                        answered.status));
    }
    Response response = json_response({{"purpose", *values[1]}, {"owners", answered.owners}});
    response.set_header("Cache-Control", "no-store");
    co_return response;
}

}  // namespace api
