#include "server/admin/tokens.hpp"

#include <fmt/format.h>

#include "server/command/administration.hpp"

namespace command {

namespace {

void list_all(db::Connection& connection, bool as_json) {
    const Json tokens = admin::list_tokens(connection, 0);
    if (as_json) {
        fmt::print("{}\n", tokens.dump(2));
        return;
    }
    fmt::print("{:>6} {:<24} {:<12} {:<16} {:<12} {:<12} {}\n", "N°", "PERSONNE", "GENRE", "DÉBUT", "UTILISÉ", "FIN",
               "TITRE");
    for (const Json& token : tokens) {
        fmt::print("{:>6} {:<24} {:<12} {:<16} {:<12} {:<12} {}{}\n", token["id"].get<int>(),
                   token["login"].get<std::string>(), token["kind"].get<std::string>(),
                   token["prefix"].get<std::string>(), first_day(connection, token["last_used_at"]),
                   last_day(connection, token["expires_at"]), token["title"].get<std::string>(),
                   token["revoked_at"].is_null() ? "" : " (révoqué)");
    }
}

void insert_token(db::Connection& connection, const std::string& login, const Json& body) {
    const Json token = admin::make_token(connection, admin::find_person(connection, login), body, console());
    // The secret alone on standard output: a script can keep it.
    fmt::print(stderr, "Accès {} de {} ; ce secret n'est montré qu'une fois :\n", token["id"].get<int>(), login);
    fmt::print("{}\n", token["secret"].get<std::string>());
}

}  // namespace

void add_token(CLI::App& app, int&) {
    auto* command = app.add_subcommand("token", "Les mots de passe d'application et les jetons : list, add, revoke");
    command->require_subcommand(1);
    command->fallthrough();
    auto database = std::make_shared<DatabaseOptions>();
    database->add_to(*command);

    auto* list = command->add_subcommand("list", "Liste les accès");
    auto as_json = std::make_shared<bool>(false);
    list->add_flag("--json", *as_json, "En JSON");
    list->callback([=] { administer(*database, [&](db::Connection& c) { list_all(c, *as_json); }); });

    auto* add = command->add_subcommand("add", "Fait un accès et montre son secret, une fois");
    auto login = std::make_shared<std::string>();
    auto title = std::make_shared<std::string>();
    auto kind = std::make_shared<std::string>("application");
    auto until = std::make_shared<std::string>();
    add->add_option("identifiant", *login, "De la personne")->required();
    add->add_option("--title", *title, "À quoi il sert")->required();
    add->add_option("--kind", *kind, "application (QGIS : identifiant et mot de passe) ou token (programmes)")
        ->capture_default_str()
        ->check(CLI::IsMember({"application", "token"}));
    add->add_option("--to", *until, "Dernier jour ; sans lui, sans fin");
    add->callback([=] {
        Json body{{"title", *title}, {"kind", *kind}};
        set_member(body, "expires_at", *until);
        administer(*database, [&](db::Connection& c) { insert_token(c, *login, body); });
    });

    auto* revoke = command->add_subcommand("revoke", "Révoque un accès");
    auto id = std::make_shared<std::string>();
    revoke->add_option("numéro", *id)->required();
    revoke->callback([=] {
        administer(*database, [&](db::Connection& c) {
            admin::revoke_token(c, *id, 0, console());
            fmt::print("Accès {} révoqué.\n", *id);
        });
    });
}

}  // namespace command
