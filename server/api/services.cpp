#include "server/api/services.hpp"

#include <fmt/format.h>

#include "gis/error.hpp"

namespace api {

const gis::Layer& require_layer(const gis::Catalog& catalog, std::string_view name) {
    const gis::Layer* layer = catalog.find(name);
    if (layer == nullptr) throw gis::NotFound(fmt::format("there is no collection '{}'", name.substr(0, 100)));
    return *layer;
}

gis::NotFound nothing_at(const http::Request& request) {
    return gis::NotFound(fmt::format("there is nothing at {}", request.path.substr(0, 200)));
}

std::shared_ptr<db::RunningQuery> query_for(const http::Request& request) {
    auto query = std::make_shared<db::RunningQuery>();
    request.cancel->on_cancel([query] { query->cancel(); });
    return query;
}

}  // namespace api
