#include "gis/cadastre/parcel_reference.hpp"

#include <gtest/gtest.h>

using gis::parse_parcel_reference;

TEST(ParcelReference, TheThreeIdsOfTheStandardsNameTheSameParcel) {
    EXPECT_EQ(parse_parcel_reference("62119000AB0012")->id(), "62119000AB0012");
    EXPECT_EQ(parse_parcel_reference("620119000AB0012")->id(), "62119000AB0012");
    const auto idu = parse_parcel_reference("119000AB0012");
    EXPECT_FALSE(idu->id());  // the EDIGEO form has no département
    EXPECT_EQ(idu->commune_suffix, "119");
    EXPECT_EQ(idu->section + idu->number, "AB0012");
}

TEST(ParcelReference, PeopleLeaveOutZerosAndSpaces) {
    for (const char* text : {"AB 12", "AB12", "ab 12", "AB 0012", "  ab   12 "}) {
        const auto reference = parse_parcel_reference(text);
        ASSERT_TRUE(reference) << text;
        EXPECT_EQ(reference->section, "AB") << text;
        EXPECT_EQ(reference->number, "0012") << text;
        EXPECT_EQ(reference->place, "") << text;
    }
    EXPECT_EQ(parse_parcel_reference("A 7")->section, "0A");
    EXPECT_EQ(parse_parcel_reference("0A 7")->section, "0A");
    EXPECT_EQ(parse_parcel_reference("62119 AB 12")->id(), "62119000AB0012");
    EXPECT_EQ(parse_parcel_reference("62119 123 AB 12")->id(), "62119123AB0012");
    EXPECT_EQ(parse_parcel_reference("2A004 AB 12")->id(), "2A004000AB0012");
}

TEST(ParcelReference, TheCommuneMayStandBeforeOrAfter) {
    EXPECT_EQ(parse_parcel_reference("AB 12 Béthune")->place, "Béthune");
    EXPECT_EQ(parse_parcel_reference("Béthune AB 12")->place, "Béthune");
    EXPECT_EQ(parse_parcel_reference("Nœux-les-Mines, AB 12")->place, "Nœux-les-Mines");
    EXPECT_EQ(parse_parcel_reference("000 AB 12 Vendin-lès-Béthune")->prefix, "000");
}

TEST(ParcelReference, OtherTextsAreNoParcel) {
    for (const char* text : {"", "Béthune", "12", "AB", "ABC 12", "AB 12345", "62119000AB00123", "rue de Lille"}) {
        EXPECT_FALSE(parse_parcel_reference(text)) << text;
    }
    EXPECT_FALSE(parse_parcel_reference(std::string(100000, 'A')));
}
