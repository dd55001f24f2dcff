#include <fmt/format.h>

#include "server/command/administration.hpp"

namespace command {

namespace {

struct AddOrganisation {
    std::string name, kind, siren, code_insee, from, to;
};

void list_organisations(db::Connection& connection, bool as_json) {
    const Json organisations = admin::list(connection, admin::organisations());
    if (as_json) {
        fmt::print("{}\n", organisations.dump(2));
        return;
    }
    fmt::print("{:>6} {:<44} {:<16} {:<10} {:<6} {}\n", "N°", "ORGANISATION", "GENRE", "SIREN", "INSEE", "VALIDITÉ");
    for (const Json& one : organisations) {
        fmt::print("{:>6} {:<44} {:<16} {:<10} {:<6} {}\n", one["id"].get<int>(), one["name"].get<std::string>(),
                   one["kind"].get<std::string>(), words(one["siren"]), words(one["code_insee"]),
                   period_text(connection, one));
    }
}

void insert_organisation(db::Connection& connection, const AddOrganisation& add) {
    Json body{{"name", add.name}, {"kind", add.kind}};
    set_member(body, "siren", add.siren);
    set_member(body, "code_insee", add.code_insee);
    set_member(body, "valid_from", add.from);
    set_member(body, "valid_to", add.to);
    const Json made = admin::create(connection, admin::organisations(), body, console());
    fmt::print("Organisation {} : {}\n", made["id"].get<int>(), add.name);
}

}  // namespace

void add_organisation(CLI::App& app, int&) {
    auto* command = app.add_subcommand("organisation", "Les organisations : list, add");
    command->require_subcommand(1);
    command->fallthrough();
    auto database = std::make_shared<DatabaseOptions>();
    database->add_to(*command);

    auto* list = command->add_subcommand("list", "Liste les organisations");
    auto as_json = std::make_shared<bool>(false);
    list->add_flag("--json", *as_json, "En JSON");
    list->callback([=] { administer(*database, [&](db::Connection& c) { list_organisations(c, *as_json); }); });

    auto* add = command->add_subcommand("add", "Ajoute une organisation");
    auto options = std::make_shared<AddOrganisation>();
    add->add_option("nom", options->name)->required();
    add->add_option("--kind", options->kind, "EPCI, commune, partenaire ou bureau d'études")->required();
    add->add_option("--siren", options->siren, "Neuf chiffres");
    add->add_option("--insee", options->code_insee, "Code INSEE, pour une commune");
    add->add_option("--from", options->from, "Premier jour");
    add->add_option("--to", options->to, "Dernier jour");
    add->callback([=] { administer(*database, [&](db::Connection& c) { insert_organisation(c, *options); }); });
}

}  // namespace command
