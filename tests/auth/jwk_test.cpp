#include "auth/jwk.hpp"

#include "tests/auth/token_maker.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace {

using auth::Algorithm;
using auth::parse_jwks;
using nlohmann::json;

const test::TokenMaker& maker() {
    static const test::TokenMaker maker(Algorithm::Es256, "k");
    return maker;
}

json with(const char* name, const json& value) {
    auto jwk = maker().jwk();
    jwk[name] = value;
    return jwk;
}

json without(const char* name) {
    auto jwk = maker().jwk();
    jwk.erase(name);
    return jwk;
}

TEST(JwkSet, ReadsTheThreeTypes) {
    const auto set = parse_jwks(test::jwks_text(
        {test::TokenMaker(Algorithm::Rs256, "r").jwk(), maker().jwk(), test::TokenMaker(Algorithm::EdDsa, "d").jwk()}));
    ASSERT_EQ(set.keys.size(), 3U);
    EXPECT_EQ(set.keys[0].kid, "r");
    EXPECT_EQ(set.keys[0].key.algorithm(), Algorithm::Rs256);
    EXPECT_EQ(set.keys[1].key.algorithm(), Algorithm::Es256);
    EXPECT_EQ(set.keys[2].key.algorithm(), Algorithm::EdDsa);
}

TEST(JwkSet, WhatAKeyNeedNotSay) {
    for (const auto& jwk : {without("kid"), without("alg"), without("use"), with("key_ops", {"verify"}),
                            with("x5c", {"?"}), with("x5u", "https://elsewhere.test/")}) {
        EXPECT_EQ(parse_jwks(test::jwks_text({jwk})).keys.size(), 1U) << jwk;
    }
}

TEST(JwkSet, KeysThatCannotBeUsedAreLeftOut) {
    for (const auto& jwk : {json("text"),
                            json::object(),
                            with("use", "enc"),
                            with("use", 1),
                            with("key_ops", {"sign"}),
                            with("key_ops", "verify"),
                            with("alg", "ES512"),
                            with("alg", "HS256"),
                            with("alg", "none"),
                            with("alg", 1),
                            with("alg", nullptr),
                            with("kty", "RSA"),
                            with("kty", "OKP"),
                            with("kty", 1),
                            with("crv", "P-384"),
                            with("x", "AAAA"),
                            with("x", "????"),
                            with("x", ""),
                            with("x", 5),
                            without("x"),
                            without("y"),
                            without("kty"),
                            json{{"kty", "oct"}, {"k", "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0"}, {"alg", "HS256"}},
                            json{{"kty", "RSA"}, {"n", "AQAB"}, {"e", "AQAB"}}}) {
        const auto set = parse_jwks(test::jwks_text({jwk, maker().jwk()}));
        ASSERT_EQ(set.keys.size(), 1U) << jwk;
        EXPECT_EQ(set.keys[0].kid, "k");
    }
}

TEST(JwkSet, OtherTextsAreRefused) {
    for (const auto& text :
         {std::string(), std::string("[]"), std::string("null"), std::string("{}"), std::string(R"({"keys": {}})"),
          std::string(R"({"keys": 1})"), std::string(R"({"keys": [)"), std::string(R"({"keys": []} x)"),
          std::string(R"({"keys": [], "keys": []})"), std::string("\xff"), "{\"a\": " + std::string(100'000, '['),
          test::jwks_text(std::vector<json>(101, json::object()))}) {
        EXPECT_THROW(parse_jwks(text), std::invalid_argument) << text.substr(0, 80);
    }
    EXPECT_TRUE(parse_jwks(R"({"keys": []})").keys.empty());
}

}  // namespace
