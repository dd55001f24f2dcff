#pragma once

#include <optional>
#include <string>

#include "server/api/documents.hpp"
#include "server/api/handlers.hpp"
#include "server/api/past.hpp"

namespace api {

/// One feature as the caller sees it: GeoJSON without its closing brace, and the version its entity tag starts with.
struct ItemText {
    std::string feature;
    std::string version;
    Json links = Json::array();  ///< to its mission, or to what it holds
};

/// Nothing when there is no such feature, or he may not see it.
boost::asio::awaitable<std::optional<ItemText>> read_item(const Services& services, CallPtr call,
                                                          const gis::Layer& layer, std::string id, gis::Crs crs);

/// The answer of GET /collections/{layer}/items/{id}: GeoJSON with links, Content-Crs and the feature's entity tag.
/// Throws gis::NotFound.
Answer item_answer(const Services& services, CallPtr call, const gis::Layer& layer, std::string id, gis::Crs crs);

/// The same of the feature as it stood at a moment.
Answer past_item(const Services& services, CallPtr call, const gis::Layer& layer, std::string id, gis::Crs crs,
                 PastMoment moment);

gis::NotFound no_feature(const gis::Layer& layer, const std::string& id);

}  // namespace api
