#include <utility>

#include "server/api/guard.hpp"
#include "server/api/handlers.hpp"
#include "server/api/jobs.hpp"
#include "server/api/rasters.hpp"

namespace api {

http::Router make_routes(const Services& services) {
    http::Router router;
    using http::Method;
    // Nothing of a layer is in it, or its handler asks who sees what.
    const auto open = [&](const char* path, Answer (*handler)(const Services&, RequestPtr)) {
        router.add(Method::Get, path,
                   [&services, handler](RequestPtr request) { return handler(services, std::move(request)); });
    };
    const auto guarded = [&](Method method, const char* path, GuardedHandler handler, Needs needs = Needs::Nothing,
                             http::RouteOptions options = {}) {
        const auto answer = [&services, handler, needs](RequestPtr request) {
            return guard(services, handler, needs, std::move(request));
        };
        router.add(method, path, answer, options);
    };
    const http::RouteOptions piece_by_piece{std::nullopt, true};
    open("/", landing);
    open("/conformance", conformance);
    guarded(Method::Get, "/api", api_description);

    guarded(Method::Get, "/collections", collections);
    guarded(Method::Get, "/collections/{layer}", collection);
    guarded(Method::Get, "/collections/{layer}/schema", schema);
    guarded(Method::Get, "/collections/{layer}/queryables", queryables);
    guarded(Method::Get, "/collections/{layer}/sortables", sortables);
    guarded(Method::Get, "/collections/{layer}/items", items);
    guarded(Method::Get, "/collections/{layer}/items/{id}", item);
    guarded(Method::Post, "/collections/{layer}/items", add_items);
    guarded(Method::Options, "/collections/{layer}/items", items_options);
    guarded(Method::Put, "/collections/{layer}/items/{id}", replace_item);
    guarded(Method::Patch, "/collections/{layer}/items/{id}", update_item);
    guarded(Method::Delete, "/collections/{layer}/items/{id}", delete_item);
    guarded(Method::Options, "/collections/{layer}/items/{id}", item_options);
    guarded(Method::Get, "/collections/{layer}/items/{id}/thumbnail", item_thumbnail);
    guarded(Method::Get, "/collections/{layer}/items/{id}/photo", item_photo);
    guarded(Method::Get, "/collections/{layer}/items/{id}/original", item_original);
    guarded(Method::Get, "/collections/{layer}/items/{id}/history", item_history);
    guarded(Method::Post, "/collections/{layer}/items/{id}/history/{change}/undo", undo_change);
    guarded(Method::Get, "/collections/{layer}/export", export_layer);

    guarded(Method::Get, "/wfs", web_feature_service);
    guarded(Method::Post, "/wfs", web_feature_service);
    guarded(Method::Get, "/metadata/{record}", inspire_metadata);
    open("/records", records_landing);
    open("/records/conformance", records_conformance);
    open("/records/collections", record_catalogues);
    open("/records/collections/{catalogue}", record_catalogue);
    open("/records/collections/{catalogue}/queryables", record_queryables);
    guarded(Method::Get, "/records/collections/{catalogue}/items", record_items);
    guarded(Method::Get, "/records/collections/{catalogue}/items/{record}", record_item);
    guarded(Method::Get, "/csw", catalogue_service);
    guarded(Method::Post, "/csw", catalogue_service);
    guarded(Method::Get, "/catalogue", open_data_catalogue);
    guarded(Method::Get, "/downloads/{dataset}.gml", prepared_file);
    guarded(Method::Get, "/downloads/{dataset}.gpkg", prepared_package);
    guarded(Method::Get, "/atom", atom_service);
    guarded(Method::Get, "/atom/opensearch.xml", atom_description);
    guarded(Method::Get, "/atom/search", atom_search);
    guarded(Method::Get, "/atom/datasets/{dataset}", atom_data_set);

    guarded(Method::Get, "/tiles/{layers}.json", tile_json);
    guarded(Method::Get, "/tiles/{layers}/{z}/{x}/{y}.mvt", tile);
    open("/tileMatrixSets", tile_matrix_sets);
    open("/tileMatrixSets/{set}", tile_matrix_set);
    guarded(Method::Get, "/collections/{layer}/tiles", collection_tilesets);
    guarded(Method::Get, "/collections/{layer}/tiles/{set}", collection_tileset);
    guarded(Method::Get, "/collections/{layer}/tiles/{set}/{z}/{y}/{x}", collection_tile);

    guarded(Method::Get, "/rasters", rasters);
    guarded(Method::Get, "/rasters/{raster}", raster);
    guarded(Method::Get, "/rasters/{raster}/value", raster_value);
    guarded(Method::Get, "/rasters/{raster}/legend", raster_legend);
    guarded(Method::Get, "/rasters/{raster}/{z}/{x}/{y}.png", raster_png);
    guarded(Method::Get, "/rasters/{raster}/{z}/{x}/{y}.webp", raster_webp);
    guarded(Method::Get, "/wmts", web_map_tile_service);
    guarded(Method::Get, "/wmts/1.0.0/WMTSCapabilities.xml", wmts_capabilities);

    guarded(Method::Get, "/styles", styles);
    guarded(Method::Get, "/styles/{style}", style);
    guarded(Method::Get, "/search", search);
    guarded(Method::Post, "/owners/search", search_owners, Needs::Account);

    router.add(Method::Options, "/uploads",
               [&services](RequestPtr request) { return uploads_options(services, std::move(request)); });
    guarded(Method::Get, "/uploads", own_uploads, Needs::Account);
    guarded(Method::Post, "/uploads", begin_upload, Needs::Account, piece_by_piece);
    guarded(Method::Get, "/uploads/{upload}", upload_state, Needs::Account);
    guarded(Method::Patch, "/uploads/{upload}", append_upload, Needs::Account, piece_by_piece);
    guarded(Method::Delete, "/uploads/{upload}", delete_upload, Needs::Account);

    guarded(Method::Get, "/jobs", own_jobs, Needs::Account);
    guarded(Method::Post, "/jobs", make_job, Needs::Account);
    guarded(Method::Get, "/jobs/{job}", job_state, Needs::Account);
    guarded(Method::Delete, "/jobs/{job}", delete_job, Needs::Account);
    guarded(Method::Get, "/jobs/{job}/events", job_events, Needs::Account);
    guarded(Method::Get, "/jobs/{job}/columns", job_columns, Needs::Account);
    guarded(Method::Get, "/jobs/{job}/draft", job_draft, Needs::Account);
    guarded(Method::Get, "/jobs/{job}/rasters/{raster}/{z}/{x}/{y}.png", draft_raster_png, Needs::Account);
    guarded(Method::Post, "/jobs/{job}/cancel", cancel_job, Needs::Account);
    guarded(Method::Post, "/jobs/{job}/retry", retry_job, Needs::Account);
    guarded(Method::Post, "/jobs/{job}/publish", publish_job, Needs::Account);
    guarded(Method::Post, "/jobs/{job}/undo", undo_job, Needs::Account);
    guarded(Method::Post, "/jobs/{job}/propose", propose_job, Needs::Account);
    guarded(Method::Post, "/jobs/{job}/withdraw", withdraw_job, Needs::Account);
    guarded(Method::Post, "/jobs/{job}/refuse", refuse_job, Needs::Account);
    guarded(Method::Get, "/inbox", inbox, Needs::Account);
    guarded(Method::Get, "/inbox/events", inbox_events, Needs::Account);

    guarded(Method::Get, "/session", session);
    guarded(Method::Post, "/session", log_in);
    guarded(Method::Delete, "/session", log_out);
    guarded(Method::Get, "/session/tokens", own_tokens, Needs::Account);
    guarded(Method::Post, "/session/tokens", make_own_token, Needs::Account);
    guarded(Method::Delete, "/session/tokens/{id}", revoke_own_token, Needs::Account);
    guarded(Method::Get, "/login/oidc", provider_login);
    guarded(Method::Get, "/login/oidc/callback", provider_callback);

    guarded(Method::Get, "/admin/organisations", admin_organisations, Needs::Administer);
    guarded(Method::Post, "/admin/organisations", make_organisation, Needs::Administer);
    guarded(Method::Patch, "/admin/organisations/{id}", change_organisation, Needs::Administer);
    guarded(Method::Get, "/admin/people", admin_people, Needs::Administer);
    guarded(Method::Post, "/admin/people", make_person, Needs::Administer);
    guarded(Method::Patch, "/admin/people/{id}", change_person, Needs::Administer);
    guarded(Method::Get, "/admin/people/{id}/sees", what_person_sees, Needs::Administer);
    guarded(Method::Get, "/admin/services", admin_services, Needs::Administer);
    guarded(Method::Post, "/admin/services", make_service, Needs::Administer);
    guarded(Method::Patch, "/admin/services/{id}", change_service, Needs::Administer);
    guarded(Method::Get, "/admin/layers", admin_layers, Needs::Administer);
    guarded(Method::Patch, "/admin/layers/{id}", describe_layer, Needs::Administer);
    guarded(Method::Get, "/admin/conventions", admin_conventions, Needs::Administer);
    guarded(Method::Post, "/admin/conventions", make_convention, Needs::Administer);
    guarded(Method::Patch, "/admin/conventions/{id}", change_convention, Needs::Administer);
    guarded(Method::Get, "/admin/engagements", admin_engagements, Needs::Administer);
    guarded(Method::Post, "/admin/engagements", make_engagement, Needs::Administer);
    guarded(Method::Patch, "/admin/engagements/{id}", change_engagement, Needs::Administer);
    guarded(Method::Get, "/admin/tokens", admin_tokens, Needs::Administer);
    guarded(Method::Post, "/admin/tokens", make_any_token, Needs::Administer);
    guarded(Method::Delete, "/admin/tokens/{id}", revoke_any_token, Needs::Administer);
    guarded(Method::Get, "/admin/audit", admin_journal, Needs::Administer);

    open("/healthz", healthz);
    open("/readyz", readyz);
    open("/metrics", metrics);
    open("/{path*}", portal_file);
    return router;
}

}  // namespace api
