#include <fmt/format.h>

#include "server/command/commands.hpp"
#include "server/command/run_server.hpp"
#include "server/command/schema.hpp"
#include "server/db/migrate.hpp"

namespace command {

void add_serve(CLI::App& app, int&) {
    auto* command = app.add_subcommand("serve", "Sert les couches publiées : tuiles, objets, portail");
    auto database = std::make_shared<DatabaseOptions>();
    auto server = std::make_shared<ServerOptions>();
    database->add_to(*command);
    server->add_to(*command);
    command->callback([database, server] {
        block_signals();
        const http::StaticFiles portal = load_portal(*server);
        choose_uploads_folder(*server, database->data.empty() ? default_data_folder() : database->data);
        const Database base(*database);
        require_current_schema(base.dsn());
        run_server(*server, portal, base.dsn(), base.serving_dsn(), [](const std::string& address) {
            fmt::print("Carreau écoute sur {}\n", address);
            std::fflush(stdout);
        });
    });
}

}  // namespace command
