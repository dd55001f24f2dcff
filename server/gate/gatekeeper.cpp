#include "server/gate/gatekeeper.hpp"

#include <spdlog/spdlog.h>

#include "server/auth/errors.hpp"
#include "server/auth/secret.hpp"
#include "server/gate/caller_store.hpp"
#include "server/http/offload.hpp"

namespace gate {

using namespace std::chrono_literals;
using boost::asio::awaitable;

namespace {

constexpr auto caller_lifetime = 60s;
constexpr std::size_t max_callers = 10'000;

std::shared_ptr<db::RunningQuery> query_of(const http::Request& request) {
    auto query = std::make_shared<db::RunningQuery>();
    request.cancel->on_cancel([query] { query->cancel(); });
    return query;
}

db::As gate_role() {
    return {db::As::Role::Gate, "", true};
}

/// All values of the header, as the credentials are read from them.
std::string values_of(const http::Request& request, std::string_view name) {
    std::string values;
    for (const http::Header& header : request.headers) {
        if (http::same_name(header.name, name)) values += (values.empty() ? "" : "\n") + header.value;
    }
    return values;
}

ShownKey shown_by(const http::Request& request, const std::string& identity_header) {
    const auto of_proxy = [&](std::string_view name) {
        return request.from_trusted_proxy && !name.empty() ? values_of(request, name) : std::string();
    };
    const std::string authorization = values_of(request, "Authorization");
    const std::string api_key = values_of(request, "X-API-Key");
    const std::string identity = of_proxy(identity_header);
    const std::string cookie = values_of(request, "Cookie");
    const std::string proto = of_proxy("X-Forwarded-Proto");
    const std::string prefix = of_proxy("X-Forwarded-Prefix");
    return key_of(Shown{authorization, api_key, identity, cookie, proto, prefix});
}

/// The name an account may carry when the provider's subject is not known yet.
std::string address_of(const auth::Claims& claims) {
    return claims.value("email_verified") == "true" ? claims.value("email").value_or("") : "";
}

}  // namespace

Gatekeeper::Gatekeeper(db::ConnectionPool& database, const live::CatalogWatch& watch, Options options)
    : database_(database), watch_(watch), options_(std::move(options)) {}

Gatekeeper::~Gatekeeper() {
    workers_.join();
}

bool Gatekeeper::holds(const Caller& caller) const {
    return caller.scope.revision >= watch_.access_revision() &&
           std::chrono::system_clock::now() < caller.scope.valid_until;
}

bool Gatekeeper::holds(const Standing& standing) const {
    return watch_.is_recent() && std::chrono::steady_clock::now() < standing.until && holds(*standing.caller);
}

Gatekeeper::Standing Gatekeeper::known(const ShownKey& shown) const {
    const std::lock_guard lock(mutex_);
    const auto found = callers_.find(shown);
    if (found == callers_.end() || !holds(found->second)) return {};
    ++counters_.remembered;
    return found->second;
}

void Gatekeeper::remember(const ShownKey& key, CallerPtr caller) {
    const std::lock_guard lock(mutex_);
    ++counters_.loaded;
    if (callers_.size() >= max_callers) callers_.clear();
    callers_[key] = {std::move(caller), std::chrono::steady_clock::now() + caller_lifetime};
}

Gatekeeper::Counters Gatekeeper::counters() const {
    const std::lock_guard lock(mutex_);
    return counters_;
}

awaitable<CallerPtr> Gatekeeper::admit(http::RequestPtr request) {
    const ShownKey key = shown_by(*request, options_.identity_header);
    if (Standing standing = known(key); standing.caller) co_return standing.caller;
    co_return co_await admit_new(std::move(request), key);
}

awaitable<CallerPtr> Gatekeeper::anybody(std::shared_ptr<db::RunningQuery> query) {
    co_return co_await load(std::move(query), "anonymous");
}

awaitable<CallerPtr> Gatekeeper::admit_new(http::RequestPtr request, ShownKey key) {
    const Credentials shown = credentials_of(*request, options_.identity_header);
    const auto query = query_of(*request);
    std::string session = "anonymous";
    if (shown.kind != Credentials::Kind::None) {
        const std::string account = shown.login + "@" + request->peer_address;
        const bool guessable = shown.kind == Credentials::Kind::Basic;
        const auto now = std::chrono::steady_clock::now();
        if (const auto wait = guessable ? throttle_.blocked_for(account, now) : std::nullopt)
            throw TooManyAttempts(*wait);
        session = co_await session_of(query, shown);
        if (session.empty() && shown.kind == Credentials::Kind::Cookie) session = "anonymous";
        if (session.empty()) {
            if (guessable) throttle_.failed(account, now);
            const std::lock_guard lock(mutex_);
            ++counters_.refused;
            throw Unauthorized();
        }
    }
    CallerPtr caller = co_await load(query, session);
    if (!caller) throw Unauthorized();
    remember(key, caller);
    co_return caller;
}

awaitable<std::string> Gatekeeper::session_of(std::shared_ptr<db::RunningQuery> query, Credentials shown) {
    if (shown.kind == Credentials::Kind::Jwt) {
        if (!options_.provider) co_return "";
        auth::Claims claims;
        try {
            std::function<auth::Claims()> verify = [provider = options_.provider, token = shown.secret] {
                return provider->verify_bearer(token);
            };
            claims = co_await http::offload<auth::Claims>(workers_, std::move(verify));
        } catch (const auth::Refused& refused) {
            spdlog::info("a bearer token was refused: {}", refused.what());
            co_return "";
        } catch (const auth::ProviderAway& away) {
            throw gis::Unavailable(away.what());
        }
        auto work = [subject = claims.subject, address = address_of(claims)](db::Connection& connection) {
            const auto person = find_subject(connection, subject, address);
            return person ? session_of_person(connection, *person, "oidc").value_or("") : std::string();
        };
        co_return co_await database_.run(gate_role(), query, std::move(work));
    }
    auto work = [shown](db::Connection& connection) -> std::string {
        switch (shown.kind) {
            case Credentials::Kind::Basic:
                return find_session(connection, auth::sha256_hex(shown.secret), "application", shown.login)
                    .value_or("");
            case Credentials::Kind::Secret:
                return find_session(connection, auth::sha256_hex(shown.secret), "token", "").value_or("");
            case Credentials::Kind::Cookie:
                return find_session(connection, auth::sha256_hex(shown.secret), "cookie", "").value_or("");
            default: {
                const auto account = find_account(connection, shown.login);
                return account ? session_of_person(connection, account->person_id, "proxy").value_or("")
                               : std::string();
            }
        }
    };
    co_return co_await database_.run(gate_role(), query, std::move(work));
}

awaitable<CallerPtr> Gatekeeper::load(std::shared_ptr<db::RunningQuery> query, std::string session_key) {
    auto work = [session_key](db::Connection& connection) { return load_caller(connection, session_key); };
    co_return co_await database_.run(gate_role(), query, std::move(work));
}

awaitable<CallerPtr> Gatekeeper::look_again(CallerPtr caller) {
    if (watch_.is_recent() && holds(*caller)) co_return caller;
    {
        const std::lock_guard lock(mutex_);
        ++counters_.looked_again;
    }
    co_return co_await load(std::make_shared<db::RunningQuery>(), caller->session_key);
}

awaitable<std::string> Gatekeeper::open_cookie(http::RequestPtr request, int person_id) {
    std::string secret = auth::make_secret("carreau_c_");
    auto work = [person_id, sha = auth::sha256_hex(secret),
                 seconds = options_.cookie_lifetime.count()](db::Connection& c) {
        open_session(c, person_id, sha, seconds);
        return true;
    };
    co_await database_.run(gate_role(), query_of(*request), std::move(work));
    co_return secret;
}

awaitable<std::string> Gatekeeper::log_in(http::RequestPtr request, std::string login, std::string password) {
    const auto now = std::chrono::steady_clock::now();
    const std::string account_key = "account " + login;
    const std::string address_key = "address " + request->peer_address;
    for (const std::string* key : {&account_key, &address_key}) {
        if (const auto wait = throttle_.blocked_for(*key, now)) throw TooManyAttempts(*wait);
    }
    auto find = [login](db::Connection& connection) { return find_account(connection, login); };
    const auto account = co_await database_.run(gate_role(), query_of(*request), std::move(find));
    std::function<bool()> verify = [this, account, password] {
        if (account && !account->password_hash.empty()) return hasher_.verify(account->password_hash, password);
        hasher_.refuse_slowly(password);
        return false;
    };
    bool good = false;
    try {
        good = co_await http::offload<bool>(workers_, std::move(verify));
    } catch (const auth::Busy& busy) {
        throw gis::Unavailable(busy.what());
    }
    if (!good) {
        throttle_.failed(account_key, now);
        throttle_.failed(address_key, now);
        throw Unauthorized("the login or the password is wrong");
    }
    throttle_.succeeded(account_key);
    co_return co_await open_cookie(request, account->person_id);
}

awaitable<std::string> Gatekeeper::log_in(http::RequestPtr request, auth::Claims claims) {
    auto find = [subject = claims.subject, address = address_of(claims)](db::Connection& connection) {
        return find_subject(connection, subject, address);
    };
    const auto person = co_await database_.run(gate_role(), query_of(*request), std::move(find));
    if (!person) co_return "";
    co_return co_await open_cookie(request, *person);
}

awaitable<std::string> Gatekeeper::hash_password(std::string password) {
    if (const auto problem = auth::password_problem(password)) throw gis::InvalidRequest("password", *problem);
    std::function<std::string()> hash = [this, password] { return hasher_.hash(password); };
    try {
        co_return co_await http::offload<std::string>(workers_, std::move(hash));
    } catch (const auth::Busy& busy) {
        throw gis::Unavailable(busy.what());
    }
}

awaitable<void> Gatekeeper::log_out(CallerPtr caller) {
    auto work = [id = caller->credential_id](db::Connection& connection) {
        end_session(connection, id);
        return true;
    };
    co_await database_.run(gate_role(), std::make_shared<db::RunningQuery>(), std::move(work));
}

}  // namespace gate
