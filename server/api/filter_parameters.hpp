#pragma once

#include <string_view>
#include <vector>

#include "gis/query/feature_query.hpp"
#include "server/db/connection.hpp"
#include "server/http/request.hpp"

namespace api {

/// The names of the items request's own parameters: a field of such a name is not a parameter, filters still reach it.
const std::vector<std::string_view>& items_parameter_names();

/// `filter`, `filter-lang` and `filter-crs` (OGC 19-079r2, 8), `sortby` (Part 8: "+name,-name") and `properties` into
/// the query, whose layer is set. Throws InvalidRequest naming the parameter; a filter that cannot be read is never
/// taken for none.
void parse_filter_parameters(const http::Request& request, const std::vector<gis::Crs>& offered,
                             gis::FeatureQuery& query);

/// PostgreSQL could not compute the filter (a power beyond all numbers): the filter's fault, told as such. Rethrows
/// `error` when it is something else.
[[noreturn]] void blame_filter(const gis::FeatureQuery& query, const db::SqlError& error);

}  // namespace api
