// Records of ISO 19139 of the INSPIRE data sets and of the service that gives them: those that the caller may have.

#include <fmt/format.h>

#include <algorithm>

#include "gis/error.hpp"
#include "gis/write/inspire/metadata.hpp"
#include "server/api/clock_text.hpp"
#include "server/api/documents.hpp"
#include "server/api/handlers.hpp"
#include "server/api/inspire_data_sets.hpp"
#include "server/api/parameters.hpp"
#include "server/api/wfs.hpp"
#include "server/gate/gatekeeper.hpp"

namespace api {

namespace {

gis::GeographicBox extent_of(const std::vector<const gis::Layer*>& layers) {
    std::optional<gis::GeographicBox> all;
    for (const gis::Layer* layer : layers) {
        if (!layer->extent) continue;
        const gis::GeographicBox& box = *layer->extent;
        all = all ? gis::GeographicBox{std::min(all->west, box.west), std::min(all->south, box.south),
                                       std::max(all->east, box.east), std::max(all->north, box.north)}
                  : box;
    }
    return all.value_or(gis::GeographicBox{-9.86, 41.15, 10.38, 51.56});  // metropolitan France
}

/// "2026-01-31" of a moment; today where nothing is known.
std::string day_of(const std::string& moment) {
    return moment.size() < 10 ? time_stamp().substr(0, 10) : moment.substr(0, 10);
}

/// One licence when it is that of all layers, else each layer's own.
std::vector<gis::inspire::Licence> licences_of(const std::vector<const gis::Layer*>& layers) {
    const auto licence_of = [](const gis::Layer& layer, const std::string& of) {
        return gis::inspire::Licence{of, layer.licence, std::string(licence_url(layer.licence))};
    };
    const gis::Layer& first = *layers.front();
    const bool alike =
        std::ranges::all_of(layers, [&](const gis::Layer* layer) { return layer->licence == first.licence; });
    if (alike) return {licence_of(first, "")};
    std::vector<gis::inspire::Licence> licences;
    for (const gis::Layer* layer : layers) licences.push_back(licence_of(*layer, "« " + layer->title + " »"));
    return licences;
}

/// Everybody may export every row of these layers.
bool is_open(const std::vector<const gis::Layer*>& layers, const gis::Scope& everybody) {
    return std::ranges::all_of(
        layers, [&](const gis::Layer* layer) { return everybody.of(*layer).grant(gis::Right::Export).everything; });
}

gis::inspire::DatasetRecord record_of(const InspireDataSet& data_set, const Services& services,
                                      const http::Request& request, const gis::Scope& everybody) {
    const std::vector<const gis::Layer*> layers = data_set.layers();
    gis::inspire::DatasetRecord record;
    record.id = inspire_record_id(services, data_set.code);
    record.code = data_set.code;
    record.id_namespace = data_set.id_namespace;
    record.title =
        fmt::format("{} (INSPIRE {} {})", data_set.theme->title, data_set.theme->name, data_set.theme->version);
    record.theme_code = data_set.theme->register_code;
    record.theme_title = data_set.theme->title;
    record.topic = data_set.theme->topic;
    record.licences = licences_of(layers);
    record.open = is_open(layers, everybody);
    record.format = fmt::format("GML, INSPIRE {} {}", data_set.theme->name, data_set.theme->version);
    record.extent = extent_of(layers);
    record.crs = gis::inspire::offered_crs();
    record.contact = gis::inspire::parse_contact(services.contact);
    std::string updated;
    for (const gis::Layer* layer : layers) {
        record.abstract += (record.abstract.empty() ? "" : " ") + layer->title + ". " + layer->description;
        record.lineage +=
            fmt::format("{}Couche « {} » de Carreau{}{}.", record.lineage.empty() ? "" : " ", layer->title,
                        layer->attribution.empty() ? "" : ", source : " + layer->attribution,
                        layer->vintage.empty() ? "" : ", millésime " + layer->vintage);
        if (layer->fictive) record.lineage += " Données fictives de démonstration.";
        updated = std::max(updated, layer->updated);
    }
    record.date = record.date_stamp = day_of(updated);
    for (const gis::Crs& crs : record.crs) {
        record.resources.push_back(
            {fmt::format("{}?service=WFS&version=2.0.0&request=GetFeature&storedquery_id=GetSpatialDataSet&CRS={}&"
                         "DataSetIdCode={}&DataSetIdNamespace={}&Language=fre",
                         wfs_url(request), encode_query_value(crs.uri()), data_set.code, data_set.id_namespace),
             "WWW:DOWNLOAD-1.0-http--download", fmt::format("{} en {}", record.title, crs.code()),
             "Jeu de données entier, GML"});
    }
    return record;
}

gis::inspire::ServiceRecord service_record(const std::vector<InspireDataSet>& data_sets, const Services& services,
                                           const http::Request& request) {
    gis::inspire::ServiceRecord record;
    record.id = inspire_record_id(services, "service");
    record.title = "Service de téléchargement INSPIRE de Carreau";
    record.abstract = "Jeux de données INSPIRE entiers et accès direct aux objets, par le Web Feature Service 2.0.";
    record.url = wfs_url(request) + "?service=WFS&request=GetCapabilities";
    record.contact = gis::inspire::parse_contact(services.contact);
    std::vector<const gis::Layer*> layers;
    std::string updated;
    for (const InspireDataSet& data_set : data_sets) {
        record.data_sets.push_back(
            {inspire_record_id(services, data_set.code), inspire_record_url(request, data_set.code)});
        for (const gis::Layer* layer : data_set.layers()) {
            layers.push_back(layer);
            updated = std::max(updated, layer->updated);
        }
    }
    record.extent = extent_of(layers);
    record.date_stamp = day_of(updated);
    return record;
}

}  // namespace

Answer inspire_metadata(const Services& services, CallPtr call) {
    const http::Request& request = *call->request;
    const std::string& wanted = request.param("record");
    const std::vector<InspireDataSet> data_sets = inspire_data_sets(services, *call);
    std::string document;
    if (wanted == "service" && !data_sets.empty()) {
        document = gis::inspire::service_metadata(service_record(data_sets, services, request));
    } else {
        const auto found = std::ranges::find(data_sets, wanted, &InspireDataSet::code);
        if (found == data_sets.end()) throw nothing_at(request);
        const gate::CallerPtr everybody = co_await services.gatekeeper.anybody(call->request);
        document = gis::inspire::dataset_metadata(record_of(*found, services, request, everybody->scope));
    }
    co_return Response::bytes("application/xml", std::move(document));
}

}  // namespace api
