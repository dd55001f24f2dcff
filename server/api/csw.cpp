// Catalogue Service for the Web 2.0.2: the records of INSPIRE data sets, by GET and POST.

#include "server/api/csw.hpp"

#include <algorithm>

#include "gis/records/csw.hpp"
#include "gis/wfs/service_error.hpp"
#include "server/api/clock_text.hpp"
#include "server/api/discovery_records.hpp"
#include "server/api/handlers.hpp"
#include "server/api/inspire_records.hpp"
#include "server/gate/gatekeeper.hpp"

namespace api {

namespace {

namespace records = gis::records;

records::CswRequest read_csw(const http::Request& request) {
    if (request.method != http::Method::Post || request.body.empty()) return records::read_csw_kvp(request.query);
    return records::read_csw_xml(request.body);
}

std::string csw_capabilities_of(const Services& services, const http::Request& request) {
    const gis::inspire::Contact contact = gis::inspire::parse_contact(services.contact);
    return records::csw_capabilities({request.base_url + "/csw", "Service de découverte de Carreau",
                                      "Fiches des jeux de données INSPIRE et du service qui les donne.",
                                      contact.organisation, contact.email, inspire_record_url(request, "service")});
}

boost::asio::awaitable<std::string> page(const Services& services, CallPtr call, records::GetRecords asked,
                                         std::vector<records::Record> all) {
    const std::vector<std::size_t> found = co_await search_records(services, call, all, asked.filter, asked.sort);
    std::vector<const records::Record*> given;
    const auto first = static_cast<std::size_t>(asked.start - 1);
    if (asked.result_type == records::GetRecords::ResultType::Results) {
        for (std::size_t i = first; i < found.size() && given.size() < static_cast<std::size_t>(asked.count); ++i)
            given.push_back(&all[found[i]]);
    }
    co_return records::csw_records(asked, given, static_cast<std::int64_t>(found.size()), time_stamp());
}

std::string by_id(const records::GetRecordById& asked, const std::vector<records::Record>& all) {
    std::vector<const records::Record*> found;
    for (const std::string& id : asked.ids) {
        const auto one = std::ranges::find(all, id, &records::Record::id);
        if (one != all.end()) found.push_back(&*one);
    }
    return records::csw_record_by_id(asked, found);
}

}  // namespace

Answer catalogue_service(const Services& services, CallPtr call) {
    const records::CswRequest asked = read_csw(*call->request);
    std::string document;
    if (std::holds_alternative<records::GetCapabilities>(asked)) {
        document = csw_capabilities_of(services, *call->request);
    } else if (const auto* types = std::get_if<records::DescribeRecord>(&asked)) {
        document = records::csw_description(*types);
    } else {
        const gate::CallerPtr everybody = co_await services.gatekeeper.anybody(query_for(*call->request));
        std::vector<records::Record> all = discovery_records(services, *call, everybody->scope);
        if (const auto* ids = std::get_if<records::GetRecordById>(&asked)) {
            document = by_id(*ids, all);
        } else if (const auto* domain = std::get_if<records::GetDomain>(&asked)) {
            document = records::csw_domain(*domain, all);
        } else {
            document = co_await page(services, call, std::get<records::GetRecords>(asked), std::move(all));
        }
    }
    co_return Response::bytes("application/xml", std::move(document));
}

std::optional<http::Response> csw_problem(const std::exception_ptr& error) {
    const auto report = [](std::string_view code, std::string_view locator, std::string_view text) {
        Response response = Response::bytes("application/xml", records::csw_exception(code, locator, text));
        response.status = 400;
        return response;
    };
    try {
        std::rethrow_exception(error);
    } catch (const gis::wfs::ServiceError& refused) {
        return report(refused.code() == "OperationParsingFailed" ? "NoApplicableCode" : refused.code(),
                      refused.locator(), refused.what());
    } catch (const gis::InvalidRequest& invalid) {
        return report("InvalidParameterValue", invalid.field(), invalid.what());
    } catch (...) {
        return std::nullopt;
    }
}

}  // namespace api
