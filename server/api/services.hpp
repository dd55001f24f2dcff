#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gis/crs/crs.hpp"
#include "gis/error.hpp"
#include "server/api/count_cache.hpp"
#include "server/api/page_token.hpp"
#include "server/api/start_index_keys.hpp"
#include "server/db/connection_pool.hpp"
#include "server/http/request.hpp"
#include "server/http/static_files.hpp"
#include "server/live/catalog_watch.hpp"

namespace live {
class TileEngine;
}

namespace gate {
class Gatekeeper;
class SignIns;
class TileUse;
class VisibleCatalogs;
}  // namespace gate

namespace api {

class BulkShares;
class FreshFiles;
class Journal;
class PageCache;
class PreparedFiles;
class RasterTiles;
struct UploadFiles;

/// What the handlers work with. Built once by main; outlives the server.
struct Services {
    const live::CatalogWatch& catalog;
    db::ConnectionPool& database;
    db::ConnectionPool& bulk;  ///< for answers made piece by piece, whose clients may be slow
    BulkShares& bulk_shares;   ///< to be taken from before a job is given to `bulk`
    gate::Gatekeeper& gatekeeper;
    gate::VisibleCatalogs& visible;
    gate::TileUse& tile_use;
    gate::SignIns& sign_ins;
    CountCache& counts;
    StartIndexKeys& start_index_keys;
    live::TileEngine& tiles;
    PageCache& pages;
    UploadFiles& uploads;
    RasterTiles& rasters;
    const PreparedFiles& prepared;
    FreshFiles& fresh_files;
    Journal& journal;
    const PageTokens& tokens;
    const http::StaticFiles& portal;
    std::vector<gis::Crs> offered_crs;  ///< CRS84 first
    std::string contact;                ///< shown in the API description
    std::string inspire_namespace;      ///< of the authority whose data are published: "FR.CARREAU"
    std::string version;
    std::function<std::string()> server_metrics;  ///< Prometheus text of the HTTP side
    std::function<bool()> draining;
};

/// The layer that the route's `{name}` names. Throws gis::NotFound, the same for unknown and unpublished ones.
const gis::Layer& require_layer(const gis::Catalog& catalog, std::string_view name);

/// What a path that nobody serves is answered with.
gis::NotFound nothing_at(const http::Request& request);

/// A database query tied to the request: it is cancelled when the client leaves.
std::shared_ptr<db::RunningQuery> query_for(const http::Request& request);

}  // namespace api
