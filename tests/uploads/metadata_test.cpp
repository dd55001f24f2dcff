#include "server/uploads/metadata.hpp"

#include <gtest/gtest.h>

#include "server/uploads/checksum.hpp"

namespace {

TEST(UploadMetadata, KeysAndDecodedValues) {
    const auto metadata = uploads::parse_metadata("filename bGV2w6kuY3N2, filetype dGV4dC9jc3Y=,seul");
    ASSERT_TRUE(metadata);
    EXPECT_EQ(metadata->at("filename"), "levé.csv");
    EXPECT_EQ(metadata->at("filetype"), "text/csv");
    EXPECT_EQ(metadata->at("seul"), "");
    EXPECT_TRUE(uploads::parse_metadata("")->empty());
}

TEST(UploadMetadata, WhatIsMalformedIsNotGuessed) {
    for (const char* text : {"filename !!!", "a YQ==,a YQ==", "a YQ==,,b YQ==", "a /w==", "a YQ== YQ=="})
        EXPECT_FALSE(uploads::parse_metadata(text)) << text;
}

TEST(UploadMetadata, ANameIsOneNameAndNoPath) {
    EXPECT_EQ(uploads::safe_file_name("../../etc/passwd"), "passwd");
    EXPECT_EQ(uploads::safe_file_name("C:\\leves\\a.csv"), "a.csv");
    EXPECT_EQ(uploads::safe_file_name("..."), "fichier");
    EXPECT_EQ(uploads::safe_file_name("a\nb\x7f.csv"), "ab.csv");
    std::string accents;
    for (int i = 0; i < 150; ++i) accents += "é";
    const std::string cut = uploads::safe_file_name("x" + accents + "x.csv");
    EXPECT_EQ(cut.size(), 199U) << "no half of a letter";
    EXPECT_TRUE(cut.starts_with("é") && cut.ends_with("éx.csv"));
}

TEST(UploadChecksum, AlgorithmAndDigest) {
    const auto checksum = uploads::parse_checksum("sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=");
    ASSERT_TRUE(checksum);
    EXPECT_EQ(checksum->algorithm, "sha1");
    EXPECT_EQ(uploads::hex(checksum->digest), "2aae6c35c94fcfb415dbe95f408b9ce91ee846ed");
    auto digest = *uploads::Digest::of("sha1");
    digest.add("hello ");
    digest.add("world");
    EXPECT_EQ(digest.finish(), checksum->digest);
    EXPECT_FALSE(uploads::Digest::of("crc32"));
    EXPECT_FALSE(uploads::parse_checksum("sha1"));
    EXPECT_FALSE(uploads::parse_checksum("sha1 "));
    EXPECT_FALSE(uploads::parse_checksum("sha1 Kq5s?"));
}

}  // namespace
