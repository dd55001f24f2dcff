#pragma once

#include "server/api/call.hpp"
#include "server/http/response.hpp"
#include "server/http/router.hpp"

// The handlers, one family a file. Each takes its request by value (coroutines) and throws what server/api/problem
// knows. Those with a Call answer published data, under the caller's rights; the others answer everybody the same.

namespace api {

using http::RequestPtr;
using http::Response;
using Answer = boost::asio::awaitable<Response>;

// landing.cpp
Answer landing(const Services& services, RequestPtr request);
Answer conformance(const Services& services, RequestPtr request);
Answer api_description(const Services& services, CallPtr call);
Answer portal_file(const Services& services, RequestPtr request);

// collections.cpp
Answer collections(const Services& services, CallPtr call);
Answer collection(const Services& services, CallPtr call);

// schemas.cpp
Answer schema(const Services& services, CallPtr call);
Answer queryables(const Services& services, CallPtr call);
Answer sortables(const Services& services, CallPtr call);

// features.cpp
Answer items(const Services& services, CallPtr call);
Answer item(const Services& services, CallPtr call);

// edits.cpp
Answer add_items(const Services& services, CallPtr call);
Answer replace_item(const Services& services, CallPtr call);
Answer update_item(const Services& services, CallPtr call);
Answer delete_item(const Services& services, CallPtr call);
Answer items_options(const Services& services, CallPtr call);
Answer item_options(const Services& services, CallPtr call);

// pictures.cpp
Answer item_thumbnail(const Services& services, CallPtr call);
Answer item_photo(const Services& services, CallPtr call);
Answer item_original(const Services& services, CallPtr call);

// history.cpp
Answer item_history(const Services& services, CallPtr call);
Answer undo_change(const Services& services, CallPtr call);

// tiles.cpp
Answer tile(const Services& services, CallPtr call);
Answer tile_json(const Services& services, CallPtr call);
Answer collection_tilesets(const Services& services, CallPtr call);
Answer collection_tileset(const Services& services, CallPtr call);
Answer collection_tile(const Services& services, CallPtr call);
Answer tile_matrix_sets(const Services& services, RequestPtr request);
Answer tile_matrix_set(const Services& services, RequestPtr request);

// styles.cpp
Answer styles(const Services& services, CallPtr call);
Answer style(const Services& services, CallPtr call);

// export.cpp
Answer export_layer(const Services& services, CallPtr call);

// wfs.cpp
Answer web_feature_service(const Services& services, CallPtr call);

// catalogue.cpp
Answer open_data_catalogue(const Services& services, CallPtr call);

// csw.cpp
Answer catalogue_service(const Services& services, CallPtr call);

// downloads.cpp
Answer prepared_file(const Services& services, CallPtr call);
Answer prepared_package(const Services& services, CallPtr call);

// inspire_atom.cpp
Answer atom_service(const Services& services, CallPtr call);
Answer atom_data_set(const Services& services, CallPtr call);
Answer atom_description(const Services& services, CallPtr call);
Answer atom_search(const Services& services, CallPtr call);

// records.cpp
Answer records_landing(const Services& services, RequestPtr request);
Answer records_conformance(const Services& services, RequestPtr request);
Answer record_catalogues(const Services& services, RequestPtr request);
Answer record_catalogue(const Services& services, RequestPtr request);
Answer record_queryables(const Services& services, RequestPtr request);
Answer record_items(const Services& services, CallPtr call);
Answer record_item(const Services& services, CallPtr call);

// inspire_metadata.cpp
Answer inspire_metadata(const Services& services, CallPtr call);

// cadastre_search.cpp
Answer search(const Services& services, CallPtr call);

// owners.cpp
Answer search_owners(const Services& services, CallPtr call);

// uploads.cpp
Answer uploads_options(const Services& services, RequestPtr request);
Answer own_uploads(const Services& services, CallPtr call);
Answer begin_upload(const Services& services, CallPtr call);
Answer upload_state(const Services& services, CallPtr call);
Answer append_upload(const Services& services, CallPtr call);
Answer delete_upload(const Services& services, CallPtr call);

// session.cpp
Answer session(const Services& services, CallPtr call);
Answer log_in(const Services& services, CallPtr call);
Answer log_out(const Services& services, CallPtr call);

// provider_login.cpp
Answer provider_login(const Services& services, CallPtr call);
Answer provider_callback(const Services& services, CallPtr call);

// tokens.cpp
Answer own_tokens(const Services& services, CallPtr call);
Answer make_own_token(const Services& services, CallPtr call);
Answer revoke_own_token(const Services& services, CallPtr call);

// admin_records.cpp
Answer admin_organisations(const Services& services, CallPtr call);
Answer make_organisation(const Services& services, CallPtr call);
Answer change_organisation(const Services& services, CallPtr call);
Answer admin_layers(const Services& services, CallPtr call);
Answer describe_layer(const Services& services, CallPtr call);
Answer admin_services(const Services& services, CallPtr call);
Answer make_service(const Services& services, CallPtr call);
Answer change_service(const Services& services, CallPtr call);
Answer admin_conventions(const Services& services, CallPtr call);
Answer make_convention(const Services& services, CallPtr call);
Answer change_convention(const Services& services, CallPtr call);
Answer admin_engagements(const Services& services, CallPtr call);
Answer make_engagement(const Services& services, CallPtr call);
Answer change_engagement(const Services& services, CallPtr call);

// admin_people.cpp
Answer admin_people(const Services& services, CallPtr call);
Answer make_person(const Services& services, CallPtr call);
Answer change_person(const Services& services, CallPtr call);
Answer what_person_sees(const Services& services, CallPtr call);

// admin_tokens.cpp
Answer admin_tokens(const Services& services, CallPtr call);
Answer make_any_token(const Services& services, CallPtr call);
Answer revoke_any_token(const Services& services, CallPtr call);
Answer admin_journal(const Services& services, CallPtr call);

// health.cpp
Answer healthz(const Services& services, RequestPtr request);
Answer readyz(const Services& services, RequestPtr request);
Answer metrics(const Services& services, RequestPtr request);

/// Everything the server answers (routes.cpp). `services` outlives the router.
http::Router make_routes(const Services& services);

}  // namespace api
