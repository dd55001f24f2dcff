#include "server/api/inspire_records.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "gis/crs/join_box.hpp"
#include "server/api/clock_text.hpp"
#include "server/api/documents.hpp"
#include "server/api/parameters.hpp"
#include "server/api/prepared_files.hpp"
#include "server/api/wfs.hpp"

namespace api {

namespace {

gis::GeographicBox extent_of(const std::vector<const gis::Layer*>& layers) {
    std::optional<gis::GeographicBox> all;
    for (const gis::Layer* layer : layers) {
        if (layer->extent) gis::join_box(all, *layer->extent);
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

}  // namespace

gis::inspire::DatasetRecord inspire_record(const InspireDataSet& data_set, const Services& services, const Call& call,
                                           const gis::Scope& everybody) {
    const http::Request& request = *call.request;
    const std::vector<const gis::Layer*> layers = data_set.layers();
    gis::inspire::DatasetRecord record;
    record.id = inspire_record_id(services, data_set.code);
    record.code = data_set.code;
    record.id_namespace = data_set.id_namespace;
    record.title = data_set.title();
    record.theme_code = data_set.theme->register_code;
    record.theme_title = data_set.theme->title;
    record.topic = data_set.theme->topic;
    record.licences = licences_of(layers);
    record.open = is_open(layers, everybody);
    record.format = fmt::format("GML, INSPIRE {} {}", data_set.theme->name, data_set.theme->version);
    record.extent = extent_of(layers);
    record.crs = gis::inspire::offered_crs();
    record.contact = gis::inspire::parse_contact(services.contact);
    const auto add_once = [](auto& list, auto value) {
        if (std::ranges::find(list, value) == list.end()) list.push_back(std::move(value));
    };
    std::string updated;
    for (const gis::Layer* layer : layers) {
        if (!layer->contact.empty()) add_once(record.points_of_contact, gis::inspire::parse_contact(layer->contact));
        if (!layer->access_limits.empty()) add_once(record.access_limits, layer->access_limits);
        for (const std::string& keyword : layer->keywords)
            add_once(record.keywords, gis::inspire::parse_keyword(keyword));
        record.abstract += (record.abstract.empty() ? "" : " ") + layer->title + ". " + layer->description;
        record.lineage +=
            fmt::format("{}Couche « {} » de Carreau{}{}.", record.lineage.empty() ? "" : " ", layer->title,
                        layer->attribution.empty() ? "" : ", source : " + layer->attribution,
                        layer->vintage.empty() ? "" : ", millésime " + layer->vintage);
        if (!layer->lineage.empty()) record.lineage += ' ' + layer->lineage;
        if (layer->fictive) record.lineage += " Données fictives de démonstration.";
        updated = std::max(updated, layer->updated);
    }
    record.date = day_of(updated);
    const auto add = [&](const std::string& url, const gis::Crs& crs, std::string_view description) {
        record.resources.push_back({url, "WWW:DOWNLOAD-1.0-http--download",
                                    fmt::format("{} en {}", record.title, crs.code()),
                                    fmt::format("Jeu de données entier, {}", description)});
        record.resources.back().crs = crs.uri();
    };
    const auto add_file = [&](const gis::Crs& crs, const PreparedForm& form) {
        const PreparedFilePtr file = services.prepared.find(data_set, call.caller->scope, form);
        if (!file) return false;
        add(prepared_file_url(request, data_set.code, form), crs, form.title);
        record.resources.back().size = file->size;
        record.resources.back().media_type = form.media_type;
        return true;
    };
    for (const gis::Crs& crs : record.crs) {
        if (crs.srid == prepared_crs && add_file(crs, gml_form)) continue;
        add(fmt::format("{}?service=WFS&version=2.0.0&request=GetFeature&storedquery_id=GetSpatialDataSet&CRS={}&"
                        "DataSetIdCode={}&DataSetIdNamespace={}&Language=fre",
                        wfs_url(request), encode_query_value(crs.uri()), data_set.code, data_set.id_namespace),
            crs, "GML");
    }
    record.packaged = add_file(find_inspire_crs(fmt::format("EPSG:{}", prepared_crs)), package_form);
    if (record.packaged) record.resources.back().name += ", GeoPackage";
    return record;
}

std::vector<gis::inspire::DatasetRecord> inspire_records(const Services& services, const Call& call,
                                                         const gis::Scope& everybody) {
    std::vector<gis::inspire::DatasetRecord> records;
    for (const InspireDataSet& data_set : inspire_data_sets(services, call))
        records.push_back(inspire_record(data_set, services, call, everybody));
    return records;
}

gis::inspire::ServiceRecord inspire_service_record(const std::vector<InspireDataSet>& data_sets,
                                                   const Services& services, const http::Request& request) {
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
    record.date = day_of(updated);
    return record;
}

}  // namespace api
