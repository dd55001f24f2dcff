// Files made beforehand: whole INSPIRE data sets.

#include "server/api/downloads.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "gis/error.hpp"
#include "server/api/feature_stream.hpp"
#include "server/api/journal.hpp"
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

Answer send_file(const Services& services, CallPtr call, InspireDataSet data_set, PreparedFilePtr file,
                 PreparedForm form) {
    const http::Request& request = *call->request;
    const std::vector<const gis::Layer*> layers = data_set.layers();
    if (begins_download(request, *file)) co_await record_exports(services, *call->caller, request, layers);
    Response response = Response::file(form.media_type, file->path, file->size);
    const auto rights = std::make_shared<SameRights>(services, call, layers);
    std::get<http::FileBody>(response.body).before_piece = [rights, file] {
        if (file->withdrawn) throw gis::Unavailable("newer files have taken the place of this one");
        return rights->require();
    };
    response.etag = file->etag;
    response.set_header("Content-Language", "fr");
    co_return response;
}

namespace {

/// What else leads to the data while there is no file of that form.
std::string_view instead_of(const PreparedForm& form) {
    return form == gml_form ? "GetSpatialDataSet of the WFS gives the same now"
                            : "`carreau export inspire -o NAME.gpkg` makes one at once, GetSpatialDataSet of the WFS "
                              "gives the same objects as GML now";
}

Answer give_file(const Services& services, CallPtr call, PreparedForm form) {
    const http::Request& request = *call->request;
    const std::vector<InspireDataSet> data_sets = inspire_data_sets(services, *call);
    const auto found = std::ranges::find(data_sets, request.param("dataset"), &InspireDataSet::code);
    if (found == data_sets.end()) throw nothing_at(request);
    const PreparedFilePtr file = services.prepared.find(*found, call->caller->scope, form);
    if (!file)
        throw gis::NotReady(fmt::format("{}.{} is not made yet, of what everybody sees; {}", found->code,
                                        form.extension, instead_of(form)));
    Response response = co_await send_file(services, call, *found, file, form);
    response.set_header("Content-Disposition",
                        fmt::format("attachment; filename=\"{}.{}\"", found->code, form.extension));
    co_return response;
}

}  // namespace

Answer prepared_file(const Services& services, CallPtr call) {
    return give_file(services, std::move(call), gml_form);
}

Answer prepared_package(const Services& services, CallPtr call) {
    return give_file(services, std::move(call), package_form);
}

}  // namespace api
