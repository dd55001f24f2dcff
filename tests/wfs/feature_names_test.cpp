#include "gis/wfs/feature_names.hpp"

#include "gis/text/utf8.hpp"
#include "gis/text/xml_name.hpp"
#include "tests/wfs/wfs_fixture.hpp"

namespace {

using gis::from_xml_name;
using gis::xml_name;
using gis::xml_name_part;

TEST(XmlName, PlainNamesStayAsTheyAre) {
    for (const char* name : {"parcelle", "a_b", "A-1.2", "_", "été"}) EXPECT_EQ(xml_name(name), name);
}

TEST(XmlName, OtherCharactersAreWrittenAsIsoDoes) {
    EXPECT_EQ(xml_name("1er"), "_x0031_er");
    EXPECT_EQ(xml_name("a b"), "a_x0020_b");
    EXPECT_EQ(xml_name("a:b"), "a_x003A_b");
    EXPECT_EQ(xml_name("a_xb"), "a_x005F_xb");
    EXPECT_EQ(xml_name("surface (m²)"), "surface_x0020__x0028_m_x00B2__x0029_");
    EXPECT_EQ(xml_name_part("62119000AB0001"), "62119000AB0001");
    EXPECT_EQ(xml_name("\xF0\x9F\x97\xBA"), "_x1F5FA_");
}

TEST(XmlName, EveryNameComesBack) {
    for (const std::string name :
         {"1er", "a b", "_x", "_x0041_", "a_x0041_b", "x_", "__x", "é/ù?%", "\"<>&'", "日本", "_", "-"}) {
        EXPECT_EQ(from_xml_name(xml_name(name)), name);
        EXPECT_EQ(from_xml_name(xml_name_part(name)), name);
    }
    for (const std::string name : {"_x", "_xZZZZ_", "_x41_", "_xD800_", "_x0041", "a_x"})
        EXPECT_EQ(from_xml_name(name), name);
}

TEST(FeatureNames, NameTheLayerAndTheId) {
    const gis::Layer& place = test::place();
    EXPECT_EQ(gis::wfs::feature_name(place, "62119 A/1"), "place.62119_x0020_A_x002F_1");
    EXPECT_EQ(gis::wfs::id_of_feature_name(place, "place.62119_x0020_A_x002F_1"), "62119 A/1");
    EXPECT_EQ(gis::wfs::id_of_feature_name(place, "place.a.b"), "a.b");
    for (const char* other : {"zone.1", "place", "place.", "1", "", "places.1"})
        EXPECT_EQ(gis::wfs::id_of_feature_name(place, other), std::nullopt) << other;
}

TEST(Utf8, KnowsItsForms) {
    for (const char* good : {"", "a", "é", "日", "\xF0\x9F\x97\xBA"}) EXPECT_TRUE(gis::is_utf8(good));
    for (const char* bad : {"\x80", "\xC0\x80", "\xC3", "\xE0\x80\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80",
                            "\xF8\x88\x80\x80\x80", "a\xFF"})
        EXPECT_FALSE(gis::is_utf8(bad));
}

}  // namespace
