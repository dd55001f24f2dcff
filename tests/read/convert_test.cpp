#include "gis/read/convert.hpp"

#include <gtest/gtest.h>

using namespace gis::read;
using gis::Value;

namespace {

const MappingContext nowhere;

/// The value after conversion as text, "NULL", or "refused".
std::string after(Convert convert, Value value) {
    if (!convert(value, nowhere)) return "refused";
    if (const auto* text = std::get_if<std::string>(&value)) return *text;
    if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
    if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
    if (const auto* real = std::get_if<double>(&value)) return std::to_string(*real);
    return "NULL";
}

Value text(const char* written) {
    return std::string(written);
}

}  // namespace

TEST(Convert, DatesComeInManyForms) {
    const std::pair<Value, const char*> cases[] = {
        {std::int64_t{20140618}, "2014-06-18"},
        {text("20140618"), "2014-06-18"},
        {text("2014-06-18"), "2014-06-18"},
        {text("2014/06/18"), "2014-06-18"},
        {text("18/06/2014"), "2014-06-18"},
        {20140618.0, "2014-06-18"},
        {text("00000000"), "NULL"},
        {text("  "), "NULL"},
        {text("20141318"), "refused"},
        {text("30/02/2014"), "refused"},
        {text("hier"), "refused"},
        {text("2014-06-18T10:00:00"), "2014-06-18"},
    };
    for (const auto& [given, expected] : cases) EXPECT_EQ(after(to_date, given), expected);
}

TEST(Convert, NumbersKeepTheirValueOrAreRefused) {
    EXPECT_EQ(after(to_integer, 1100.0), "1100");
    EXPECT_EQ(after(to_integer, 3.5), "refused");
    EXPECT_EQ(after(to_integer, text(" 42 ")), "42");
    EXPECT_EQ(after(to_integer, text("99999999999999999999")), "refused");
    EXPECT_EQ(after(to_number, text("3,5")), "3.500000");
    EXPECT_EQ(after(to_number, text("nan")), "refused");
}

TEST(Convert, TextIsTrimmedAndNumbersAreSpeltWithoutDecimals) {
    EXPECT_EQ(after(to_text, text("AB  ")), "AB");
    EXPECT_EQ(after(to_text, text("")), "NULL");
    EXPECT_EQ(after(to_text, 205.0), "205");
    EXPECT_EQ(after(to_text, 2.5), "2.5");
}

TEST(Convert, BooleansAreWordsOrDigits) {
    for (const char* yes : {"oui", "T", "1", "true"}) EXPECT_EQ(after(to_boolean, text(yes)), "true") << yes;
    for (const char* no : {"non", "F", "0"}) EXPECT_EQ(after(to_boolean, text(no)), "false") << no;
    EXPECT_EQ(after(to_boolean, text("peut-être")), "refused");
    EXPECT_EQ(after(to_boolean, std::int64_t{2}), "refused");
}
