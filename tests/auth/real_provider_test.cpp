// The whole code flow against a provider that others wrote: node's oidc-provider.
#include "auth/errors.hpp"
#include "auth/http_client.hpp"
#include "auth/oidc.hpp"
#include "tests/auth/provider_process.hpp"

#include <curl/curl.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <memory>
#include <stdexcept>

namespace {

using auth::OidcClient;

const char* const redirect_uri = "http://127.0.0.1:8080/login/oidc";
const char* const secret = "test-client-secret-of-carreau";
const char* const audience = "https://carreau.test/api";

std::size_t append(char* bytes, std::size_t, std::size_t count, void* text) {
    static_cast<std::string*>(text)->append(bytes, count);
    return count;
}

/// A person's browser: keeps cookies, follows redirections, but not to Carreau, which is not there.
class Browser {
  public:
    Browser() : curl_(curl_easy_init(), curl_easy_cleanup) {
        curl_easy_setopt(curl_.get(), CURLOPT_COOKIEFILE, "");
        curl_easy_setopt(curl_.get(), CURLOPT_NOPROXY, "*");
        curl_easy_setopt(curl_.get(), CURLOPT_WRITEFUNCTION, &append);
        curl_easy_setopt(curl_.get(), CURLOPT_WRITEDATA, &page_);
    }

    /// Goes there, and on until a page or Carreau's address comes, which it gives.
    std::string visit(std::string url) {
        curl_easy_setopt(curl_.get(), CURLOPT_HTTPGET, 1L);
        while (!url.starts_with(redirect_uri)) {
            address_ = url;
            url = request(url);
            if (url.empty()) return address_;
        }
        return url;
    }
    std::string sign_in(const std::string& login, const std::string& password) {
        const auto form = auth::form_text({{"login", login}, {"password", password}});
        curl_easy_setopt(curl_.get(), CURLOPT_COPYPOSTFIELDS, form.c_str());
        const auto next = request(address_);
        return next.empty() ? address_ : visit(next);
    }
    const std::string& page() const { return page_; }

  private:
    /// Where it is sent on to; empty when this is a page.
    std::string request(const std::string& url) {
        page_.clear();
        curl_easy_setopt(curl_.get(), CURLOPT_URL, url.c_str());
        if (curl_easy_perform(curl_.get()) != CURLE_OK) throw std::runtime_error("no answer from " + url);
        char* next = nullptr;
        curl_easy_getinfo(curl_.get(), CURLINFO_REDIRECT_URL, &next);
        return next != nullptr ? next : "";
    }

    std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl_;
    std::string address_;
    std::string page_;
};

std::string parameter(const std::string& url, const std::string& name) {
    const auto start = url.find(name + "=");
    if (start == std::string::npos) throw std::runtime_error("no " + name + " in " + url);
    const auto from = start + name.size() + 1;
    return url.substr(from, url.find('&', from) - from);
}

auth::OidcOptions options_for(const std::string& issuer, const std::string& id = "carreau") {
    return {.issuer = issuer, .client_id = id, .client_secret = secret, .title = "Test", .audience = audience};
}

/// The code that a person who signs in brings back.
std::string sign_in_for_code(const auth::AuthorizationStart& start, const std::string& login,
                             const std::string& password) {
    Browser browser;
    browser.visit(start.url);
    const auto back = browser.sign_in(login, password);
    EXPECT_EQ(parameter(back, "state"), start.state);
    return parameter(back, "code");
}

class RealProvider : public testing::Test {
  protected:
    static void SetUpTestSuite() { provider_ = std::make_unique<test::ProviderProcess>(); }
    static void TearDownTestSuite() { provider_.reset(); }

    static OidcClient client(const std::string& id = "carreau") {
        return OidcClient(options_for(provider_->address(), id));
    }
    static std::string code_of(const auth::AuthorizationStart& start, const std::string& login = "ada") {
        return sign_in_for_code(start, login, login + "-password");
    }
    static std::string service_token(const auth::FormFields& more) {
        auth::FormFields fields{{"grant_type", "client_credentials"}, {"client_id", "service"}};
        fields.insert(fields.end(), more.begin(), more.end());
        // printf 'service:test-client-secret-of-carreau' | base64
        const auto answer = auth::HttpClient().post_form(provider_->address() + "/token", fields,
                                                         "Basic c2VydmljZTp0ZXN0LWNsaWVudC1zZWNyZXQtb2YtY2FycmVhdQ==");
        return nlohmann::json::parse(answer.body).at("access_token").get<std::string>();
    }

    static inline std::unique_ptr<test::ProviderProcess> provider_;
};

TEST_F(RealProvider, SignsIn) {
    auto oidc = client();
    const auto start = oidc.begin(redirect_uri);
    const auto claims = oidc.finish(code_of(start), redirect_uri, start.nonce, start.code_verifier);
    EXPECT_EQ(claims.issuer, provider_->address());
    EXPECT_EQ(claims.subject, "ada");
    EXPECT_EQ(claims.audience, std::vector<std::string>{"carreau"});
    EXPECT_EQ(claims.value("email"), "ada@example.test");
    EXPECT_EQ(claims.value("email_verified"), "true");
    EXPECT_EQ(claims.value("preferred_username"), "ada");
    EXPECT_TRUE(claims.value("at_hash"));
}

TEST_F(RealProvider, SignsInWithEllipticCurves) {
    for (const char* id : {"carreau-es", "carreau-ed"}) {
        auto oidc = client(id);
        const auto start = oidc.begin(redirect_uri);
        const auto claims = oidc.finish(code_of(start, "grace"), redirect_uri, start.nonce, start.code_verifier);
        EXPECT_EQ(claims.subject, "grace");
    }
}

TEST_F(RealProvider, WrongPasswordStaysAtTheProvider) {
    auto oidc = client();
    Browser browser;
    const auto form = browser.visit(oidc.begin(redirect_uri).url);
    EXPECT_EQ(browser.sign_in("ada", "wrong"), form);
    EXPECT_NE(browser.page().find("Wrong login or password"), std::string::npos);
    EXPECT_TRUE(browser.sign_in("ada", "ada-password").starts_with(redirect_uri));
}

TEST_F(RealProvider, AnotherSignInsSecretsAreRefused) {
    auto oidc = client();
    const auto other = oidc.begin(redirect_uri);
    auto start = oidc.begin(redirect_uri);
    EXPECT_THROW(oidc.finish(code_of(start), redirect_uri, other.nonce, start.code_verifier), auth::Refused);
    start = oidc.begin(redirect_uri);
    EXPECT_THROW(oidc.finish(code_of(start), redirect_uri, start.nonce, other.code_verifier), auth::Refused);
    start = oidc.begin(redirect_uri);
    EXPECT_THROW(oidc.finish(code_of(start), "http://127.0.0.1:8080/else", start.nonce, start.code_verifier),
                 auth::Refused);
    EXPECT_THROW(oidc.finish("made-up", redirect_uri, start.nonce, start.code_verifier), auth::Refused);
}

TEST_F(RealProvider, ACodeIsGoodOnceAndForItsClient) {
    auto oidc = client();
    auto start = oidc.begin(redirect_uri);
    auto code = code_of(start);
    EXPECT_EQ(oidc.finish(code, redirect_uri, start.nonce, start.code_verifier).subject, "ada");
    EXPECT_THROW(oidc.finish(code, redirect_uri, start.nonce, start.code_verifier), auth::Refused);
    start = oidc.begin(redirect_uri);
    code = code_of(start);
    auto other = client("carreau-ed");
    EXPECT_THROW(other.finish(code, redirect_uri, start.nonce, start.code_verifier), auth::Refused);
}

TEST_F(RealProvider, WrongClientSecretIsNobodysFaultWhoSignsIn) {
    auto oidc = client();
    auto options = options_for(provider_->address());
    options.client_secret = "x";
    OidcClient wrong(options);
    const auto start = oidc.begin(redirect_uri);
    EXPECT_THROW(wrong.finish(code_of(start), redirect_uri, start.nonce, start.code_verifier), auth::ProviderAway);
}

TEST_F(RealProvider, ServicesShowAccessTokens) {
    auto oidc = client();
    const auto token = service_token({{"resource", audience}, {"scope", "features"}});
    const auto claims = oidc.verify_bearer(token);
    EXPECT_EQ(claims.subject, "service");
    EXPECT_EQ(claims.value("scope"), "features");
    EXPECT_EQ(claims.value("client_id"), "service");
    EXPECT_THROW(oidc.verify_bearer(token.substr(0, token.size() - 1)), auth::Refused);
    EXPECT_THROW(oidc.verify_bearer(service_token({})), auth::Refused) << "not a JWT";

    auto options = options_for(provider_->address());
    options.audience.clear();
    OidcClient elsewhere(options);
    EXPECT_THROW(elsewhere.verify_bearer(token), auth::Refused) << "another audience";
}

TEST(RealProviderWithPost, TakesTheSecretInTheForm) {
    const test::ProviderProcess provider("client_secret_post");
    OidcClient client(options_for(provider.address()));
    const auto start = client.begin(redirect_uri);
    const auto code = sign_in_for_code(start, "zoe", "zoé-password");
    const auto claims = client.finish(code, redirect_uri, start.nonce, start.code_verifier);
    EXPECT_EQ(claims.subject, "zoe");
    EXPECT_EQ(claims.value("preferred_username"), "zoé");
}

TEST(RealProviderAway, IsToldApartFromARefusal) {
    test::ProviderProcess provider;
    const auto options = options_for(provider.address());
    OidcClient client(options);
    const auto start = client.begin(redirect_uri);
    provider.stop();
    EXPECT_THROW(client.finish("code", redirect_uri, start.nonce, start.code_verifier), auth::ProviderAway);
    EXPECT_THROW(client.verify_bearer("a.b.c"), auth::ProviderAway) << "no keys were read yet";
    OidcClient fresh(options);
    EXPECT_THROW(fresh.begin(redirect_uri), auth::ProviderAway);
}

}  // namespace
