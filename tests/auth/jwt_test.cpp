#include "auth/jwt.hpp"

#include "auth/base64url.hpp"
#include "auth/errors.hpp"
#include "auth/secret.hpp"
#include "tests/auth/token_maker.hpp"

#include <gtest/gtest.h>

#include <functional>

namespace {

using auth::Algorithm;
using auth::JwtVerifier;
using auth::TokenUse;
using nlohmann::json;

constexpr std::int64_t now_seconds = 1'800'000'000;
const std::chrono::system_clock::time_point now{std::chrono::seconds(now_seconds)};

struct Provider {
    test::TokenMaker rsa{Algorithm::Rs256, "rsa"};
    test::TokenMaker ec{Algorithm::Es256, "ec"};
    test::TokenMaker ed{Algorithm::EdDsa, "ed"};
    test::TokenMaker stranger{Algorithm::Rs256, "rsa"};
    auth::JwkSet keys = auth::parse_jwks(test::jwks_text({rsa.jwk(), ec.jwk(), ed.jwk()}));
};

const Provider& provider() {
    static const Provider provider;
    return provider;
}

json good_payload() {
    return {{"iss", "https://id.test"}, {"sub", "ada"},          {"aud", "carreau"}, {"exp", now_seconds + 300},
            {"iat", now_seconds},       {"email", "ada@a.test"}, {"nonce", "n"}};
}

json payload_with(const char* name, const json& value) {
    auto payload = good_payload();
    payload[name] = value;
    return payload;
}

json payload_without(const char* name) {
    auto payload = good_payload();
    payload.erase(name);
    return payload;
}

json header_with(const char* name, const json& value) {
    auto header = provider().rsa.header();
    header[name] = value;
    return header;
}

const JwtVerifier& identity() {
    static const JwtVerifier verifier("https://id.test", "carreau");
    return verifier;
}

/// The reason why the token is refused; empty when it is not.
std::string refusal(const std::string& token, const JwtVerifier& verifier = identity()) {
    try {
        verifier.verify(token, provider().keys, now);
        return {};
    } catch (const auth::Refused& error) {
        return error.what();
    }
}

TEST(Jwt, TellsTheClaims) {
    auto payload = good_payload();
    payload["email_verified"] = true;
    payload["level"] = 3;
    payload["groups"] = {"a", "b"};
    payload["address"] = {{"street", "x"}};
    for (const auto* maker : {&provider().rsa, &provider().ec, &provider().ed}) {
        const auto claims = identity().verify(maker->token(payload), provider().keys, now);
        EXPECT_EQ(claims.issuer, "https://id.test");
        EXPECT_EQ(claims.subject, "ada");
        EXPECT_EQ(claims.audience, std::vector<std::string>{"carreau"});
        EXPECT_EQ(claims.expires, now_seconds + 300);
        EXPECT_EQ(claims.value("email"), "ada@a.test");
        EXPECT_EQ(claims.value("email_verified"), "true");
        EXPECT_EQ(claims.value("level"), "3");
        EXPECT_EQ(claims.lists.at("groups"), (std::vector<std::string>{"a", "b"}));
        EXPECT_FALSE(claims.value("address"));
        EXPECT_FALSE(claims.value("iss"));
    }
}

TEST(Jwt, WhatATokenMayLeaveOpen) {
    auto header = provider().rsa.header();
    header.erase("typ");
    EXPECT_EQ(refusal(provider().rsa.token(header, good_payload())), "");
    header.erase("kid");
    EXPECT_EQ(refusal(provider().rsa.token(header, good_payload())), "") << "the set has one RSA key";
    EXPECT_EQ(refusal(provider().rsa.token(header_with("typ", "jwt"), good_payload())), "");
    EXPECT_EQ(refusal(provider().rsa.token(header_with("typ", "application/JWT"), good_payload())), "");
    EXPECT_EQ(refusal(provider().rsa.token(payload_with("exp", now_seconds + 300.5))), "");
    auto shared = payload_with("aud", {"other", "carreau"});
    shared["azp"] = "carreau";
    EXPECT_EQ(refusal(provider().rsa.token(shared)), "");
}

TEST(Jwt, ClocksMayDifferByAMinute) {
    EXPECT_EQ(refusal(provider().ed.token(payload_with("exp", now_seconds - 59))), "");
    EXPECT_EQ(refusal(provider().ed.token(payload_with("exp", now_seconds - 60))), "exp: expired");
    EXPECT_EQ(refusal(provider().ed.token(payload_with("nbf", now_seconds + 60))), "");
    EXPECT_EQ(refusal(provider().ed.token(payload_with("nbf", now_seconds + 61))), "nbf: not valid yet");
    EXPECT_EQ(refusal(provider().ed.token(payload_with("iat", now_seconds + 60))), "");
    EXPECT_EQ(refusal(provider().ed.token(payload_with("iat", now_seconds + 61))), "iat: issued in the future");
}

TEST(Jwt, ClaimsThatAreWrong) {
    const std::string subject_text = "sub: 1 to 255 bytes without control characters expected";
    const std::string time_text = ": seconds since 1970 expected";
    const std::vector<std::pair<json, std::string>> cases{
        {payload_with("iss", "https://id.test/"), "iss: another issuer"},
        {payload_with("iss", {"https://id.test"}), "iss: text expected"},
        {payload_without("iss"), "iss: text expected"},
        {payload_with("aud", "Carreau"), "aud: for somebody else"},
        {payload_with("aud", json::array()), "aud: for somebody else"},
        {payload_with("aud", {"carreau", 1}), "aud: a text or a list of texts expected"},
        {payload_without("aud"), "aud: a text or a list of texts expected"},
        {payload_with("aud", {"carreau", "other"}), "azp: not this client"},
        {payload_with("azp", "other"), "azp: not this client"},
        {payload_with("sub", ""), subject_text},
        {payload_with("sub", std::string(256, 'a')), subject_text},
        {payload_with("sub", std::string("a\0b", 3)), subject_text},
        {payload_with("sub", "a\nb"), subject_text},
        {payload_with("sub", 12), "sub: text expected"},
        {payload_without("sub"), "sub: text expected"},
        {payload_without("exp"), "exp: missing"},
        {payload_with("exp", std::to_string(now_seconds + 300)), "exp" + time_text},
        {payload_with("exp", nullptr), "exp" + time_text},
        {payload_with("exp", 1e300), "exp" + time_text},
        {payload_with("exp", -1), "exp" + time_text},
        {payload_with("exp", 18446744073709551615U), "exp" + time_text},
        {payload_with("nbf", true), "nbf" + time_text},
        {payload_with("iat", "now"), "iat" + time_text},
        {payload_without("iat"), "iat: missing"}};
    for (const auto& [payload, reason] : cases) {
        EXPECT_EQ(refusal(provider().rsa.token(payload)), reason) << payload;
    }
}

TEST(Jwt, AlgorithmsAreNotTheTokensChoice) {
    const auto& rsa = provider().rsa;
    for (const json& alg : {json("none"), json("None"), json("HS256"), json("RS512"), json("PS256"), json("ES256K"),
                            json("rs256"), json(""), json(" RS256")}) {
        EXPECT_EQ(refusal(rsa.token(header_with("alg", alg), good_payload())), "alg: not allowed") << alg;
    }
    EXPECT_EQ(refusal(rsa.token(header_with("alg", 1), good_payload())), "alg: text expected");
    EXPECT_EQ(refusal(rsa.token({{"kid", "rsa"}}, good_payload())), "alg: not allowed");
    EXPECT_EQ(refusal(rsa.token(header_with("alg", "ES256"), good_payload())), "alg: not the one of the key");
    EXPECT_EQ(refusal(rsa.token(header_with("alg", "EdDSA"), good_payload())), "alg: not the one of the key");

    const JwtVerifier only_ed("https://id.test", "carreau", TokenUse::Identity, {Algorithm::EdDsa});
    EXPECT_EQ(refusal(provider().ed.token(good_payload()), only_ed), "");
    EXPECT_EQ(refusal(rsa.token(good_payload()), only_ed), "alg: not allowed");
}

TEST(Jwt, UnsignedIsRefused) {
    const auto payload = auth::encode_base64url(good_payload().dump());
    EXPECT_EQ(refusal(auth::encode_base64url(R"({"alg":"none"})") + "." + payload + "."), "alg: not allowed");
    EXPECT_EQ(refusal(auth::encode_base64url(provider().rsa.header().dump()) + "." + payload + "."),
              "signature: wrong");
}

TEST(Jwt, ThePublicKeyIsNoSharedSecret) {
    const auto signed_part = auth::encode_base64url(header_with("alg", "HS256").dump()) + "." +
                             auth::encode_base64url(good_payload().dump());
    const auto hex = auth::hmac_hex(provider().rsa.public_pem(), signed_part);
    std::string tag;
    for (std::size_t i = 0; i < hex.size(); i += 2) tag += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
    EXPECT_EQ(refusal(signed_part + "." + auth::encode_base64url(tag)), "alg: not allowed");
}

TEST(Jwt, KeysComeFromTheSetOnly) {
    const auto& stranger = provider().stranger;
    EXPECT_EQ(refusal(stranger.token(good_payload())), "signature: wrong");
    for (const auto& [name, value] : {std::pair<const char*, json>{"jwk", stranger.jwk()},
                                      {"jku", "http://127.0.0.1:9/keys"},
                                      {"x5u", "http://127.0.0.1:9/cert"},
                                      {"x5c", json::array({"MIIB"})}}) {
        auto header = stranger.header();
        header[name] = value;
        EXPECT_EQ(refusal(stranger.token(header, good_payload())), "signature: wrong") << name;
    }
}

TEST(Jwt, TheKeyIsTheOneItNames) {
    EXPECT_EQ(refusal(provider().rsa.token(header_with("kid", "ec"), good_payload())), "alg: not the one of the key");
    EXPECT_EQ(refusal(provider().rsa.token(header_with("kid", 1), good_payload())), "kid: text expected");
    for (const char* kid : {"", "RSA", "../../rsa", "rsa'--"}) {
        const auto token = provider().rsa.token(header_with("kid", kid), good_payload());
        EXPECT_THROW(identity().verify(token, provider().keys, now), auth::UnknownKey) << kid;
    }
    EXPECT_THROW(identity().verify(provider().rsa.token(good_payload()), {}, now), auth::UnknownKey);
}

TEST(Jwt, WithTwoKeysTheTokenMustSayWhich) {
    const auto keys = auth::parse_jwks(test::jwks_text({provider().rsa.jwk(), provider().stranger.jwk()}));
    const auto token = provider().rsa.token({{"alg", "RS256"}}, good_payload());
    EXPECT_THROW(identity().verify(token, keys, now), auth::Refused);
}

TEST(Jwt, HeaderThatAsksForMore) {
    const auto& rsa = provider().rsa;
    EXPECT_EQ(refusal(rsa.token(header_with("crit", {"exp"}), good_payload())), "crit: no extension is understood");
    EXPECT_EQ(refusal(rsa.token(header_with("crit", json::array()), good_payload())),
              "crit: no extension is understood");
    EXPECT_EQ(refusal(rsa.token(header_with("typ", "at+jwt"), good_payload())), "typ: not a token for this use");
    EXPECT_EQ(refusal(rsa.token(header_with("typ", "logout+jwt"), good_payload())), "typ: not a token for this use");
    EXPECT_EQ(refusal(rsa.token(header_with("typ", {"JWT"}), good_payload())), "typ: text expected");
}

TEST(Jwt, NotATokenAtAll) {
    const auto good = provider().rsa.token(good_payload());
    const auto parts_at = good.find('.');
    for (const std::string& text :
         {std::string(), std::string("."), std::string("abc"), std::string("a.b"), good + ".", "." + good,
          good + ".a.b",  // the five parts of an encrypted token
          good.substr(parts_at + 1)}) {
        EXPECT_EQ(refusal(text), "three parts expected") << text;
    }
    EXPECT_EQ(refusal(".."), "header: not JSON");
    EXPECT_EQ(refusal(std::string(20'000, 'a')), "token longer than 16 KB");
    EXPECT_EQ(refusal(" " + good), "header: not base64url");
    EXPECT_EQ(refusal(good + "\n"), "signature: not base64url");
    EXPECT_EQ(refusal(good + "="), "signature: not base64url");
}

TEST(Jwt, NoCutVerifies) {
    for (const auto* maker : {&provider().rsa, &provider().ec, &provider().ed}) {
        const auto good = maker->token(good_payload());
        for (std::size_t size = 0; size < good.size(); ++size) EXPECT_NE(refusal(good.substr(0, size)), "") << size;
    }
}

TEST(Jwt, NoOtherLetterVerifies) {
    const auto good = provider().ed.token(good_payload());
    for (std::size_t i = 0; i < good.size(); ++i) {
        for (const char other : {'A', 'B', '-', '.', '='}) {
            auto changed = good;
            changed[i] = other;
            EXPECT_TRUE(changed == good || !refusal(changed).empty()) << i << other;
        }
    }
}

TEST(Jwt, TwoReadersMayNotUnderstandItDifferently) {
    const auto& rsa = provider().rsa;
    const auto header = rsa.header().dump();
    const auto payload = good_payload().dump();
    const auto rest = payload.substr(1);
    EXPECT_EQ(refusal(rsa.token_of_texts(header, payload)), "");
    EXPECT_EQ(refusal(rsa.token_of_texts(header, R"({"sub":"root",)" + rest)), "payload: a name comes twice");
    EXPECT_EQ(refusal(rsa.token_of_texts(header, R"({"x":{"y":1,"y":2},)" + rest)), "payload: a name comes twice");
    EXPECT_EQ(refusal(rsa.token_of_texts(header, R"({"\u0073ub":"root",)" + rest)), "payload: a name comes twice");
    EXPECT_EQ(refusal(rsa.token_of_texts(R"({"alg":"none",)" + header.substr(1), payload)),
              "header: a name comes twice");
    EXPECT_EQ(refusal(rsa.token_of_texts(header, payload + " {}")), "payload: not JSON");
    EXPECT_EQ(refusal(rsa.token_of_texts(header, "[" + payload + "]")), "payload: a JSON object expected");
    EXPECT_EQ(refusal(rsa.token_of_texts(header, "{\"x\":\"\xff\"," + rest)), "payload: not JSON");
    EXPECT_EQ(refusal(rsa.token_of_texts(header, "{\"x\":" + std::string(5'000, '['))), "payload: nested too deep");
    EXPECT_EQ(refusal(rsa.token_of_texts(header, "")), "payload: not JSON");
}

TEST(Jwt, AccessTokensAreNotIdTokens) {
    const JwtVerifier access("https://id.test", "carreau", TokenUse::Access);
    const auto& rsa = provider().rsa;
    const auto payload = payload_without("nonce");
    EXPECT_EQ(refusal(rsa.token(header_with("typ", "at+jwt"), payload), access), "");
    EXPECT_EQ(refusal(rsa.token(header_with("typ", "application/at+jwt"), payload), access), "");
    EXPECT_EQ(refusal(rsa.token(payload), access), "") << "typ JWT, as Keycloak writes";
    EXPECT_EQ(refusal(rsa.token(good_payload()), access), "nonce: not in an access token");
    for (const char* name : {"at_hash", "c_hash", "events"}) {
        auto other = payload;
        other[name] = "x";
        EXPECT_EQ(refusal(rsa.token(other), access), std::string(name) + ": not in an access token");
    }
    auto keycloak = payload;
    keycloak["typ"] = "Bearer";
    EXPECT_EQ(refusal(rsa.token(keycloak), access), "");
    for (const char* kind : {"ID", "Refresh", "Logout"}) {
        keycloak["typ"] = kind;
        EXPECT_EQ(refusal(rsa.token(keycloak), access), "typ: a Bearer token expected");
    }
}

}  // namespace
