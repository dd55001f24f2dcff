#pragma once

#include "server/api/services.hpp"
#include "server/http/response.hpp"
#include "server/http/router.hpp"

// The handlers, one family a file. Each takes its request by value (coroutines) and throws what server/api/problem
// knows.

namespace api {

using http::RequestPtr;
using http::Response;
using Answer = boost::asio::awaitable<Response>;

// landing.cpp
Answer landing(const Services& services, RequestPtr request);
Answer conformance(const Services& services, RequestPtr request);
Answer api_description(const Services& services, RequestPtr request);
Answer portal_file(const Services& services, RequestPtr request);

// collections.cpp
Answer collections(const Services& services, RequestPtr request);
Answer collection(const Services& services, RequestPtr request);
Answer schema(const Services& services, RequestPtr request);

// features.cpp
Answer items(const Services& services, RequestPtr request);
Answer item(const Services& services, RequestPtr request);

// tiles.cpp
Answer tile(const Services& services, RequestPtr request);
Answer tile_json(const Services& services, RequestPtr request);
Answer collection_tilesets(const Services& services, RequestPtr request);
Answer collection_tileset(const Services& services, RequestPtr request);
Answer collection_tile(const Services& services, RequestPtr request);
Answer tile_matrix_sets(const Services& services, RequestPtr request);
Answer tile_matrix_set(const Services& services, RequestPtr request);

// styles.cpp
Answer styles(const Services& services, RequestPtr request);
Answer style(const Services& services, RequestPtr request);

// cadastre_search.cpp
Answer search(const Services& services, RequestPtr request);

// health.cpp
Answer healthz(const Services& services, RequestPtr request);
Answer readyz(const Services& services, RequestPtr request);
Answer metrics(const Services& services, RequestPtr request);

/// Everything the server answers (routes.cpp). `services` outlives the router.
http::Router make_routes(const Services& services);

}  // namespace api
