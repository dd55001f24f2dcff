// Sorted pages: the database's own order, every feature once, whatever is NULL, equal or inserted meanwhile.

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "server/db/layer_declaration.hpp"
#include "tests/api/api_fixture.hpp"

namespace {

using test::ApiTest;
using test::json;
using test::link_of;

class Sorting : public ApiTest {
  protected:
    static void SetUpTestSuite() {
        ApiTest::SetUpTestSuite();
        db::Connection connection(dsn());
        connection.run_script(R"(
create table donnees.mixed (id text primary key, grp integer, label varchar(10), size numeric, ratio real,
    at timestamptz, flag boolean, day date, code uuid);
insert into donnees.mixed select 'k' || n, nullif(n % 5, 0), case when n % 3 = 0 then null else substr('dcbaé', n % 5 + 1, 1) end,
    nullif(n % 7, 0) / 3.0, case when n % 11 = 0 then 'NaN'::real when n % 4 = 0 then null else (n % 9) * 0.1 end,
    case when n % 2 = 0 then '2020-01-01T00:00:00Z'::timestamptz + n * interval '1 microsecond' end, n % 2 = 0,
    date '2020-01-01' + n % 4, case when n % 6 <> 0 then md5((n % 10)::text)::uuid end
    from generate_series(1, 300) n;
)");
        db::declare_layer(dsn(), R"({"table": "donnees.mixed", "public": true})");
    }

    std::vector<std::string> walk(std::string target) const {
        std::vector<std::string> seen;
        for (int pages = 0; !target.empty() && pages < 1000; ++pages) {
            const json page = get_json(target);
            for (const json& feature : page["features"])
                seen.push_back(feature["id"].is_string() ? feature["id"].get<std::string>() : feature["id"].dump());
            EXPECT_EQ(page["numberReturned"], page["features"].size());
            const std::string next = link_of(page, "next", "application/geo+json");
            target = next.empty() ? "" : path_of(next);
        }
        return seen;
    }
    std::vector<std::string> in_sql(const std::string& sql) const {
        std::vector<std::string> found;
        db::Connection other(dsn());
        const db::Result rows = other.query(sql);
        for (int i = 0; i < rows.rows(); ++i) found.push_back(rows.text(i, 0));
        return found;
    }
};

TEST_F(Sorting, PagesFollowTheOrderOfTheDatabaseThroughNullsAndTies) {
    for (const auto& [sortby, order] :
         std::vector<std::pair<std::string, std::string>>{{"grp", "grp, id"},
                                                          {"-grp", "grp desc, id"},
                                                          {"%2Bgrp,-label", "grp, label desc, id"},
                                                          {"+label,-size", "label, size desc, id"},
                                                          {"-label,grp,-ratio", "label desc, grp, ratio desc, id"},
                                                          {"ratio", "ratio, id"},
                                                          {"-ratio,at", "ratio desc, at, id"},
                                                          {"-at", "at desc, id"},
                                                          {"at,grp", "at, grp, id"},
                                                          {"flag,-day,code", "flag, day desc, code, id"},
                                                          {"-code,size", "code desc, size, id"},
                                                          {"-id", "id desc"},
                                                          {"id", "id"}}) {
        const auto expected = in_sql("select id from donnees.mixed order by " + order);
        for (const char* limit : {"7", "60", "1000"})
            EXPECT_EQ(walk("/collections/mixed/items?limit=" + std::string(limit) + "&sortby=" + sortby), expected)
                << sortby << " by " << limit;
    }
}

TEST_F(Sorting, FiltersPropertiesAndOrderTogether) {
    EXPECT_EQ(walk("/collections/mixed/"
                   "items?limit=9&sortby=-size,label&properties=flag&filter=grp%3E2%20OR%20grp%20IS%20NULL"),
              in_sql("select id from donnees.mixed where grp > 2 or grp is null order by size desc, label, id"));
    EXPECT_EQ(walk("/collections/mixed/items?limit=9&sortby=label&flag=true"),
              in_sql("select id from donnees.mixed where flag order by label, id"));
}

TEST_F(Sorting, PagesStayWholeWhileRowsComeAndGo) {
    run("create table donnees.busy as select n as id, nullif(n % 10, 0) as grp from generate_series(2, 2000, 2) n; "
        "alter table donnees.busy add primary key (id)");
    db::declare_layer(dsn(), R"({"table": "donnees.busy", "public": true, "tracked": false})");
    wait_for_layer("busy");
    std::vector<std::string> seen;
    std::string target = "/collections/busy/items?limit=50&sortby=-grp";
    for (int page = 0; !target.empty(); ++page) {
        const json document = get_json(target);
        for (const json& feature : document["features"]) seen.push_back(feature["id"].dump());
        const std::string next = link_of(document, "next");
        target = next.empty() ? "" : path_of(next);
        run(fmt::format("insert into donnees.busy values ({0}, {1}), ({0} + 2, null)", 2 * page * 2 + 3001, page % 10));
        run(fmt::format("delete from donnees.busy where id = {}", 1000 * (page + 1)));
    }
    const std::set<std::string> once(seen.begin(), seen.end());
    EXPECT_EQ(once.size(), seen.size()) << "nothing twice";
    for (int id = 2; id <= 2000; id += 2) {
        if (id % 1000 != 0) {
            ASSERT_TRUE(once.contains(std::to_string(id))) << id << " lost";
        }
    }
    run("delete from catalogue.layer where name = 'busy'; drop table donnees.busy");
}

TEST_F(Sorting, Refusals) {
    for (const auto& [query, reason] : std::vector<std::pair<std::string, std::string>>{
             {"sortby=", "has no property ''"},
             {"sortby=grpp", "(near: grp)"},
             {"sortby=grp,", "has no property ''"},
             {"sortby=grp,-grp", "'grp' is there twice"},
             {"sortby=--grp", "has no property '-grp'"},
             {"sortby=grp%20desc", "has no property 'grp desc'"},
             {"sortby=id,grp,label,size,ratio,at,flag,day,code", "at most 8 properties"}}) {
        const RawAnswer answer = get("/collections/mixed/items?" + query);
        EXPECT_EQ(answer.status, 400) << query;
        EXPECT_NE(answer.body.find(reason), std::string::npos) << query << " " << answer.body.substr(0, 300);
    }
}

TEST_F(Sorting, ATokenHoldsForItsOrderOnly) {
    const std::string next = link_of(get_json("/collections/mixed/items?limit=10&sortby=grp"), "next");
    const std::string token = next.substr(next.find("token="));
    EXPECT_EQ(get("/collections/mixed/items?limit=10&sortby=grp&" + token).status, 200);
    EXPECT_EQ(get("/collections/mixed/items?limit=10&sortby=-grp&" + token).status, 400);
    EXPECT_EQ(get("/collections/mixed/items?limit=10&" + token).status, 400);
}

TEST_F(Sorting, ADeepPageReadsNoMoreThanTheFirstWhereAnIndexLeads) {
    run("create table donnees.deep as select n as id, nullif(n / 10, 3000) as grp from generate_series(1, 40000) n; "
        "alter table donnees.deep add primary key (id); create index on donnees.deep (grp, id); analyze donnees.deep");
    db::declare_layer(dsn(), R"({"table": "donnees.deep", "public": true, "tracked": false})");
    gis::Layer layer;
    layer.source_schema = "donnees";
    layer.source_name = "deep";
    layer.id_column = "id";
    layer.id_sql_type = "integer";
    layer.fields = {{"grp", "", gis::FieldType::Integer, "integer", "", 0}};
    gis::FeatureQuery query;
    query.layer = &layer;
    query.limit = 100;
    query.sort = {{&layer.fields[0], false}};
    const auto rows_read = [&] {
        const gis::SqlStatement page = gis::page_sql(query);
        db::Connection other(dsn());
        const db::Result plan = other.query("explain (analyze, format json) " + page.sql(), page.parameters());
        const json document = json::parse(plan.text(0, 0));
        double rows = 0;
        const std::function<void(const json&)> visit = [&](const json& node) {
            if (node.contains("Index Name") || node["Node Type"] == "Seq Scan")
                rows += node["Actual Rows"].get<double>() + node.value("Rows Removed by Filter", 0.0);
            for (const json& child : node.value("Plans", json::array())) visit(child);
        };
        visit(document[0]["Plan"]);
        return rows;
    };
    EXPECT_LE(rows_read(), 250);
    query.after = gis::PageKey{{"3500"}, "35005"};
    EXPECT_LE(rows_read(), 250);
    query.after = gis::PageKey{{std::nullopt}, "30005"};
    EXPECT_LE(rows_read(), 250);
    query.sort[0].descending = true;
    query.after = gis::PageKey{{"500"}, "5005"};
    EXPECT_LE(rows_read(), 250);
    run("delete from catalogue.layer where name = 'deep'; drop table donnees.deep");
}

}  // namespace
