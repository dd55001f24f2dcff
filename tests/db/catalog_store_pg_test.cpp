#include "server/db/catalog_store.hpp"
#include "server/db/layer_declaration.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "gis/error.hpp"
#include "server/embedded/embedded.hpp"
#include "tests/support/postgres_test.hpp"

namespace {

using nlohmann::json;

class CatalogStore : public test::PostgresTest {
  protected:
    void SetUp() override {
        run("create table donnees.tree (id integer primary key, kind text, height double precision, alive boolean, "
            "planted date, seen timestamptz, shape jsonb, geom geometry(Point, 2154));"
            "insert into donnees.tree values (1, 'oak', 12.5, true, '1950-03-01', '2026-01-31T12:00:00Z', null, "
            "'SRID=2154;POINT(700000 6600000)'), (2, 'elm', null, false, null, null, null, "
            "'SRID=2154;POINT(700000 6700000)');");
    }
    void TearDown() override {
        run("delete from catalogue.layer; drop view if exists donnees.tree_view cascade; drop table donnees.tree "
            "cascade;");
    }

    std::string declare(const json& document) { return db::declare_layer(dsn(), document.dump()); }

    /// The key that the refusal names, or what else happened.
    std::string refused_key(const json& document) {
        try {
            declare(document);
        } catch (const gis::InvalidRequest& refusal) {
            EXPECT_EQ(std::string(refusal.what()).rfind(refusal.field() + ": ", 0), 0U) << refusal.what();
            return refusal.field();
        } catch (const gis::NotFound& refusal) {
            return std::string("NotFound ") + refusal.what();
        } catch (const std::exception& other) {
            return std::string("other: ") + other.what();
        }
        return "accepted";
    }

    gis::Catalog catalog(db::Listing listing = db::Listing::Published) { return db::load_catalog(dsn(), listing); }
};

TEST_F(CatalogStore, TableAloneTellsEverythingElse) {
    EXPECT_EQ(declare({{"table", "donnees.tree"}}), "tree");
    const gis::Catalog all = catalog();
    const gis::Layer* tree = all.find("tree");
    ASSERT_NE(tree, nullptr);
    EXPECT_EQ(tree->title, "tree");
    EXPECT_EQ(tree->schema_name, "donnees");
    EXPECT_EQ(tree->id_column, "id");
    EXPECT_EQ(tree->id_type, gis::FieldType::Integer);
    EXPECT_EQ(tree->geometry_column, "geom");
    EXPECT_EQ(tree->geometry_type, gis::GeometryType::Point);
    EXPECT_EQ(tree->crs.srid, 2154);
    EXPECT_TRUE(tree->tracked);
    std::vector<std::pair<std::string, gis::FieldType>> fields;
    for (const gis::Field& field : tree->fields) fields.emplace_back(field.name, field.type);
    const std::vector<std::pair<std::string, gis::FieldType>> expected{
        {"id", gis::FieldType::Integer},    {"kind", gis::FieldType::Text},    {"height", gis::FieldType::Number},
        {"alive", gis::FieldType::Boolean}, {"planted", gis::FieldType::Date}, {"seen", gis::FieldType::DateTime}};
    EXPECT_EQ(fields, expected) << "jsonb and the geometry are no fields";
    // 700000 is on the meridian 3°, and 6600000 on the parallel 46.5°: the definition of Lambert-93.
    ASSERT_TRUE(tree->extent);
    EXPECT_NEAR(tree->extent->west, 3, 1e-6);
    EXPECT_NEAR(tree->extent->south, 46.5, 1e-6);
    EXPECT_GT(tree->extent->north, 47.3);
}

TEST_F(CatalogStore, DeclarationIsKeptWordByWord) {
    declare({{"table", "donnees.tree"},
             {"name", "arbre"},
             {"title", "Arbres d'alignement"},
             {"description", "Ce qu'on en sait"},
             {"theme", "nature"},
             {"label_field", "kind"},
             {"datetime_column", "seen"},
             {"coverage_column", "kind"},
             {"min_zoom", 10},
             {"max_zoom", 18},
             {"sort_order", 7},
             {"visible", false},
             {"fictive", true},
             {"licence", "Licence Ouverte 2.0"},
             {"attribution", "nous"},
             {"style", {{{"type", "circle"}}}},
             {"fields",
              {{{"name", "kind"}, {"title", "Essence"}, {"description", "en anglais"}, {"tile_min_zoom", 12}},
               {{"name", "height"}, {"type", "number"}}}}});
    const gis::Catalog all = catalog();
    const gis::Layer* layer = all.find("arbre");
    ASSERT_NE(layer, nullptr);
    EXPECT_EQ(layer->title, "Arbres d'alignement");
    EXPECT_EQ(layer->description, "Ce qu'on en sait");
    EXPECT_EQ(layer->theme, "nature");
    EXPECT_EQ(layer->label_field, "kind");
    EXPECT_EQ(layer->datetime_column, "seen");
    EXPECT_EQ(layer->coverage_column, "kind");
    EXPECT_EQ(layer->min_zoom, 10);
    EXPECT_EQ(layer->max_zoom, 18);
    EXPECT_EQ(layer->sort_order, 7);
    EXPECT_FALSE(layer->visible);
    EXPECT_TRUE(layer->fictive);
    EXPECT_EQ(layer->licence, "Licence Ouverte 2.0");
    EXPECT_EQ(layer->attribution, "nous");
    EXPECT_EQ(json::parse(layer->style), json::parse(R"([{"type":"circle"}])"));
    ASSERT_EQ(layer->fields.size(), 2U);
    EXPECT_EQ(layer->fields[0].title, "Essence");
    EXPECT_EQ(layer->fields[0].description, "en anglais");
    EXPECT_EQ(layer->fields[0].tile_min_zoom, 12);
    EXPECT_EQ(layer->fields[1].title, "height");
}

TEST_F(CatalogStore, EveryDeclarationOfTheProgramIsAccepted) {
    for (const auto& file : embedded::layer_declarations()) {
        EXPECT_EQ(db::declare_layer(dsn(), file.text), file.name);
    }
    EXPECT_EQ(catalog().layers().size(), embedded::layer_declarations().size());
}

TEST_F(CatalogStore, RefusalsNameTheKey) {
    const auto with = [](const char* key, const json& value) {
        json document{{"table", "donnees.tree"}};
        document[key] = value;
        return document;
    };
    EXPECT_EQ(refused_key(json::array()), "declaration");
    EXPECT_EQ(refused_key("text"), "declaration");
    EXPECT_NE(refused_key({{"table", "donnees.nowhere"}}).find("NotFound table: "), std::string::npos);
    EXPECT_NE(refused_key(json::object()).find("NotFound table: "), std::string::npos);
    EXPECT_EQ(refused_key({{"table", 12}}), "table");
    EXPECT_EQ(refused_key(with("name", "Élan")), "name");
    EXPECT_EQ(refused_key(with("name", "9lives")), "name");
    EXPECT_EQ(refused_key(with("name", "a/b")), "name");
    EXPECT_EQ(refused_key(with("title", "")), "title");
    EXPECT_EQ(refused_key(with("title", 12)), "title");
    EXPECT_EQ(refused_key(with("id_column", "nothing")), "id_column");
    EXPECT_EQ(refused_key(with("id_column", "height")), "id_column") << "null in one row";
    EXPECT_EQ(refused_key(with("geometry_column", "kind")), "geometry_column");
    EXPECT_EQ(refused_key(with("geometry_type", "Blob")), "geometry_type");
    EXPECT_EQ(refused_key(with("srid", 999999)), "srid");
    EXPECT_EQ(refused_key(with("srid", "Lambert")), "srid");
    EXPECT_EQ(refused_key(with("label_field", "nothing")), "label_field");
    EXPECT_EQ(refused_key(with("commune_column", "nothing")), "commune_column");
    EXPECT_EQ(refused_key(with("datetime_column", "nothing")), "datetime_column");
    EXPECT_EQ(refused_key(with("datetime_column", "kind")), "datetime_column") << "a text is no time";
    EXPECT_EQ(refused_key(with("coverage_column", "nothing")), "coverage_column");
    EXPECT_EQ(refused_key(with("min_zoom", -1)), "min_zoom");
    EXPECT_EQ(refused_key(with("min_zoom", "ten")), "min_zoom");
    EXPECT_EQ(refused_key(with("min_zoom", 17)), "min_zoom") << "above max_zoom, 16";
    EXPECT_EQ(refused_key(with("max_zoom", 23)), "max_zoom");
    EXPECT_EQ(refused_key(with("sort_order", "first")), "sort_order");
    EXPECT_EQ(refused_key(with("visible", "yes")), "visible");
    EXPECT_EQ(refused_key(with("tracked", "no")), "tracked");
    EXPECT_EQ(refused_key(with("style", "red")), "style");
    EXPECT_EQ(refused_key(with("fields", "kind")), "fields");
    EXPECT_EQ(refused_key(with("fields", {{{"name", "nothing"}}})), "fields");
    EXPECT_EQ(refused_key(with("fields", {{{"name", "kind"}, {"type", "colour"}}})), "fields");
    EXPECT_EQ(refused_key(with("fields", {{{"name", "kind"}}, {{"name", "kind"}}})), "fields");
    EXPECT_TRUE(catalog(db::Listing::All).layers().empty()) << "a refused declaration leaves nothing";
    EXPECT_EQ(
        scalar("select count(*) from pg_trigger where tgrelid = 'donnees.tree'::regclass and tgname like 'carreau_%'"),
        "0");
}

TEST_F(CatalogStore, ViewNeedsTheNameOfItsId) {
    run("create view donnees.tree_view as select * from donnees.tree");
    EXPECT_EQ(refused_key({{"table", "donnees.tree_view"}}), "id_column");
    EXPECT_EQ(declare({{"table", "donnees.tree_view"}, {"id_column", "id"}}), "tree_view");
    const gis::Catalog all = catalog();
    const gis::Layer* view = all.find("tree_view");
    ASSERT_NE(view, nullptr);
    EXPECT_FALSE(view->tracked);
    EXPECT_EQ(view->geometry_type, gis::GeometryType::Point);
}

TEST_F(CatalogStore, VersionPartIsHiddenAndNoPartOfTheKey) {
    EXPECT_EQ(declare({{"table", "cadastre.section"}}), "section");
    const gis::Catalog all = catalog();
    const gis::Layer* section = all.find("section");
    ASSERT_NE(section, nullptr);
    EXPECT_EQ(section->id_column, "id");
    EXPECT_EQ(section->find_field("part_id"), nullptr);
    EXPECT_NE(section->find_field("commune"), nullptr);
}

TEST_F(CatalogStore, TableWithoutGeometryIsALayer) {
    run("create table donnees.note (code text primary key, said text)");
    declare({{"table", "donnees.note"}});
    const gis::Catalog all = catalog();
    ASSERT_NE(all.find("note"), nullptr);
    EXPECT_FALSE(all.find("note")->has_geometry());
    db::remove_layer(dsn(), "note");
    run("drop table donnees.note");
}

TEST_F(CatalogStore, SecondDeclarationReplacesTheFirst) {
    declare({{"table", "donnees.tree"}, {"title", "One"}});
    const int id = catalog().find("tree")->id;
    declare({{"table", "donnees.tree"}, {"title", "Two"}, {"tracked", false}});
    ASSERT_EQ(catalog().layers().size(), 1U);
    EXPECT_EQ(catalog().find("tree")->title, "Two");
    EXPECT_EQ(catalog().find("tree")->id, id);
    EXPECT_EQ(
        scalar("select count(*) from pg_trigger where tgrelid = 'donnees.tree'::regclass and tgname like 'carreau_%'"),
        "0");
}

TEST_F(CatalogStore, SetChangesOneKeyAndRefusesByName) {
    declare({{"table", "donnees.tree"}});
    db::set_layer(dsn(), "tree", "title", "Arbres");
    db::set_layer(dsn(), "tree", "visible", "non");
    db::set_layer(dsn(), "tree", "max_zoom", "20");
    db::set_layer(dsn(), "tree", "style", R"([{"type":"circle"}])");
    db::set_layer(dsn(), "tree", "datetime_column", "seen");
    EXPECT_EQ(catalog().find("tree")->title, "Arbres");
    EXPECT_FALSE(catalog().find("tree")->visible);
    EXPECT_EQ(catalog().find("tree")->max_zoom, 20);
    EXPECT_EQ(catalog().find("tree")->datetime_column, "seen");
    db::set_layer(dsn(), "tree", "datetime_column", "");
    EXPECT_EQ(catalog().find("tree")->datetime_column, "");

    const std::vector<std::pair<std::string, std::string>> wrong{{"title", ""},
                                                                 {"max_zoom", "high"},
                                                                 {"max_zoom", "99"},
                                                                 {"min_zoom", "21"},
                                                                 {"style", "[{"},
                                                                 {"style", "\"red\""},
                                                                 {"label_field", "nothing"},
                                                                 {"datetime_column", "nothing"},
                                                                 {"datetime_column", "kind"},
                                                                 {"coverage_column", "nothing"},
                                                                 {"commune_column", "nothing"},
                                                                 {"visible", "perhaps"},
                                                                 {"table_name", "other"},
                                                                 {"no_such_key", "1"}};
    for (const auto& [key, value] : wrong) {
        try {
            db::set_layer(dsn(), "tree", key, value);
            ADD_FAILURE() << key << " = " << value << " was accepted";
        } catch (const gis::InvalidRequest& refusal) {
            EXPECT_EQ(refusal.field(), key);
        }
    }
    EXPECT_THROW(db::set_layer(dsn(), "shrub", "title", "Arbustes"), gis::NotFound);
}

TEST_F(CatalogStore, UnpublishedLayerIsListedOnlyOnDemand) {
    declare({{"table", "donnees.tree"}});
    db::set_layer(dsn(), "tree", "published", "false");
    EXPECT_EQ(catalog().find("tree"), nullptr);
    EXPECT_NE(catalog(db::Listing::All).find("tree"), nullptr);
}

TEST_F(CatalogStore, RemoveTakesTriggersAndLeavesRows) {
    declare({{"table", "donnees.tree"}});
    EXPECT_EQ(
        scalar("select count(*) from pg_trigger where tgrelid = 'donnees.tree'::regclass and tgname like 'carreau_%'"),
        "2");
    db::remove_layer(dsn(), "tree");
    EXPECT_EQ(
        scalar("select count(*) from pg_trigger where tgrelid = 'donnees.tree'::regclass and tgname like 'carreau_%'"),
        "0");
    EXPECT_EQ(scalar("select count(*) from donnees.tree"), "2");
    EXPECT_EQ(scalar("select count(*) from catalogue.field"), "0");
    EXPECT_THROW(db::remove_layer(dsn(), "tree"), gis::NotFound);
}

TEST_F(CatalogStore, LayerWhoseTableOrColumnIsGoneIsLeftOut) {
    run("create table donnees.brief (id integer primary key, geom geometry(Point, 2154), at date)");
    declare({{"table", "donnees.tree"}});
    declare({{"table", "donnees.brief"}, {"datetime_column", "at"}, {"label_field", "at"}});
    run("alter table donnees.brief drop column at");
    gis::Catalog all = catalog();
    ASSERT_NE(all.find("brief"), nullptr);
    EXPECT_EQ(all.find("brief")->datetime_column, "") << "a query on it would fail";
    EXPECT_EQ(all.find("brief")->find_field("at"), nullptr);
    run("drop table donnees.brief");
    all = catalog();
    EXPECT_EQ(all.find("brief"), nullptr);
    EXPECT_NE(all.find("tree"), nullptr) << "the others are there";
    db::remove_layer(dsn(), "brief");
    EXPECT_EQ(catalog(db::Listing::All).find("brief"), nullptr);
}

TEST_F(CatalogStore, ExtentFollowsTheRows) {
    declare({{"table", "donnees.tree"}});
    run("delete from donnees.tree");
    db::refresh_extent(dsn(), "tree");
    EXPECT_FALSE(catalog().find("tree")->extent);
    run("insert into donnees.tree (id, geom) values (9, 'SRID=2154;POINT(700000 6600000)')");
    db::refresh_extent(dsn(), "tree");
    ASSERT_TRUE(catalog().find("tree")->extent) << "a single point is an extent too";
    EXPECT_NEAR(catalog().find("tree")->extent->east, 3, 1e-6);
}

TEST_F(CatalogStore, SettingIsMadeOnceAndKept) {
    EXPECT_EQ(db::stored_setting(dsn(), "colour", "red"), "red");
    EXPECT_EQ(db::stored_setting(dsn(), "colour", "blue"), "red");
}

}  // namespace
