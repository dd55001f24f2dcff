#include "gis/write/inspire/atom.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "gis/write/xml_text.hpp"

namespace gis::inspire {

namespace {

constexpr std::string_view gml_type = "application/gml+xml;version=3.2";

std::string tagged(std::string_view name, std::string_view text) {
    return fmt::format("<{0}>{1}</{0}>\n", name, xml_text(text));
}

std::string link(std::string_view rel, std::string_view type, std::string_view url, std::string_view title,
                 std::uint64_t size = 0) {
    const std::string length = size == 0 ? "" : fmt::format(" length=\"{}\"", size);
    return fmt::format("<link rel=\"{}\" type=\"{}\" hreflang=\"fr\"{} href=\"{}\" title=\"{}\"/>\n", rel, type, length,
                       xml_text(url), xml_text(title));
}

std::string moment(const std::string& day) {
    return day + "T00:00:00Z";
}

std::string feed_start() {
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" "
           "xmlns:georss=\"http://www.georss.org/georss\" "
           "xmlns:inspire_dls=\"http://inspire.ec.europa.eu/schemas/inspire_dls/1.0\" xml:lang=\"fr\">\n";
}

/// RFC 4287 wants a name; the TG an address, which is left out where nobody gave one.
std::string author(const Contact& contact) {
    std::string text = "<author>\n" + tagged("name", contact.organisation);
    if (!contact.email.empty()) text += tagged("email", contact.email);
    return text + "</author>\n";
}

std::string category(const Crs& crs) {
    return fmt::format("<category term=\"{}\" label=\"{}\"/>\n", crs.uri(), xml_text(crs.name));
}

/// GeoRSS Simple: latitude before longitude, a closed ring.
std::string polygon(const GeographicBox& box) {
    return fmt::format(
        "<georss:polygon>{0:.5f} {1:.5f} {0:.5f} {3:.5f} {2:.5f} {3:.5f} {2:.5f} {1:.5f} {0:.5f} {1:.5f}"
        "</georss:polygon>\n",
        box.south, box.west, box.north, box.east);
}

std::string rights(const DatasetRecord& data_set) {
    std::string text;
    for (const Licence& licence : data_set.licences) {
        const std::string& words = licence.text.empty() ? "conditions d’utilisation inconnues" : licence.text;
        text += fmt::format("{}{}{}", text.empty() ? "" : " ; ", licence.of.empty() ? "" : licence.of + " : ", words);
    }
    return tagged("rights", text.empty() ? "conditions d’utilisation inconnues" : text);
}

std::string latest(const std::vector<DatasetRecord>& data_sets) {
    std::string latest = "1970-01-01";
    for (const DatasetRecord& data_set : data_sets) latest = std::max(latest, data_set.date);
    return moment(latest);
}

std::string identifiers(const DatasetRecord& data_set) {
    return tagged("inspire_dls:spatial_dataset_identifier_code", data_set.code) +
           tagged("inspire_dls:spatial_dataset_identifier_namespace", data_set.id_namespace);
}

std::string feed_of(const AtomAddresses& at, const DatasetRecord& data_set) {
    return at.data_sets + '/' + data_set.code;
}

}  // namespace

std::string atom_service_feed(const AtomAddresses& at, const Contact& contact,
                              const std::vector<DatasetRecord>& data_sets) {
    std::string text = feed_start();
    text += tagged("title", "Service de téléchargement INSPIRE");
    text += tagged("subtitle", "Jeux de données INSPIRE entiers, par Atom");
    text += link("describedby", "application/xml", at.metadata + "/service", "Métadonnées du service");
    text += link("self", "application/atom+xml", at.service, "Ce document");
    text += link("search", "application/opensearchdescription+xml", at.description, "Description OpenSearch");
    text += tagged("id", at.service);
    text += tagged("rights", "Selon la licence de chaque jeu de données");
    text += tagged("updated", latest(data_sets));
    text += author(contact);
    for (const DatasetRecord& data_set : data_sets) {
        text += "<entry>\n" + tagged("title", data_set.title) + identifiers(data_set);
        text +=
            link("describedby", "application/xml", at.metadata + '/' + data_set.code, "Métadonnées du jeu de données");
        text += link("alternate", "application/atom+xml", feed_of(at, data_set), "Flux du jeu de données");
        text += tagged("id", feed_of(at, data_set)) + rights(data_set);
        text += tagged("updated", moment(data_set.date)) + tagged("summary", data_set.abstract);
        text += polygon(data_set.extent);
        for (const Crs& crs : data_set.crs) text += category(crs);
        text += "</entry>\n";
    }
    return text + "</feed>\n";
}

std::string atom_data_set_feed(const AtomAddresses& at, const DatasetRecord& data_set) {
    std::string text = feed_start();
    text += tagged("title", data_set.title) + tagged("subtitle", data_set.abstract);
    text += link("self", "application/atom+xml", feed_of(at, data_set), "Ce document");
    text += link("up", "application/atom+xml", at.service, "Service de téléchargement");
    text += link("describedby", "text/html", "http://inspire.ec.europa.eu/theme/" + data_set.theme_code,
                 "Thème INSPIRE " + data_set.theme_title);
    text += link("describedby", "application/xml", at.metadata + '/' + data_set.code, "Métadonnées du jeu de données");
    text += tagged("id", feed_of(at, data_set)) + rights(data_set) + tagged("updated", moment(data_set.date));
    text += author(data_set.contact);
    for (const OnlineResource& resource : data_set.resources) {
        const auto crs = std::ranges::find_if(data_set.crs, [&](const Crs& one) { return one.uri() == resource.crs; });
        text += "<entry>\n" + tagged("title", resource.name);
        text += link("alternate", resource.media_type, resource.url, resource.name, resource.size);
        text += tagged("id", resource.url) + tagged("updated", moment(data_set.date)) + polygon(data_set.extent);
        text += (crs == data_set.crs.end() ? "" : category(*crs)) + "</entry>\n";
    }
    return text + "</feed>\n";
}

std::string open_search_description(const AtomAddresses& at, const Contact& contact,
                                    const std::vector<DatasetRecord>& data_sets) {
    const std::string data_set =
        at.search +
        "?spatial_dataset_identifier_code={inspire_dls:spatial_dataset_identifier_code?}"
        "&spatial_dataset_identifier_namespace={inspire_dls:spatial_dataset_identifier_namespace?}";
    const auto url = [](std::string_view rel, std::string_view type, std::string_view address) {
        return fmt::format("<Url type=\"{}\" rel=\"{}\" template=\"{}\"/>\n", type, rel, xml_text(address));
    };
    std::string text =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<OpenSearchDescription "
        "xmlns=\"http://a9.com/-/spec/opensearch/1.1/\" "
        "xmlns:inspire_dls=\"http://inspire.ec.europa.eu/schemas/inspire_dls/1.0\" "
        "xml:lang=\"fr\">\n";
    text += tagged("ShortName", "INSPIRE");
    text += tagged("Description", "Recherche des jeux de données INSPIRE du service de téléchargement");
    text += url("self", "application/opensearchdescription+xml", at.description);
    text += url("results", "application/atom+xml", data_set + "&language={language?}&q={searchTerms?}");
    text += url("describedby", "application/atom+xml", data_set + "&language={language?}");
    text += url("results", gml_type, data_set + "&crs={inspire_dls:crs?}&language={language?}");
    if (!contact.email.empty()) text += tagged("Contact", contact.email);
    text += tagged("Tags", "INSPIRE téléchargement");
    text += tagged("LongName", "Service de téléchargement INSPIRE");
    for (const DatasetRecord& record : data_sets) {
        for (const Crs& crs : record.crs) {
            text += fmt::format(
                "<Query role=\"example\" inspire_dls:spatial_dataset_identifier_namespace=\"{}\" "
                "inspire_dls:spatial_dataset_identifier_code=\"{}\" inspire_dls:crs=\"{}\" language=\"fr\" "
                "title=\"{}\" count=\"1\"/>\n",
                xml_text(record.id_namespace), xml_text(record.code), crs.uri(), xml_text(record.title));
        }
    }
    text += tagged("Developer", "Carreau");
    text += tagged("Language", "fr");
    return text + "</OpenSearchDescription>\n";
}

}  // namespace gis::inspire
