#pragma once

#include <mutex>
#include <string>
#include <unordered_map>

#include "server/auth/oidc.hpp"
#include "server/auth/password.hpp"
#include "server/auth/throttle.hpp"
#include "server/db/connection_pool.hpp"
#include "server/gate/caller.hpp"
#include "server/gate/credentials.hpp"
#include "server/gate/errors.hpp"
#include "server/gate/shown.hpp"
#include "server/live/catalog_watch.hpp"

#include <boost/asio/thread_pool.hpp>

namespace gate {

/// Turns what a request shows into a Caller. A caller is remembered for a minute at most, and no longer than the policy
/// tables stay as they are, than his rights by their own dates, or than the database was last heard of.
class Gatekeeper {
  public:
    struct Options {
        std::string identity_header;                      ///< login written by a trusted proxy; empty: none
        std::chrono::seconds cookie_lifetime{12 * 3600};  ///< of a session of the portal
        std::shared_ptr<auth::OidcClient> provider;       ///< null: no OpenID Connect
    };

    Gatekeeper(db::ConnectionPool& database, const live::CatalogWatch& watch, Options options);
    ~Gatekeeper();

    /// Who asks. Throws Unauthorized when what he shows is not valid; a cookie that ended only makes him anonymous.
    boost::asio::awaitable<CallerPtr> admit(http::RequestPtr request);
    /// Who shows nothing, as he stands now: what everybody may.
    boost::asio::awaitable<CallerPtr> anybody(std::shared_ptr<db::RunningQuery> query);

    /// A caller as he is believed without asking the database.
    struct Standing {
        CallerPtr caller;
        std::chrono::steady_clock::time_point until;
    };
    /// Who shows this, when he is remembered; his `caller` is null when he is not or does not stand so any more.
    Standing known(const ShownKey& shown) const;
    /// False once any reason ended to believe what known() gave. Takes no lock.
    bool holds(const Standing& standing) const;

    /// The same caller as he stands now, null when his session ended: for answers that take long.
    boost::asio::awaitable<CallerPtr> look_again(CallerPtr caller);

    /// Checks a password and opens a session; gives the cookie's secret. Throws Unauthorized, TooManyAttempts.
    boost::asio::awaitable<std::string> log_in(http::RequestPtr request, std::string login, std::string password);
    /// Opens a session for the person that the provider's claims name; empty when no account is his.
    boost::asio::awaitable<std::string> log_in(http::RequestPtr request, auth::Claims claims);
    boost::asio::awaitable<void> log_out(CallerPtr caller);
    /// The hash to keep of a new password. Throws gis::InvalidRequest naming `password`, gis::Unavailable.
    boost::asio::awaitable<std::string> hash_password(std::string password);

    const std::shared_ptr<auth::OidcClient>& provider() const { return options_.provider; }
    /// Runs blocking work (the provider's answers, password hashes) beside the I/O threads.
    boost::asio::thread_pool& workers() { return workers_; }

    struct Counters {
        std::uint64_t remembered = 0;
        std::uint64_t loaded = 0;
        std::uint64_t refused = 0;
        std::uint64_t looked_again = 0;  ///< asked of the database for answers that take long
    };
    Counters counters() const;

  private:
    boost::asio::awaitable<CallerPtr> admit_new(http::RequestPtr request, ShownKey key);
    boost::asio::awaitable<CallerPtr> load(std::shared_ptr<db::RunningQuery> query, std::string session_key);
    boost::asio::awaitable<std::string> session_of(std::shared_ptr<db::RunningQuery> query, Credentials shown);
    boost::asio::awaitable<std::string> open_cookie(http::RequestPtr request, int person_id);
    void remember(const ShownKey& key, CallerPtr caller);
    bool holds(const Caller& caller) const;

    db::ConnectionPool& database_;
    const live::CatalogWatch& watch_;
    Options options_;
    auth::PasswordHasher hasher_;
    auth::Throttle throttle_;
    boost::asio::thread_pool workers_{2};
    mutable std::mutex mutex_;
    std::unordered_map<ShownKey, Standing> callers_;
    mutable Counters counters_;
};

}  // namespace gate
