#include "server/api/handlers.hpp"

namespace api {

http::Router make_routes(const Services& services) {
    http::Router router;
    const auto get = [&](const char* path, Answer (*handler)(const Services&, RequestPtr)) {
        router.add(http::Method::Get, path,
                   [&services, handler](RequestPtr request) { return handler(services, std::move(request)); });
    };
    get("/", landing);
    get("/conformance", conformance);
    get("/api", api_description);

    get("/collections", collections);
    get("/collections/{layer}", collection);
    get("/collections/{layer}/schema", schema);
    get("/collections/{layer}/items", items);
    get("/collections/{layer}/items/{id}", item);

    get("/tiles/{layers}.json", tile_json);
    get("/tiles/{layers}/{z}/{x}/{y}.mvt", tile);
    get("/tileMatrixSets", tile_matrix_sets);
    get("/tileMatrixSets/{set}", tile_matrix_set);
    get("/collections/{layer}/tiles", collection_tilesets);
    get("/collections/{layer}/tiles/{set}", collection_tileset);
    get("/collections/{layer}/tiles/{set}/{z}/{y}/{x}", collection_tile);

    get("/styles", styles);
    get("/styles/{style}", style);
    get("/search", search);

    get("/healthz", healthz);
    get("/readyz", readyz);
    get("/metrics", metrics);
    get("/{path*}", portal_file);
    return router;
}

}  // namespace api
