#include "gis/crs/crs.hpp"

#include <gtest/gtest.h>

using gis::crs84;
using gis::crs_from_epsg;
using gis::find_crs;

TEST(Crs, KnowsTheAuthoritysAxisOrder) {
    EXPECT_TRUE(crs_from_epsg(4326)->northing_first);
    EXPECT_TRUE(crs_from_epsg(4258)->northing_first);
    EXPECT_FALSE(crs_from_epsg(2154)->northing_first);
    EXPECT_FALSE(crs_from_epsg(3857)->northing_first);
    EXPECT_TRUE(crs_from_epsg(3035)->northing_first);
    EXPECT_FALSE(crs84().northing_first);
}

TEST(Crs, UnknownCodesAndHeightsAreNothing) {
    EXPECT_FALSE(crs_from_epsg(999999));
    EXPECT_FALSE(crs_from_epsg(5720));  // IGN69 heights
}

TEST(Crs, IsFoundByEverySpellingClientsSend) {
    const std::vector<gis::Crs> offered{crs84(), *crs_from_epsg(2154), *crs_from_epsg(4326)};
    for (const char* text :
         {"http://www.opengis.net/def/crs/EPSG/0/2154", "https://www.opengis.net/def/crs/EPSG/0/2154",
          "urn:ogc:def:crs:EPSG::2154", "EPSG:2154", "[EPSG:2154]"}) {
        const auto found = find_crs(text, offered);
        ASSERT_TRUE(found) << text;
        EXPECT_EQ(found->srid, 2154);
    }
    EXPECT_TRUE(find_crs("http://www.opengis.net/def/crs/OGC/1.3/CRS84", offered)->is_crs84);
    EXPECT_FALSE(find_crs("http://www.opengis.net/def/crs/EPSG/0/4326", offered)->is_crs84);
}

TEST(Crs, WhatIsNotOfferedIsNotFound) {
    const std::vector<gis::Crs> offered{crs84()};
    for (const char* text : {"EPSG:2154", "EPSG:", "EPSG:abc", "", "http://www.opengis.net/def/crs/EPSG/0/2154x",
                             "urn:ogc:def:crs:EPSG:", "http://example.org/2154"}) {
        EXPECT_FALSE(find_crs(text, offered)) << text;
    }
}
