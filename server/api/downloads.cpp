// Files made beforehand: whole INSPIRE data sets.

#include <algorithm>

#include "gis/error.hpp"
#include "server/api/feature_stream.hpp"
#include "server/api/handlers.hpp"
#include "server/api/journal.hpp"
#include "server/api/prepared_files.hpp"
#include "server/http/conditional.hpp"

namespace api {

namespace {

/// Whether the answer holds the beginning of the file: who loads it in parts is noted once.
bool begins_download(const http::Request& request, const PreparedFile& file) {
    if (request.method == http::Method::Head) return false;
    const std::string etag = http::quoted_etag(file.etag);
    const std::string* known = request.header("If-None-Match");
    if (known != nullptr && http::none_match_hits(*known, etag)) return false;
    const std::string* range = request.header("Range");
    const std::string* if_range = request.header("If-Range");
    if (range == nullptr || (if_range != nullptr && !http::if_range_holds(*if_range, etag))) return true;
    const http::RangeRequest asked = http::parse_range(*range, file.size);
    return asked.kind != http::RangeKind::Unsatisfiable && asked.range.first == 0;
}

}  // namespace

Answer prepared_file(const Services& services, CallPtr call) {
    const http::Request& request = *call->request;
    const std::vector<InspireDataSet> data_sets = inspire_data_sets(services, *call);
    const auto found = std::ranges::find(data_sets, request.param("dataset"), &InspireDataSet::code);
    if (found == data_sets.end()) throw nothing_at(request);
    const PreparedFilePtr file = services.prepared.find(*found, call->caller->scope);
    if (!file) throw gis::Unavailable("the file is not made yet; GetSpatialDataSet of the WFS gives the same now");
    const std::vector<const gis::Layer*> layers = found->layers();
    if (begins_download(request, *file)) {
        for (const gis::Layer* layer : layers) {
            const JournalLine line{"export", layer->name, "", "", "answered", 1};
            co_await record(services, *call->caller, request, line);
        }
    }
    Response response = Response::file("application/gml+xml; version=3.2", file->path, file->size);
    std::get<http::FileBody>(response.body).before_piece = [&services, call, layers, file] {
        if (file->withdrawn) throw gis::Unavailable("newer files have taken the place of this one");
        return require_same_rights(services, call, layers);
    };
    response.etag = file->etag;
    response.set_header("Content-Disposition", "attachment; filename=\"" + found->code + ".gml\"");
    response.set_header("Content-Language", "fr");
    co_return response;
}

}  // namespace api
