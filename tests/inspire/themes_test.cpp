// The theme files that the program carries, held against the official schemas.

#include <gtest/gtest.h>

#include <iostream>
#include <map>
#include <set>

#include "server/embedded/embedded.hpp"
#include "tests/inspire/inspire_fixture.hpp"
#include "tests/support/xml_schema.hpp"

namespace {

using std::string_view;
using Collection = gis::inspire::DocumentForm::Collection;

struct Version {
    std::string theme;
    std::string version;
    friend std::ostream& operator<<(std::ostream& out, const Version& v) { return out << v.theme << ' ' << v.version; }
};

std::vector<Version> all_versions() {
    std::vector<Version> all;
    for (const embedded::TextFile& file : embedded::inspire_themes()) {
        for (const std::string& version : gis::inspire::parse_theme(file.text).versions)
            all.push_back({file.name, version});
    }
    return all;
}

/// The columns that the gml:id is made of.
std::vector<std::size_t> columns_of_id(const gis::inspire::Mapping& mapping) {
    std::vector<std::size_t> columns;
    for (const gis::inspire::Piece& piece : mapping.id.pieces) {
        if (!piece.placeholder) continue;
        for (const gis::inspire::Term& term : *piece.placeholder) {
            if (term.source == gis::inspire::Term::Source::Column) columns.push_back(term.column);
        }
    }
    return columns;
}

/// Columns that name objects of another mapping: column and number of the mapping.
void find_references(const gis::inspire::Block& block, std::vector<std::pair<std::size_t, std::size_t>>& found) {
    for (const gis::inspire::Piece& piece : block.pieces) {
        if (piece.block) find_references(*piece.block, found);
        if (!piece.placeholder) continue;
        for (const gis::inspire::Term& term : *piece.placeholder) {
            if (term.form == gis::inspire::Term::Form::Reference && term.size == std::string::npos)
                found.emplace_back(term.column, term.target);
        }
    }
}

std::string id_of(std::size_t mapping, int row) {
    return std::to_string(mapping) + "234567890" + std::to_string(row);
}

/// Rows of a lookup under every text, with what the mapping's conditions ask for.
gis::inspire::LookupRows rows_that_fit(const gis::inspire::Mapping& mapping, std::size_t lookup,
                                       const std::vector<string_view>& keys) {
    std::vector<std::string> row(mapping.lookups[lookup].columns.size(), "texte & co");
    for (const gis::inspire::Condition& condition : mapping.body.conditions) {
        const gis::inspire::Term& term = condition.value.front();
        if (!condition.negated && term.source == gis::inspire::Term::Source::Lookup && term.lookup == lookup)
            row[term.column] = condition.values.front();
    }
    gis::inspire::LookupRows rows;
    for (const string_view key : keys) rows.emplace(key, row);
    return rows;
}

/// Two polygons or lines, or a point where no more is taken.
std::string some_geometry(gis::inspire::Mapping::Shape shape) {
    using Shape = gis::inspire::Mapping::Shape;
    if (shape == Shape::Point) return test::point(2, 50);
    if (shape == Shape::Curve) return test::multi({test::line(2, 50), test::line(4, 50)}, 5);
    return test::multi({test::square(2, 50), test::square(4, 50)});
}

/// Objects of every mapping, of layers of that vintage: with its id only, and with `texts` in all other columns. Gives
/// how many there are.
int write_all(test::Writing& writing, const gis::inspire::Theme& theme, const std::string& vintage,
              std::vector<string_view> texts) {
    int objects = 0;
    texts.emplace_back();
    std::vector<std::string> first_ids(theme.mappings.size());
    for (std::size_t m = 0; m < theme.mappings.size(); ++m) {
        const gis::inspire::Mapping& mapping = theme.mappings[m];
        gis::Layer layer = test::layer_of(mapping.name, mapping.table, mapping.columns);
        layer.vintage = vintage;
        std::vector<gis::inspire::LookupRows> lookups;
        for (std::size_t i = 0; i < mapping.lookups.size(); ++i) lookups.push_back(rows_that_fit(mapping, i, texts));
        writing.layer(layer, lookups, mapping.name);
        std::vector<std::pair<std::size_t, std::size_t>> references;
        find_references(mapping.body, references);
        int row = 0;
        for (const string_view text : texts) {
            std::string id = id_of(m, ++row);
            std::vector<std::pair<string_view, gis::Scalar>> values;
            for (const std::string& column : mapping.columns)
                values.emplace_back(column, text.empty() ? gis::Scalar{} : gis::Scalar{text});
            const std::vector<std::size_t> id_columns = columns_of_id(mapping);
            // One row names what is there, the others what is not. What is named may be the row's own id as well.
            for (const auto& [column, target] : references) {
                if (row > 1) break;
                if (std::ranges::find(id_columns, column) != id_columns.end()) id = first_ids[target];
            }
            for (const std::size_t column : id_columns) values[column].second = string_view(id);
            for (const auto& [column, target] : references) {
                if (row == 1) values[column].second = string_view(first_ids[target]);
            }
            if (row == 1) first_ids[m] = id;
            objects += writing.add(id, some_geometry(mapping.shape), values);
        }
    }
    return objects;
}

class Themes : public testing::TestWithParam<Version> {};

TEST_P(Themes, AreValidWhateverTheRowsHold) {
    const std::string file = embedded::text_of(embedded::inspire_themes(), GetParam().theme);
    const gis::inspire::Theme theme = gis::inspire::parse_theme(file, GetParam().version);
    ASSERT_FALSE(theme.mappings.empty());
    // The members of a collection are lax: a namespace that no schema describes would pass unseen. That of au has none.
    const bool has_schema = theme.name != "au";
    using Case = std::pair<Collection, std::string>;
    for (const auto& [collection, vintage] :
         {Case{Collection::Wfs, "2026-01-01"}, Case{Collection::Gml, ""}, Case{Collection::Wfs, "2026-13-01"},
          Case{Collection::Gml, "mars 2026"}}) {
        test::Writing writing(gis::inspire::parse_theme(file, GetParam().version), 4258, collection);
        EXPECT_GE(
            write_all(writing, theme, vintage,
                      {"2024-02-29", "texte <&> d'ailleurs", "01", "12", "2026-00-00", "2026-01-31Tfoo", "property"}),
            static_cast<int>(theme.mappings.size()));
        const std::string document = writing.whole();
        if (!has_schema) {
            EXPECT_NE(document.find("xmlns:au=\"http://inspire.ec.europa.eu/schemas/au/4.0\""), std::string::npos);
        }
        const auto verdict = test::validity(has_schema ? "inspire" : "wfs", document);
        if (!verdict) GTEST_SKIP() << "the schemas or xmllint are not here";
        EXPECT_EQ(*verdict, "") << vintage << document.substr(0, 4000);
    }
}

TEST_P(Themes, FlattenedHaveAColumnForEachValue) {
    const std::string file = embedded::text_of(embedded::inspire_themes(), GetParam().theme);
    const gis::inspire::Theme theme = gis::inspire::parse_theme(file, GetParam().version);
    test::Writing writing(gis::inspire::parse_theme(file, GetParam().version));
    int objects = 0;
    std::map<std::string, std::set<std::string>> filled;  // columns by type of object
    writing.take_object = [&](string_view object, string_view) {
        ++objects;
        const std::string type(object.substr(1, object.find(' ') - 1));
        gis::inspire::flatten(object, [&](const std::string& column, string_view value) {
            EXPECT_FALSE(value.empty()) << column;
            filled[type].insert(column);
        });
    };
    EXPECT_EQ(write_all(writing, theme, "2026-01-01", {"2024-02-29", "texte <&> d'ailleurs", "01", "12", "property"}),
              objects);
    for (const gis::inspire::Mapping& mapping : theme.mappings) {
        const auto columns = theme.flat_columns(mapping.feature_type);
        std::set<std::string> names;
        for (const gis::inspire::FlatColumn& column : columns) names.insert(column.name);
        EXPECT_EQ(names.size(), columns.size()) << "each once";
        EXPECT_EQ(columns.front().name, "gml_id");
        for (const std::string& column : filled[mapping.feature_type]) EXPECT_TRUE(names.contains(column)) << column;
        for (const char* column : {"inspireId_localId", "inspireID_localId"})
            EXPECT_EQ(names.contains(column), filled[mapping.feature_type].contains(column)) << column;
        // A GeoPackage has room for no two types of objects that come in turn.
        const auto is_of_type = [&](const gis::inspire::Mapping& m) { return m.feature_type == mapping.feature_type; };
        const auto first = std::ranges::find_if(theme.mappings, is_of_type);
        const auto last = std::find_if(theme.mappings.rbegin(), theme.mappings.rend(), is_of_type).base();
        EXPECT_TRUE(std::all_of(first, last, is_of_type)) << mapping.name;
    }
}

TEST(Flat, NamesLeadToValuesWithoutTheTypesBetween) {
    std::vector<std::pair<std::string, std::string>> values;
    gis::inspire::flatten(
        "<cp:P gml:id=\"a.1\"><cp:area uom=\"m2\">12</cp:area><cp:none xsi:nil=\"true\" nilReason=\"unknown\"/>"
        "<cp:id><base:Identifier><base:localId> x &amp; y </base:localId></base:Identifier></cp:id>"
        "<cp:use xlink:href=\"http://a.example/1\" xlink:title=\"un\"/><cp:use xlink:href=\"#b\"/>"
        "<cp:level><gmd:LocalisedCharacterString "
        "locale=\"fra\">Commune</gmd:LocalisedCharacterString></cp:level></cp:P>",
        [&](const std::string& column, string_view value) { values.emplace_back(column, value); });
    const std::vector<std::pair<std::string, std::string>> expected{{"gml_id", "a.1"},
                                                                    {"area", "12"},
                                                                    {"area_uom", "m2"},
                                                                    {"id_localId", "x & y"},
                                                                    {"use", "http://a.example/1"},
                                                                    {"use_title", "un"},
                                                                    {"use_2", "b"},
                                                                    {"level", "Commune"}};
    EXPECT_EQ(values, expected);
    EXPECT_THROW(gis::inspire::flatten("<a>", [](const std::string&, string_view) {}), std::runtime_error);
}

TEST(Flat, TypesOfColumnsAreThoseOfTheTemplate) {
    const gis::inspire::Theme cp = gis::inspire::parse_theme(embedded::text_of(embedded::inspire_themes(), "cp"));
    const auto type_of = [&](const std::string& column) {
        const auto columns = cp.flat_columns("cp:CadastralParcel");
        const auto found = std::ranges::find(columns, column, &gis::inspire::FlatColumn::name);
        return found == columns.end() ? "none" : to_string(found->type);
    };
    EXPECT_EQ(type_of("areaValue"), "number");
    EXPECT_EQ(type_of("beginLifespanVersion"), "datetime");
    EXPECT_EQ(type_of("inspireId_localId"), "text");
    EXPECT_EQ(type_of("zoning"), "text");
    EXPECT_EQ(type_of("geometry"), "none");
    EXPECT_EQ(type_of("validFrom"), "none") << "never known";
}

INSTANTIATE_TEST_SUITE_P(All, Themes, testing::ValuesIn(all_versions()), [](const auto& tested) {
    std::string name = tested.param.theme + tested.param.version;
    std::erase_if(name, [](char c) { return c == '.' || c == '-'; });
    return name;
});

}  // namespace
