#include "server/api/inspire_links.hpp"

#include <algorithm>
#include <set>

#include "server/api/prepared_files.hpp"

namespace api {

namespace {

Json record_link(const InspireDataSet& data_set, const http::Request& request) {
    return link(inspire_record_url(request, data_set.code), "describedby", "application/xml",
                "Métadonnées : " + data_set.title());
}

/// "CadastralParcel" of "cp:CadastralParcel".
std::string concept_of(const gis::inspire::Mapping& mapping) {
    return mapping.feature_type.substr(mapping.feature_type.find(':') + 1);
}

}  // namespace

void add_inspire_links(Json& links, const std::vector<InspireDataSet>& data_sets, const Services& services,
                       const Call& call) {
    std::set<std::string> licences;
    for (const InspireDataSet& data_set : data_sets) {
        links.push_back(record_link(data_set, *call.request));
        for (const gis::Layer* layer : data_set.layers()) {
            const std::string licence(licence_url(layer->licence));
            if (!licence.empty() && licences.insert(licence).second)
                links.push_back(link(licence, "license", "text/html", layer->licence));
        }
        for (const PreparedForm& form : prepared_forms) {
            const PreparedFilePtr file = services.prepared.find(data_set, call.caller->scope, form);
            if (!file) continue;
            Json enclosure = link(prepared_file_url(*call.request, data_set.code, form), "enclosure", form.media_type,
                                  data_set.title());
            enclosure["length"] = file->size;
            enclosure["hreflang"] = "fr";
            links.push_back(std::move(enclosure));
        }
    }
}

void add_inspire_links(Json& links, const gis::Layer& layer, const std::vector<InspireDataSet>& data_sets,
                       const http::Request& request) {
    std::set<std::string> concepts;
    for (const InspireDataSet& data_set : data_sets) {
        bool is_part = false;
        for (const InspirePart& part : data_set.parts) {
            if (part.layer != &layer) continue;
            is_part = true;
            const std::string name = concept_of(*part.mapping);
            if (concepts.insert(name).second)
                links.push_back(link("http://inspire.ec.europa.eu/featureconcept/" + name, "tag", "text/html", name));
        }
        if (is_part) links.push_back(record_link(data_set, request));
    }
}

}  // namespace api
