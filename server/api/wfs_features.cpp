// GetFeature, GetPropertyValue and stored queries.

#include <algorithm>

#include "gis/wfs/service_error.hpp"
#include "server/api/feature_stream.hpp"
#include "server/api/wfs.hpp"
#include "server/api/wfs_formats.hpp"
#include "server/api/wfs_writer.hpp"

namespace api {

namespace {

namespace wfs = gis::wfs;

struct Made {
    std::string body;
    bool is_whole = false;
};

std::vector<const gis::Layer*> queried_layers(const wfs::GetFeature& asked) {
    std::vector<const gis::Layer*> layers;
    for (const wfs::Query& query : asked.queries) layers.push_back(query.layer);
    return layers;
}

}  // namespace

/// A page is made at once, counts and features in one snapshot. What is longer than a page is streamed, so that neither
/// memory nor a connection for short answers is held by it.
Answer wfs_features(const Services& services, CallPtr call, WfsRequestPtr original) {
    const WfsFormat format =
        wfs_format(original->version, std::get<wfs::GetFeature>(original->operation).output_format);
    const auto request = std::make_shared<const wfs::Request>(
        wfs::Request{original->version, in_crs_of(format, std::get<wfs::GetFeature>(original->operation))});
    const wfs::GetFeature& asked = std::get<wfs::GetFeature>(request->operation);
    if (!format.is_gml() && (asked.queries.size() > 1 || asked.is_property_value))
        throw wfs::ServiceError("OptionNotSupported", "outputFormat", "outputFormat: only GML can hold this answer");
    auto answer = std::make_shared<const WfsAnswer>(services, call, request, format);
    auto work = [&services, call, request, answer](db::Connection& connection) {
        WfsPlan plan = make_wfs_plan(services, *call, connection, answer->asked(), request->version);
        Made made;
        if (plan.given() > wfs::count_default) return made;
        made.body = answer->page(connection, std::move(plan));
        made.is_whole = true;
        return made;
    };
    Made made = co_await services.database.run(call->reader(), query_for(*call->request), std::move(work));
    if (made.is_whole) co_return Response::bytes(format.media_type, std::move(made.body));
    Produce produce = [&services, call, request, answer](db::Connection& connection, Outlet& outlet) {
        WfsPlan plan = make_wfs_plan(services, *call, connection, answer->asked(), request->version);
        answer->stream(connection, std::move(plan), outlet.buffer(), [&] { outlet.pass_on(); });
    };
    co_return stream_answer(services, call, format.media_type, queried_layers(asked), std::move(produce));
}

}  // namespace api
