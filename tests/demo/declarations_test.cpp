#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>

#include "capture.hpp"
#include "gis/layer/layer.hpp"

namespace {

using nlohmann::json;

/// Columns by table, read from the text of the migrations; the view of today's communes included.
std::map<std::string, std::map<std::string, std::string>> columns_of_the_schema() {
    std::map<std::string, std::map<std::string, std::string>> out;
    std::map<std::string, std::string> alike;
    std::vector<std::string> later;
    for (const auto& file : std::filesystem::directory_iterator(std::string(CARREAU_SOURCE_DIR) + "/schema")) {
        const std::string sql = read_text("schema/" + file.path().filename().string());
        later.push_back(sql);
        const std::regex create(R"(create table ([a-z_]+\.[a-z_]+) \(\n([\s\S]*?)\n\))");
        const std::regex like(R"(create table ([a-z_]+\.[a-z_]+) \(like ([a-z_]+\.[a-z_]+) including all\))");
        for (std::sregex_iterator at(sql.begin(), sql.end(), like), end; at != end; ++at) alike[(*at)[1]] = (*at)[2];
        const std::set<std::string> constraints{"primary", "check", "unique", "exclude"};
        const std::regex column(R"(^    ([a-z_0-9]+)\s+([a-z]+)(?:\[\])?[ ,(])");
        for (std::sregex_iterator at(sql.begin(), sql.end(), create), end; at != end; ++at) {
            const std::string body = (*at)[2].str() + "\n";
            for (std::size_t start = 0; start < body.size();) {
                const std::size_t stop = body.find('\n', start);
                const std::string line = body.substr(start, stop - start) + " ";
                std::smatch parts;
                if (std::regex_search(line, parts, column) && !constraints.contains(parts[1])) {
                    out[(*at)[1]][parts[1]] = parts[2];
                }
                start = stop + 1;
            }
        }
    }
    for (const auto& [table, model] : alike) out[table] = out.at(model);
    for (const std::string& sql : later) {
        const std::regex alter(R"(\nalter table ([a-z_]+\.[a-z_]+) (add column [^;]*);)");
        const std::regex added(R"(add column ([a-z_0-9]+) ([a-z]+))");
        for (std::sregex_iterator at(sql.begin(), sql.end(), alter), end; at != end; ++at) {
            const std::string columns = (*at)[2];
            for (std::sregex_iterator one(columns.begin(), columns.end(), added); one != end; ++one)
                out[(*at)[1]][(*one)[1]] = (*one)[2];
        }
    }
    auto view = out["org.commune"];
    view.erase("valid_to");
    out["org.commune_actuelle"] = view;
    return out;
}

std::map<std::string, json> declarations() {
    std::map<std::string, json> out;
    for (const auto& file :
         std::filesystem::directory_iterator(std::string(CARREAU_SOURCE_DIR) + "/data-samples/layers")) {
        const std::string name = file.path().filename().string();
        out[name] = json::parse(read_text("data-samples/layers/" + name));
    }
    return out;
}

std::set<std::string> fields_a_style_reads(const json& style) {
    std::set<std::string> out;
    if (style.is_array() && style.size() == 2 && style[0] == "get") out.insert(style[1].get<std::string>());
    if (style.is_structured()) {
        for (const json& part : style) out.merge(fields_a_style_reads(part));
    }
    return out;
}

}  // namespace

TEST(Declarations, NameTablesAndColumnsThatExist) {
    auto schema = columns_of_the_schema();
    const auto all = declarations();
    EXPECT_EQ(all.size(), 45u);
    for (const auto& [file, layer] : all) {
        SCOPED_TRACE(file);
        EXPECT_EQ(layer.at("name").get<std::string>() + ".json", file);
        const std::string table = layer.at("table");
        ASSERT_TRUE(schema.contains(table)) << table;
        for (const char* key : {"id_column", "geometry_column", "label_field", "commune_column", "datetime_column",
                                "coverage_column", "picture_column", "raster_column"}) {
            if (layer.contains(key)) {
                EXPECT_TRUE(schema[table].contains(layer[key].get<std::string>())) << key;
            }
        }
        std::set<std::string> fields;
        for (const json& field : layer.at("fields")) {
            const std::string name = field.at("name");
            ASSERT_TRUE(schema[table].contains(name)) << name;
            EXPECT_TRUE(fields.insert(name).second) << name;
            const std::map<std::string, std::string> type_of{
                {"text", "text"},     {"uuid", "text"},       {"integer", "integer"}, {"bigint", "integer"},
                {"double", "number"}, {"boolean", "boolean"}, {"date", "date"},       {"timestamptz", "datetime"}};
            EXPECT_EQ(field.at("type"), type_of.at(schema[table][name])) << name;
            gis::parse_field_type(field.at("type").get<std::string>());
            EXPECT_FALSE(field.at("title").get<std::string>().empty()) << name;
        }
        // Every column is declared, but for the geometry, the part (or a list of communes) and the file of a raster.
        EXPECT_EQ(fields.size(), schema[table].size() - (layer.contains("raster_column") ? 3 : 2))
            << "columns left out";
    }
}

TEST(Declarations, SayWhatTheMapAndTheCatalogueNeed) {
    for (const auto& [file, layer] : declarations()) {
        SCOPED_TRACE(file);
        // What people deposit is real, and theirs.
        const std::string table = layer.at("table");
        const bool is_deposited = table.starts_with("terrain.") || table.starts_with("urba.information_") ||
                                  table.starts_with("urba.sup_") || table.starts_with("risque.enjeu_");
        EXPECT_EQ(layer.at("description").get<std::string>().find("Données fictives") == std::string::npos,
                  is_deposited);
        EXPECT_EQ(layer.value("fictive", false), !is_deposited);
        EXPECT_EQ(layer.at("srid"), 2154);
        EXPECT_EQ(layer.at("licence"), is_deposited ? "" : "Licence Ouverte 2.0");
        EXPECT_LE(layer.at("min_zoom").get<int>(), layer.at("max_zoom").get<int>());
        EXPECT_TRUE((std::set<std::string>{"org", "cadastre", "risque", "urba", "ads", "archeo", "topo"})
                        .contains(layer.at("theme")));
        EXPECT_NE(gis::parse_geometry_type(layer.at("geometry_type").get<std::string>()), gis::GeometryType::Any);
    }
}

TEST(Declarations, StylesReadOnlyFieldsThatTheirTilesCarry) {
    for (const auto& [file, layer] : declarations()) {
        SCOPED_TRACE(file);
        ASSERT_FALSE(layer.at("style").empty());
        for (const json& fragment : layer.at("style")) {
            EXPECT_FALSE(fragment.contains("id") || fragment.contains("source") || fragment.contains("source-layer"));
            EXPECT_TRUE((std::set<std::string>{"fill", "line", "symbol", "circle"}).contains(fragment.at("type")));
            if (fragment.at("type") == "symbol") {
                EXPECT_EQ(fragment.at("layout").at("text-font"), json({"Noto Sans Regular"}));
            }
            const int from =
                std::max(layer.at("min_zoom").get<int>(), static_cast<int>(fragment.value("minzoom", 0.0)));
            for (const std::string& name : fields_a_style_reads(fragment)) {
                const auto field = std::find_if(layer.at("fields").begin(), layer.at("fields").end(),
                                                [&](const json& f) { return f.at("name") == name; });
                ASSERT_NE(field, layer.at("fields").end()) << name;
                EXPECT_LE(field->at("tile_min_zoom").get<int>(), from) << name;
            }
        }
    }
}
