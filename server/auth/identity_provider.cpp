#include "auth/identity_provider.hpp"

#include "auth/errors.hpp"
#include "auth/strict_json.hpp"

#include <algorithm>
#include <stdexcept>

namespace auth {

namespace {

using nlohmann::json;

constexpr std::chrono::seconds endpoints_age = std::chrono::hours(1);
constexpr std::chrono::seconds keys_age = std::chrono::minutes(10);
constexpr std::chrono::seconds unknown_key_pause = std::chrono::minutes(1);
constexpr std::chrono::seconds failure_pause{5};

std::string read_url(const json& document, const char* name) {
    const auto found = document.find(name);
    if (found == document.end() || !found->is_string()) {
        throw ProviderAway(std::string("discovery: ") + name + ": text expected");
    }
    auto url = found->get<std::string>();
    if (const auto problem = provider_url_problem(url)) {
        throw ProviderAway(std::string("discovery: ") + name + ": " + *problem);
    }
    return url;
}

bool read_takes_basic(const json& document) {
    const auto methods = document.find("token_endpoint_auth_methods_supported");
    if (methods == document.end()) return true;  // the default of Discovery section 3
    const auto lists = [&](const char* method) {
        return methods->is_array() && std::find(methods->begin(), methods->end(), method) != methods->end();
    };
    if (lists("client_secret_basic")) return true;
    if (lists("client_secret_post")) return false;
    throw ProviderAway("discovery: takes neither client_secret_basic nor client_secret_post");
}

}  // namespace

ProviderEndpoints parse_discovery(const std::string& text, const std::string& issuer) {
    try {
        const json document = parse_strict_object(text);
        if (document.value("issuer", json()) != json(issuer)) throw ProviderAway("discovery: issuer is another");
        return {read_url(document, "authorization_endpoint"), read_url(document, "token_endpoint"),
                read_url(document, "jwks_uri"), read_takes_basic(document)};
    } catch (const std::invalid_argument& error) {
        throw ProviderAway(std::string("discovery: ") + error.what());
    }
}

std::string IdentityProvider::fetch(const std::string& url) const {
    HttpAnswer answer = client_.get(url);
    if (answer.status != 200) throw ProviderAway(url + ": answered " + std::to_string(answer.status));
    return std::move(answer.body);
}

template <typename T>
std::shared_ptr<const T> IdentityProvider::get(Kept<T>& kept, std::chrono::seconds max_age, Time now,
                                               const std::function<T()>& fetch_value) {
    {
        const std::lock_guard lock(mutex_);
        if (kept.value && now - kept.fetched < max_age) return kept.value;
        if (now < away_until_) throw ProviderAway(issuer_ + ": did not answer a moment ago");
    }
    try {
        auto value = std::make_shared<const T>(fetch_value());
        const std::lock_guard lock(mutex_);
        kept = {value, now};
        return value;
    } catch (const ProviderAway&) {
        const std::lock_guard lock(mutex_);
        away_until_ = now + failure_pause;
        throw;
    }
}

std::shared_ptr<const ProviderEndpoints> IdentityProvider::endpoints(Time now) {
    const std::function<ProviderEndpoints()> fetch_endpoints = [this] {
        const std::string base = issuer_.ends_with('/') ? issuer_.substr(0, issuer_.size() - 1) : issuer_;
        return parse_discovery(fetch(base + "/.well-known/openid-configuration"), issuer_);
    };
    return get(endpoints_, endpoints_age, now, fetch_endpoints);
}

JwkSet IdentityProvider::fetch_keys(Time now) {
    try {
        return parse_jwks(fetch(endpoints(now)->keys));
    } catch (const std::invalid_argument& error) {
        throw ProviderAway(std::string("keys: ") + error.what());
    }
}

std::shared_ptr<const JwkSet> IdentityProvider::keys(Time now) {
    return get<JwkSet>(keys_, keys_age, now, [&] { return fetch_keys(now); });
}

std::shared_ptr<const JwkSet> IdentityProvider::keys_for_unknown(Time now) {
    return get<JwkSet>(keys_, unknown_key_pause, now, [&] { return fetch_keys(now); });
}

}  // namespace auth
