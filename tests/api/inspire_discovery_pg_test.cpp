// Where INSPIRE data sets are found: ISO records, Atom, CSW, OGC API - Records, DCAT; held against the official schemas
// where those are there.

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <pugixml.hpp>
#include <set>
#include <sstream>

#include "gis/error.hpp"
#include "server/db/layer_declaration.hpp"
#include "tests/api/inspire_fixture.hpp"

namespace {

using test::count;
using test::holds;
using test::Inspire;
using test::link_of;
using test::root_attribute;
using test::verdict;

TEST_F(Inspire, RecordsAreThoseOfWhatTheCallerMayHave) {
    make_person("exportatrice", "read,export");
    const RawAnswer record = get("/metadata/cp-4.0");
    EXPECT_EQ(verdict("iso", record), "");
    EXPECT_TRUE(holds(record, "http://inspire.ec.europa.eu/theme/cp"));
    EXPECT_TRUE(holds(record, "<gmd:fileIdentifier><gco:CharacterString>FR.CARREAU.cp-4.0</gco:CharacterString>"));
    EXPECT_EQ(count(record.body, "Licence Ouverte 2.0"), 1U);
    EXPECT_TRUE(holds(record, "« section » : Licence Ouverte 2.0</gmx:Anchor>")) << "not that of the parcels";
    EXPECT_TRUE(holds(record, "« parcelle » : conditions d’accès et d’utilisation inconnues"));
    EXPECT_TRUE(holds(record, "LimitationsOnPublicAccess/noLimitations"));
    EXPECT_TRUE(holds(record, "storedquery_id=GetSpatialDataSet&amp;CRS="));
    const RawAnswer service = get("/metadata/service");
    EXPECT_EQ(verdict("iso", service), "");
    EXPECT_TRUE(holds(service, "uuidref=\"FR.CARREAU.cp-4.0\""));
    EXPECT_FALSE(holds(service, "plu-4.0"));
    EXPECT_EQ(get("/metadata/plu-4.0").status, 404);
    EXPECT_EQ(get("/metadata/lune").status, 404);
    const RawAnswer closed = get("/metadata/plu-4.0", token_of("exportatrice"));
    EXPECT_EQ(verdict("iso", closed), "");
    EXPECT_FALSE(holds(closed, "noLimitations")) << "not everybody may have it";
    EXPECT_TRUE(holds(closed, "Accès réservé"));
    EXPECT_EQ(count(closed.body, "ConditionsApplyingToAccessAndUse/conditionsUnknown"), 1U)
        << "all say the same: nothing";
    EXPECT_TRUE(holds(get("/metadata/cp-4.0", token_of("exportatrice")), "noLimitations")) << "whoever asks";
    EXPECT_TRUE(holds(get("/metadata/service", token_of("exportatrice")), "uuidref=\"FR.CARREAU.plu-4.0\""));
}

TEST_F(Inspire, AtomFeedsListTheSame) {
    make_person("exportatrice", "read,export");
    const RawAnswer service = get("/atom");
    EXPECT_EQ(verdict("atom", service), "");
    EXPECT_EQ(service.header("Content-Type"), "application/atom+xml");
    EXPECT_TRUE(holds(service, "<inspire_dls:spatial_dataset_identifier_code>cp-4.0<"));
    EXPECT_FALSE(holds(service, "plu-4.0"));
    EXPECT_TRUE(holds(get("/atom", token_of("exportatrice")), "plu-4.0"));
    const RawAnswer feed = get("/atom/datasets/cp-4.0");
    EXPECT_EQ(verdict("atom", feed), "");
    EXPECT_EQ(count(feed.body, "<entry>"), 6U) << "one for each CRS";
    EXPECT_EQ(get("/atom/datasets/plu-4.0").status, 404);
    EXPECT_EQ(get("/atom/datasets/lune").status, 404);
}

TEST_F(Inspire, OpenSearchFindsAndGives) {
    const RawAnswer description = get("/atom/opensearch.xml");
    EXPECT_EQ(verdict("osd", description), "");
    EXPECT_TRUE(holds(description, "inspire_dls:spatial_dataset_identifier_code=\"cp-4.0\""));
    const std::string found =
        "/atom/search?spatial_dataset_identifier_code=cp-4.0&spatial_dataset_identifier_namespace=FR.CARREAU.CP";
    EXPECT_EQ(get(found).body, get("/atom/datasets/cp-4.0").body);
    EXPECT_EQ(get("/atom/search").body, get("/atom").body);
    const RawAnswer data = get(found + "&crs=http://www.opengis.net/def/crs/EPSG/0/3035&language=fr");
    EXPECT_EQ(root_attribute(data.body, "numberReturned"), "2003");
    EXPECT_EQ(get(found + "&crs=http://www.opengis.net/def/crs/EPSG/0/2154").status, 400);
    EXPECT_EQ(get("/atom/search?spatial_dataset_identifier_code=lune").status, 404);
    EXPECT_EQ(get(found + ".X").status, 404) << "another namespace";
}

TEST_F(Inspire, TheCatalogueHasEveryLayerAndDataSet) {
    make_person("exportatrice", "read,export");
    const auto data_sets = [&](const std::string& headers) {
        const test::json document = get_json("/catalogue", headers);
        std::set<std::string> titles;
        for (const test::json& node : document["@graph"]) {
            if (node.contains("@type") && node["@type"][0] == "http://www.w3.org/ns/dcat#Dataset")
                titles.insert(
                    node["@id"].get<std::string>().substr(node["@id"].get<std::string>().find_last_of('/') + 1));
        }
        return titles;
    };
    EXPECT_EQ(data_sets(""),
              (std::set<std::string>{"place", "square", "note", "lieu_dit", "section", "parcelle", "cp-4.0"}));
    const std::set<std::string> more = data_sets(token_of("exportatrice"));
    EXPECT_TRUE(more.contains("plu_zone") && more.contains("plu-4.0"));
    const RawAnswer turtle = get("/catalogue?f=ttl");
    EXPECT_EQ(turtle.header("Content-Type"), "text/turtle; charset=utf-8");
    EXPECT_TRUE(holds(turtle, "@prefix dcat: <http://www.w3.org/ns/dcat#> ."));
    const RawAnswer xml = get("/catalogue", "Accept: application/rdf+xml\r\n");
    pugi::xml_document parsed;
    ASSERT_TRUE(parsed.load_string(xml.body.c_str())) << xml.body.substr(0, 300);
    EXPECT_EQ(count(xml.body, "rdf:resource=\"http://www.w3.org/ns/dcat#Dataset\""), 7U);
    EXPECT_EQ(count(turtle.body, "rdf:type <http://www.w3.org/ns/dcat#Dataset>"), 7U);
    EXPECT_EQ(count(turtle.body, "dcat:dataset <"), 7U);
    EXPECT_EQ(get("/catalogue?f=pdf").status, 400);
}

TEST_F(Inspire, TheCatalogueIsOneGraphInThreeForms) {
    make_person("exportatrice", "read,export");
    const auto folder = std::filesystem::temp_directory_path() / ("carreau-dcat-" + std::to_string(getpid()));
    std::filesystem::create_directory(folder);
    std::string command = "/usr/bin/python3 '" CARREAU_SOURCE_DIR "/tests/support/same_graph.py'";
    for (const std::string form : {"ttl", "rdf", "jsonld"}) {
        const auto file = folder / ("catalogue." + form);
        std::ofstream(file) << get("/catalogue?f=" + form, token_of("exportatrice")).body;
        command += " '" + file.string() + "'";
    }
    command += " >'" + (folder / "faults").string() + "' 2>&1";
    const int status = std::system(command.c_str());
    std::stringstream faults;
    faults << std::ifstream(folder / "faults").rdbuf();
    std::filesystem::remove_all(folder);
    if (WEXITSTATUS(status) == 77 || WEXITSTATUS(status) == 127) GTEST_SKIP() << "python3-rdflib is not here";
    EXPECT_EQ(status, 0) << faults.str();
}

TEST_F(Inspire, RecordsSayWhatPeopleWroteOfTheLayers) {
    make_person("exportatrice", "read,export");
    db::set_layer(dsn(), "section", "contact", "Service cadastre <cadastre@agglo.fr>");
    db::set_layer(dsn(), "section", "lineage", "Plan minute de conservation & levés.");
    db::set_layer(dsn(), "section", "keywords", "cadastre, sections <http://a.example/sections?a&b>");
    db::set_layer(dsn(), "plu_zone", "access_limits", "INSPIRE_Directive_Article13_1e");
    const auto says = [&](const std::string& path, const std::string& part, const std::string& headers = "") {
        return test::eventually([&] { return holds(get(path, headers), part); });
    };
    const std::string record = "/metadata/cp-4.0";
    EXPECT_TRUE(says(record, "<gmd:organisationName><gco:CharacterString>Service cadastre<"));
    EXPECT_TRUE(says(record, "cadastre@agglo.fr"));
    EXPECT_TRUE(says(record, "Plan minute de conservation &amp; levés."));
    EXPECT_TRUE(says(record, "<gmd:keyword><gco:CharacterString>cadastre<"));
    EXPECT_TRUE(says(record, "<gmx:Anchor xlink:href=\"http://a.example/sections?a&amp;b\">sections<"));
    EXPECT_EQ(verdict("iso", get(record)), "");
    const std::string hers = token_of("exportatrice");
    EXPECT_TRUE(says("/metadata/plu-4.0", "LimitationsOnPublicAccess/INSPIRE_Directive_Article13_1e", hers));
    EXPECT_EQ(verdict("iso", get("/metadata/plu-4.0", hers)), "");
    EXPECT_FALSE(holds(get(record), "Article13_1e")) << "that data set is open";
    for (const char* form : {"", "?f=ttl", "?f=rdf"}) {
        const std::string catalogue = std::string("/catalogue") + form;
        EXPECT_TRUE(says(catalogue, "mailto:cadastre@agglo.fr")) << form;
        EXPECT_TRUE(says(catalogue, "Plan minute de conservation")) << form;
    }
    EXPECT_TRUE(says("/csw?service=CSW&version=2.0.2&request=GetRecordById&id=FR.CARREAU.cp-4.0",
                     "<dc:subject>sections</dc:subject>"));
    EXPECT_THROW(db::set_layer(dsn(), "lune", "keywords", "a"), gis::NotFound);
    for (const char* key : {"contact", "lineage", "keywords"}) db::set_layer(dsn(), "section", key, "");
    db::set_layer(dsn(), "plu_zone", "access_limits", "");
    EXPECT_TRUE(test::eventually([&] { return !holds(get(record), "cadastre@agglo.fr"); }));
}

TEST_F(Inspire, TheCatalogueServiceFindsWhatTheCallerMayHave) {
    make_person("exportatrice", "read,export");
    const std::string csw = "/csw?service=CSW&version=2.0.2&request=";
    const auto records = [&](const std::string& more, const std::string& headers = "") {
        return get(csw + "GetRecords&typeNames=csw:Record&resultType=results" + test::encoded(more), headers);
    };
    const auto ids = [&](const std::string& more, const std::string& headers = "") {
        const RawAnswer answer = records(more, headers);
        EXPECT_EQ(verdict("iso", answer), "") << more << answer.body.substr(0, 1000);
        std::string found;
        const std::string tag = "<dc:identifier>FR.CARREAU.";
        for (auto at = answer.body.find(tag); at != std::string::npos; at = answer.body.find(tag, at + 1)) {
            const auto begin = at + tag.size();
            found += (found.empty() ? "" : " ") + answer.body.substr(begin, answer.body.find('<', begin) - begin);
        }
        return found;
    };
    EXPECT_EQ(verdict("iso", get(csw + "GetCapabilities")), "");
    EXPECT_EQ(ids(""), "cp-4.0 service");
    const std::string hers = token_of("exportatrice");
    EXPECT_TRUE(ids("", hers).starts_with("cp-4.0 nz-4.0 nz-5.0 plu-4.0 service")) << ids("", hers);
    EXPECT_EQ(ids("&constraint=dc:type = 'service'"), "service");
    EXPECT_EQ(ids("&constraint=csw:AnyText LIKE '%parcelle%' AND dc:type = 'dataset'", hers), "cp-4.0");
    EXPECT_EQ(ids("&constraint=apiso:ResourceIdentifier = 'plu-4.0'", hers), "plu-4.0");
    EXPECT_EQ(ids("&constraint=apiso:ResourceIdentifier = 'plu-4.0'"), "") << "not everybody's";
    EXPECT_EQ(ids("&constraint=BBOX(ows:BoundingBox, -10, 40, 11, 52)"), "cp-4.0 service");
    EXPECT_EQ(ids("&constraint=BBOX(ows:BoundingBox, -60, 2, -50, 6)"), "") << "Guyane";
    EXPECT_EQ(ids("&sortBy=dc:type:D"), "service cp-4.0");
    EXPECT_EQ(ids("&maxRecords=1&startPosition=2"), "service");
    const RawAnswer first = records("&maxRecords=1");
    EXPECT_TRUE(holds(first, "numberOfRecordsMatched=\"2\" numberOfRecordsReturned=\"1\" nextRecord=\"2\""));
    const RawAnswer hits = get(csw + "GetRecords&typeNames=csw:Record");
    EXPECT_TRUE(holds(hits, "numberOfRecordsMatched=\"2\" numberOfRecordsReturned=\"0\" nextRecord=\"1\""));
    for (const std::string elements : {"brief", "summary", "full"}) {
        const std::string more = "&elementSetName=" + elements;
        EXPECT_EQ(ids(more), "cp-4.0 service");
        const RawAnswer iso = records(more + "&outputSchema=http://www.isotc211.org/2005/gmd");
        EXPECT_EQ(verdict("iso", iso), "") << elements;
        EXPECT_EQ(count(iso.body, "<gmd:MD_Metadata "), 2U);
        EXPECT_EQ(holds(iso, "LI_Lineage"), elements == "full");
        EXPECT_EQ(holds(iso, "MD_Distribution"), elements != "brief");
        const RawAnswer one =
            get(csw + "GetRecordById&id=FR.CARREAU.cp-4.0" + more + "&outputSchema=http://www.isotc211.org/2005/gmd");
        EXPECT_EQ(verdict("iso", one), "");
        EXPECT_EQ(count(one.body, "<gmd:MD_Metadata "), 1U);
    }
    EXPECT_FALSE(holds(get(csw + "GetRecordById&id=FR.CARREAU.plu-4.0"), "plu-4.0</dc:identifier>"));
    EXPECT_TRUE(holds(get(csw + "GetRecordById&id=FR.CARREAU.plu-4.0", hers), "plu-4.0</dc:identifier>"));
    const auto domain = [&](const std::string& headers) {
        const RawAnswer answer = get(csw + "GetDomain&propertyName=apiso:ResourceIdentifier", headers);
        EXPECT_EQ(verdict("iso", answer), "") << answer.body;
        return answer;
    };
    EXPECT_TRUE(holds(domain(""), "<csw:Value>cp-4.0</csw:Value></csw:ListOfValues>")) << "those he may have alone";
    EXPECT_TRUE(holds(domain(hers), "<csw:Value>plu-4.0</csw:Value>"));
    const RawAnswer wrong = records("&constraint=lune = 'a'");
    EXPECT_EQ(wrong.status, 400);
    EXPECT_TRUE(holds(wrong, "exceptionCode=\"InvalidParameterValue\" locator=\"constraint\""));
    const RawAnswer posted = request(
        port(), "POST", "/csw", "Content-Type: application/xml\r\n",
        R"(<csw:GetRecords xmlns:csw="http://www.opengis.net/cat/csw/2.0.2" xmlns:ogc="http://www.opengis.net/ogc" service="CSW"
        version="2.0.2" resultType="results"><csw:Query typeNames="csw:Record"><csw:ElementSetName>brief</csw:ElementSetName>
        <csw:Constraint version="1.1.0"><ogc:Filter><ogc:PropertyIsLike wildCard="%" singleChar="_" escapeChar="\">
        <ogc:PropertyName>AnyText</ogc:PropertyName><ogc:Literal>%parcelle%</ogc:Literal></ogc:PropertyIsLike></ogc:Filter>
        </csw:Constraint></csw:Query></csw:GetRecords>)");
    EXPECT_EQ(verdict("iso", posted), "");
    EXPECT_EQ(count(posted.body, "<csw:BriefRecord>"), 1U);
    const auto by_ids = [&](int different) {
        std::string body =
            R"(<GetRecordById xmlns="http://www.opengis.net/cat/csw/2.0.2" service="CSW" version="2.0.2">)";
        for (int i = 0; i < 1000; ++i)
            body +=
                fmt::format("<Id>FR.CARREAU.{}</Id>", i % different == 0 ? "cp-4.0" : std::to_string(i % different));
        return request(port(), "POST", "/csw", "Content-Type: application/xml\r\n", body + "</GetRecordById>");
    };
    EXPECT_EQ(count(by_ids(1).body, "cp-4.0</dc:identifier>"), 1U);
    EXPECT_EQ(by_ids(101).status, 400);
    EXPECT_TRUE(holds(by_ids(101), "locator=\"Id\""));
}

TEST_F(Inspire, TheDescriptionOfTheApiHasTheCatalogue) {
    const std::string description = path_of(link_of(get_json("/records"), "service-desc"));
    const test::json api = get_json(description);
    const std::string items = "/records/collections/{catalogueId}/items";
    for (const char* path : {"/records", "/records/conformance", "/records/collections"}) {
        EXPECT_TRUE(api["paths"].contains(path)) << path;
        EXPECT_EQ(get(path).status, 200) << path;
    }
    for (const char* below : {"", "/queryables", "/items", "/items/{recordId}"})
        EXPECT_TRUE(api["paths"].contains("/records/collections/{catalogueId}" + std::string(below))) << below;
    EXPECT_TRUE(api["paths"]["/csw"].contains("get") && api["paths"]["/csw"].contains("post"));
    const std::map<std::string, std::string> examples{{"limit", "5"},
                                                      {"offset", "0"},
                                                      {"q", "parcelles"},
                                                      {"type", "dataset"},
                                                      {"ids", "FR.CARREAU.cp-4.0"},
                                                      {"externalIds", "cp-4.0"},
                                                      {"sortby", "-title"},
                                                      {"bbox", "2,50,3,51"},
                                                      {"bbox-crs", "http://www.opengis.net/def/crs/OGC/1.3/CRS84"},
                                                      {"datetime", "2024-01-01T00:00:00Z"},
                                                      {"filter", "type='dataset'"},
                                                      {"filter-lang", "cql2-text"},
                                                      {"filter-crs", "http://www.opengis.net/def/crs/OGC/1.3/CRS84"}};
    std::set<std::string> described;
    for (const test::json& entry : api["paths"][items]["get"]["parameters"]) {
        const test::json parameter = entry.contains("$ref")
                                         ? api.at(test::json::json_pointer(entry["$ref"].get<std::string>().substr(1)))
                                         : entry;
        if (parameter["in"] == "query") described.insert(parameter["name"].get<std::string>());
    }
    std::string query;
    for (const auto& [name, value] : examples) {
        EXPECT_EQ(described.erase(name), 1U) << name;
        query += (query.empty() ? "?" : "&") + name + "=" + test::encoded(value);
    }
    EXPECT_EQ(described, std::set<std::string>()) << "described, not tried";
    const test::json page = get_json("/records/collections/inspire/items" + query);
    ASSERT_EQ(page["features"].size(), 1U);
    EXPECT_EQ(page["features"][0]["id"], "FR.CARREAU.cp-4.0");
}

TEST_F(Inspire, RecordsAsAnApi) {
    make_person("exportatrice", "read,export");
    const std::string hers = token_of("exportatrice");
    const std::string items = "/records/collections/inspire/items";
    const auto ids = [&](const std::string& query, const std::string& headers = "") {
        std::string found;
        const test::json page = get_json(items + (query.empty() ? "" : "?" + test::encoded(query)), headers);
        for (const test::json& record : page["features"])
            found += (found.empty() ? "" : " ") + record["id"].get<std::string>().substr(11);
        return found;
    };
    EXPECT_EQ(ids(""), "cp-4.0 service");
    EXPECT_TRUE(ids("", hers).starts_with("cp-4.0 nz-4.0 nz-5.0 plu-4.0"));
    EXPECT_EQ(ids("type=service"), "service");
    EXPECT_EQ(ids("q=PARCELLES"), "cp-4.0") << "whatever the case";
    EXPECT_EQ(ids("q=telechargement"), "service") << "whatever the accents";
    EXPECT_EQ(ids("q=lune,téléchargement"), "service") << "any of them";
    EXPECT_EQ(ids("q=100%"), "") << "no wildcard";
    EXPECT_EQ(ids("ids=FR.CARREAU.plu-4.0,FR.CARREAU.cp-4.0"), "cp-4.0");
    EXPECT_EQ(ids("externalIds=plu-4.0", hers), "plu-4.0");
    EXPECT_EQ(ids("bbox=2,50,3,51"), "cp-4.0 service");
    EXPECT_EQ(ids("bbox=-60,2,-50,6"), "");
    EXPECT_EQ(ids("datetime=2001-01-01T00:00:00Z/.."), "cp-4.0 service") << "they have no time";
    EXPECT_EQ(ids("filter=type = 'dataset' AND casei(title) like casei('%PARCELLES%')", hers), "cp-4.0");
    EXPECT_EQ(ids("sortby=-type"), "service cp-4.0");
    const test::json page = get_json(items + "?limit=1");
    EXPECT_EQ(page["numberMatched"], 2);
    EXPECT_EQ(page["numberReturned"], 1);
    const test::json next = get_json(path_of(link_of(page, "next")));
    EXPECT_EQ(next["features"][0]["id"], "FR.CARREAU.service");
    EXPECT_EQ(link_of(next, "next"), "");
    for (const std::string wrong :
         {"limit=0", "offset=x", "lune=1", "filter=lune = 1", "sortby=lune", "bbox=1,2", "datetime=lune"})
        EXPECT_EQ(get(items + "?" + test::encoded(wrong)).status, 400) << wrong;

    const test::json one = get_json(items + "/FR.CARREAU.cp-4.0");
    EXPECT_EQ(one["type"], "Feature");
    EXPECT_EQ(one["geometry"]["type"], "Polygon");
    EXPECT_EQ(one["properties"]["type"], "dataset");
    EXPECT_TRUE(one["conformsTo"][0].get<std::string>().ends_with("/conf/record-core"));
    EXPECT_EQ(get(path_of(link_of(one, "self"))).status, 200);
    EXPECT_EQ(verdict("iso", get(path_of(link_of(one, "describedby")))), "");
    EXPECT_EQ(get(items + "/FR.CARREAU.plu-4.0").status, 404);
    EXPECT_EQ(get(items + "/FR.CARREAU.plu-4.0", hers).status, 200);
    EXPECT_EQ(get("/records/collections/lune/items").status, 404);
    const test::json landing = get_json("/records");
    for (const char* relation : {"self", "conformance", "data", "service-desc"})
        EXPECT_EQ(get(path_of(link_of(landing, relation))).status, 200) << relation;
    const test::json catalogue = get_json("/records/collections/inspire");
    EXPECT_EQ(catalogue["itemType"], "record");
    for (const test::json& one_link : catalogue["links"])
        EXPECT_EQ(get(path_of(one_link["href"].get<std::string>())).status, 200) << one_link;
}

}  // namespace
