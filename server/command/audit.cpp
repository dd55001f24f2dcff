#include <fmt/format.h>

#include "server/admin/journal.hpp"
#include "server/command/administration.hpp"

namespace command {

namespace {

void list_journal(db::Connection& connection, const admin::JournalQuestion& question, bool as_json) {
    const Json lines = admin::journal(connection, question);
    if (as_json) {
        fmt::print("{}\n", lines.dump(2));
        return;
    }
    fmt::print("{:<26} {:<24} {:<10} {:<20} {:>6} {}\n", "QUAND", "QUI", "ACTION", "COUCHE", "NOMBRE", "RÉSULTAT");
    for (const Json& line : lines) {
        fmt::print("{:<26} {:<24} {:<10} {:<20} {:>6} {}{}{}\n", line["at"].get<std::string>().substr(0, 26),
                   words(line["login"]), line["action"].get<std::string>(), words(line["layer"]),
                   line["count"].get<std::int64_t>(), words(line["result"]), line["purpose"].is_null() ? "" : " : ",
                   line["purpose"].is_null() ? "" : words(line["purpose"]));
    }
}

}  // namespace

void add_audit(CLI::App& app, int&) {
    auto* command = app.add_subcommand("audit", "Le journal de qui a fait quoi : list, purge");
    command->require_subcommand(1);
    command->fallthrough();
    auto database = std::make_shared<DatabaseOptions>();
    database->add_to(*command);

    auto* list = command->add_subcommand("list", "Montre les dernières lignes");
    auto question = std::make_shared<admin::JournalQuestion>();
    auto as_json = std::make_shared<bool>(false);
    list->add_option("--limit", question->limit, "Combien")->capture_default_str()->check(CLI::Range(1, 100'000));
    list->add_option("--person", question->person, "Identifiant");
    list->add_option("--action", question->action, "admin, login, export, owner, tiles, token ...");
    list->add_flag("--json", *as_json, "En JSON");
    list->callback([=] { administer(*database, [&](db::Connection& c) { list_journal(c, *question, *as_json); }); });

    auto* purge = command->add_subcommand("purge", "Efface ce qui dépasse la durée de conservation (audit_months)");
    purge->callback([=] {
        administer(*database, [&](db::Connection& c) {
            const std::int64_t gone = c.query("select audit.purge()").int64(0, 0);
            c.execute("select access.forget()");
            fmt::print("{} lignes effacées.\n", gone);
        });
    });
}

}  // namespace command
