// The INSPIRE download service as Atom feeds with OpenSearch: the data sets that the caller may have.

#include <algorithm>

#include "gis/error.hpp"
#include "gis/write/inspire/atom.hpp"
#include "server/api/handlers.hpp"
#include "server/api/inspire_records.hpp"
#include "server/api/wfs.hpp"
#include "server/gate/gatekeeper.hpp"

namespace api {

namespace {

constexpr std::string_view atom_type = "application/atom+xml";

gis::inspire::AtomAddresses addresses(const http::Request& request) {
    const std::string base = request.base_url + "/atom";
    return {base, base + "/datasets", base + "/opensearch.xml", base + "/search", request.base_url + "/metadata"};
}

gis::inspire::DatasetRecord require_record(const Services& services, const Call& call, const gis::Scope& everybody,
                                           std::string_view code) {
    std::vector<gis::inspire::DatasetRecord> records = inspire_records(services, call, everybody);
    const auto found = std::ranges::find(records, code, &gis::inspire::DatasetRecord::code);
    if (found == records.end()) throw nothing_at(*call.request);
    return std::move(*found);
}

}  // namespace

Answer atom_service(const Services& services, CallPtr call) {
    const gate::CallerPtr everybody = co_await services.gatekeeper.anybody(query_for(*call->request));
    co_return Response::bytes(atom_type, gis::inspire::atom_service_feed(
                                             addresses(*call->request), gis::inspire::parse_contact(services.contact),
                                             inspire_records(services, *call, everybody->scope)));
}

Answer atom_data_set(const Services& services, CallPtr call) {
    const http::Request& request = *call->request;
    const gate::CallerPtr everybody = co_await services.gatekeeper.anybody(query_for(*call->request));
    const auto record = require_record(services, *call, everybody->scope, request.param("dataset"));
    co_return Response::bytes(atom_type, gis::inspire::atom_data_set_feed(addresses(request), record));
}

Answer atom_description(const Services& services, CallPtr call) {
    const gate::CallerPtr everybody = co_await services.gatekeeper.anybody(query_for(*call->request));
    co_return Response::bytes(
        "application/opensearchdescription+xml",
        gis::inspire::open_search_description(addresses(*call->request), gis::inspire::parse_contact(services.contact),
                                              inspire_records(services, *call, everybody->scope)));
}

/// With a CRS the data set itself, else the feed that describes it; without a data set, the feed of all.
Answer atom_search(const Services& services, CallPtr call) {
    const http::Request& request = *call->request;
    const auto code = request.query_value("spatial_dataset_identifier_code");
    if (!code || code->empty()) co_return co_await atom_service(services, call);
    const gate::CallerPtr everybody = co_await services.gatekeeper.anybody(query_for(*call->request));
    const auto record = require_record(services, *call, everybody->scope, *code);
    const auto id_namespace = request.query_value("spatial_dataset_identifier_namespace");
    if (id_namespace && !id_namespace->empty() && *id_namespace != record.id_namespace) throw nothing_at(request);
    const auto crs = request.query_value("crs");
    if (!crs || crs->empty())
        co_return Response::bytes(atom_type, gis::inspire::atom_data_set_feed(addresses(request), record));
    gis::wfs::GetSpatialDataSet wanted;
    wanted.crs = find_inspire_crs(std::string(*crs)).uri();
    wanted.code = record.code;
    const auto question =
        std::make_shared<const gis::wfs::Request>(gis::wfs::Request{gis::wfs::Version::V2_0_0, std::move(wanted)});
    co_return co_await wfs_data_set(services, call, question);
}

}  // namespace api
