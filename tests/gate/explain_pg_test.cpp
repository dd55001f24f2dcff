// Whoever asks, a search by box uses the spatial index: a policy that hides a row must not cost a whole table.
#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <set>

#include "gis/filter/bind.hpp"
#include "gis/filter/cql2.hpp"
#include "gis/query/feature_query.hpp"
#include "gis/query/tile_sql.hpp"
#include "server/db/catalog_store.hpp"
#include "server/db/layer_declaration.hpp"
#include "tests/gate/gate_fixture.hpp"
#include "tiles/grid/tile_coord.hpp"

namespace {

using nlohmann::json;

struct Scans {
    std::set<std::string> index_names;
    std::set<std::string> sequential;  ///< tables read whole
};

void walk(const json& node, Scans& scans) {
    if (node.contains("Index Name")) scans.index_names.insert(node["Index Name"]);
    if (node["Node Type"] == "Seq Scan") scans.sequential.insert(node["Relation Name"]);
    if (!node.contains("Plans")) return;
    for (const json& child : node["Plans"]) walk(child, scans);
}

constexpr int row_count = 20'000;

class Explain : public test::GateTest {
  protected:
    static void SetUpTestSuite() {
        test::GateTest::SetUpTestSuite();
        Explain maker;
        maker.prepare();
    }
    void TestBody() override {}

    void prepare() {
        // 200 x 100 squares of 20 m every 100 m, in 20 communes.
        const std::string filling = fmt::format(
            "select i::text as id, (62001 + i % 20)::text as commune, array[(62001 + i % 20)::text] as communes, "
            "st_multi(st_makeenvelope(x, y, x + 20, y + 20, 2154)) as geom from (select i, 680000 + i % 200 * 100 as "
            "x, "
            "7040000 + i / 200 * 100 as y from generate_series(0, {}) i) t",
            row_count - 1);
        for (const std::string& name : layers()) {
            const std::string table = "donnees." + name;
            run(fmt::format(
                "create table {0} (part_id int not null default 0, id text, commune text, communes text[], geom "
                "geometry(MultiPolygon, 2154) not null, primary key (id, part_id)) partition by list "
                "(part_id); select catalogue.make_versioned('{0}'); create index on {0} using gist (geom); "
                "insert into {0} (id, commune, communes, geom) {1}",
                table, filling));
            if (name == "big_link") {
                run("create table donnees.big_communes (feature text, code text); create index on donnees.big_communes "
                    "(code); insert into donnees.big_communes select id, commune from donnees.big_link");
            }
            std::string keys;
            if (name == "big_column" || name.starts_with("big_sensitive")) keys = R"(, "commune_column": "commune")";
            if (name == "big_array") keys = R"(, "commune_column": "communes")";
            if (name == "big_link") keys = R"x(, "commune_link": "donnees.big_communes(feature, code)")x";
            if (name == "big_sensitive")
                keys += R"(, "public_resolution": "cell_1km", "agent_resolution": "footprint")";
            db::declare_layer(dsn(), fmt::format(R"({{"table": "{}", "id_column": "id"{}}})", table, keys));
        }
        run("create view donnees.big_view as select * from donnees.big_column");
        db::declare_layer(dsn(), R"({"table": "donnees.big_view", "id_column": "id", "commune_column": "commune"})");
        run("analyze");
        run("insert into org.service values ('ADS', 'ADS'); insert into org.service_layer select 'ADS', layer_id from "
            "catalogue.layer; insert into org.membership select (62001 + i)::text, 'ADS', current_date - 1 from "
            "generate_series(0, 9) i");
        std::vector<test::Given> all, list, exact, some_exact;
        for (const std::string& name : all_layers()) {
            publish(name);
            all.push_back({name, "all", "read"});
            list.push_back({name, "62001,62002,62003", "read"});
            exact.push_back({name, "all", "read,exact,edit"});
            some_exact.push_back({name, "62001,62002", "exact"});
        }
        add_person("everything", all);
        add_person("commune-list", list);
        add_person("members", {{"service:ADS", "members", "read,edit"}});
        add_person("specialist", exact);
        add_person("local-specialist", some_exact);
        add_person("nobody", {});
        for (const std::string& name : all_layers())
            add_surveyor("surveyor-" + name, name, "read,exact", "683000, 7042000, 686000, 7045000");
    }

    static std::vector<std::string> layers() {
        return {"big_column", "big_array", "big_link", "big_none", "big_sensitive"};
    }
    static std::vector<std::string> all_layers() {
        auto all = layers();
        all.emplace_back("big_view");
        return all;
    }

    /// The plan of `statement` in the name of `session`, with its parameters known as in every request.
    Scans scans_of(const std::string& session, const gis::SqlStatement& statement) {
        become("reader", session);
        const db::Result plan = connection().query("explain (format json) " + statement.sql(), statement.parameters());
        done();
        Scans scans;
        walk(json::parse(plan.text(0, 0))[0]["Plan"], scans);
        return scans;
    }

    static std::vector<std::string> personas(const std::string& layer) {
        return {"anonymous",  "nobody",     "commune-list",     "members",
                "everything", "specialist", "local-specialist", "surveyor-" + layer};
    }

    void expect_indexed(const gis::Layer& layer, const std::string& session, const gis::SqlStatement& statement) {
        const Scans scans = scans_of(session, statement);
        const std::string table = layer.name == "big_view" ? "big_column" : layer.name;
        EXPECT_TRUE(scans.index_names.contains(table + "_p0_geom_idx")) << layer.name << " as " << session;
        EXPECT_FALSE(scans.sequential.contains(table + "_p0")) << layer.name << " as " << session;
        if (!layer.sensitive) return;
        EXPECT_TRUE(scans.index_names.contains(table + "_geom_idx")) << "coarse copies as " << session;
        EXPECT_FALSE(scans.sequential.contains(table)) << "coarse copies as " << session;
    }
    void expect_all_indexed();
};

void Explain::expect_all_indexed() {
    const gis::Catalog catalog = db::load_catalog(dsn());
    const auto coord = tiles::parse_tile_coord("15", "16636", "11044");
    const gis::GeographicBox box = tiles::tile_box(coord);
    for (const std::string& name : all_layers()) {
        const gis::Layer& layer = *catalog.find(name);
        for (const std::string& session : personas(name)) {
            gis::FeatureQuery query;
            query.layer = &layer;
            query.output_crs = *gis::crs_from_epsg(4326);
            query.bbox = gis::Envelope{684000, 7043000, 684300, 7043300, layer.crs};
            expect_indexed(layer, session, gis::page_sql(query));
            expect_indexed(layer, session, gis::count_sql(query));
            for (const char* relation : {"S_INTERSECTS", "S_WITHIN", "S_OVERLAPS"}) {
                gis::FeatureQuery filtered;
                filtered.layer = &layer;
                filtered.output_crs = query.output_crs;
                gis::FilterReading reading;
                reading.layer = &layer;
                reading.crs = layer.crs;
                const std::string cql = fmt::format(
                    "{}(geometry, POLYGON((684000 7043000, 684300 7043000, 684300 7043300, 684000 7043000))) "
                    "AND commune <> 'x'",
                    relation);
                filtered.filter = gis::bind_filter(gis::parse_cql2_text(cql, reading), layer);
                expect_indexed(layer, session, gis::page_sql(filtered));
                expect_indexed(layer, session, gis::count_sql(filtered));
            }
            query.after = gis::PageKey{{}, "12"};
            query.bbox = gis::Envelope{box.west, box.south, box.east, box.north, query.output_crs};
            expect_indexed(layer, session, gis::page_sql(query));
            expect_indexed(layer, session,
                           *gis::tile_sql(layer, coord.z, static_cast<int>(coord.x), static_cast<int>(coord.y), box));
        }
    }
}

TEST_F(Explain, EveryPersonaSearchesByTheSpatialIndex) {
    expect_all_indexed();
    // And with what was remembered, and many communes.
    for (const std::string& name : all_layers()) {
        for (const std::string& session : personas(name)) {
            become("gate", session);
            run("select access.remember(); commit");
        }
    }
    expect_all_indexed();
}

// The check can fail: without the leakproof box operator the policy is a fence.
TEST_F(Explain, ALeakyOperatorWouldReadTheWholeTable) {
    run("alter function geometry_overlaps(geometry, geometry) not leakproof");
    const gis::Catalog catalog = db::load_catalog(dsn());
    gis::FeatureQuery query;
    query.layer = catalog.find("big_column");
    query.output_crs = query.layer->crs;
    query.bbox = gis::Envelope{684000, 7043000, 684300, 7043300, query.layer->crs};
    EXPECT_FALSE(scans_of("commune-list", gis::page_sql(query)).index_names.contains("big_column_p0_geom_idx"));
    run("alter function geometry_overlaps(geometry, geometry) leakproof");
}

// The box test answers the same with the index as without: what a persona counts in a box is what he counts by hand.
TEST_F(Explain, TheIndexFindsWhatTheWholeTableHolds) {
    for (const std::string& name : all_layers()) {
        const gis::Catalog catalog = db::load_catalog(dsn());
        const std::string source = catalog.find(name)->source_schema + "." + catalog.find(name)->source_name;
        const std::string box = "st_makeenvelope(682950, 7041950, 686050, 7045050, 2154)";
        for (const std::string& session : personas(name)) {
            EXPECT_EQ(seen(session, "select id from " + source + " where geom && " + box + " order by 1"),
                      seen(session, "select id from " + source +
                                        " where st_xmax(geom) >= 682950 and st_xmin(geom) <= 686050 and st_ymax(geom) "
                                        ">= 7041950 and st_ymin(geom) <= 7045050 order by 1"))
                << name << " as " << session;
        }
    }
}

}  // namespace
