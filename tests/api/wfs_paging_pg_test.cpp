// STARTINDEX: every feature once, whatever the order of pages and whatever is added meanwhile.

#include <fmt/format.h>

#include <set>

#include "tests/api/wfs_fixture.hpp"

namespace {

using test::root_attribute;

class WfsPaging : public test::WfsTest {
  protected:
    Ids page(int start, int count, const std::string& more = "") const {
        return ids_of(wfs(fmt::format("version=2.0.0&request=GetFeature&typenames=square&startindex={}&count={}{}",
                                      start, count, more)));
    }
};

TEST_F(WfsPaging, PagesMeetWithoutGapOrOverlap) {
    for (const std::string more : {"", "&sortby=kind", "&sortby=kind D"}) {
        Ids all;
        for (int start = 0; start < 3000; start += 700) {
            const Ids next = page(start, 700, more);
            all.insert(all.end(), next.begin(), next.end());
        }
        EXPECT_EQ(all.size(), 3000U) << more;
        EXPECT_EQ(std::set<std::string>(all.begin(), all.end()).size(), 3000U) << more;
        EXPECT_EQ(all, page(0, 3000, more)) << "as one page gives them";
    }
    EXPECT_EQ(page(3000, 10), Ids{});
    EXPECT_EQ(page(5000, 10), Ids{});
}

TEST_F(WfsPaging, AnyPageMayBeAskedForFirst) {
    EXPECT_EQ(page(1234, 2), (Ids{"2470", "2472"}));
    EXPECT_EQ(page(1236, 1), Ids{"2474"});
    EXPECT_EQ(page(1230, 1), Ids{"2462"});
    EXPECT_EQ(page(2999, 5), Ids{"6000"});
}

TEST_F(WfsPaging, LinksGoBothWays) {
    RawAnswer answer = wfs("version=2.0.0&request=GetFeature&typenames=square&count=1000");
    EXPECT_EQ(root_attribute(answer.body, "previous"), "");
    Ids all = ids_of(answer);
    int pages = 1;
    for (std::string next = root_attribute(answer.body, "next"); !next.empty();
         next = root_attribute(answer.body, "next")) {
        answer = get(path_of(next));
        const Ids more = ids_of(answer);
        all.insert(all.end(), more.begin(), more.end());
        ASSERT_LT(++pages, 5);
    }
    EXPECT_EQ(pages, 3);
    EXPECT_EQ(all.size(), 3000U);
    const Ids before = ids_of(get(path_of(root_attribute(answer.body, "previous"))));
    EXPECT_EQ(before.front(), "2002");
    EXPECT_EQ(before.size(), 1000U);
}

TEST_F(WfsPaging, LinksOfAnXmlRequestAskTheSame) {
    const RawAnswer answer = post(
        R"(<w:GetFeature xmlns:w="http://www.opengis.net/wfs/2.0" xmlns:f="http://www.opengis.net/fes/2.0" service="WFS" version="2.0.0" count="10">
        <w:Query typeNames="square"><f:Filter><f:PropertyIsEqualTo><f:ValueReference>kind</f:ValueReference><f:Literal>a</f:Literal></f:PropertyIsEqualTo></f:Filter>
        <f:SortBy><f:SortProperty><f:ValueReference>id</f:ValueReference><f:SortOrder>DESC</f:SortOrder></f:SortProperty></f:SortBy></w:Query></w:GetFeature>)");
    EXPECT_EQ(root_attribute(answer.body, "numberMatched"), "1000");
    EXPECT_EQ(ids_of(answer).front(), "6000");
    const RawAnswer second = get(path_of(root_attribute(answer.body, "next")));
    EXPECT_EQ(root_attribute(second.body, "numberMatched"), "1000") << second.body.substr(0, 500);
    EXPECT_EQ(ids_of(second).front(), "5940");
}

TEST_F(WfsPaging, FeaturesAddedMeanwhileMoveNothing) {
    const Ids first = page(0, 1000);
    run("insert into donnees.square values (1, 'z', st_makeenvelope(0, 0, 1, 1, 2154)), (3, 'z', st_makeenvelope(0, 0, "
        "1, 1, 2154))");
    const Ids second = page(1000, 1000);
    EXPECT_EQ(first.back(), "2000");
    EXPECT_EQ(second.front(), "2002") << "neither told twice nor left out";
    run("delete from donnees.square where kind = 'z'");
}

}  // namespace
