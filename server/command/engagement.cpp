#include <fmt/format.h>

#include <fstream>
#include <sstream>

#include "gis/error.hpp"
#include "server/command/administration.hpp"

namespace command {

namespace {

constexpr std::size_t max_file = 4'000'000;  // bytes; 10,000 positions take less

struct AddEngagement {
    std::string organisation, study, reference, contact, from, to, perimeter;
    std::vector<std::string> layers;
    std::vector<std::string> rights{"read"};
};

/// The geometry of a GeoJSON file: itself, its feature's, or its only feature's.
Json read_perimeter(const std::string& path) {
    std::ifstream stream(path);
    if (!stream) throw gis::InvalidRequest("--perimeter", fmt::format("le fichier {} ne peut être lu", path));
    std::string text(max_file + 1, '\0');
    stream.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(stream.gcount()));
    if (text.size() > max_file) throw gis::InvalidRequest("--perimeter", "le fichier est trop grand");
    Json document = Json::parse(text, nullptr, false);
    if (document.is_object() && document.contains("features") && document["features"].is_array() &&
        document["features"].size() == 1)
        document = Json(document["features"][0]);
    if (document.is_object() && document.contains("geometry")) document = Json(document["geometry"]);
    if (!document.is_object()) throw gis::InvalidRequest("--perimeter", "un objet GeoJSON est attendu");
    return document;
}

void list_engagements(db::Connection& connection, bool as_json) {
    const Json engagements = admin::list(connection, admin::engagements());
    if (as_json) {
        fmt::print("{}\n", engagements.dump(2));
        return;
    }
    fmt::print("{:>6} {:<44} {:<34} {:<28} {}\n", "N°", "ÉTUDE", "ORGANISATION", "VALIDITÉ", "COUCHES");
    for (const Json& one : engagements) {
        fmt::print("{:>6} {:<44} {:<34} {:<28} {}\n", one["id"].get<int>(), one["study"].get<std::string>(),
                   name_of_organisation(connection, one["organisation"].get<int>()), period_text(connection, one),
                   words(one["layers"]));
    }
}

void insert_engagement(db::Connection& connection, const AddEngagement& add, const Json& perimeter) {
    Json body{{"organisation", admin::find_organisation(connection, add.organisation)},
              {"study", add.study},
              {"layers", add.layers},
              {"rights", add.rights},
              {"perimeter", perimeter},
              {"valid_to", add.to}};
    set_member(body, "reference", add.reference);
    set_member(body, "contact", add.contact);
    set_member(body, "valid_from", add.from);
    const Json made = admin::create(connection, admin::engagements(), body, console());
    fmt::print("Engagement {} : {} ({})\n", made["id"].get<int>(), add.study, period_text(connection, made));
}

void end_one(db::Connection& connection, const std::string& id) {
    const Json patch{{"valid_to", connection.query("select to_jsonb(now()) #>> '{}'").text(0, 0)}};
    admin::change(connection, admin::engagements(), id, patch, console());
    fmt::print("Engagement {} terminé.\n", id);
}

}  // namespace

void add_engagement(CLI::App& app, int&) {
    auto* command = app.add_subcommand("engagement", "Les actes d'engagement des bureaux d'études : list, add, end");
    command->require_subcommand(1);
    command->fallthrough();
    auto database = std::make_shared<DatabaseOptions>();
    database->add_to(*command);

    auto* list = command->add_subcommand("list", "Liste les engagements");
    auto as_json = std::make_shared<bool>(false);
    list->add_flag("--json", *as_json, "En JSON, avec les périmètres");
    list->callback([=] { administer(*database, [&](db::Connection& c) { list_engagements(c, *as_json); }); });

    auto* add = command->add_subcommand("add", "Ajoute un engagement");
    auto options = std::make_shared<AddEngagement>();
    add->add_option("--organisation", options->organisation, "Nom ou numéro")->required();
    add->add_option("--study", options->study, "L'étude")->required();
    add->add_option("--reference", options->reference, "Référence");
    add->add_option("--contact", options->contact, "À qui s'adresser");
    add->add_option("--layer", options->layers, "Couche, répétable")->required()->allow_extra_args(false);
    add->add_option("--rights", options->rights, "read, exact, upload, export [read]")->delimiter(',');
    add->add_option("--perimeter", options->perimeter, "Périmètre : un polygone GeoJSON, longitude et latitude")
        ->required()
        ->type_name("FICHIER.geojson");
    add->add_option("--from", options->from, "Premier jour [aujourd'hui, maintenant]");
    add->add_option("--to", options->to, "Dernier jour")->required();
    add->callback([=] {
        // Read before the process may become another user.
        const Json perimeter = read_perimeter(options->perimeter);
        administer(*database, [&](db::Connection& c) { insert_engagement(c, *options, perimeter); });
    });

    auto* end = command->add_subcommand("end", "Met fin à un engagement, maintenant");
    auto id = std::make_shared<std::string>();
    end->add_option("numéro", *id)->required();
    end->callback([=] { administer(*database, [&](db::Connection& c) { end_one(c, *id); }); });
}

}  // namespace command
