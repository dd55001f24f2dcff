#include "server/api/journal.hpp"

#include <utility>

namespace api {

namespace {

std::vector<db::Parameter> journal_values(const gate::Caller& caller, const http::Request& request,
                                          const JournalLine& line) {
    return {caller.is_anonymous() ? std::nullopt : db::Parameter(std::to_string(caller.person_id)),
            caller.login,
            line.action,
            line.layer,
            line.commune,
            line.purpose,
            line.result,
            request.id,
            std::to_string(line.count)};
}

using JournalRows = std::vector<std::vector<db::Parameter>>;

std::vector<bool> write_rows(db::Connection& connection, const std::vector<JournalRows>& requests) {
    for (const JournalRows& rows : requests) {
        for (const std::vector<db::Parameter>& values : rows) {
            connection.query(
                "insert into audit.entry (person_id, login, action, layer, commune, purpose, result, request_id, "
                "count) values ($1::int, $2, $3, $4, $5, $6, $7, $8, $9::int8)",
                values);
        }
    }
    return std::vector<bool>(requests.size(), true);
}

}  // namespace

Journal::Journal(db::ConnectionPool& pool) : rounds_(pool, {db::As::Role::Gate, "", true}, write_rows) {}

boost::asio::awaitable<void> Journal::write(std::vector<std::vector<db::Parameter>> rows) {
    co_await rounds_.ask(std::move(rows));
}

boost::asio::awaitable<void> record(const Services& services, const gate::Caller& caller, const http::Request& request,
                                    JournalLine line) {
    std::vector<JournalLine> lines;
    lines.push_back(std::move(line));
    co_await record_all(services, caller, request, std::move(lines));
}

boost::asio::awaitable<void> record_all(const Services& services, const gate::Caller& caller,
                                        const http::Request& request, std::vector<JournalLine> lines) {
    std::vector<std::vector<db::Parameter>> rows;
    for (const JournalLine& line : lines) rows.push_back(journal_values(caller, request, line));
    co_await services.journal.write(std::move(rows));
}

boost::asio::awaitable<void> record_exports(const Services& services, const gate::Caller& caller,
                                            const http::Request& request, std::vector<const gis::Layer*> layers) {
    std::vector<JournalLine> lines;
    for (const gis::Layer* layer : layers) lines.push_back({"export", layer->name, "", "", "answered", 1});
    co_await record_all(services, caller, request, std::move(lines));
}

}  // namespace api
