#pragma once

#include <optional>
#include <string>

#include "server/db/connection.hpp"
#include "server/gate/caller.hpp"

// What the gate asks the database. Each function runs inside a transaction of the role Gate.

namespace gate {

/// The session of a credential by the hash of its secret. Nothing when it is unknown, expired, revoked, of another kind
/// than `kinds` ("application"), or when its person may not log in now; `login`, when given, must be the person's.
std::optional<std::string> find_session(db::Connection& connection, const std::string& sha256, const std::string& kinds,
                                        const std::string& login);

/// The session of a person known by other means (provider, proxy): made when there is none yet.
std::optional<std::string> session_of_person(db::Connection& connection, int person_id, const std::string& kind);

struct Account {
    int person_id = 0;
    std::string password_hash;  ///< empty: none
};
/// The account of a login that may log in now.
std::optional<Account> find_account(db::Connection& connection, const std::string& login);

/// The person of a provider's subject, else of its verified e-mail address or user name.
std::optional<int> find_subject(db::Connection& connection, const std::string& subject, const std::string& login);

/// A new session of the portal.
void open_session(db::Connection& connection, int person_id, const std::string& sha256, long lifetime_seconds);

void end_session(db::Connection& connection, int credential_id);

/// All about a session that holds; null when it does not. Notes that it was used.
CallerPtr load_caller(db::Connection& connection, const std::string& session_key);

}  // namespace gate
