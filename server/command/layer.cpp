#include <fmt/format.h>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "gis/error.hpp"
#include "server/command/commands.hpp"
#include "server/db/catalog_store.hpp"
#include "server/db/connection.hpp"
#include "server/db/layer_declaration.hpp"
#include "server/import/versions.hpp"
#include "server/live/sql_reason.hpp"

namespace command {

namespace {

using nlohmann::json;

const gis::Layer& require_layer(const gis::Catalog& catalog, std::string_view name) {
    const gis::Layer* layer = catalog.find(name);
    if (layer == nullptr) throw gis::NotFound(fmt::format("il n'y a pas de couche « {} » (carreau layer list)", name));
    return *layer;
}

void list_layers(const std::string& dsn, bool as_json) {
    const gis::Catalog catalog = db::load_catalog(dsn, db::Listing::All);
    if (as_json) {
        json list = json::array();
        for (const gis::Layer& layer : catalog.layers()) {
            list.push_back({{"name", layer.name},
                            {"title", layer.title},
                            {"theme", layer.theme},
                            {"table", layer.schema_name + "." + layer.table_name},
                            {"published", layer.published}});
        }
        fmt::print("{}\n", list.dump(2));
        return;
    }
    fmt::print("{:<26} {:<10} {:<30} {}\n", "COUCHE", "THÈME", "TABLE", "TITRE");
    for (const gis::Layer& layer : catalog.layers()) {
        fmt::print("{:<26} {:<10} {:<30} {}{}\n", layer.name, layer.theme, layer.schema_name + "." + layer.table_name,
                   layer.title, layer.published ? "" : " (non publiée)");
    }
}

/// Where its tiles come from, and why not from memory.
std::string tiles_of(const gis::Layer& layer) {
    static const std::map<std::string, std::string> reasons{
        {"declared", "la déclaration le veut (tiles = sql)"},
        {"sensitive", "ses positions sont rendues grossières selon qui demande, et ses surfaces réunies (merge_zoom)"},
        {"view", "c'est une vue, dont les changements ne se suivent pas"},
        {"untracked", "elle est déclarée sans suivi des changements"},
        {"id type", "son identifiant n'est ni un entier, ni un texte, ni un uuid"},
        {"zoom", "ses zooms sont au-delà de 20"}};
    if (!layer.has_geometry()) return "aucune";
    const std::string reason = live::sql_reason(layer);
    if (reason.empty()) return "en mémoire, tant qu'elle y tient (carreau serve --tile-memory)";
    return "par SQL : " + reasons.at(reason);
}

void show_layer(const std::string& dsn, const std::string& name) {
    const gis::Catalog catalog = db::load_catalog(dsn, db::Listing::All);
    const gis::Layer& layer = require_layer(catalog, name);
    const auto line = [](std::string_view key, std::string_view value) { fmt::print("{:<18} {}\n", key, value); };
    line("nom", layer.name);
    line("titre", layer.title);
    line("description", layer.description);
    line("thème", layer.theme);
    line("table", layer.schema_name + "." + layer.table_name);
    line("identifiant", fmt::format("{} ({})", layer.id_column, layer.id_sql_type));
    line("géométrie", layer.has_geometry() ? fmt::format("{} {} {}", layer.geometry_column,
                                                         gis::to_string(layer.geometry_type), layer.crs.code())
                                           : "aucune");
    line("zooms", fmt::format("{} à {}", layer.min_zoom, layer.max_zoom));
    line("fusion",
         layer.merge_zoom <= layer.min_zoom
             ? "aucune"
             : fmt::format("sous le zoom {}, les surfaces de mêmes valeurs n'en font qu'une", layer.merge_zoom));
    line("tuiles", tiles_of(layer));
    line("remplace par", layer.coverage_column.empty() ? "toute la couche" : layer.coverage_column);
    line("suivi", layer.tracked ? "oui (historique et flux des changements)" : "non (vue, ou déclaré sans suivi)");
    line("publiée", layer.published ? "oui" : "non");
    {
        db::Connection access(dsn);
        const std::vector<db::Parameter> values{std::to_string(layer.id)};
        const db::Result row = access.query(
            "select access.is_public(layer_id), coalesce((select string_agg(service, ', ' order by service) from "
            "org.service_layer s where s.layer_id = l.layer_id), ''), public_resolution, agent_resolution "
            "from catalogue.layer l where layer_id = $1::int",
            values);
        line("ouverte à tous", row.boolean(0, 0) ? "oui" : "non");
        line("services", row.text(0, 1));
        if (layer.sensitive) line("positions", fmt::format("public : {}, agents : {}", row.text(0, 2), row.text(0, 3)));
    }
    line("fictive", layer.fictive ? "oui" : "non");
    line("licence", layer.licence);
    if (layer.extent)
        line("emprise", fmt::format("{:.5f} {:.5f} {:.5f} {:.5f}", layer.extent->west, layer.extent->south,
                                    layer.extent->east, layer.extent->north));
    for (const gis::Field& field : layer.fields)
        fmt::print("  {:<22} {:<9} {}\n", field.name, gis::to_string(field.type), field.title);
    db::Connection connection(dsn);
    for (const auto& version : importing::list_versions(connection, layer.schema_name + "." + layer.table_name)) {
        fmt::print("version {:<5} {:<10} {:>9} objets  {}  {}  {}\n", version.version_id, version.state,
                   version.feature_count, version.published_at, version.vintage, version.source);
    }
}

std::string read_file(const std::string& path) {
    std::ifstream stream(path);
    if (!stream) throw gis::InvalidRequest("--declaration", fmt::format("le fichier {} ne peut être lu", path));
    std::ostringstream text;
    text << stream.rdbuf();
    return text.str();
}

struct AddOptions {
    std::string table, name, title, id, geometry, theme, declaration, style;
    int min_zoom = -1;
    int max_zoom = -1;
    bool untracked = false;
    bool is_public = false;
};

void declare_new(const std::string& dsn, const AddOptions& options) {
    json document = json::object();
    if (!options.declaration.empty()) {
        document = json::parse(read_file(options.declaration), nullptr, false);
        if (!document.is_object()) throw gis::InvalidRequest("--declaration", "un objet JSON est attendu");
    }
    const auto set = [&](const char* key, const std::string& value) {
        if (!value.empty()) document[key] = value;
    };
    set("table", options.table);
    set("name", options.name);
    set("title", options.title);
    set("id_column", options.id);
    set("geometry_column", options.geometry);
    set("theme", options.theme);
    if (options.min_zoom >= 0) document["min_zoom"] = options.min_zoom;
    if (options.max_zoom >= 0) document["max_zoom"] = options.max_zoom;
    if (options.untracked) document["tracked"] = false;
    if (options.is_public) document["public"] = true;
    const std::string name = db::declare_layer(dsn, document.dump());
    fmt::print("Couche « {} » publiée : /collections/{} et /tiles/{}/{{z}}/{{x}}/{{y}}.mvt\n", name, name, name);
    db::Connection connection(dsn);
    const std::vector<db::Parameter> values{name};
    if (!connection.query("select access.is_public(layer_id) from catalogue.layer where name = $1", values)
             .boolean(0, 0)) {
        fmt::print(
            "Elle n'est vue que par ceux dont une convention la donne ; pour l'ouvrir à tous :\n"
            "  carreau layer set {} public true\n",
            name);
    }
}

}  // namespace

void add_layer(CLI::App& app, int&) {
    auto* command = app.add_subcommand("layer", "Les couches : list, show, add, set, remove, versions, rollback");
    command->require_subcommand(1);
    command->fallthrough();  // inherited by what is added below: --data may stand anywhere
    auto database = std::make_shared<DatabaseOptions>();
    database->add_to(*command);
    auto name = std::make_shared<std::string>();

    auto* list = command->add_subcommand("list", "Liste les couches");
    auto as_json = std::make_shared<bool>(false);
    list->add_flag("--json", *as_json, "En JSON");
    list->callback([database, as_json] { list_layers(Database(*database).dsn(), *as_json); });

    auto* show = command->add_subcommand("show", "Montre une couche, ses champs et ses versions");
    show->add_option("couche", *name)->required();
    show->callback([database, name] {
        const Database base(*database);
        show_layer(base.dsn(), *name);
    });

    auto* add = command->add_subcommand("add", "Publie une table ou une vue PostGIS");
    auto options = std::make_shared<AddOptions>();
    add->add_option("table", options->table, "schema.table ou schema.vue");
    add->add_option("--name", options->name, "Nom dans les adresses [nom de la table]");
    add->add_option("--title", options->title, "Titre pour les personnes");
    add->add_option("--id", options->id, "Colonne qui identifie un objet [clé primaire]");
    add->add_option("--geometry", options->geometry, "Colonne de géométrie [la première]");
    add->add_option("--theme", options->theme,
                    "Groupe dans le portail : cadastre, risque, urba, ads, archeo, org ou un autre");
    add->add_option("--min-zoom", options->min_zoom, "Premier zoom des tuiles")->check(CLI::Range(0, 22));
    add->add_option("--max-zoom", options->max_zoom, "Dernier zoom des tuiles")->check(CLI::Range(0, 22));
    add->add_option("--declaration", options->declaration, "Déclaration complète en JSON (champs, style ...)");
    add->add_flag("--public", options->is_public, "Ouverte à tous ; sinon à ceux dont une convention la donne");
    add->add_flag("--untracked", options->untracked, "Ne pose pas les déclencheurs d'historique et de changements");
    add->callback([database, options] {
        const Database base(*database);
        declare_new(base.dsn(), *options);
    });

    auto* set = command->add_subcommand("set", "Change une clé d'une déclaration");
    auto key = std::make_shared<std::string>();
    auto value = std::make_shared<std::string>();
    set->add_option("couche", *name)->required();
    set->add_option("clé", *key, "title, description, public, services, published, min_zoom, style ...")->required();
    set->add_option("valeur", *value)->required();
    set->callback([database, name, key, value] {
        const Database base(*database);
        db::set_layer(base.dsn(), *name, *key, *value);
        fmt::print("{} : {} = {}\n", *name, *key, *value);
    });

    auto* remove =
        command->add_subcommand("remove", "Retire une couche du catalogue ; la table et ses données restent");
    remove->add_option("couche", *name)->required();
    remove->callback([database, name] {
        const Database base(*database);
        db::remove_layer(base.dsn(), *name);
        fmt::print("Couche « {} » retirée du catalogue ; sa table est intacte.\n", *name);
    });

    auto* rollback = command->add_subcommand("rollback", "Remet la version que la dernière a remplacée");
    rollback->add_option("couche", *name)->required();
    rollback->callback([database, name] {
        const Database base(*database);
        const gis::Catalog catalog = db::load_catalog(base.dsn(), db::Listing::All);
        const gis::Layer& layer = require_layer(catalog, *name);
        db::Connection connection(base.dsn());
        const int version_id = importing::roll_back(connection, layer.schema_name + "." + layer.table_name);
        if (version_id == 0) {
            fmt::print("Le dernier dépôt dans « {} » est annulé : c'est de nouveau un brouillon de son auteur.\n",
                       *name);
        } else {
            fmt::print("Version {} de « {} » remise en place.\n", version_id, *name);
        }
    });
}

}  // namespace command
