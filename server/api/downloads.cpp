// Files made beforehand: whole INSPIRE data sets.

#include <algorithm>

#include "gis/error.hpp"
#include "server/api/handlers.hpp"
#include "server/api/journal.hpp"
#include "server/api/prepared_files.hpp"

namespace api {

Answer prepared_file(const Services& services, CallPtr call) {
    const http::Request& request = *call->request;
    const std::vector<InspireDataSet> data_sets = inspire_data_sets(services, *call);
    const auto found = std::ranges::find(data_sets, request.param("dataset"), &InspireDataSet::code);
    if (found == data_sets.end()) throw nothing_at(request);
    const PreparedFilePtr file = services.prepared.find(*found, call->caller->scope);
    if (!file) throw gis::Unavailable("the file is not made yet; GetSpatialDataSet of the WFS gives the same now");
    for (const gis::Layer* layer : found->layers()) {
        if (request.method == http::Method::Head) break;
        const JournalLine line{"export", layer->name, "", "", "answered", 1};
        co_await record(services, *call->caller, request, line);
    }
    Response response = Response::file("application/gml+xml; version=3.2", file->path, file->size,
                                       std::make_shared<PreparedFilePtr>(file));
    response.etag = file->etag;
    response.set_header("Content-Disposition", "attachment; filename=\"" + found->code + ".gml\"");
    response.set_header("Content-Language", "fr");
    co_return response;
}

}  // namespace api
