#include "http/compression.hpp"
#include "http/conditional.hpp"

#include <gtest/gtest.h>

#include <random>

using http::ByteRange;
using http::RangeKind;

TEST(AcceptEncoding, GzipIsReadWithItsWeight) {
    for (const std::string text : {"gzip", "GZIP", "deflate, gzip", "gzip;q=0.1", "x-gzip", "*", "br;q=1, *;q=0.2",
                                   "gzip;q=1.0, identity; q=0.5, *;q=0"}) {
        EXPECT_TRUE(http::accepts_gzip(&text)) << text;
    }
    for (const std::string text :
         {"", "identity", "br", "gzip;q=0", "gzip; q=0.000", "*;q=0", "gzip;q=0, *", "gzipped"}) {
        EXPECT_FALSE(http::accepts_gzip(&text)) << text;
    }
    EXPECT_FALSE(http::accepts_gzip(nullptr));
}

TEST(Gzip, ComesBackAsItWas) {
    const std::string text(100'000, 'a');
    const std::string packed = http::gzip(text, 1);
    EXPECT_LT(packed.size(), 2000U);
    EXPECT_EQ(http::gunzip(packed, 100'000), text);
    EXPECT_EQ(http::gunzip(http::gzip("", 6), 10), "");
    EXPECT_EQ(http::gunzip(http::quick_gzip(text), text.size()), text);
    EXPECT_LT(http::quick_gzip(text).size(), text.size());
    std::string noise;
    std::mt19937 chance(62);
    for (int i = 0; i < 300'000; ++i) noise += static_cast<char>(chance());
    EXPECT_EQ(http::gunzip(http::quick_gzip(noise), noise.size()), noise);
    EXPECT_FALSE(http::gunzip(packed, 99'999));
    EXPECT_FALSE(http::gunzip(packed.substr(0, packed.size() - 9), 100'000));
    EXPECT_FALSE(http::gunzip("not gzip at all, but long enough", 1'000'000'000));
    EXPECT_FALSE(http::gunzip("", 10));
}

TEST(Compressible, IsTextInItsManyForms) {
    for (const char* type :
         {"text/html; charset=utf-8", "application/geo+json", "application/problem+json", "image/svg+xml",
          "application/gml+xml;version=3.2", "application/vnd.mapbox-vector-tile"}) {
        EXPECT_TRUE(http::is_compressible(type)) << type;
    }
    for (const char* type : {"image/png", "application/zip", "font/woff2", "application/octet-stream", ""}) {
        EXPECT_FALSE(http::is_compressible(type)) << type;
    }
}

TEST(ETag, WeakComparisonReadsLists) {
    EXPECT_TRUE(http::none_match_hits("\"a\"", "\"a\""));
    EXPECT_TRUE(http::none_match_hits("W/\"a\"", "\"a\""));
    EXPECT_TRUE(http::none_match_hits("\"a\"", "W/\"a\""));
    EXPECT_TRUE(http::none_match_hits("\"x\", W/\"a,b\" ,\"c\"", "\"a,b\""));
    EXPECT_TRUE(http::none_match_hits(" * ", "\"a\""));
    EXPECT_FALSE(http::none_match_hits("\"a\"", "\"b\""));
    EXPECT_FALSE(http::none_match_hits("a", "\"a\""));
    EXPECT_FALSE(http::none_match_hits("\"a", "\"a\""));
    EXPECT_FALSE(http::none_match_hits("", "\"a\""));
}

TEST(ETag, TellsBytesApart) {
    EXPECT_EQ(http::etag_of("abc"), http::etag_of(std::string("abc")));
    EXPECT_NE(http::etag_of("abc"), http::etag_of("abd"));
    EXPECT_EQ(http::quoted_etag("v1"), "\"v1\"");
    EXPECT_EQ(http::quoted_etag("W/\"v1\""), "W/\"v1\"");
}

TEST(Range, OneRangeOfBytes) {
    const auto part = [](const char* text) {
        const auto found = http::parse_range(text, 1000);
        EXPECT_EQ(found.kind, RangeKind::Part) << text;
        return found.range;
    };
    EXPECT_EQ(part("bytes=0-0"), (ByteRange{0, 0}));
    EXPECT_EQ(part("bytes=0-499"), (ByteRange{0, 499}));
    EXPECT_EQ(part("bytes=500-"), (ByteRange{500, 999}));
    EXPECT_EQ(part("bytes=-1"), (ByteRange{999, 999}));
    EXPECT_EQ(part("bytes=-5000"), (ByteRange{0, 999}));
    EXPECT_EQ(part("bytes=990-5000"), (ByteRange{990, 999}));
    for (const char* text : {"bytes=1000-", "bytes=1000-2000", "bytes=-0"}) {
        EXPECT_EQ(http::parse_range(text, 1000).kind, RangeKind::Unsatisfiable) << text;
    }
    for (const char* text : {"", "bytes=", "bytes=-", "bytes=5-2", "bytes=a-b", "items=0-1", "bytes=0-1,5-6",
                             "bytes=99999999999999999999-", "bytes=+1-2"}) {
        EXPECT_EQ(http::parse_range(text, 1000).kind, RangeKind::Whole) << text;
    }
    EXPECT_EQ(http::parse_range("bytes=0-", 0).kind, RangeKind::Unsatisfiable);
}
