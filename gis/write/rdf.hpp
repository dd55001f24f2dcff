#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gis {

/// What stands for a subject or an object of a statement.
struct RdfTerm {
    enum class Kind { Iri, Blank, Text };

    Kind kind = Kind::Iri;
    std::string value;     ///< an IRI, the label of a blank node, or a text
    std::string language;  ///< of a text: "fr"; empty: none
    std::string datatype;  ///< of a text, prefixed: "xsd:date"; empty: a plain text
};

RdfTerm iri(std::string value);
RdfTerm text(std::string value, std::string language = "fr");
RdfTerm typed(std::string value, std::string datatype);

/// Statements in the order they were made, those of one subject together. Predicates and datatypes are names with one
/// of the prefixes, which are declared with the graph.
class RdfGraph {
  public:
    explicit RdfGraph(std::vector<std::pair<std::string, std::string>> prefixes) : prefixes_(std::move(prefixes)) {}
    void add(const RdfTerm& subject, std::string predicate, RdfTerm object);
    /// A new blank node.
    RdfTerm blank();

    std::string json_ld() const;
    std::string turtle() const;
    std::string rdf_xml() const;

  private:
    struct Resource {
        RdfTerm subject;
        std::vector<std::pair<std::string, RdfTerm>> statements;
    };

    std::vector<std::pair<std::string, std::string>> prefixes_;
    std::vector<Resource> resources_;
    int blanks_ = 0;
};

}  // namespace gis
