#include "server/api/guard.hpp"
#include "server/api/handlers.hpp"

namespace api {

http::Router make_routes(const Services& services) {
    http::Router router;
    using http::Method;
    // The same answer for everybody: nothing of a layer is in it.
    const auto open = [&](const char* path, Answer (*handler)(const Services&, RequestPtr)) {
        router.add(Method::Get, path,
                   [&services, handler](RequestPtr request) { return handler(services, std::move(request)); });
    };
    const auto guarded = [&](Method method, const char* path, GuardedHandler handler, Needs needs = Needs::Nothing) {
        router.add(method, path, [&services, handler, needs](RequestPtr request) {
            return guard(services, handler, needs, std::move(request));
        });
    };
    open("/", landing);
    open("/conformance", conformance);
    guarded(Method::Get, "/api", api_description);

    guarded(Method::Get, "/collections", collections);
    guarded(Method::Get, "/collections/{layer}", collection);
    guarded(Method::Get, "/collections/{layer}/schema", schema);
    guarded(Method::Get, "/collections/{layer}/items", items);
    guarded(Method::Get, "/collections/{layer}/items/{id}", item);
    guarded(Method::Get, "/collections/{layer}/export", export_layer);

    guarded(Method::Get, "/tiles/{layers}.json", tile_json);
    guarded(Method::Get, "/tiles/{layers}/{z}/{x}/{y}.mvt", tile);
    open("/tileMatrixSets", tile_matrix_sets);
    open("/tileMatrixSets/{set}", tile_matrix_set);
    guarded(Method::Get, "/collections/{layer}/tiles", collection_tilesets);
    guarded(Method::Get, "/collections/{layer}/tiles/{set}", collection_tileset);
    guarded(Method::Get, "/collections/{layer}/tiles/{set}/{z}/{y}/{x}", collection_tile);

    guarded(Method::Get, "/styles", styles);
    guarded(Method::Get, "/styles/{style}", style);
    guarded(Method::Get, "/search", search);
    guarded(Method::Post, "/owners/search", search_owners, Needs::Account);

    guarded(Method::Get, "/session", session);
    guarded(Method::Post, "/session", log_in);
    guarded(Method::Delete, "/session", log_out);
    guarded(Method::Get, "/session/tokens", own_tokens, Needs::Account);
    guarded(Method::Post, "/session/tokens", make_own_token, Needs::Account);
    guarded(Method::Delete, "/session/tokens/{id}", revoke_own_token, Needs::Account);
    guarded(Method::Get, "/login/oidc", provider_login);
    guarded(Method::Get, "/login/oidc/callback", provider_callback);

    const auto administers = [&](Method method, const char* path, GuardedHandler handler) {
        guarded(method, path, handler, Needs::Administer);
    };
    administers(Method::Get, "/admin/organisations", admin_organisations);
    administers(Method::Post, "/admin/organisations", make_organisation);
    administers(Method::Patch, "/admin/organisations/{id}", change_organisation);
    administers(Method::Get, "/admin/people", admin_people);
    administers(Method::Post, "/admin/people", make_person);
    administers(Method::Patch, "/admin/people/{id}", change_person);
    administers(Method::Get, "/admin/people/{id}/sees", what_person_sees);
    administers(Method::Get, "/admin/services", admin_services);
    administers(Method::Post, "/admin/services", make_service);
    administers(Method::Patch, "/admin/services/{id}", change_service);
    administers(Method::Get, "/admin/conventions", admin_conventions);
    administers(Method::Post, "/admin/conventions", make_convention);
    administers(Method::Patch, "/admin/conventions/{id}", change_convention);
    administers(Method::Get, "/admin/engagements", admin_engagements);
    administers(Method::Post, "/admin/engagements", make_engagement);
    administers(Method::Patch, "/admin/engagements/{id}", change_engagement);
    administers(Method::Get, "/admin/tokens", admin_tokens);
    administers(Method::Post, "/admin/tokens", make_any_token);
    administers(Method::Delete, "/admin/tokens/{id}", revoke_any_token);
    administers(Method::Get, "/admin/audit", admin_journal);

    open("/healthz", healthz);
    open("/readyz", readyz);
    open("/metrics", metrics);
    open("/{path*}", portal_file);
    return router;
}

}  // namespace api
