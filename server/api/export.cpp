// A whole layer, or what a filter leaves of it, as one file: what the caller may export, nothing he may not see.

#include "gis/error.hpp"
#include "gis/read/archive.hpp"
#include "server/api/bulk_shares.hpp"
#include "server/api/feature_format.hpp"
#include "server/api/feature_stream.hpp"
#include "server/api/handlers.hpp"
#include "server/api/journal.hpp"
#include "server/api/parameters.hpp"

namespace api {

namespace {

/// As a page is asked for, without its size and place.
gis::FeatureQuery parse_export_query(const http::Request& request, const gis::Layer& layer, const gis::Format& format,
                                     const std::vector<gis::Crs>& offered) {
    for (const char* name : {"limit", "token"}) {
        if (request.query_value(name)) throw gis::InvalidRequest(name, "an export is whole; /items gives pages");
    }
    if (request.query_value("as-of"))
        throw gis::InvalidRequest("as-of", "an export is of the present: ask items for the past");
    gis::FeatureQuery query = parse_feature_query(request, layer, offered);
    query.limit = 0;
    using Default = gis::Format::DefaultCrs;
    const bool asked = request.query_value("crs").has_value();
    if (!asked && format.default_crs == Default::Storage && layer.has_geometry()) query.output_crs = layer.crs;
    if (format.default_crs == Default::Always84 && !query.output_crs.is_crs84)
        throw gis::InvalidRequest("crs", std::string(format.title) + " has no CRS but " + gis::crs84().uri());
    require_geometry(format, layer);
    return query;
}

/// Made on a bulk thread in a folder that lives as long as the answer.
boost::asio::awaitable<Response> file_answer(const Services& services, CallPtr call, gis::FeatureQuery query,
                                             const gis::Format& format) {
    auto folder = std::make_shared<gis::read::TempFolder>();
    const gis::Provenance about = provenance_for(*query.layer, *call->request);
    std::shared_ptr<const void> share = services.bulk_shares.take(bulk_holder(*call));
    auto work = [query, about, folder, &format, share = std::move(share)](db::Connection& connection) mutable {
        const auto held = std::move(share);  // given back with the thread
        const gis::FileWriterPtr file = format.file(gis::output_of(query), about, folder->path());
        each_feature(connection, query, [&](const gis::Feature& feature) { file->write(feature); });
        std::filesystem::path path = file->finish();
        return std::pair(std::move(path), file->left_out());
    };
    const auto [path, left_out] =
        co_await services.bulk.run(call->reader(), query_for(*call->request), std::move(work));
    Response response = Response::file(format.media_type, path, std::filesystem::file_size(path), folder);
    const auto rights = std::make_shared<SameRights>(services, call, std::vector{query.layer});
    std::get<http::FileBody>(response.body).before_piece = [rights] { return rights->require(); };
    response.etag = call->request->id;  // no other answer has the same bytes: ranges of two must not be joined
    // A file has no other place to say so.
    if (left_out > 0) response.set_header("Carreau-Left-Out", std::to_string(left_out) + " features without geometry");
    co_return response;
}

}  // namespace

Answer export_layer(const Services& services, CallPtr call) {
    const http::RequestPtr& request = call->request;
    const gis::Layer& layer = require_layer(*call->known.catalog, request->param("layer"));
    const gis::Format& format = export_format(*request);
    const gis::FeatureQuery query = parse_export_query(*request, layer, format, services.offered_crs);
    if (!call->caller->scope.of(layer).grant(gis::Right::Export).holds())
        throw gis::NotAllowed("no convention of yours gives the right to export '" + layer.name + "'");
    const JournalLine line{"export", layer.name, "", "", "answered", 1};
    co_await record(services, *call->caller, *request, line);
    Response response;
    if (format.is_streamed()) {
        auto writer = format.writer(gis::output_of(query), provenance_for(layer, *request));
        response = stream_features(services, call, query, std::move(writer), format.media_type);
    } else {
        response = co_await file_answer(services, call, query, format);
    }
    describe_answer(response, layer, query.output_crs);
    response.set_header("Content-Disposition",
                        "attachment; filename=\"" + layer.name + "." + std::string(format.extension) + "\"");
    response.set_header("Cache-Control", "private, no-store");
    co_return response;
}

}  // namespace api
