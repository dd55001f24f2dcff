#include "gis/read/text.hpp"

#include <gtest/gtest.h>

using namespace gis::read;

TEST(Text, ColumnNamesAreCleaned) {
    const std::pair<const char*, const char*> cases[] = {
        {"Nom de l'élu (2020)", "nom_de_l_elu_2020"},
        {"ÉTAT", "etat"},
        {"cœur", "coeur"},
        {"2020", "c_2020"},
        {"", "champ"},
        {"---", "champ"},
        {"a  b", "a_b"},
        {"Forêt_à_pied", "foret_a_pied"},
        {"drop table x;--", "drop_table_x"},
    };
    for (const auto& [given, expected] : cases) EXPECT_EQ(clean_name(given), expected) << given;
    EXPECT_EQ(clean_name(std::string(100, 'x')).size(), 63U);
}

TEST(Text, PatternsIgnoreCase) {
    EXPECT_TRUE(matches("241800432_ZONE_URBA_20200128", "*zone_urba*"));
    EXPECT_TRUE(matches("PRESCRIPTIO_LIN_BONDY", "*PRESCRIPTIO*_LIN*"));
    EXPECT_FALSE(matches("DOC_URBA_COM", "*ZONE_URBA*"));
    EXPECT_TRUE(matches("", "*"));
    EXPECT_FALSE(matches("a", ""));
}

TEST(Text, EncodingNamesAreReadInTheirManySpellings) {
    for (const char* name : {"UTF-8", "utf8", "65001"}) EXPECT_EQ(parse_encoding(name), Encoding::Utf8) << name;
    for (const char* name : {"LATIN1", "ISO-8859-1", "ISO 88591"})
        EXPECT_EQ(parse_encoding(name), Encoding::Latin1) << name;
    for (const char* name : {"1252", "ANSI 1252", "CP1252", "windows-1252"}) {
        EXPECT_EQ(parse_encoding(name), Encoding::Windows1252) << name;
    }
    EXPECT_EQ(parse_encoding("ISO-8859-15"), Encoding::Latin9);
    EXPECT_FALSE(parse_encoding("EBCDIC"));
}

TEST(Text, OneByteEncodingsBecomeUtf8) {
    EXPECT_EQ(decode("l\xE9gende", Encoding::Latin1), "légende");
    EXPECT_EQ(decode("\x80 \x9C", Encoding::Windows1252), "€ œ");
    EXPECT_EQ(decode("\xA4 \xBD", Encoding::Latin9), "€ œ");
    EXPECT_FALSE(decode("l\xE9gende", Encoding::Utf8));
}

TEST(Text, InvalidUtf8IsFound) {
    for (const char* good : {"", "a", "é", "€", "😀"}) EXPECT_TRUE(is_valid_utf8(good)) << good;
    for (const char* bad : {"\xE9", "\xC3", "\xC0\xAF", "\xED\xA0\x80", "\xF5\x80\x80\x80", "\x80"}) {
        EXPECT_FALSE(is_valid_utf8(bad));
    }
}
