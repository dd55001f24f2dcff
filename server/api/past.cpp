#include "server/api/past.hpp"

#include <fmt/format.h>

#include "gis/error.hpp"
#include "gis/query/feature_query.hpp"
#include "server/api/parameters.hpp"

namespace api {

std::optional<PastMoment> past_moment(const Call& call, const gis::Layer& layer) {
    const http::Request& request = *call.request;
    std::optional<PastMoment> moment;
    if (const auto as_of = request.query_value("as-of")) {
        if (!layer.tracked)
            throw gis::InvalidRequest("as-of", fmt::format("the layer '{}' keeps no record of its past", layer.name));
        moment = PastMoment{gis::parse_moment(std::string(*as_of), "as-of"), true};
    } else if (const auto datetime = request.query_value("datetime");
               datetime && layer.tracked && layer.datetime_column.empty()) {
        const gis::TimeInterval interval = gis::parse_datetime(std::string(*datetime));
        if (interval.end) moment = PastMoment{*interval.end, false};
    }
    if (moment && layer.sensitive) {
        const bool is_exact = call.caller->scope.of(layer).grant(gis::Right::Exact).holds();
        if (!is_exact && moment->is_strict)
            throw gis::NotAllowed(fmt::format("the past of '{}' is for those who see exact positions", layer.name));
        if (!is_exact) moment.reset();
    }
    return moment;
}

std::optional<std::string> settled(db::Connection& connection, const gis::Layer& layer,
                                   const std::optional<PastMoment>& moment) {
    if (!moment) return std::nullopt;
    const std::vector<db::Parameter> values{std::to_string(layer.id), moment->instant};
    const db::Result row = connection.query(
        "select $2::timestamptz >= now(), $2::timestamptz < s.since, "
        "to_char(s.since at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') "
        "from (select catalogue.record_since($1::int)) s(since)",
        values);
    if (row.is_null(0, 2) || row.boolean(0, 0)) return std::nullopt;
    if (!row.boolean(0, 1)) return moment->instant;
    if (moment->is_strict)
        throw gis::InvalidRequest("as-of", fmt::format("the record of '{}' begins at {}, nothing earlier is known",
                                                       layer.name, row.text(0, 2)));
    return row.text(0, 2);
}

}  // namespace api
