// GetSpatialDataSet: a whole INSPIRE data set, in one of its CRS (INSPIRE download services, TG 3.1, 7.2).

#include <algorithm>
#include <stdexcept>

#include "gis/wfs/service_error.hpp"
#include "server/api/clock_text.hpp"
#include "server/api/count_cache.hpp"
#include "server/api/downloads.hpp"
#include "server/api/feature_stream.hpp"
#include "server/api/inspire_data_sets.hpp"
#include "server/api/journal.hpp"
#include "server/api/wfs.hpp"

namespace api {

namespace {

namespace wfs = gis::wfs;

/// The data set asked for; its code may leave the version out, which is the newest then.
InspireDataSet find_data_set(const Services& services, const Call& call, const wfs::GetSpatialDataSet& asked) {
    std::string codes;
    for (InspireDataSet& data_set : inspire_data_sets(services, call)) {
        const bool is_newest = data_set.theme->version == data_set.theme->versions.back();
        if (asked.code == data_set.code || (is_newest && asked.code == data_set.theme->name)) {
            if (!asked.id_namespace.empty() && asked.id_namespace != data_set.id_namespace)
                throw wfs::invalid("DataSetIdNamespace", data_set.id_namespace + " expected, got '" +
                                                             asked.id_namespace.substr(0, 100) + "'");
            return std::move(data_set);
        }
        codes += (codes.empty() ? "" : ", ") + data_set.code;
    }
    throw wfs::invalid("DataSetIdCode", codes.empty() ? "there is no data set"
                                                      : codes + " expected, got '" + asked.code.substr(0, 100) + "'");
}

gis::Crs crs_of(const wfs::GetSpatialDataSet& asked) {
    try {
        return find_inspire_crs(asked.crs);
    } catch (const gis::InvalidRequest& error) {
        throw wfs::ServiceError("InvalidParameterValue", "CRS", error.what());
    }
}

/// What the prepared file is made as.
bool is_as_prepared(const InspireOrder& order, const http::Request& request) {
    return order.form.crs.srid == prepared_crs && request.method == http::Method::Get;
}

/// The file of a data set when it holds what a document made now would.
boost::asio::awaitable<PreparedFilePtr> find_fresh_file(const Services& services, CallPtr call,
                                                        InspireDataSet data_set) {
    PreparedFilePtr file = services.prepared.find(data_set, call->caller->scope, gml_form);
    if (!file) co_return nullptr;
    const bool fresh = co_await services.fresh_files.is_fresh(file, std::move(data_set));
    if (!fresh) file = nullptr;
    co_return file;
}

/// How many objects the document holds: as many as a file that is as fresh, as counted before, or counted now.
std::int64_t objects_of(const Services& services, db::Connection& connection, const Call& call,
                        const InspireDataSet& data_set, const InspireOrder& order) {
    const PreparedFilePtr file = services.prepared.find(data_set, call.caller->scope, gml_form);
    if (file && PreparedFiles::is_fresh(connection, *file, data_set)) return file->objects;
    return count_inspire(connection, order, services.counts, call.caller->scope);
}

}  // namespace

Answer wfs_data_set(const Services& services, CallPtr call, WfsRequestPtr request) {
    const wfs::GetSpatialDataSet& asked = std::get<wfs::GetSpatialDataSet>(request->operation);
    const InspireDataSet data_set = find_data_set(services, *call, asked);
    InspireOrder order;
    order.theme = data_set.theme;
    order.catalog = call->known.catalog;
    order.parts = data_set.parts;
    order.form = {gis::inspire::DocumentForm::Collection::Wfs, crs_of(asked), data_set.id_namespace};
    const bool hits = asked.result_type == wfs::ResultType::Hits;
    const std::vector<const gis::Layer*> layers = data_set.layers();
    if (!hits && is_as_prepared(order, *call->request)) {
        const PreparedFilePtr file = co_await find_fresh_file(services, call, data_set);
        if (file) {
            Response response = co_await send_file(services, call, data_set, file, gml_form);
            co_return response;
        }
    }
    if (!hits) co_await record_exports(services, *call->caller, *call->request, layers);
    Produce produce = [&services, call, data_set, order, hits](db::Connection& connection, Outlet& outlet) {
        gis::CollectionFacts facts;
        facts.number_matched = objects_of(services, connection, *call, data_set, order);
        facts.number_returned = hits ? 0 : *facts.number_matched;
        facts.time_stamp = time_stamp();
        const gis::inspire::Document document(*order.theme, order.form);
        document.begin(outlet.buffer(), facts);
        if (hits) return document.end(outlet.buffer());
        const InspireOutcome outcome = write_inspire(connection, order, outlet.buffer(), [&] { outlet.pass_on(); });
        // The counts stand at the head already: a document that belies them must not end well.
        if (outcome.object_count() != *facts.number_matched)
            throw std::runtime_error("rows that can be no INSPIRE objects: " + (outcome.refusals.first.empty()
                                                                                    ? std::string("of unknown kind")
                                                                                    : outcome.refusals.first.front()));
    };
    Response response = stream_answer(services, call, "application/gml+xml; version=3.2", layers, std::move(produce));
    response.set_header("Content-Language", "fr");
    co_return response;
}

}  // namespace api
