// Web Feature Service 2.0.0, 1.1.0 and 1.0.0: one address, GET and POST, as key-value pairs or XML.

#include "server/api/wfs.hpp"

#include <variant>

#include "gis/access/scope.hpp"
#include "gis/wfs/feature_schema.hpp"
#include "gis/wfs/service_error.hpp"
#include "gis/wfs/stored_queries.hpp"
#include "server/api/inspire_data_sets.hpp"
#include "server/api/wfs_formats.hpp"
#include "server/http/target.hpp"

namespace api {

namespace {

namespace wfs = gis::wfs;

bool is_form(const http::Request& request) {
    const std::string* type = request.header("Content-Type");
    return type != nullptr && type->starts_with("application/x-www-form-urlencoded");
}

/// A POST of XML, of a form, or of nothing with everything in the address.
wfs::Request read_request(const Call& call, const Services& services) {
    const http::Request& request = *call.request;
    const wfs::RequestContext context{*call.known.catalog, services.offered_crs};
    if (request.method != http::Method::Post || request.body.empty())
        return wfs::read_kvp_request(request.query, context);
    if (!is_form(request)) return wfs::read_xml_request(request.body, context);
    const auto form = http::parse_target("/?" + request.body, "");
    if (!form) throw gis::InvalidRequest("", "the body is no form: a broken escape, or no UTF-8");
    auto pairs = request.query;
    pairs.insert(pairs.end(), form->query.begin(), form->query.end());
    return wfs::read_kvp_request(pairs, context);
}

Response xml(std::string text, std::string_view media_type = "text/xml; charset=utf-8") {
    return Response::bytes(media_type, std::move(text));
}

Response capabilities(const Services& services, const Call& call, const wfs::GetCapabilities& request) {
    const auto editable = [&](const gis::Layer& layer) {
        return layer.editable && call.caller->scope.of(layer).grant(gis::Right::Edit).holds();
    };
    const wfs::ServiceFacts facts{wfs_url(*call.request),
                                  services.contact,
                                  services.offered_crs,
                                  wfs_format_names(request.version),
                                  editable,
                                  std::to_string(call.known.revision()),
                                  wfs_data_sets(services, call),
                                  inspire_record_url(*call.request, "service")};
    return xml(wfs::capabilities(request.version, *call.known.catalog, facts, request.sections));
}

Response describe(const Call& call, wfs::Version version, const wfs::DescribeFeatureType& request) {
    std::vector<const gis::Layer*> layers = request.layers;
    if (layers.empty()) {
        for (const gis::Layer& layer : call.known.catalog->layers()) layers.push_back(&layer);
    }
    const std::string_view media_type = version == wfs::Version::V2_0_0   ? "application/gml+xml; version=3.2"
                                        : version == wfs::Version::V1_1_0 ? "text/xml; subtype=gml/3.1.1"
                                                                          : "text/xml; charset=utf-8";
    return xml(wfs::feature_schema(version, layers), media_type);
}

/// One request's answer, whatever the operation.
Answer wfs_answer(const Services& services, CallPtr call) {
    const auto request = std::make_shared<const wfs::Request>(read_request(*call, services));
    const auto& operation = request->operation;
    if (const auto* wanted = std::get_if<wfs::GetCapabilities>(&operation))
        co_return capabilities(services, *call, *wanted);
    if (const auto* wanted = std::get_if<wfs::DescribeFeatureType>(&operation))
        co_return describe(*call, request->version, *wanted);
    if (std::holds_alternative<wfs::ListStoredQueries>(operation))
        co_return xml(wfs::list_stored_queries(*call->known.catalog, wfs_data_sets(services, *call)));
    if (const auto* wanted = std::get_if<wfs::DescribeStoredQueries>(&operation))
        co_return xml(wfs::describe_stored_queries(wanted->ids, wfs_data_sets(services, *call)));
    if (std::holds_alternative<wfs::GetSpatialDataSet>(operation))
        co_return co_await wfs_data_set(services, call, request);
    if (std::holds_alternative<wfs::Transaction>(operation))
        co_return co_await wfs_transaction(services, call, request);
    co_return co_await wfs_features(services, call, request);
}

}  // namespace

std::string wfs_url(const http::Request& request) {
    return request.base_url + "/wfs";
}

Answer web_feature_service(const Services& services, CallPtr call) {
    Response response = co_await wfs_answer(services, call);
    // QGIS takes what it may keep without asking again, be it "no-cache": it would not see its own edits.
    response.set_header("Cache-Control", "private, no-store");
    co_return response;
}

}  // namespace api
