#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <system_error>

#include "gis/error.hpp"
#include "server/api/inspire_file.hpp"
#include "server/api/inspire_package.hpp"
#include "server/command/as_public.hpp"
#include "server/command/commands.hpp"
#include "server/command/progress.hpp"
#include "server/db/catalog_store.hpp"

namespace command {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t piece_size = 256UL * 1024;
constexpr int shown_refusals = 10;

struct InspireOptions {
    std::string theme;
    std::string version;
    std::string crs = "EPSG:4258";
    std::string authority = "FR.CARREAU";
    std::vector<std::string> layers;
    std::string output;
};

/// The document to standard output, which cannot go back to write counts at the head.
api::InspireOutcome write_to_stdout(db::Connection& connection, api::InspireOrder& order) {
    order.form.collection = gis::inspire::DocumentForm::Collection::Gml;
    const auto write = [](const std::string& text) {
        if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size())
            throw std::system_error(errno, std::generic_category(), "écriture de la sortie standard");
    };
    std::string buffer;
    gis::inspire::Document(*order.theme, order.form).begin(buffer, {});
    api::InspireOutcome outcome = api::write_inspire(connection, order, buffer, [&] {
        if (buffer.size() < piece_size) return;
        write(buffer);
        buffer.clear();
    });
    write(buffer);
    if (std::fflush(stdout) != 0)
        throw std::system_error(errno, std::generic_category(), "écriture de la sortie standard");
    return outcome;
}

int tell(const api::InspireOrder& order, const api::InspireOutcome& outcome, std::FILE* to) {
    for (std::size_t i = 0; i < order.parts.size(); ++i) {
        fmt::print(to, "{:<28} {:>10} lignes {:>10} objets {}\n", order.parts[i].layer->name,
                   count_text(outcome.rows[i]), count_text(outcome.objects[i]), order.parts[i].mapping->feature_type);
    }
    const gis::inspire::Refusals& refusals = outcome.refusals;
    for (const auto& [code, count] : refusals.unknown_codes)
        fmt::print(to, "  code inconnu {} : {} fois, écrit comme absent ou « autre »\n", code, count_text(count));
    int shown = 0;
    for (const std::string& refusal : refusals.first) {
        if (shown++ == shown_refusals) break;
        fmt::print(to, "  laissé de côté : {}\n", refusal);
    }
    if (refusals.count > shown_refusals) fmt::print(to, "  ... {} en tout\n", count_text(refusals.count));
    return refusals.count > 0 ? exit_partial : exit_done;
}

int export_inspire(const std::string& dsn, const InspireOptions& options) {
    api::InspireOrder order;
    order.theme = api::find_inspire_theme(options.theme, options.version);
    order.catalog = std::make_shared<const gis::Catalog>(db::load_catalog(dsn));
    // Of all there are: what is not open to all is refused by name, not left out.
    const auto any = [](const gis::Layer&) { return true; };
    order.parts = api::inspire_parts(*order.theme, *order.catalog, options.layers, any);
    if (order.parts.empty())
        throw gis::NotFound(fmt::format("aucune couche publiée ne convient au thème {}", order.theme->name));
    order.form.crs = api::find_inspire_crs(options.crs);
    order.form.id_namespace = api::inspire_namespace(options.authority, *order.theme);
    db::Connection connection(dsn, {"jit=off", "timezone=UTC", "datestyle=ISO", "extra_float_digits=1"});
    begin_as_public(connection, api::layers_of(order.parts));
    const bool to_stdout = options.output == "-";
    const bool is_package = fs::path(options.output).extension() == ".gpkg";
    const api::InspireOutcome outcome = to_stdout    ? write_to_stdout(connection, order)
                                        : is_package ? api::write_inspire_package(connection, order, options.output)
                                                     : api::write_inspire_file(connection, order, options.output);
    connection.execute("commit");
    return tell(order, outcome, to_stdout ? stderr : stdout);
}

}  // namespace

void add_inspire_namespace(CLI::App& app, std::string& value) {
    const auto is_namespace = [](const std::string& text) {
        const auto fits = [](char c) {
            return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '.' || c == '-' ||
                   c == '_';
        };
        const bool good = !text.empty() && text.size() <= 100 && std::ranges::all_of(text, fits);
        return good ? std::string() : "lettres, chiffres, points et tirets attendus : " + text;
    };
    app.add_option("--inspire-namespace", value,
                   "Espace de noms des identifiants INSPIRE de l'autorité ; celui d'un thème y ajoute .CP")
        ->capture_default_str()
        ->check(is_namespace);
}

void add_export(CLI::App& app, int& exit_code) {
    auto* command = app.add_subcommand("export", "Écrit des données dans un fichier, telles que tous les voient");
    command->require_subcommand(1);
    command->fallthrough();
    auto database = std::make_shared<DatabaseOptions>();
    database->add_to(*command);
    auto* inspire = command->add_subcommand("inspire", "Un document GML ou un GeoPackage d'un thème INSPIRE");
    auto options = std::make_shared<InspireOptions>();
    inspire
        ->add_option("--theme", options->theme, fmt::format("Thème : {}", fmt::join(api::inspire_theme_names(), ", ")))
        ->required();
    inspire->add_option("--layer", options->layers, "Couches [toutes celles du thème]");
    inspire->add_option("--version", options->version, "Version du schéma [la plus récente]");
    inspire->add_option("--crs", options->crs, "EPSG:4258, 3035, 3034, 3042, 3043 ou 3044")->capture_default_str();
    add_inspire_namespace(*inspire, options->authority);
    inspire
        ->add_option("-o,--output", options->output,
                     "Fichier GML, ou GeoPackage quand il finit par .gpkg ; - pour la sortie standard")
        ->required()
        ->type_name("FICHIER");
    inspire->callback([database, options, &exit_code] {
        if (options->output != "-") options->output = fs::absolute(options->output).string();
        const Database base(*database);
        exit_code = export_inspire(base.dsn(), *options);
    });
}

}  // namespace command
