#include "server/api/quick_tiles.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "server/api/guard.hpp"
#include "server/api/tile_answer.hpp"
#include "server/gate/visible_catalog.hpp"
#include "server/http/compression.hpp"
#include "server/http/conditional.hpp"
#include "server/live/sql_reason.hpp"
#include "tiles/project/world.hpp"

namespace api {

namespace {

constexpr std::size_t most_callers = 4096;  // of a thread
constexpr const char* route = "/tiles/{layers}/{z}/{x}/{y}.mvt";

struct Address {
    std::string_view layer;
    tiles::TileCoord coord;
};

/// "layer/z/x/y.mvt"; nothing for anything else.
std::optional<Address> read_address(std::string_view text) {
    if (!text.ends_with(".mvt")) return std::nullopt;
    text.remove_suffix(4);
    const std::size_t slash = text.find('/');
    if (slash == std::string_view::npos || slash == 0) return std::nullopt;
    Address address{text.substr(0, slash), {}};
    const auto is_name = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
    if (!std::all_of(address.layer.begin(), address.layer.end(), is_name)) return std::nullopt;  // one layer
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

gate::ShownKey shown_by(const http::QuickRequest& request) {
    const bool believed = request.from_trusted_proxy;
    const auto text = [](const std::optional<std::string_view>& value) { return value.value_or(std::string_view()); };
    return gate::key_of(gate::Shown{text(request.authorization), text(request.api_key), "", text(request.cookie),
                                    believed ? text(request.forwarded_proto) : "",
                                    believed ? text(request.forwarded_prefix) : ""});
}

}  // namespace

QuickTiles::QuickTiles(const Services& services, std::string base_path)
    : services_(services), prefix_(std::move(base_path) + "/tiles/") {}

http::QuickLook QuickTiles::look_of_thread(const Services& services, std::string base_path) {
    const auto tiles = std::make_shared<QuickTiles>(services, std::move(base_path));
    return [tiles](const http::QuickRequest& request, const http::Preparer& preparer) {
        return tiles->look(request, preparer);
    };
}

const QuickTiles::Known* QuickTiles::known_of(const gate::ShownKey& shown, std::string_view layer) {
    if (const auto who = known_.find(shown); who != known_.end()) {
        const auto found = who->second.find(layer);
        if (found != who->second.end() && services_.catalog.is_newest(found->second.catalog) &&
            services_.gatekeeper.holds(found->second.who))
            return &found->second;
    }
    std::optional<Known> known = learn(shown, layer);
    if (!known) return nullptr;
    if (known_.size() >= most_callers) known_.clear();
    return &(known_[shown][std::string(layer)] = std::move(*known));
}

std::optional<QuickTiles::Known> QuickTiles::learn(const gate::ShownKey& shown, std::string_view name) {
    Known known;
    known.who = services_.gatekeeper.known(shown);
    if (!known.who.caller) return std::nullopt;
    const gate::Caller& caller = *known.who.caller;
    known.catalog = services_.catalog.catalog();
    const live::Snapshot visible = services_.visible.of(services_.catalog.current(), known.who.caller);
    const gis::Layer* layer = visible.catalog->find(name);
    if (layer == nullptr) return std::nullopt;
    if (!live::sql_reason(*layer).empty()) return known;
    known.view = services_.tiles.view_of({layer}, caller.scope);
    if (!known.view || known.view->id == 0) return std::nullopt;
    known.counter = services_.tile_use.counter(caller, layer->name);
    return known;
}

http::PreparedPtr QuickTiles::look(const http::QuickRequest& request, const http::Preparer& preparer) {
    if (!request.target.starts_with(prefix_)) return nullptr;
    const auto address = read_address(request.target.substr(prefix_.size()));
    if (!address || !services_.tiles.is_current()) return nullptr;
    const Known* known = known_of(shown_by(request), address->layer);
    if (!known || !known->view) return nullptr;
    const tiles::ReadyTilePtr tile = tile_at_once(services_.tiles, *known->view, address->coord);
    if (!tile) return nullptr;
    ++*known->counter;
    const bool as_gzip = request.accept_encoding && http::accepts_gzip(*request.accept_encoding);
    const bool unchanged =
        !tile->is_empty() && request.if_none_match && http::none_match_hits(*request.if_none_match, tile->etag());
    const std::size_t slot = tile->is_empty() ? 0U : (unchanged ? 3U : 1U) + (as_gzip ? 1U : 0U);
    return tile->attachment<http::Prepared>(slot, [&] {
        Response response = respond_with(*tile, as_gzip);
        mark_as_personal(response);
        return preparer.prepare(request, std::move(response), route);
    });
}

}  // namespace api
