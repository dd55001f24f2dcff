#include "server/api/discovery_records.hpp"

#include <optional>

#include "server/api/inspire_records.hpp"

namespace api {

namespace {

using gis::records::Record;

/// What the records of data sets and of their service say alike; `name` is that of its ISO record.
template <typename Described>
Record record_about(const Described& described, std::string_view name, const http::Request& request) {
    Record record;
    record.id = described.id;
    record.title = described.title;
    record.abstract = described.abstract;
    record.modified = described.date;
    record.publisher = described.contact.organisation;
    record.extent = described.extent;
    record.links.push_back({inspire_record_url(request, name), "describedby", "WWW:LINK-1.0-http--link",
                            "application/xml", "Fiche ISO 19139"});
    return record;
}

Record record_of(const gis::inspire::DatasetRecord& data_set, const http::Request& request) {
    Record record = record_about(data_set, data_set.code, request);
    record.type = "dataset";
    record.subjects = {data_set.theme_title, "http://inspire.ec.europa.eu/theme/" + data_set.theme_code,
                       data_set.topic};
    for (const gis::inspire::Keyword& keyword : data_set.keywords) record.subjects.push_back(keyword.word);
    if (!data_set.points_of_contact.empty()) record.publisher = data_set.points_of_contact.front().organisation;
    record.format = data_set.format;
    for (const gis::inspire::Licence& licence : data_set.licences) {
        if (!licence.text.empty())
            record.rights.push_back(licence.of.empty() ? licence.text : licence.of + " : " + licence.text);
    }
    for (const gis::inspire::OnlineResource& resource : data_set.resources)
        record.links.push_back({resource.url, "enclosure", resource.protocol, resource.media_type, resource.name});
    record.resource_id = data_set.code;
    record.iso = gis::inspire::dataset_metadata(data_set);
    return record;
}

Record record_of(const gis::inspire::ServiceRecord& service, const http::Request& request) {
    Record record = record_about(service, "service", request);
    record.type = "service";
    record.subjects = {"infoFeatureAccessService"};
    record.format = "GML 3.2.1";
    record.links.push_back({service.url, "service-desc", "OGC:WFS", "text/xml", "Web Feature Service 2.0"});
    record.iso = gis::inspire::service_metadata(service);
    return record;
}

boost::asio::awaitable<std::vector<std::size_t>> places_of(const Services& services, CallPtr call,
                                                           std::optional<gis::SqlStatement> statement) {
    if (!statement) co_return std::vector<std::size_t>();
    auto work = [statement = std::move(*statement)](db::Connection& connection) {
        const db::Result rows = connection.query(statement.sql(), statement.parameters());
        std::vector<std::size_t> places;
        for (int row = 0; row < rows.rows(); ++row) places.push_back(static_cast<std::size_t>(rows.int64(row, 0)));
        return places;
    };
    co_return co_await services.database.run(call->reader(), query_for(*call->request), std::move(work));
}

}  // namespace

std::vector<Record> discovery_records(const Services& services, const Call& call, const gis::Scope& everybody) {
    const http::Request& request = *call.request;
    const std::vector<InspireDataSet> data_sets = inspire_data_sets(services, call);
    std::vector<Record> records;
    for (const InspireDataSet& data_set : data_sets)
        records.push_back(record_of(inspire_record(data_set, services, call, everybody), request));
    if (!records.empty()) records.push_back(record_of(inspire_service_record(data_sets, services, request), request));
    return records;
}

boost::asio::awaitable<std::vector<std::size_t>> search_records(const Services& services, CallPtr call,
                                                                const std::vector<Record>& records,
                                                                const gis::FilterPtr& filter,
                                                                const std::vector<gis::records::Sort>& sort) {
    std::optional<gis::SqlStatement> statement;
    if (!records.empty()) statement = gis::records::search_sql(records, filter, sort);
    return places_of(services, std::move(call), std::move(statement));
}

}  // namespace api
