#include "http/target.hpp"

#include <gtest/gtest.h>

using http::parse_target;
using http::percent_decode;
using http::Plus;

TEST(PercentDecoding, ReadsWhatRfc3986Allows) {
    EXPECT_EQ(percent_decode("a%20b", Plus::Literal), "a b");
    EXPECT_EQ(percent_decode("a+b", Plus::Literal), "a+b");
    EXPECT_EQ(percent_decode("a+b", Plus::IsSpace), "a b");
    EXPECT_EQ(percent_decode("%2B", Plus::IsSpace), "+");
    EXPECT_EQ(percent_decode("%c3%A9", Plus::Literal), "é");
    EXPECT_EQ(percent_decode("%E2%82%AC", Plus::Literal), "€");
    EXPECT_EQ(percent_decode("%F0%9F%97%BA", Plus::Literal), "\xF0\x9F\x97\xBA");
    EXPECT_EQ(percent_decode("%2541", Plus::Literal), "%41");
    EXPECT_EQ(percent_decode("", Plus::Literal), "");
}

TEST(PercentDecoding, RefusesTheRest) {
    for (const char* text : {"%", "%4", "%4g", "%g4", "a%", "%-1", "%+1", "%00", "%80", "%C3", "%C3%C3", "%C0%AF",
                             "%E0%80%AF", "%ED%A0%80", "%F4%90%80%80", "%F8%88%80%80%80", "%FF"}) {
        EXPECT_FALSE(percent_decode(text, Plus::Literal)) << text;
    }
}

TEST(PercentDecoding, IsUndoneByEncoding) {
    EXPECT_EQ(http::percent_encode("a b/c?é~-._"), "a%20b%2Fc%3F%C3%A9~-._");
    EXPECT_EQ(percent_decode(http::percent_encode("a b/c?é%+&="), Plus::IsSpace), "a b/c?é%+&=");
}

TEST(Target, ResolvesDotsAndTrailingSlashes) {
    EXPECT_EQ(parse_target("/", "")->path(), "/");
    EXPECT_EQ(parse_target("/a/b/", "")->path(), "/a/b");
    EXPECT_EQ(parse_target("/a/./b/../c", "")->path(), "/a/c");
    EXPECT_EQ(parse_target("/a/%2E%2e/c", "")->path(), "/c");
    EXPECT_EQ(parse_target("/a/..", "")->path(), "/");
    EXPECT_EQ(parse_target("/a...b", "")->path(), "/a...b");
    for (const char* text : {"", "a", "/..", "/a/../..", "/%2e%2e", "/x%2f..%2f..", "/%2e%2e%2fetc", "/a%2f.%2fb"}) {
        EXPECT_FALSE(parse_target(text, "")) << text;
    }
}

TEST(Target, KeepsTheQueryInOrder) {
    const auto target = parse_target("/a?b=1&c=x%26y&&b=2&flag&empty=&eq=a=b&sp=a+b", "");
    ASSERT_TRUE(target);
    const std::vector<std::pair<std::string, std::string>> expected{
        {"b", "1"}, {"c", "x&y"}, {"b", "2"}, {"flag", ""}, {"empty", ""}, {"eq", "a=b"}, {"sp", "a b"}};
    EXPECT_EQ(target->query, expected);
}

TEST(Target, TakesTheBasePathAwayWhereItStands) {
    EXPECT_EQ(parse_target("/carreau/a", "/carreau")->path(), "/a");
    EXPECT_EQ(parse_target("/carreau", "/carreau")->path(), "/");
    EXPECT_EQ(parse_target("/carreaux/a", "/carreau")->path(), "/carreaux/a");
    EXPECT_EQ(parse_target("/a", "/carreau")->path(), "/a");
    EXPECT_EQ(parse_target("/geo/carreau/a", "/geo/carreau")->path(), "/a");
    EXPECT_EQ(parse_target("/geo/a", "/geo/carreau")->path(), "/geo/a");
    EXPECT_TRUE(parse_target("/carreau/a", "/carreau")->under_base_path);
    EXPECT_FALSE(parse_target("/a", "/carreau")->under_base_path);
}
