#include "gis/crs/identify.hpp"

#include <gtest/gtest.h>

using gis::identify_crs;
using How = gis::IdentifiedCrs::How;

namespace {

const char* esri_lambert_93 =
    R"(PROJCS["RGF93_Lambert_93",GEOGCS["GCS_RGF93",DATUM["D_RGF_1993",SPHEROID["GRS_1980",6378137,298.257222101]],)"
    R"(PRIMEM["Greenwich",0],UNIT["Degree",0.017453292519943295]],PROJECTION["Lambert_Conformal_Conic"],)"
    R"(PARAMETER["standard_parallel_1",49],PARAMETER["standard_parallel_2",44],PARAMETER["latitude_of_origin",46.5],)"
    R"(PARAMETER["central_meridian",3],PARAMETER["false_easting",700000],PARAMETER["false_northing",6600000],UNIT["Meter",1]])";

const char* rounded_lambert_93 =
    R"(PROJCS["RGF_1993_Lambert_93",GEOGCS["GCS_RGF_1993",DATUM["D_RGF_1993",SPHEROID["GRS_1980",6378137.000,298.25722210]],)"
    R"(PRIMEM["Greenwich",0],UNIT["Degree",0.017453292519943295]],PROJECTION["Lambert_Conformal_Conic"],)"
    R"(PARAMETER["False_Easting",700000.000],PARAMETER["False_Northing",6600000.000],PARAMETER["Central_Meridian",3.0],)"
    R"(PARAMETER["Latitude_Of_Origin",46.5],PARAMETER["Standard_Parallel_1",44.0],PARAMETER["Standard_Parallel_2",49.0],)"
    R"(UNIT["Meter",1.0]])";

}  // namespace

TEST(IdentifyCrs, DeclaredCodesAreTaken) {
    const auto found = identify_crs("EPSG:3950");
    ASSERT_TRUE(found);
    EXPECT_EQ(found->srid, 3950);
    EXPECT_EQ(found->how, How::Declared);
}

TEST(IdentifyCrs, DescriptionsWithoutCodeAreMatched) {
    const std::pair<const char*, int> cases[] = {
        {esri_lambert_93, 2154},
        {rounded_lambert_93, 2154},
        {"IGNF:LAMB93", 2154},
        {"IGNF:RGF93CC50", 3950},
        {"+proj=lcc +lat_0=50 +lon_0=3 +lat_1=49.25 +lat_2=50.75 +x_0=1700000 +y_0=9200000 +ellps=GRS80 +units=m "
         "+type=crs",
         3950},
        {"+proj=longlat +datum=WGS84 +type=crs", 4326},
        {R"(GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137,298.257223563]],PRIMEM["Greenwich",0],UNIT["Degree",0.017453292519943295]])",
         4326},
        {R"(PROJCS["SWEREF99_TM",GEOGCS["GCS_SWEREF99",DATUM["D_SWEREF99",SPHEROID["GRS_1980",6378137,298.257222101]],PRIMEM["Greenwich",0],UNIT["Degree",0.017453292519943295]],PROJECTION["Transverse_Mercator"],PARAMETER["latitude_of_origin",0],PARAMETER["central_meridian",15],PARAMETER["scale_factor",0.9996],PARAMETER["false_easting",500000],PARAMETER["false_northing",0],UNIT["Meter",1]])",
         3006},
    };
    for (const auto& [definition, code] : cases) {
        const auto found = identify_crs(definition);
        ASSERT_TRUE(found) << definition;
        EXPECT_EQ(found->srid, code) << definition;
        EXPECT_EQ(found->how, How::ByParameters) << definition;
    }
}

TEST(IdentifyCrs, HeightsAreDropped) {
    EXPECT_EQ(identify_crs("EPSG:2154+5720")->srid, 2154);
    EXPECT_EQ(identify_crs("EPSG:4979")->srid, 4326);
}

TEST(IdentifyCrs, WhatIsNoCrsIsNothing) {
    for (const char* text : {"", "LOCAL_CS[\"plan\"]", "hello", "+proj=lcc", "EPSG:999999", "?", "EPSG:5720"}) {
        EXPECT_FALSE(identify_crs(text)) << text;
    }
}
