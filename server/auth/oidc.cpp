#include "auth/oidc.hpp"

#include "auth/base64url.hpp"
#include "auth/errors.hpp"
#include "auth/form.hpp"
#include "auth/secret.hpp"
#include "auth/strict_json.hpp"

#include <algorithm>
#include <stdexcept>

namespace auth {

namespace {

using nlohmann::json;

OidcOptions checked(OidcOptions options) {
    if (const auto problem = provider_url_problem(options.issuer)) throw std::invalid_argument("issuer: " + *problem);
    if (options.issuer.find('?') != std::string::npos) throw std::invalid_argument("issuer: has a query");
    if (options.client_id.empty()) throw std::invalid_argument("client_id: missing");
    if (options.client_secret.empty()) throw std::invalid_argument("client_secret: missing");
    if ((" " + options.scopes + " ").find(" openid ") == std::string::npos) {
        throw std::invalid_argument("scopes: 'openid' expected among them");
    }
    if (options.audience.empty()) options.audience = options.client_id;
    return options;
}

/// RFC 6749 section 2.3.1: both are form-encoded first.
std::string basic_authorization(const OidcOptions& options) {
    return "Basic " + encode_base64(form_escape(options.client_id) + ":" + form_escape(options.client_secret));
}

/// The `error` of RFC 6749 section 5.2, fit for a log.
std::string error_code(const json& answer) {
    const auto found = answer.find("error");
    if (found == answer.end() || !found->is_string()) return "no error code";
    const auto code = found->get<std::string>().substr(0, 60);
    const auto is_odd = [](char c) { return c < 0x20 || c > 0x7e; };
    return std::any_of(code.begin(), code.end(), is_odd) ? "odd error code" : code;
}

json read_token_answer(const HttpAnswer& answer) {
    const std::string what = "token endpoint: status " + std::to_string(answer.status);
    if (answer.status != 200 && (answer.status < 400 || answer.status >= 500)) throw ProviderAway(what);
    json document;
    try {
        document = parse_strict_object(answer.body);
    } catch (const std::invalid_argument& error) {
        throw ProviderAway(what + ", " + error.what());
    }
    if (answer.status == 200) return document;
    const std::string code = error_code(document);
    if (answer.status == 400 && code == "invalid_grant") throw Refused(what + ", " + code);
    throw ProviderAway(what + ", " + code);
}

}  // namespace

OidcClient::OidcClient(OidcOptions options, HttpClientLimits limits)
    : options_(checked(std::move(options))),
      client_(limits),
      provider_(options_.issuer, client_),
      identity_(options_.issuer, options_.client_id, TokenUse::Identity),
      access_(options_.issuer, options_.audience, TokenUse::Access) {}

AuthorizationStart OidcClient::begin(const std::string& redirect_uri) {
    const std::string endpoint = provider_.endpoints(Clock::now())->authorization;
    AuthorizationStart start{{}, make_secret(""), make_secret(""), make_secret("")};
    const FormFields fields{{"response_type", "code"},
                            {"client_id", options_.client_id},
                            {"redirect_uri", redirect_uri},
                            {"scope", options_.scopes},
                            {"state", start.state},
                            {"nonce", start.nonce},
                            {"code_challenge", sha256_base64url(start.code_verifier)},
                            {"code_challenge_method", "S256"}};
    const char separator = endpoint.find('?') == std::string::npos ? '?' : '&';
    start.url = endpoint + separator + form_text(fields);
    return start;
}

std::string OidcClient::ask_for_id_token(const std::string& code, const std::string& redirect_uri,
                                         const std::string& code_verifier) {
    const auto endpoints = provider_.endpoints(Clock::now());
    FormFields fields{{"grant_type", "authorization_code"},
                      {"code", code},
                      {"redirect_uri", redirect_uri},
                      {"code_verifier", code_verifier}};
    if (!endpoints->takes_basic) {
        fields.emplace_back("client_id", options_.client_id);
        fields.emplace_back("client_secret", options_.client_secret);
    }
    const std::string authorization = endpoints->takes_basic ? basic_authorization(options_) : std::string();
    const json answer = read_token_answer(client_.post_form(endpoints->token, fields, authorization));
    const auto token = answer.find("id_token");
    if (token == answer.end() || !token->is_string()) throw ProviderAway("token endpoint: no id_token");
    return token->get<std::string>();
}

Claims OidcClient::verify(const JwtVerifier& verifier, std::string_view token) {
    const auto keys = provider_.keys(Clock::now());
    const auto now = std::chrono::system_clock::now();
    try {
        return verifier.verify(token, *keys, now);
    } catch (const UnknownKey&) {
        const auto again = provider_.keys_for_unknown(Clock::now());
        if (again == keys) throw;
        return verifier.verify(token, *again, now);
    }
}

Claims OidcClient::finish(const std::string& code, const std::string& redirect_uri, const std::string& nonce,
                          const std::string& code_verifier) {
    Claims claims = verify(identity_, ask_for_id_token(code, redirect_uri, code_verifier));
    const auto given = claims.value("nonce");
    if (nonce.empty() || !given || !equal_in_constant_time(*given, nonce)) throw Refused("nonce: another sign-in's");
    return claims;
}

Claims OidcClient::verify_bearer(std::string_view token) {
    return verify(access_, token);
}

}  // namespace auth
