#include "server/jobs/worker.hpp"
#include "server/command/commands.hpp"

namespace command {

void add_worker(CLI::App& app, int& exit_code) {
    // No command of people: the server runs it for each job.
    auto* command =
        app.add_subcommand("worker", "Lit les fichiers d'un dépôt, sans droits (lancé par le serveur)")->group("");
    command->callback([&exit_code] { exit_code = jobs::run_worker(); });
}

}  // namespace command
