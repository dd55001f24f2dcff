#pragma once

// What differs between libpqxx 6 (Debian 12) and 7 (Debian 13) stays in this file. Included by sources of server/db
// only.

#include <pqxx/pqxx>

#include <string>

#include "gis/error.hpp"
#include "server/db/connection.hpp"

namespace db {

#if PQXX_VERSION_MAJOR >= 7
template <typename... Values>
pqxx::result run(pqxx::transaction_base& transaction, const std::string& sql, const Values&... values) {
    return transaction.exec(sql, pqxx::params{values...});
}
inline void forbid_reconnection(pqxx::connection&) {}
#else
template <typename... Values>
pqxx::result run(pqxx::transaction_base& transaction, const std::string& sql, const Values&... values) {
    return transaction.exec_params(sql, values...);
}
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"  // the only way in libpqxx 6; 7 never reconnects
inline void forbid_reconnection(pqxx::connection& connection) {
    connection.inhibit_reactivation(true);
}
#pragma GCC diagnostic pop
#endif

/// Opens a libpqxx connection and runs `work(transaction)` in one transaction; errors as db::Connection throws them.
template <typename Work>
auto in_transaction(const std::string& dsn, Work work) {
    try {
        pqxx::connection connection(dsn);
        forbid_reconnection(connection);
        pqxx::work transaction(connection);
        if constexpr (std::is_void_v<decltype(work(transaction))>) {
            work(transaction);
            transaction.commit();
        } else {
            auto answer = work(transaction);
            transaction.commit();
            return answer;
        }
    } catch (const pqxx::broken_connection& error) {
        throw gis::Unavailable(std::string("the database cannot be reached: ") + error.what());
    } catch (const pqxx::sql_error& error) {
        throw SqlError(error.sqlstate(), error.what());
    }
}

}  // namespace db
