#include <fmt/format.h>

#include "gis/error.hpp"
#include "server/command/commands.hpp"
#include "server/command/schema.hpp"
#include "server/embedded/embedded.hpp"

namespace command {

std::vector<db::Migration> program_schema() {
    std::vector<db::Migration> migrations;
    for (const embedded::TextFile& file : embedded::schema_files()) migrations.push_back({file.name, file.text});
    return migrations;
}

void require_current_schema(const std::string& dsn) {
    const auto schema = program_schema();
    const auto pending = db::pending_migrations(dsn, schema);
    if (!pending.empty()) {
        throw gis::Conflict(
            fmt::format("la base n'est pas à jour ({} étapes manquent, dont {}) : lancez « carreau migrate »",
                        pending.size(), pending.front()));
    }
}

void add_migrate(CLI::App& app, int&) {
    auto* command = app.add_subcommand("migrate", "Crée ou met à jour le schéma de la base");
    auto database = std::make_shared<DatabaseOptions>();
    auto check = std::make_shared<bool>(false);
    database->add_to(*command);
    command->add_flag("--check", *check, "Dit ce qui serait fait, sans rien changer");
    command->callback([database, check] {
        const Database base(*database);
        const auto schema = program_schema();
        if (*check) {
            for (const std::string& name : db::pending_migrations(base.dsn(), schema))
                fmt::print("à appliquer : {}\n", name);
            return;
        }
        const auto applied =
            db::migrate(base.dsn(), schema, [](const std::string& name) { fmt::print("{} ...\n", name); });
        fmt::print("Schéma à jour ({} étapes appliquées).\n", applied.size());
    });
}

}  // namespace command
