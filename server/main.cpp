#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>

#include "gis/error.hpp"
#include "server/command/commands.hpp"
#include "server/db/connection.hpp"

int main(int argc, char** argv) {
    CLI::App app("Carreau : serveur d'information géographique partagé, sur PostGIS.", "carreau");
    app.set_version_flag("--version", "carreau " + command::version());
    app.require_subcommand(1);
    app.footer(
        "Codes de sortie : 0 fait, 1 échec (rien à moitié fait), 2 arguments ou entrée incorrects, 3 base ou besoin "
        "absent, 4 fait, avec des "
        "problèmes listés.\nPour commencer : carreau demo");
    int exit_code = command::exit_done;
    command::add_serve(app, exit_code);
    command::add_demo(app, exit_code);
    command::add_migrate(app, exit_code);
    command::add_import(app, exit_code);
    command::add_export(app, exit_code);
    command::add_inspire(app, exit_code);
    command::add_layer(app, exit_code);
    command::add_person(app, exit_code);
    command::add_organisation(app, exit_code);
    command::add_convention(app, exit_code);
    command::add_engagement(app, exit_code);
    command::add_token(app, exit_code);
    command::add_audit(app, exit_code);
    command::add_doctor(app, exit_code);
    command::add_tiles(app, exit_code);
    command::add_bench(app, exit_code);
    command::add_worker(app, exit_code);
    command::add_upload(app, exit_code);
    command::add_job(app, exit_code);
    try {
        app.parse(argc, argv);
        return exit_code;
    } catch (const CLI::ParseError& error) {
        const int code = app.exit(error);
        return code == 0 ? command::exit_done : command::exit_usage;
    } catch (const gis::Unavailable& error) {
        fmt::print(stderr, "carreau : {}\n", error.what());
        return command::exit_unavailable;
    } catch (const gis::Error& error) {
        fmt::print(stderr, "carreau : {}\n", error.what());
        return command::exit_usage;
    } catch (const std::exception& error) {
        fmt::print(stderr, "carreau : {}\n", error.what());
        return command::exit_failed;
    }
}
