// The catalogue of open data as DCAT-AP 2: JSON-LD, Turtle, RDF/XML. Every layer the caller sees, and what he may take
// away of it.

#include <fmt/format.h>

#include <algorithm>

#include "gis/access/scope.hpp"
#include "gis/error.hpp"
#include "gis/write/formats.hpp"
#include "gis/write/inspire/metadata.hpp"
#include "gis/write/rdf.hpp"
#include "server/api/clock_text.hpp"
#include "server/api/documents.hpp"
#include "server/api/handlers.hpp"
#include "server/api/inspire_records.hpp"
#include "server/gate/gatekeeper.hpp"

namespace api {

namespace {

using gis::iri;
using gis::text;
using gis::typed;

const std::vector<std::pair<std::string, std::string>> prefixes{
    {"rdf", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"},
    {"rdfs", "http://www.w3.org/2000/01/rdf-schema#"},
    {"dcat", "http://www.w3.org/ns/dcat#"},
    {"dct", "http://purl.org/dc/terms/"},
    {"foaf", "http://xmlns.com/foaf/0.1/"},
    {"vcard", "http://www.w3.org/2006/vcard/ns#"},
    {"locn", "http://www.w3.org/ns/locn#"},
    {"geosparql", "http://www.opengis.net/ont/geosparql#"},
    {"xsd", "http://www.w3.org/2001/XMLSchema#"},
};

const std::string french = "http://publications.europa.eu/resource/authority/language/FRA";

gis::RdfTerm rdf_type(std::string_view name) {
    const auto colon = name.find(':');
    for (const auto& [prefix, uri] : prefixes) {
        if (prefix == name.substr(0, colon)) return iri(uri + std::string(name.substr(colon + 1)));
    }
    return iri(std::string(name));
}

/// The catalogue's graph, data set by data set.
class Catalogue {
  public:
    Catalogue(const Services& services, const Call& call)
        : call_(call), base_(call.request->base_url), contact_(gis::inspire::parse_contact(services.contact)) {
        publisher_ = iri(base_ + "/#publisher");
        catalogue_ = iri(base_ + "/catalogue");
        graph_.add(catalogue_, "rdf:type", rdf_type("dcat:Catalog"));
        graph_.add(catalogue_, "dct:title", text("Catalogue de données de Carreau"));
        graph_.add(catalogue_, "dct:description", text("Les couches publiées et les jeux de données INSPIRE."));
        graph_.add(catalogue_, "dct:publisher", publisher_);
        graph_.add(catalogue_, "dct:language", iri(french));
        graph_.add(catalogue_, "foaf:homepage", iri(base_ + "/"));
        graph_.add(publisher_, "rdf:type", rdf_type("foaf:Agent"));
        graph_.add(publisher_, "foaf:name", text(contact_.organisation));
    }

    void add_layer(const gis::Layer& layer) {
        const std::string url = base_ + "/collections/" + layer.name;
        const gis::RdfTerm data_set = start(url, layer.title.empty() ? layer.name : layer.title, layer.description,
                                            layer.licence, layer.updated, layer.extent);
        if (!layer.contact.empty()) add_contact(data_set, gis::inspire::parse_contact(layer.contact));
        if (layer.contact.empty()) add_contact(data_set, contact_);
        add_lineage(data_set, layer.lineage);
        for (const std::string& keyword : layer.keywords)
            graph_.add(data_set, "dcat:keyword", text(gis::inspire::parse_keyword(keyword).word));
        if (!layer.theme.empty()) graph_.add(data_set, "dcat:keyword", text(layer.theme));
        graph_.add(data_set, "dcat:landingPage", iri(url + "?f=html"));
        add_distribution(data_set, url + "/items", url + "/items?f=geojson", "OGC API – Features",
                         "application/geo+json", layer.licence, "");
        if (!call_.caller->scope.of(layer).grant(gis::Right::Export).holds()) return;
        for (const gis::Format& format : gis::formats()) {
            if (format.needs_geometry && !layer.has_geometry()) continue;
            const std::string file = url + "/export?f=" + std::string(format.name);
            add_distribution(data_set, file, url + "?f=html", std::string(format.title),
                             std::string(format.media_type.substr(0, format.media_type.find(';'))), layer.licence,
                             file);
        }
    }

    void add_inspire(const InspireDataSet& inspire, const gis::inspire::DatasetRecord& record) {
        const std::string url = base_ + "/metadata/" + inspire.code;
        // One that holds for the whole, or none: a part's licence is not that of the data set.
        const bool alike = record.licences.size() == 1 && record.licences.front().of.empty();
        const std::string licence = alike ? record.licences.front().text : "";
        const gis::RdfTerm data_set = start(url, record.title, record.abstract, licence, record.date, record.extent);
        for (const gis::inspire::Contact& contact : record.points_of_contact) add_contact(data_set, contact);
        if (record.points_of_contact.empty()) add_contact(data_set, contact_);
        add_lineage(data_set, record.lineage);
        for (const gis::inspire::Keyword& keyword : record.keywords)
            graph_.add(data_set, "dcat:keyword", text(keyword.word));
        graph_.add(data_set, "dct:identifier", text(record.code, ""));
        graph_.add(data_set, "dcat:keyword", text(record.theme_title));
        graph_.add(data_set, "dcat:theme", iri("http://inspire.ec.europa.eu/theme/" + record.theme_code));
        for (const gis::Crs& crs : record.crs) graph_.add(data_set, "dct:conformsTo", iri(crs.uri()));
        for (const gis::inspire::OnlineResource& resource : record.resources)
            add_distribution(data_set, resource.url, base_ + "/atom/datasets/" + inspire.code, resource.name,
                             resource.media_type.substr(0, resource.media_type.find(';')), licence, resource.url);
    }

    const gis::RdfGraph& graph() const { return graph_; }

  private:
    gis::RdfTerm start(const std::string& url, const std::string& title, const std::string& description,
                       const std::string& licence, const std::string& updated,
                       const std::optional<gis::GeographicBox>& extent) {
        gis::RdfTerm data_set = iri(url);
        graph_.add(catalogue_, "dcat:dataset", data_set);
        graph_.add(data_set, "rdf:type", rdf_type("dcat:Dataset"));
        graph_.add(data_set, "dct:title", text(title));
        graph_.add(data_set, "dct:description", text(description.empty() ? title : description));
        graph_.add(data_set, "dct:publisher", publisher_);
        graph_.add(data_set, "dct:language", iri(french));
        if (updated.size() >= 10) graph_.add(data_set, "dct:modified", typed(updated.substr(0, 10), "xsd:date"));
        if (const auto address = licence_url(licence); !address.empty())
            graph_.add(data_set, "dct:license", iri(std::string(address)));
        if (extent) {
            const gis::RdfTerm place = graph_.blank();
            graph_.add(data_set, "dct:spatial", place);
            graph_.add(place, "rdf:type", rdf_type("dct:Location"));
            graph_.add(
                place, "dcat:bbox",
                typed(fmt::format("POLYGON(({0:.5f} {1:.5f},{2:.5f} {1:.5f},{2:.5f} {3:.5f},{0:.5f} {3:.5f},{0:.5f} "
                                  "{1:.5f}))",
                                  extent->west, extent->south, extent->east, extent->north),
                      "geosparql:wktLiteral"));
        }
        return data_set;
    }

    void add_contact(const gis::RdfTerm& data_set, const gis::inspire::Contact& contact) {
        if (contact.email.empty()) return;
        const gis::RdfTerm card = graph_.blank();
        graph_.add(data_set, "dcat:contactPoint", card);
        graph_.add(card, "rdf:type", rdf_type("vcard:Organization"));
        graph_.add(card, "vcard:fn", text(contact.organisation));
        graph_.add(card, "vcard:hasEmail", iri("mailto:" + contact.email));
    }

    void add_lineage(const gis::RdfTerm& data_set, const std::string& lineage) {
        if (lineage.empty()) return;
        const gis::RdfTerm statement = graph_.blank();
        graph_.add(data_set, "dct:provenance", statement);
        graph_.add(statement, "rdf:type", rdf_type("dct:ProvenanceStatement"));
        graph_.add(statement, "rdfs:label", text(lineage));
    }

    void add_distribution(const gis::RdfTerm& data_set, const std::string& id, const std::string& access,
                          const std::string& title, const std::string& media_type, const std::string& licence,
                          const std::string& download) {
        const gis::RdfTerm distribution = iri(id + "#distribution");
        graph_.add(data_set, "dcat:distribution", distribution);
        graph_.add(distribution, "rdf:type", rdf_type("dcat:Distribution"));
        graph_.add(distribution, "dct:title", text(title));
        graph_.add(distribution, "dcat:accessURL", iri(access));
        if (!download.empty()) graph_.add(distribution, "dcat:downloadURL", iri(download));
        graph_.add(distribution, "dcat:mediaType", iri("http://www.iana.org/assignments/media-types/" + media_type));
        if (const auto address = licence_url(licence); !address.empty())
            graph_.add(distribution, "dct:license", iri(std::string(address)));
    }

    const Call& call_;
    std::string base_;
    gis::inspire::Contact contact_;
    gis::RdfTerm publisher_;
    gis::RdfTerm catalogue_;
    gis::RdfGraph graph_{prefixes};
};

enum class Form { JsonLd, Turtle, RdfXml };

/// By `f`, else the first of the three that the Accept header names, else JSON-LD.
Form form_of(const http::Request& request) {
    if (const auto name = request.query_value("f")) {
        if (*name == "jsonld" || *name == "json") return Form::JsonLd;
        if (*name == "ttl" || *name == "turtle") return Form::Turtle;
        if (*name == "rdf" || *name == "xml") return Form::RdfXml;
        throw gis::InvalidRequest("f", "jsonld, ttl, rdf expected, got '" + std::string(name->substr(0, 50)) + "'");
    }
    const std::string* accept = request.header("Accept");
    if (accept == nullptr) return Form::JsonLd;
    const auto json = accept->find("application/ld+json");
    const auto turtle = accept->find("text/turtle");
    const auto xml = accept->find("application/rdf+xml");
    if (turtle < json && turtle < xml) return Form::Turtle;
    return xml < json ? Form::RdfXml : Form::JsonLd;
}

}  // namespace

Answer open_data_catalogue(const Services& services, CallPtr call) {
    const Form form = form_of(*call->request);
    Catalogue catalogue(services, *call);
    for (const gis::Layer& layer : call->known.catalog->layers()) catalogue.add_layer(layer);
    const gate::CallerPtr everybody = co_await services.gatekeeper.anybody(query_for(*call->request));
    for (const InspireDataSet& data_set : inspire_data_sets(services, *call))
        catalogue.add_inspire(data_set, inspire_record(data_set, services, *call, everybody->scope));
    Response response;
    if (form == Form::Turtle) {
        response = Response::bytes("text/turtle; charset=utf-8", catalogue.graph().turtle());
    } else if (form == Form::RdfXml) {
        response = Response::bytes("application/rdf+xml", catalogue.graph().rdf_xml());
    } else {
        response = Response::bytes("application/ld+json", catalogue.graph().json_ld());
    }
    response.set_header("Vary", "Accept");
    co_return response;
}

}  // namespace api
