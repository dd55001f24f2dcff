#include "gis/write/rdf.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "gis/write/json_text.hpp"
#include "gis/write/xml_text.hpp"

namespace gis {

namespace {

using Json = nlohmann::ordered_json;

/// Inside <> of Turtle: what an IRI cannot hold is written in percent (Turtle, 6.4).
std::string turtle_iri(std::string_view value) {
    std::string out = "<";
    for (const char c : value) {
        if (static_cast<unsigned char>(c) <= 0x20 ||
            std::string_view("<>\"{}|^`\\").find(c) != std::string_view::npos) {
            out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
        } else {
            out += c;
        }
    }
    return out + '>';
}

std::string turtle_term(const RdfTerm& term) {
    if (term.kind == RdfTerm::Kind::Iri) return turtle_iri(term.value);
    if (term.kind == RdfTerm::Kind::Blank) return "_:" + term.value;
    std::string out;
    append_json_string(out, term.value);  // JSON's escapes are Turtle's as well (6.4)
    if (!term.language.empty()) return out + '@' + term.language;
    return term.datatype.empty() ? out : out + "^^" + term.datatype;
}

std::string json_id(const RdfTerm& term) {
    return term.kind == RdfTerm::Kind::Blank ? "_:" + term.value : term.value;
}

Json json_term(const RdfTerm& term) {
    if (term.kind != RdfTerm::Kind::Text) return Json{{"@id", json_id(term)}};
    Json value{{"@value", term.value}};
    if (!term.language.empty()) value["@language"] = term.language;
    if (!term.datatype.empty()) value["@type"] = term.datatype;
    return value;
}

}  // namespace

RdfTerm iri(std::string value) {
    return {RdfTerm::Kind::Iri, std::move(value), "", ""};
}

RdfTerm text(std::string value, std::string language) {
    return {RdfTerm::Kind::Text, std::move(value), std::move(language), ""};
}

RdfTerm typed(std::string value, std::string datatype) {
    return {RdfTerm::Kind::Text, std::move(value), "", std::move(datatype)};
}

RdfTerm RdfGraph::blank() {
    return {RdfTerm::Kind::Blank, "b" + std::to_string(++blanks_), "", ""};
}

void RdfGraph::add(const RdfTerm& subject, std::string predicate, RdfTerm object) {
    const auto is_it = [&](const Resource& r) {
        return r.subject.kind == subject.kind && r.subject.value == subject.value;
    };
    // Mostly it is the last one or close to it.
    const auto found = std::find_if(resources_.rbegin(), resources_.rend(), is_it);
    Resource& resource = found == resources_.rend() ? resources_.emplace_back(Resource{subject, {}}) : *found;
    resource.statements.emplace_back(std::move(predicate), std::move(object));
}

std::string RdfGraph::json_ld() const {
    Json context;
    for (const auto& [prefix, uri] : prefixes_) context[prefix] = uri;
    Json graph = Json::array();
    for (const Resource& resource : resources_) {
        Json node{{"@id", json_id(resource.subject)}};
        for (const auto& [predicate, object] : resource.statements) {
            if (predicate == "rdf:type") {
                node["@type"].push_back(object.value);
            } else {
                node[predicate].push_back(json_term(object));
            }
        }
        graph.push_back(std::move(node));
    }
    return Json{{"@context", context}, {"@graph", graph}}.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string RdfGraph::turtle() const {
    std::string out;
    for (const auto& [prefix, uri] : prefixes_) out += fmt::format("@prefix {}: {} .\n", prefix, turtle_iri(uri));
    for (const Resource& resource : resources_) {
        out += '\n' + turtle_term(resource.subject);
        bool first = true;
        for (const auto& [predicate, object] : resource.statements) {
            out += fmt::format("{}\n    {} {}", first ? "" : " ;", predicate, turtle_term(object));
            first = false;
        }
        out += " .\n";
    }
    return out;
}

std::string RdfGraph::rdf_xml() const {
    std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rdf:RDF";
    for (const auto& [prefix, uri] : prefixes_) out += fmt::format(" xmlns:{}=\"{}\"", prefix, xml_text(uri));
    out += ">\n";
    const auto uri_of = [&](const std::string& name) {
        const auto colon = name.find(':');
        const auto found =
            std::ranges::find(prefixes_, name.substr(0, colon), &std::pair<std::string, std::string>::first);
        return found == prefixes_.end() ? name : found->second + name.substr(colon + 1);
    };
    for (const Resource& resource : resources_) {
        out += fmt::format("<rdf:Description rdf:{}=\"{}\">\n",
                           resource.subject.kind == RdfTerm::Kind::Blank ? "nodeID" : "about",
                           xml_text(resource.subject.value));
        for (const auto& [predicate, object] : resource.statements) {
            if (object.kind != RdfTerm::Kind::Text) {
                out += fmt::format("<{} rdf:{}=\"{}\"/>\n", predicate,
                                   object.kind == RdfTerm::Kind::Blank ? "nodeID" : "resource", xml_text(object.value));
                continue;
            }
            out += '<' + predicate;
            if (!object.language.empty()) out += fmt::format(" xml:lang=\"{}\"", object.language);
            if (!object.datatype.empty()) out += fmt::format(" rdf:datatype=\"{}\"", xml_text(uri_of(object.datatype)));
            out += fmt::format(">{}</{}>\n", xml_text(object.value), predicate);
        }
        out += "</rdf:Description>\n";
    }
    return out + "</rdf:RDF>\n";
}

}  // namespace gis
