// A whole layer as one file, streamed: what the caller may export, nothing he may not see.

#include "gis/error.hpp"
#include "server/api/documents.hpp"
#include "server/api/feature_reader.hpp"
#include "server/api/handlers.hpp"
#include "server/api/journal.hpp"
#include "server/api/parameters.hpp"
#include "server/gate/gatekeeper.hpp"

namespace api {

namespace {

constexpr int batch_size = 1000;

/// Reads the layer batch after batch, by key. Each batch is a transaction of its own: no connection waits for a slow
/// client, and what the caller loses meanwhile ends the stream.
class ExportStream : public std::enable_shared_from_this<ExportStream> {
  public:
    ExportStream(const Services& services, CallPtr call, gis::FeatureQuery query)
        : services_(services), call_(std::move(call)), query_(std::move(query)) {
        query_.limit = batch_size;
    }

    boost::asio::awaitable<std::string> next() {
        if (ended_) co_return "";
        const gate::CallerPtr now = co_await services_.gatekeeper.look_again(call_->caller);
        const gis::Layer& layer = *query_.layer;
        if (!now || now->scope.class_of(layer) != call_->caller->scope.class_of(layer))
            throw gis::Unavailable("the caller's rights changed while the export ran");
        auto work = [self = shared_from_this()](db::Connection& connection) { return self->read(connection); };
        std::string piece =
            co_await services_.database.run(call_->reader(), query_for(*call_->request), std::move(work));
        if (ended_) piece += "\n]}\n";
        co_return piece;
    }

  private:
    std::string read(db::Connection& connection) {
        const gis::SqlStatement statement = gis::page_sql(query_);
        FeatureRows rows(query_, connection.query(statement.sql(), statement.parameters()));
        std::string piece;
        if (!begun_) piece = R"({"type":"FeatureCollection","features":[)";
        const int count = std::min(rows.size(), query_.limit);
        for (int i = 0; i < count; ++i) {
            piece += begun_ ? ",\n" : "\n";
            begun_ = true;
            gis::append_geojson_feature(piece, *query_.layer, rows.at(i), query_.output_crs);
            piece += '}';
        }
        begun_ = true;
        ended_ = rows.size() <= query_.limit;
        if (!ended_) query_.after = rows.key(count - 1);
        return piece;
    }

    const Services& services_;
    CallPtr call_;
    gis::FeatureQuery query_;
    bool begun_ = false;
    bool ended_ = false;
};

}  // namespace

Answer export_layer(const Services& services, CallPtr call) {
    const http::RequestPtr& request = call->request;
    require_known(*request, {"f", "crs"});
    const gis::Layer& layer = require_layer(*call->known.catalog, request->param("layer"));
    if (const auto form = request->query_value("f"); form && *form != "geojson" && *form != "json")
        throw gis::InvalidRequest("f", "geojson expected");
    if (!call->caller->scope.of(layer).grant(gis::Right::Export).holds())
        throw gis::NotAllowed("no convention of yours gives the right to export '" + layer.name + "'");
    gis::FeatureQuery query;
    query.layer = &layer;
    query.output_crs = parse_crs(*request, "crs", offered_for(layer, services.offered_crs));
    const JournalLine line{"export", layer.name, "", "", "answered", 1};
    co_await record(services, *call->caller, *request, line);
    auto stream = std::make_shared<ExportStream>(services, call, query);
    Response response = Response::stream(geojson_type, [stream] { return stream->next(); });
    response.set_header("Content-Disposition", "attachment; filename=\"" + layer.name + ".geojson\"");
    response.set_header("Content-Crs", "<" + query.output_crs.uri() + ">");
    response.set_header("Cache-Control", "private, no-store");
    co_return response;
}

}  // namespace api
