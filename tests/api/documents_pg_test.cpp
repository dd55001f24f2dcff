// The documents that describe the service: links work, also behind a proxy; what QGIS and GDAL read is there.

#include <set>

#include "tests/api/api_fixture.hpp"

namespace {

using test::ApiTest;
using test::json;
using test::link_of;

/// Every text of a document that is a URL of this server or claims to be one.
void collect_urls(const json& node, std::set<std::string>& urls) {
    if (node.is_string()) {
        const auto text = node.get<std::string>();
        if (text.rfind("http", 0) == 0 && text.find("opengis.net") == std::string::npos &&
            text.find("geojson.org") == std::string::npos && text.find("etalab.gouv.fr") == std::string::npos &&
            text.find("json-schema.org") == std::string::npos)
            urls.insert(text);
    }
    if (node.is_structured()) {
        for (const json& child : node) collect_urls(child, urls);
    }
}

class Documents : public ApiTest {
  protected:
    static std::string fill(std::string url) {
        const std::pair<const char*, const char*> values[] = {{"{z}", "12"},         {"{x}", "2082"},
                                                              {"{y}", "1455"},       {"{tileMatrix}", "12"},
                                                              {"{tileRow}", "1455"}, {"{tileCol}", "2082"}};
        for (const auto& [name, value] : values) {
            const auto at = url.find(name);
            if (at != std::string::npos) url.replace(at, std::string(name).size(), value);
        }
        return url;
    }
};

const char* const described[] = {"/?f=json",
                                 "/conformance?f=json",
                                 "/collections",
                                 "/collections/place",
                                 "/collections/place/schema",
                                 "/collections/place/items?limit=2",
                                 "/collections/place/items/p1",
                                 "/collections/place/tiles",
                                 "/collections/place/tiles/WebMercatorQuad",
                                 "/tileMatrixSets",
                                 "/tileMatrixSets/WebMercatorQuad",
                                 "/tiles/place,square.json",
                                 "/styles",
                                 "/styles/place",
                                 "/styles/portail"};

TEST_F(Documents, EveryLinkWorks) {
    for (const char* target : described) {
        std::set<std::string> urls;
        collect_urls(get_json(target), urls);
        for (const std::string& url : urls) {
            EXPECT_EQ(url.rfind("http://test.example", 0), 0U) << url << " in " << target;
            const int status = get(fill(path_of(url))).status;
            EXPECT_TRUE(status == 200 || status == 204) << url << " in " << target << ": " << status;
        }
    }
}

TEST_F(Documents, EveryLinkCarriesThePrefixOfTheProxy) {
    const std::string proxy =
        "X-Forwarded-Prefix: /sig/carte\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: carte.example\r\n";
    std::size_t seen = 0;
    for (const char* target : described) {
        std::set<std::string> urls;
        collect_urls(get_json(target, proxy), urls);
        for (const std::string& url : urls) {
            ++seen;
            ASSERT_EQ(url.rfind("https://carte.example/sig/carte/", 0), 0U) << url << " in " << target;
            // The proxy takes the prefix away again.
            const int status = get(fill(path_of(url).substr(10)), proxy).status;
            EXPECT_TRUE(status == 200 || status == 204) << url << " in " << target << ": " << status;
        }
    }
    EXPECT_GT(seen, 40U);
    for (const char* target : {"/?f=html", "/collections?f=html", "/collections/place?f=html",
                               "/collections/square/items?f=html&limit=5", "/collections/place/items/p1?f=html"}) {
        const std::string page = get(target, proxy).body;
        EXPECT_EQ(page.find("test.example"), std::string::npos) << target;
        for (auto at = page.find("href=\""); at != std::string::npos; at = page.find("href=\"", at + 1)) {
            const std::string href = page.substr(at + 6, page.find('"', at + 6) - at - 6);
            EXPECT_EQ(href.rfind("https://carte.example/sig/carte", 0), 0U) << href << " in " << target;
        }
    }
    const std::string next = get("/collections/square/items?limit=5", proxy).header("Link");
    EXPECT_NE(next.find("<https://carte.example/sig/carte/collections/square/items?"), std::string::npos) << next;
}

TEST_F(Documents, LandingPageHasWhatQgisNeeds) {
    const json landing = get_json("/", "Accept: application/json\r\n");
    EXPECT_FALSE(link_of(landing, "service-desc", "application/vnd.oai.openapi+json;version=3.0").empty());
    EXPECT_FALSE(link_of(landing, "data").empty());
    EXPECT_FALSE(link_of(landing, "conformance").empty());
    EXPECT_EQ(landing["title"].is_string(), true);
}

TEST_F(Documents, ConformanceNamesWhatQgisTests) {
    const json classes = get_json("/conformance")["conformsTo"];
    for (const char* uri : {"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
                            "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs",
                            "http://www.opengis.net/spec/ogcapi-features-5/1.0/conf/schemas"})
        EXPECT_NE(std::find(classes.begin(), classes.end(), uri), classes.end()) << uri;
}

TEST_F(Documents, CollectionSaysExtentAndCrs) {
    const json place = get_json("/collections/place");
    EXPECT_EQ(place["id"], "place");
    EXPECT_EQ(place["storageCrs"], "http://www.opengis.net/def/crs/EPSG/0/2154");
    EXPECT_EQ(place["crs"][0], "http://www.opengis.net/def/crs/OGC/1.3/CRS84");
    EXPECT_NE(std::find(place["crs"].begin(), place["crs"].end(), place["storageCrs"]), place["crs"].end());
    const json box = place["extent"]["spatial"]["bbox"][0];
    EXPECT_NEAR(box[0].get<double>(), 3, 1e-6);
    EXPECT_LT(box[1].get<double>(), 46.5);
    EXPECT_GT(box[2].get<double>(), 4);
    EXPECT_FALSE(link_of(place, "items", "application/geo+json").empty());
    EXPECT_FALSE(link_of(place, "http://www.opengis.net/def/rel/ogc/1.0/schema", "application/schema+json").empty());
    const json note = get_json("/collections/note");
    EXPECT_FALSE(note.contains("storageCrs"));
    EXPECT_FALSE(note.contains("extent"));
    EXPECT_EQ(get_json("/collections")["collections"].size(), 4U);
}

TEST_F(Documents, SchemaHasReferenceBesideFormat) {
    const RawAnswer answer = get("/collections/place/schema");
    EXPECT_EQ(answer.header("Content-Type").substr(0, 23), "application/schema+json");
    const json schema = json::parse(answer.body);
    const json geometry = schema["properties"]["geometry"];
    EXPECT_EQ(geometry["$ref"], "https://geojson.org/schema/Point.json");
    EXPECT_EQ(geometry["format"], "geometry-point");
    EXPECT_EQ(schema["properties"]["count"]["type"], "integer");
    EXPECT_EQ(schema["properties"]["price"]["type"], "number");
    EXPECT_EQ(schema["properties"]["active"]["type"], "boolean");
    EXPECT_EQ(schema["properties"]["built"]["format"], "date");
    EXPECT_EQ(schema["properties"]["seen"]["format"], "date-time");
    EXPECT_EQ(schema["properties"]["id"]["x-ogc-role"], "id");
}

TEST_F(Documents, OpenApiHasTheLimitsAndFiltersThatClientsRead) {
    const RawAnswer answer = get("/api", "Accept: application/vnd.oai.openapi+json;version=3.0\r\n");
    EXPECT_EQ(answer.header("Content-Type").substr(0, 32), "application/vnd.oai.openapi+json");
    const json api = json::parse(answer.body);
    EXPECT_EQ(api["openapi"].get<std::string>().substr(0, 4), "3.0.");
    EXPECT_EQ(api["components"]["parameters"]["limit"]["schema"]["maximum"], 10000);
    EXPECT_EQ(api["components"]["parameters"]["limit"]["schema"]["default"], 1000);
    EXPECT_TRUE(api["info"].contains("contact"));
    std::map<std::string, json> simple;
    for (const json& parameter : api["paths"]["/collections/place/items"]["get"]["parameters"]) {
        if (parameter.contains("name")) simple[parameter["name"]] = parameter;
    }
    for (const char* name : {"id", "name", "count", "price", "active", "built", "seen"}) {
        ASSERT_TRUE(simple.contains(name)) << name;
        EXPECT_EQ(simple[name]["in"], "query");
        EXPECT_EQ(simple[name]["style"], "form");
        EXPECT_EQ(simple[name]["explode"], false);
    }
    EXPECT_EQ(simple["count"]["schema"]["type"], "integer");
    EXPECT_TRUE(api["paths"].contains("/collections/note/items"));
}

TEST_F(Documents, OpenApiReferencesExist) {
    const json api = get_json("/api?f=json");
    std::set<std::string> references;
    const std::function<void(const json&)> walk = [&](const json& node) {
        if (node.is_object() && node.contains("$ref")) references.insert(node["$ref"]);
        if (node.is_structured()) {
            for (const json& child : node) walk(child);
        }
    };
    walk(api);
    EXPECT_GE(references.size(), 10U);
    for (const std::string& reference : references)
        EXPECT_TRUE(api.contains(json::json_pointer(reference.substr(1)))) << reference;
}

TEST_F(Documents, TileJsonTellsLayersFieldsAndBounds) {
    const json document = get_json("/tiles/place,square.json");
    EXPECT_EQ(document["tilejson"], "3.0.0");
    ASSERT_EQ(document["vector_layers"].size(), 2U);
    EXPECT_EQ(document["vector_layers"][0]["id"], "place");
    EXPECT_EQ(document["vector_layers"][0]["fields"]["count"], "Number");
    EXPECT_EQ(document["maxzoom"], 18);
    EXPECT_EQ(document["attribution"], "nous");
    const json bounds = document["bounds"];
    EXPECT_LT(bounds[0].get<double>(), bounds[2].get<double>());
    EXPECT_LT(bounds[1].get<double>(), bounds[3].get<double>());
}

TEST_F(Documents, StyleNamesSourcesThatExist) {
    for (const char* target : {"/styles/portail", "/styles/square"}) {
        const json style = get_json(target);
        EXPECT_EQ(style["version"], 8);
        std::set<std::string> ids;
        for (const json& layer : style["layers"]) {
            EXPECT_TRUE(ids.insert(layer["id"]).second) << layer["id"];
            if (layer["type"] == "background") continue;
            EXPECT_TRUE(style["sources"].contains(layer["source"].get<std::string>()));
            EXPECT_EQ(layer["source-layer"], layer["source"]);
        }
        for (const json& source : style["sources"]) EXPECT_EQ(source["type"], "vector");
    }
    EXPECT_FALSE(get_json("/styles/portail")["sources"].contains("note"));
}

TEST_F(Documents, TileMatrixSetIsTheRegisteredOne) {
    const json set = get_json("/tileMatrixSets/WebMercatorQuad");
    EXPECT_EQ(set["tileMatrices"][0]["id"], "0");
    // OGC 17-083r4, annex D.1: scale denominators of zoom 0 and 10.
    EXPECT_NEAR(set["tileMatrices"][0]["scaleDenominator"].get<double>(), 559082264.028717, 1e-3);
    EXPECT_NEAR(set["tileMatrices"][10]["scaleDenominator"].get<double>(), 545978.773465544, 1e-6);
    EXPECT_EQ(set["tileMatrices"][10]["matrixWidth"], 1024);
}

}  // namespace
