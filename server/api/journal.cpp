#include "server/api/journal.hpp"

namespace api {

boost::asio::awaitable<void> record(const Services& services, const gate::Caller& caller, const http::Request& request,
                                    JournalLine line) {
    const std::vector<db::Parameter> values{
        caller.is_anonymous() ? std::nullopt : db::Parameter(std::to_string(caller.person_id)),
        caller.login,
        line.action,
        line.layer,
        line.commune,
        line.purpose,
        line.result,
        request.id,
        std::to_string(line.count)};
    auto work = [values](db::Connection& connection) {
        connection.query(
            "insert into audit.entry (person_id, login, action, layer, commune, purpose, result, request_id, count) "
            "values ($1::int, $2, $3, $4, $5, $6, $7, $8, $9::int8)",
            values);
        return true;
    };
    const db::As gate{db::As::Role::Gate, "", true};
    co_await services.database.run(gate, query_for(request), std::move(work));
}

}  // namespace api
