#include "gis/wfs/kvp.hpp"

#include "gis/wfs/kvp_bbox.hpp"
#include "tests/wfs/wfs_fixture.hpp"

namespace {

using gis::wfs::Kvp;
using gis::wfs::Version;
using Texts = std::vector<std::string>;

TEST(Kvp, NamesInAnyCaseAndEmptyValuesAreNone) {
    const Kvp kvp({{"ReQuEsT", "GetFeature"}, {"COUNT", ""}, {"unknown", "x"}});
    EXPECT_EQ(kvp.find("request"), "GetFeature");
    EXPECT_EQ(kvp.find("count"), std::nullopt);
    EXPECT_EQ(kvp.find_any({"maxfeatures", "request"}), "GetFeature");
    EXPECT_NE(test::refusal([] { Kvp({{"count", "1"}, {"COUNT", "2"}}); }), "");
    EXPECT_EQ(test::refusal([] { Kvp({{"count", "1"}, {"COUNT", "1"}}); }), "");
}

TEST(Kvp, ListsAndGroups) {
    using gis::wfs::split_groups;
    using gis::wfs::split_list;
    EXPECT_EQ(split_list("a, b,,c "), (Texts{"a", "b", "c"}));
    EXPECT_EQ(split_list(""), Texts{});
    EXPECT_EQ(split_groups("a,b"), Texts{"a,b"});
    EXPECT_EQ(split_groups("(a,b)(c)"), (Texts{"a,b", "c"}));
    EXPECT_EQ(split_groups("(a)"), Texts{"a"});
    EXPECT_EQ(split_groups("(<F>x)(y</F>)(<F/>)"), (Texts{"<F>x)(y</F>", "<F/>"}));
    EXPECT_EQ(split_groups("(<F/>)()"), (Texts{"<F/>", ""}));
}

TEST(Kvp, Namespaces) {
    using gis::wfs::read_namespaces;
    using Pairs = std::vector<std::pair<std::string, std::string>>;
    EXPECT_EQ(read_namespaces("xmlns(a,http://a),xmlns(http://b)"), (Pairs{{"a", "http://a"}, {"", "http://b"}}));
    EXPECT_EQ(read_namespaces("xmlns(a=http://a)"), (Pairs{{"a", "http://a"}}));
    EXPECT_EQ(read_namespaces(""), Pairs{});
    for (const char* bad : {"a", "xmlns(a", "xmlns(a,b)x"})
        EXPECT_NE(test::refusal([&] { read_namespaces(bad); }), "") << bad;
}

TEST(Kvp, BoxFollowsNameAndVersion) {
    const auto box = [](const std::string& text, Version version) {
        const gis::Envelope found = gis::wfs::read_bbox(text, test::place(), test::offered(), version);
        return std::vector<double>{found.min_x, found.min_y, found.max_x, found.max_y,
                                   static_cast<double>(found.crs.srid)};
    };
    using Box = std::vector<double>;
    EXPECT_EQ(box("50,2,51,3,urn:ogc:def:crs:EPSG::4326", Version::V2_0_0), (Box{2, 50, 3, 51, 4326}));
    EXPECT_EQ(box("50,2,51,3,http://www.opengis.net/def/crs/EPSG/0/4326", Version::V1_1_0), (Box{2, 50, 3, 51, 4326}));
    EXPECT_EQ(box("2,50,3,51,EPSG:4326", Version::V2_0_0), (Box{2, 50, 3, 51, 4326}));
    EXPECT_EQ(box("2,50,3,51,urn:ogc:def:crs:EPSG::4326", Version::V1_0_0), (Box{2, 50, 3, 51, 4326}));
    EXPECT_EQ(box("2,50,3,51,urn:ogc:def:crs:OGC:1.3:CRS84", Version::V2_0_0), (Box{2, 50, 3, 51, 4326}));
    EXPECT_EQ(box("700000,6600000,700001,6600001", Version::V2_0_0), (Box{700000, 6600000, 700001, 6600001, 2154}));
    for (const char* bad : {"", "1,2,3", "1,2,3,x", "3,2,1,4", "1,4,2,3", "1,2,3,4,EPSG:9999", "1,2,3,nan",
                            "1,2,3,4,5,6", "1,2,3,1e999"}) {
        const std::string found = test::refusal([&] { box(bad, Version::V2_0_0); });
        EXPECT_EQ(found.substr(0, 29), "InvalidParameterValue at bbox") << bad << " -> " << found;
    }
}

}  // namespace
