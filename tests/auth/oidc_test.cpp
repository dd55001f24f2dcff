#include "auth/oidc.hpp"

#include "auth/errors.hpp"
#include "auth/secret.hpp"
#include "tests/auth/canned_server.hpp"
#include "tests/auth/token_maker.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <mutex>
#include <stdexcept>

namespace {

using auth::OidcClient;
using auth::OidcOptions;
using nlohmann::json;

/// A provider that answers the token endpoint with whatever a test wants.
class SigningProvider {
  public:
    SigningProvider() : server_([this](const std::string& request) { return answer(request); }) {}

    std::string address() const { return server_.address(); }
    OidcOptions options() const {
        return {
            .issuer = address(), .client_id = "car reau", .client_secret = "s:cret", .title = "Test", .audience = ""};
    }
    json payload() const {
        const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
        const auto issued = std::chrono::duration_cast<std::chrono::seconds>(since_epoch).count();
        return {{"iss", address()}, {"sub", "ada"},        {"aud", "car reau"},
                {"iat", issued},    {"exp", issued + 300}, {"nonce", "n"}};
    }
    json good_answer() const { return {{"id_token", maker_.token(payload())}, {"access_token", "a"}}; }
    const test::TokenMaker& maker() const { return maker_; }

    void answer_token_with(std::string text) {
        const std::lock_guard lock(mutex_);
        token_answer_ = std::move(text);
    }
    std::string token_request() const {
        const std::lock_guard lock(mutex_);
        return token_request_;
    }
    int key_requests() const {
        const std::lock_guard lock(mutex_);
        return key_requests_;
    }
    json extra_discovery;

  private:
    std::string answer(const std::string& request) {
        const std::lock_guard lock(mutex_);
        const auto target = test::target_of(request);
        if (target == "/token") {
            token_request_ = request;
            return token_answer_;
        }
        if (target == "/jwks") {
            ++key_requests_;
            return test::http_answer(200, test::jwks_text({maker_.jwk()}));
        }
        json document{{"issuer", address()},
                      {"authorization_endpoint", address() + "/auth?tenant=1"},
                      {"token_endpoint", address() + "/token"},
                      {"jwks_uri", address() + "/jwks"}};
        if (extra_discovery.is_object()) document.update(extra_discovery);
        return test::http_answer(200, document.dump());
    }

    test::TokenMaker maker_{auth::Algorithm::Es256, "k"};
    mutable std::mutex mutex_;
    std::string token_answer_;
    std::string token_request_;
    int key_requests_ = 0;
    test::CannedServer server_;
};

auth::Claims finish(OidcClient& client) {
    return client.finish("the code", "https://map.test/back", "n", "verifier");
}

TEST(Oidc, OptionsThatCannotWork) {
    const SigningProvider provider;
    const auto problem = [&](const std::function<void(OidcOptions&)>& change) {
        auto options = provider.options();
        change(options);
        try {
            const OidcClient client(options);
            return std::string();
        } catch (const std::invalid_argument& error) {
            return std::string(error.what());
        }
    };
    EXPECT_EQ(problem([](OidcOptions&) {}), "");
    EXPECT_EQ(problem([](OidcOptions& o) { o.issuer = "http://id.test"; }),
              "issuer: https expected, or http on this machine");
    EXPECT_EQ(problem([](OidcOptions& o) { o.issuer = "https://id.test/?a=b"; }), "issuer: has a query");
    EXPECT_EQ(problem([](OidcOptions& o) { o.client_id = ""; }), "client_id: missing");
    EXPECT_EQ(problem([](OidcOptions& o) { o.client_secret = ""; }), "client_secret: missing");
    EXPECT_EQ(problem([](OidcOptions& o) { o.scopes = "email openidx"; }), "scopes: 'openid' expected among them");
}

TEST(Oidc, BeginsWithFreshSecrets) {
    const SigningProvider provider;
    OidcClient client(provider.options());
    const auto one = client.begin("https://map.test/back?x=y");
    const auto two = client.begin("https://map.test/back?x=y");
    EXPECT_EQ(one.url, provider.address() +
                           "/auth?tenant=1&response_type=code&client_id=car%20reau"
                           "&redirect_uri=https%3A%2F%2Fmap.test%2Fback%3Fx%3Dy&scope=openid%20profile%20email&state=" +
                           one.state + "&nonce=" + one.nonce + "&code_challenge=" +
                           auth::sha256_base64url(one.code_verifier) + "&code_challenge_method=S256");
    EXPECT_NE(one.state, two.state);
    EXPECT_NE(one.nonce, two.nonce);
    EXPECT_NE(one.code_verifier, two.code_verifier);
    EXPECT_NE(one.state, one.nonce);
}

TEST(Oidc, FinishesWithTheClaims) {
    SigningProvider provider;
    provider.answer_token_with(test::http_answer(200, provider.good_answer().dump()));
    OidcClient client(provider.options());
    EXPECT_EQ(finish(client).subject, "ada");
    const auto request = provider.token_request();
    // printf 'car%%20reau:s%%3Acret' | base64
    EXPECT_NE(request.find("Authorization: Basic Y2FyJTIwcmVhdTpzJTNBY3JldA==\r\n"), std::string::npos) << request;
    EXPECT_TRUE(
        request.ends_with("\r\n\r\ngrant_type=authorization_code&code=the%20code"
                          "&redirect_uri=https%3A%2F%2Fmap.test%2Fback&code_verifier=verifier"))
        << request;
}

TEST(Oidc, SendsTheSecretInTheFormWhenThatIsWhatTheProviderTakes) {
    SigningProvider provider;
    provider.extra_discovery = {{"token_endpoint_auth_methods_supported", {"client_secret_post"}}};
    provider.answer_token_with(test::http_answer(200, provider.good_answer().dump()));
    OidcClient client(provider.options());
    EXPECT_EQ(finish(client).subject, "ada");
    EXPECT_EQ(provider.token_request().find("Authorization"), std::string::npos);
    EXPECT_TRUE(provider.token_request().ends_with("&client_id=car%20reau&client_secret=s%3Acret"));
}

TEST(Oidc, WhoIsToBlameForTheTokenEndpoint) {
    SigningProvider provider;
    OidcClient client(provider.options());
    const auto blame = [&](const std::string& answer) -> std::string {
        provider.answer_token_with(answer);
        try {
            finish(client);
            return "nobody";
        } catch (const auth::Refused& error) {
            return std::string("refused: ") + error.what();
        } catch (const auth::ProviderAway& error) {
            return std::string("away: ") + error.what();
        }
    };
    EXPECT_EQ(blame(test::http_answer(400, R"({"error":"invalid_grant"})")),
              "refused: token endpoint: status 400, invalid_grant");
    EXPECT_EQ(blame(test::http_answer(401, R"({"error":"invalid_client"})")),
              "away: token endpoint: status 401, invalid_client");
    EXPECT_EQ(blame(test::http_answer(400, R"({"error":"a\nb"})")), "away: token endpoint: status 400, odd error code");
    EXPECT_EQ(blame(test::http_answer(400, R"({"error":5})")), "away: token endpoint: status 400, no error code");
    EXPECT_EQ(blame(test::http_answer(404, "<html>")), "away: token endpoint: status 404, not JSON");
    EXPECT_EQ(blame(test::http_answer(500, R"({"error":"invalid_grant"})")), "away: token endpoint: status 500");
    EXPECT_EQ(blame(test::http_answer(302, "", "Location: https://evil.test/\r\n")),
              "away: token endpoint: status 302");
    EXPECT_EQ(blame(test::http_answer(200, "")), "away: token endpoint: status 200, not JSON");
    EXPECT_EQ(blame(test::http_answer(200, "{}")), "away: token endpoint: no id_token");
    EXPECT_EQ(blame(test::http_answer(200, R"({"id_token":7})")), "away: token endpoint: no id_token");
    EXPECT_EQ(blame(test::http_answer(200, R"({"id_token":"x"})")), "refused: three parts expected");
    EXPECT_EQ(blame(test::http_answer(200, provider.good_answer().dump())), "nobody");
}

TEST(Oidc, TheNonceTiesTheTokenToTheSignIn) {
    SigningProvider provider;
    OidcClient client(provider.options());
    provider.answer_token_with(test::http_answer(200, provider.good_answer().dump()));
    EXPECT_THROW(client.finish("c", "https://map.test/back", "m", "v"), auth::Refused);
    EXPECT_THROW(client.finish("c", "https://map.test/back", "", "v"), auth::Refused);
    for (const json& nonce : {json(), json(""), json(1), json::array({"n"})}) {
        auto payload = provider.payload();
        payload["nonce"] = nonce;
        provider.answer_token_with(test::http_answer(200, json{{"id_token", provider.maker().token(payload)}}.dump()));
        EXPECT_THROW(finish(client), auth::Refused) << nonce;
        EXPECT_THROW(client.finish("c", "https://map.test/back", "", "v"), auth::Refused) << nonce;
    }
}

TEST(Oidc, BearerTokensForAnAudience) {
    SigningProvider provider;
    auto options = provider.options();
    options.audience = "https://map.test/api";
    OidcClient client(options);
    auto payload = provider.payload();
    payload.erase("nonce");
    EXPECT_THROW(client.verify_bearer(provider.maker().token(payload)), auth::Refused);
    payload["aud"] = "https://map.test/api";
    EXPECT_EQ(client.verify_bearer(provider.maker().token(payload)).subject, "ada");
    for (const char* bad : {"", "x", "VveJDdQ7wssuQC6LwiqCHVmOJt3iiv", "a.b.c"}) {
        EXPECT_THROW(client.verify_bearer(bad), auth::Refused);
    }
}

TEST(Oidc, StrangersKeysDoNotMakeTheProviderBusy) {
    SigningProvider provider;
    OidcClient client(provider.options());
    const test::TokenMaker stranger(auth::Algorithm::Es256, "strange");
    for (int i = 0; i < 10; ++i) {
        EXPECT_THROW(client.verify_bearer(stranger.token(provider.payload())), auth::UnknownKey);
    }
    EXPECT_EQ(provider.key_requests(), 1);
}

}  // namespace
