#include <fmt/format.h>
#include <termios.h>
#include <unistd.h>

#include <iostream>

#include "gis/error.hpp"
#include "server/admin/sight.hpp"
#include "server/auth/password.hpp"
#include "server/command/administration.hpp"

namespace command {

namespace {

/// One line of the terminal that does not appear on it.
std::string ask_quietly(const char* question) {
    fmt::print(stderr, "{}", question);
    std::fflush(stderr);
    termios before{};
    tcgetattr(STDIN_FILENO, &before);
    termios quiet = before;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
    std::string line;
    std::getline(std::cin, line);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
    fmt::print(stderr, "\n");
    return line;
}

std::string read_password() {
    std::string password;
    if (isatty(STDIN_FILENO) == 0) {
        std::getline(std::cin, password);
    } else {
        password = ask_quietly("Nouveau mot de passe : ");
        if (ask_quietly("Encore une fois : ") != password)
            throw gis::InvalidRequest("", "les deux mots de passe diffèrent");
    }
    if (const auto problem = auth::password_problem(password)) throw gis::InvalidRequest("password", *problem);
    return password;
}

void list_people(db::Connection& connection, bool as_json) {
    const Json people = admin::list(connection, admin::people());
    if (as_json) {
        fmt::print("{}\n", people.dump(2));
        return;
    }
    fmt::print("{:<24} {:<26} {:<34} {:<16} {}\n", "IDENTIFIANT", "NOM", "ORGANISATION", "SERVICES", "VALIDITÉ");
    for (const Json& person : people) {
        fmt::print("{:<24} {:<26} {:<34} {:<16} {}{}\n", person["login"].get<std::string>(),
                   person["name"].get<std::string>(),
                   name_of_organisation(connection, person["organisation"].get<int>()),
                   person["services"].is_null() ? "tous" : words(person["services"]), period_text(connection, person),
                   person["active"].get<bool>() ? "" : " (désactivé)");
    }
}

/// What `set` is given as text, as the API takes it.
Json value_of(db::Connection& connection, const std::string& key, const std::string& text) {
    if (key == "organisation") return admin::find_organisation(connection, text);
    if (key == "active") return text == "true" || text == "oui";
    if (text.empty()) return nullptr;
    if (key != "services") return text;
    if (text == "tous") return nullptr;
    return CLI::detail::split(text, ',');
}

void change_person(db::Connection& connection, const std::string& login, const Json& patch) {
    const std::string id = std::to_string(admin::find_person(connection, login));
    admin::change(connection, admin::people(), id, patch, console());
}

void show_sight(db::Connection& connection, const std::string& login, const std::string& at, bool as_json) {
    const Json sight = admin::sees(connection, std::to_string(admin::find_person(connection, login)), at);
    if (as_json) {
        fmt::print("{}\n", sight.dump(2));
        return;
    }
    fmt::print("Ce que voit {} ({}) :\n", sight["person"]["name"].get<std::string>(), sight["at"].get<std::string>());
    for (const Json& layer : sight["layers"]) {
        const std::string communes = layer["communes"] == "all" ? "partout" : words(layer["communes"]);
        fmt::print("  {:<26} {:<10} {:<30} {}{}\n      selon : {}\n", layer["name"].get<std::string>(),
                   layer["resolution"].get<std::string>(), words(layer["rights"]), communes,
                   layer["perimeter"].get<bool>() ? " et un périmètre d'étude" : "", words(layer["because"]));
    }
    for (const Json& ended : sight["ended"])
        fmt::print("  terminé le {} : {} ({})\n", last_day(connection, ended["ended_at"]),
                   ended["title"].get<std::string>(), words(ended["layers"]));
}

struct AddPerson {
    std::string login, name, organisation, email, from, to;
    std::vector<std::string> services;
};

void insert_person(db::Connection& connection, const AddPerson& add) {
    Json body{{"login", add.login},
              {"name", add.name},
              {"organisation", admin::find_organisation(connection, add.organisation)}};
    set_member(body, "email", add.email);
    set_member(body, "valid_from", add.from);
    set_member(body, "valid_to", add.to);
    if (!add.services.empty()) body["services"] = add.services;
    const Json made = admin::create(connection, admin::people(), body, console());
    fmt::print("Personne {} : {}. Pour son mot de passe :\n  carreau person password {}\n", made["id"].get<int>(),
               add.login, add.login);
}

}  // namespace

void add_person(CLI::App& app, int&) {
    auto* command =
        app.add_subcommand("person", "Les personnes : list, add, set, password, deactivate, sees (ce que voit ...)");
    command->require_subcommand(1);
    command->fallthrough();
    auto database = std::make_shared<DatabaseOptions>();
    database->add_to(*command);
    auto login = std::make_shared<std::string>();
    auto as_json = std::make_shared<bool>(false);

    auto* list = command->add_subcommand("list", "Liste les personnes");
    list->add_flag("--json", *as_json, "En JSON");
    list->callback([=] { administer(*database, [&](db::Connection& c) { list_people(c, *as_json); }); });

    auto* add = command->add_subcommand("add", "Ajoute une personne");
    auto options = std::make_shared<AddPerson>();
    add->add_option("identifiant", options->login, "En minuscules, un par personne")->required();
    add->add_option("--name", options->name, "Nom et prénom")->required();
    add->add_option("--organisation", options->organisation, "Nom ou numéro (carreau organisation list)")->required();
    add->add_option("--email", options->email, "Adresse");
    add->add_option("--service", options->services, "Service, répétable ; sans lui, tous ceux de l'organisation")
        ->allow_extra_args(false);
    add->add_option("--from", options->from, "Premier jour [aujourd'hui]");
    add->add_option("--to", options->to, "Dernier jour");
    add->callback([=] { administer(*database, [&](db::Connection& c) { insert_person(c, *options); }); });

    auto* set = command->add_subcommand("set", "Change une valeur");
    auto key = std::make_shared<std::string>();
    auto value = std::make_shared<std::string>();
    set->add_option("identifiant", *login)->required();
    set->add_option("clé", *key,
                    "login, name, email, organisation, services (A,B ou tous), active, valid_from, valid_to, "
                    "oidc_subject")
        ->required()
        ->check(CLI::IsMember({"login", "name", "email", "organisation", "services", "active", "valid_from", "valid_to",
                               "oidc_subject"}));
    set->add_option("valeur", *value, "Vide : aucune")->required();
    set->callback([=] {
        administer(*database, [&](db::Connection& c) {
            const Json patch{{*key, value_of(c, *key, *value)}};
            change_person(c, *login, patch);
            fmt::print("{} : {} = {}\n", *login, *key, *value);
        });
    });

    auto* password = command->add_subcommand("password", "Change le mot de passe, lu sur l'entrée sans être affiché");
    password->add_option("identifiant", *login)->required();
    password->callback([=] {
        administer(*database, [&](db::Connection& c) {
            admin::find_person(c, *login);
            auth::PasswordHasher hasher;
            const Json patch{{"password", hasher.hash(read_password())}};
            change_person(c, *login, patch);
            fmt::print("Mot de passe de {} changé ; ses sessions du portail prennent fin.\n", *login);
        });
    });

    auto* deactivate = command->add_subcommand("deactivate", "Ferme le compte, sans l'effacer");
    deactivate->add_option("identifiant", *login)->required();
    deactivate->callback([=] {
        administer(*database, [&](db::Connection& c) {
            const Json patch{{"active", false}};
            change_person(c, *login, patch);
            fmt::print("Compte {} désactivé.\n", *login);
        });
    });

    auto* sight = command->add_subcommand("sees", "Dit ce que la personne voit, et selon quelle convention");
    auto at = std::make_shared<std::string>();
    sight->add_option("identifiant", *login)->required();
    sight->add_option("--at", *at, "À cette date [maintenant]");
    sight->add_flag("--json", *as_json, "En JSON");
    sight->callback([=] { administer(*database, [&](db::Connection& c) { show_sight(c, *login, *at, *as_json); }); });
}

}  // namespace command
