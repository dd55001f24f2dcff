// Statements in the three ways they are written.

#include "gis/write/rdf.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace {

gis::RdfGraph sample() {
    gis::RdfGraph graph({{"rdf", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"}, {"d", "urn:d#"}});
    const gis::RdfTerm thing = gis::iri("http://a.example/x?y=1&z=<2>");
    graph.add(thing, "rdf:type", gis::iri("urn:d#Thing"));
    graph.add(thing, "d:title", gis::text("Nœux \"les\" <Mines>\\\n& co"));
    const gis::RdfTerm node = graph.blank();
    graph.add(thing, "d:part", node);
    graph.add(node, "d:date", gis::typed("2026-01-31", "d:day"));
    graph.add(node, "d:code", gis::text("7", ""));
    graph.add(thing, "d:title", gis::text("autre"));
    return graph;
}

TEST(Rdf, Turtle) {
    EXPECT_EQ(
        sample().turtle(),
        "@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .\n@prefix d: <urn:d#> .\n"
        "\n<http://a.example/x?y=1&z=%3C2%3E>\n    rdf:type <urn:d#Thing> ;\n"
        "    d:title \"Nœux \\\"les\\\" <Mines>\\\\\\n& co\"@fr ;\n    d:part _:b1 ;\n    d:title \"autre\"@fr .\n"
        "\n_:b1\n    d:date \"2026-01-31\"^^d:day ;\n    d:code \"7\" .\n");
}

TEST(Rdf, Xml) {
    EXPECT_EQ(sample().rdf_xml(),
              "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rdf:RDF "
              "xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" xmlns:d=\"urn:d#\">\n"
              "<rdf:Description rdf:about=\"http://a.example/x?y=1&amp;z=&lt;2&gt;\">\n"
              "<rdf:type rdf:resource=\"urn:d#Thing\"/>\n"
              "<d:title xml:lang=\"fr\">Nœux &quot;les&quot; &lt;Mines&gt;\\\n&amp; co</d:title>\n"
              "<d:part rdf:nodeID=\"b1\"/>\n<d:title xml:lang=\"fr\">autre</d:title>\n</rdf:Description>\n"
              "<rdf:Description rdf:nodeID=\"b1\">\n<d:date rdf:datatype=\"urn:d#day\">2026-01-31</d:date>\n"
              "<d:code>7</d:code>\n</rdf:Description>\n</rdf:RDF>\n");
}

TEST(Rdf, JsonLd) {
    const auto document = nlohmann::json::parse(sample().json_ld());
    EXPECT_EQ(document["@context"]["d"], "urn:d#");
    const auto& thing = document["@graph"][0];
    EXPECT_EQ(thing["@type"], nlohmann::json::array({"urn:d#Thing"}));
    EXPECT_EQ(thing["d:title"].size(), 2U);
    EXPECT_EQ(thing["d:title"][0]["@language"], "fr");
    EXPECT_EQ(thing["d:part"][0]["@id"], "_:b1");
    EXPECT_EQ(document["@graph"][1]["@id"], "_:b1");
    EXPECT_EQ(document["@graph"][1]["d:date"][0], (nlohmann::json{{"@value", "2026-01-31"}, {"@type", "d:day"}}));
}

}  // namespace
