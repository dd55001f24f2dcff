#include "auth/identity_provider.hpp"

#include "auth/errors.hpp"
#include "tests/auth/canned_server.hpp"
#include "tests/auth/token_maker.hpp"

#include <gtest/gtest.h>

#include <map>
#include <mutex>

namespace {

using auth::IdentityProvider;
using auth::parse_discovery;
using nlohmann::json;
using std::chrono::minutes;
using std::chrono::seconds;

const IdentityProvider::Time begin = IdentityProvider::Time() + std::chrono::hours(1000);

json discovery(const std::string& issuer) {
    return {{"issuer", issuer},
            {"authorization_endpoint", issuer + "/auth"},
            {"token_endpoint", issuer + "/token"},
            {"jwks_uri", issuer + "/jwks"}};
}

TEST(Discovery, ReadsWhatIsUsed) {
    auto document = discovery("https://id.test");
    const auto endpoints = parse_discovery(document.dump(), "https://id.test");
    EXPECT_EQ(endpoints.authorization, "https://id.test/auth");
    EXPECT_EQ(endpoints.token, "https://id.test/token");
    EXPECT_EQ(endpoints.keys, "https://id.test/jwks");
    EXPECT_TRUE(endpoints.takes_basic);
    document["token_endpoint_auth_methods_supported"] = {"client_secret_post", "client_secret_basic"};
    EXPECT_TRUE(parse_discovery(document.dump(), "https://id.test").takes_basic);
    document["token_endpoint_auth_methods_supported"] = {"private_key_jwt", "client_secret_post"};
    EXPECT_FALSE(parse_discovery(document.dump(), "https://id.test").takes_basic);
}

TEST(Discovery, OtherDocumentsAreRefused) {
    const auto good = discovery("https://id.test");
    const auto with = [&](const char* name, const json& value) {
        auto document = good;
        document[name] = value;
        return document.dump();
    };
    const auto without = [&](const char* name) {
        auto document = good;
        document.erase(name);
        return document.dump();
    };
    for (const auto& text : {std::string(),
                             std::string("<html>"),
                             std::string("[]"),
                             std::string("{}"),
                             good.dump().substr(0, 50),
                             R"({"issuer":"https://id.test",)" + good.dump().substr(1),
                             with("issuer", "https://id.test/"),
                             with("issuer", "https://evil.test"),
                             with("issuer", 1),
                             without("issuer"),
                             without("authorization_endpoint"),
                             without("token_endpoint"),
                             without("jwks_uri"),
                             with("jwks_uri", "http://id.test/jwks"),
                             with("jwks_uri", "file:///etc/passwd"),
                             with("token_endpoint", "http://id.test/token"),
                             with("authorization_endpoint", "javascript:alert(1)"),
                             with("authorization_endpoint", 1),
                             with("token_endpoint_auth_methods_supported", {"private_key_jwt"}),
                             with("token_endpoint_auth_methods_supported", "client_secret_basic")}) {
        EXPECT_THROW(parse_discovery(text, "https://id.test"), auth::ProviderAway) << text;
    }
}

/// A provider whose documents change, and that counts who asks.
class FakeProvider {
  public:
    FakeProvider()
        : server_([this](const std::string& request) { return answer(test::target_of(request)); }),
          documents_(server_.address(), auth::HttpClient()) {
        status_ = 200;
    }

    IdentityProvider& documents() { return documents_; }
    void set_status(int status) { status_ = status; }
    int asked(const std::string& target) {
        const std::lock_guard lock(mutex_);
        return asked_[target];
    }

  private:
    std::string answer(const std::string& target) {
        const std::lock_guard lock(mutex_);
        ++asked_[target];
        if (target == "/jwks") return test::http_answer(status_, test::jwks_text({maker_.jwk()}));
        return test::http_answer(status_, discovery(server_.address()).dump());
    }

    test::TokenMaker maker_{auth::Algorithm::EdDsa, "k"};
    std::atomic<int> status_ = 0;
    std::mutex mutex_;
    std::map<std::string, int> asked_;
    test::CannedServer server_;
    IdentityProvider documents_;
};

const char* const document_target = "/.well-known/openid-configuration";

TEST(IdentityProvider, AsksWhenFirstNeededAndKeeps) {
    FakeProvider provider;
    EXPECT_EQ(provider.asked(document_target), 0);
    EXPECT_EQ(provider.documents().keys(begin)->keys.size(), 1U);
    provider.documents().keys(begin + minutes(9));
    provider.documents().endpoints(begin + minutes(59));
    EXPECT_EQ(provider.asked(document_target), 1);
    EXPECT_EQ(provider.asked("/jwks"), 1);
    provider.documents().keys(begin + minutes(10));
    EXPECT_EQ(provider.asked("/jwks"), 2);
    provider.documents().endpoints(begin + minutes(60));
    EXPECT_EQ(provider.asked(document_target), 2);
}

TEST(IdentityProvider, UnknownKeysAskOnceAMinute) {
    FakeProvider provider;
    const auto first = provider.documents().keys(begin);
    EXPECT_EQ(provider.documents().keys_for_unknown(begin + seconds(59)), first);
    EXPECT_NE(provider.documents().keys_for_unknown(begin + seconds(60)), first);
    for (int i = 0; i < 20; ++i) provider.documents().keys_for_unknown(begin + seconds(61));
    EXPECT_EQ(provider.asked("/jwks"), 2);
}

TEST(IdentityProvider, AfterAFailureNobodyAsksForAMoment) {
    FakeProvider provider;
    provider.set_status(503);
    for (int i = 0; i < 5; ++i) EXPECT_THROW(provider.documents().endpoints(begin), auth::ProviderAway);
    EXPECT_EQ(provider.asked(document_target), 1);
    provider.set_status(200);
    EXPECT_THROW(provider.documents().keys(begin + seconds(4)), auth::ProviderAway);
    EXPECT_EQ(provider.documents().keys(begin + seconds(5))->keys.size(), 1U);
}

TEST(IdentityProvider, KeptKeysOutliveAShortFailure) {
    FakeProvider provider;
    provider.documents().keys(begin);
    provider.set_status(500);
    EXPECT_THROW(provider.documents().keys_for_unknown(begin + minutes(2)), auth::ProviderAway);
    EXPECT_EQ(provider.documents().keys(begin + minutes(2))->keys.size(), 1U);
    EXPECT_THROW(provider.documents().keys(begin + minutes(10)), auth::ProviderAway);
}

}  // namespace
