#include "server/api/quick_tiles.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "server/api/guard.hpp"
#include "server/api/tile_answer.hpp"
#include "server/gate/gatekeeper.hpp"
#include "server/gate/tile_use.hpp"
#include "server/gate/visible_catalog.hpp"
#include "server/http/compression.hpp"
#include "server/http/conditional.hpp"
#include "tiles/project/world.hpp"

namespace api {

namespace {

constexpr std::size_t most_known = 1000;
constexpr const char* route = "/tiles/{layers}/{z}/{x}/{y}.mvt";

struct Address {
    std::string_view names;
    tiles::TileCoord coord;
};

/// "names/z/x/y.mvt"; nothing for anything else.
std::optional<Address> read_address(std::string_view text) {
    if (!text.ends_with(".mvt")) return std::nullopt;
    text.remove_suffix(4);
    const std::size_t slash = text.find('/');
    if (slash == std::string_view::npos || slash == 0) return std::nullopt;
    Address address{text.substr(0, slash), {}};
    const auto is_name = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
    if (!std::all_of(address.names.begin(), address.names.end(), is_name)) return std::nullopt;  // one layer
    std::uint32_t parts[3] = {};
    const char* at = text.data() + slash;
    const char* const end = text.data() + text.size();
    for (std::uint32_t& part : parts) {
        if (at == end || *at != '/') return std::nullopt;
        const auto [next, error] = std::from_chars(at + 1, end, part);
        if (error != std::errc{}) return std::nullopt;
        at = next;
    }
    if (at != end || parts[0] > static_cast<std::uint32_t>(tiles::deepest_world_zoom)) return std::nullopt;
    address.coord = {static_cast<int>(parts[0]), parts[1], parts[2]};
    return address;
}

}  // namespace

QuickTiles::QuickTiles(const Services& services, std::string base_path)
    : services_(services), prefix_(std::move(base_path) + "/tiles/") {}

std::shared_ptr<const QuickTiles::Known> QuickTiles::known_of(std::string_view names) {
    const gate::CallerPtr caller = services_.gatekeeper.known_anonymous();
    if (!caller) return nullptr;
    const gis::CatalogPtr catalog = services_.catalog.catalog();
    const std::lock_guard lock(mutex_);
    const auto found = known_.find(names);
    if (found != known_.end() && found->second->caller == caller && found->second->catalog == catalog)
        return found->second;
    auto known = std::make_shared<Known>();
    known->caller = caller;
    known->catalog = catalog;
    const live::Snapshot visible = services_.visible.of(services_.catalog.current(), caller);
    const gis::Layer* layer = visible.catalog->find(names);
    if (layer == nullptr) return nullptr;
    known->view = services_.tiles.view_of({layer}, caller->scope);
    if (!known->view || known->view->id == 0) return nullptr;
    known->counters.push_back(services_.tile_use.counter(*caller, layer->name));
    if (known_.size() >= most_known) known_.clear();
    known_[std::string(names)] = known;
    return known;
}

http::PreparedPtr QuickTiles::look(const http::QuickRequest& request, const http::Preparer& preparer) {
    if (!request.target.starts_with(prefix_)) return nullptr;
    const auto address = read_address(request.target.substr(prefix_.size()));
    if (!address || !services_.tiles.is_current()) return nullptr;
    const auto known = known_of(address->names);
    if (!known) return nullptr;
    const tiles::ReadyTilePtr tile = services_.tiles.cache().find({known->view->id, address->coord});
    if (!tile) return nullptr;
    ++known->view->hits;
    for (const auto& counter : known->counters) ++*counter;
    const bool as_gzip = request.accept_encoding && http::accepts_gzip(*request.accept_encoding);
    const bool unchanged = !tile->is_empty() && request.if_none_match &&
                           http::none_match_hits(*request.if_none_match, http::quoted_etag(tile->etag()));
    const std::size_t slot = tile->is_empty() ? 0U : (unchanged ? 3U : 1U) + (as_gzip ? 1U : 0U);
    return tile->attachment<http::Prepared>(slot, [&] {
        Response response = respond_with(*tile, as_gzip);
        mark_as_personal(response);
        return preparer.prepare(request, std::move(response), route);
    });
}

}  // namespace api
