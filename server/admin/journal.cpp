#include "server/admin/journal.hpp"

namespace admin {

void note(db::Connection& connection, const Actor& actor, const std::string& action, const std::string& result,
          const std::string& purpose) {
    const std::vector<db::Parameter> values{
        actor.person_id == 0 ? std::nullopt : db::Parameter(std::to_string(actor.person_id)),
        actor.login,
        action,
        result,
        actor.request_id,
        purpose};
    connection.query(
        "insert into audit.entry (person_id, login, action, result, request_id, purpose) "
        "values ($1::int, $2, $3, $4, $5, $6)",
        values);
}

Json journal(db::Connection& connection, const JournalQuestion& question) {
    const std::vector<db::Parameter> values{question.person, question.action, std::to_string(question.limit)};
    const db::Result rows = connection.query(
        "select json_build_object('at', at, 'login', nullif(login, ''), 'action', action, 'layer', nullif(layer, ''), "
        "'commune', nullif(commune, ''), 'purpose', nullif(purpose, ''), 'result', nullif(result, ''), "
        "'request_id', nullif(request_id, ''), 'count', count)::text from audit.entry "
        "where ($1 = '' or login = $1) and ($2 = '' or action = $2) order by entry_id desc limit $3::int",
        values);
    Json items = Json::array();
    for (int i = 0; i < rows.rows(); ++i) items.push_back(Json::parse(rows.text(i, 0)));
    return items;
}

}  // namespace admin
