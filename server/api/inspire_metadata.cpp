// Records of ISO 19139 of the INSPIRE data sets and of the service that gives them: those that the caller may have.

#include <algorithm>

#include "gis/error.hpp"
#include "gis/write/inspire/metadata.hpp"
#include "server/api/handlers.hpp"
#include "server/api/inspire_records.hpp"
#include "server/gate/gatekeeper.hpp"

namespace api {

Answer inspire_metadata(const Services& services, CallPtr call) {
    const http::Request& request = *call->request;
    const std::string& wanted = request.param("record");
    const std::vector<InspireDataSet> data_sets = inspire_data_sets(services, *call);
    std::string document;
    if (wanted == "service" && !data_sets.empty()) {
        document = gis::inspire::service_metadata(inspire_service_record(data_sets, services, request));
    } else {
        const auto found = std::ranges::find(data_sets, wanted, &InspireDataSet::code);
        if (found == data_sets.end()) throw nothing_at(request);
        const gate::CallerPtr everybody = co_await services.gatekeeper.anybody(query_for(*call->request));
        document = gis::inspire::dataset_metadata(inspire_record(*found, services, *call, everybody->scope));
    }
    co_return Response::bytes("application/xml", std::move(document));
}

}  // namespace api
