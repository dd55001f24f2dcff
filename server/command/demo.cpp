#include <fmt/format.h>

#include <filesystem>
#include <set>

#include "gis/demo/territory.hpp"
#include "server/command/commands.hpp"
#include "server/command/demo_people.hpp"
#include "server/command/progress.hpp"
#include "server/command/run_server.hpp"
#include "server/command/schema.hpp"
#include "server/db/catalog_store.hpp"
#include "server/db/layer_declaration.hpp"
#include "server/embedded/embedded.hpp"
#include "server/import/version_loader.hpp"
#include "server/import/versions.hpp"

namespace command {

namespace {

constexpr std::string_view territory_setting = "demo_territory";
constexpr std::string_view source_name = "territoire de démonstration (données fictives)";

/// Counts what passes, for the progress bar.
class CountingSink : public gis::RowSink {
  public:
    explicit CountingSink(gis::RowSink& next) : next_(next) {}
    void write(gis::RowBatch batch) override {
        rows_ += static_cast<std::int64_t>(batch.rows.size());
        next_.write(std::move(batch));
    }
    std::int64_t rows() const { return rows_; }

  private:
    gis::RowSink& next_;
    std::int64_t rows_ = 0;
};

gis::demo::Facts territory_facts() {
    const auto facts = embedded::seed_facts();
    return {embedded::text_of(facts, "communes"), embedded::text_of(facts, "archaeology_operations"),
            embedded::text_of(facts, "ads_acts")};
}

/// Declares the layers the program brings, those that are not there yet: what an administrator changed stays.
void declare_missing_layers(const std::string& dsn) {
    std::set<std::string> known;
    const gis::Catalog catalog = db::load_catalog(dsn, db::Listing::All);
    for (const gis::Layer& layer : catalog.layers()) known.insert(layer.name);
    for (const embedded::TextFile& file : embedded::layer_declarations()) {
        if (!known.contains(file.name)) db::declare_layer(dsn, file.text);
    }
}

void load_territory(const std::string& dsn, const std::string& size) {
    db::Connection connection(dsn);
    importing::discard_abandoned(connection);
    const std::vector<db::Parameter> name{std::string(territory_setting)};
    const db::Result loaded = connection.query("select value from catalogue.setting where name = $1", name);
    if (loaded.rows() > 0 && loaded.text(0, 0) == size) {
        fmt::print("Territoire « {} » déjà chargé.\n", size);
        return;
    }
    Progress progress(fmt::format("Territoire « {} »", size));
    importing::VersionLoader loader(dsn, {std::string(source_name), "", ""});
    CountingSink sink(loader);
    gis::demo::Options options;
    options.size = size == "full" ? gis::demo::Size::Full : gis::demo::Size::Small;
    options.progress = [&](double fraction, std::string_view) { progress.tell(fraction * 0.9, sink.rows(), "objets"); };
    gis::demo::generate_territory(territory_facts(), options, sink);
    progress.tell(0.92, sink.rows(), "objets");
    loader.publish();
    const std::vector<db::Parameter> setting{std::string(territory_setting), size};
    connection.query(
        "insert into catalogue.setting (name, value) values ($1, $2) on conflict (name) do update set value = "
        "excluded.value",
        setting);
    progress.finish(fmt::format("{} objets chargés", count_text(sink.rows())));
}

void print_welcome(const std::string& address, const std::vector<DemoPerson>& people) {
    fmt::print(
        "\n  Carreau est prêt.\n\n"
        "  La carte          {0}/\n"
        "  QGIS, GDAL        {0}/            (OGC API – Features)\n"
        "  Style pour QGIS   {0}/styles/portail   (tuiles vectorielles)\n"
        "  Les couches       {0}/collections?f=html\n"
        "  L'API             {0}/api?f=html\n\n"
        "  Pour se connecter (identifiant, mot de passe) :\n",
        address);
    for (const DemoPerson& person : people)
        fmt::print("    {:<20} {:<34} {}\n", person.login, person.password, person.who);
    fmt::print("\n  Géométries et personnes fictives, pour la démonstration. Ctrl-C arrête tout proprement.\n\n");
    std::fflush(stdout);
}

}  // namespace

void add_demo(CLI::App& app, int&) {
    auto* command = app.add_subcommand("demo", "Démarre tout : base privée, territoire de démonstration, serveur");
    auto database = std::make_shared<DatabaseOptions>();
    auto server = std::make_shared<ServerOptions>();
    auto size = std::make_shared<std::string>("small");
    auto load_only = std::make_shared<bool>(false);
    database->add_to(*command);
    server->add_to(*command);
    command->add_option("--territory", *size, "small (environ 60 000 parcelles) ou full (environ 280 000)")
        ->capture_default_str()
        ->check(CLI::IsMember({"small", "full"}));
    command->add_flag("--load-only", *load_only, "Prépare la base et charge le territoire, sans servir");
    command->callback([database, server, size, load_only] {
        block_signals();
        // The journal goes beside the data: the terminal is for the person.
        const std::string folder =
            std::filesystem::absolute(database->data.empty() ? default_data_folder() : database->data).string();
        if (server->log.empty() && database->url.empty()) server->log = folder + "/carreau.log";
        const http::StaticFiles portal = load_portal(*server);
        choose_uploads_folder(*server, folder);
        fmt::print("Démarrage de la base ...\n");
        std::fflush(stdout);
        const Database base(*database);
        db::migrate(base.dsn(), program_schema(), [](const std::string& name) { fmt::print("Schéma : {}\n", name); });
        declare_missing_layers(base.dsn());
        load_territory(base.dsn(), *size);
        const std::vector<DemoPerson> people = prepare_demo_people(base.dsn());
        if (*load_only) return;
        const auto welcome = [&](const std::string& address) { print_welcome(address, people); };
        run_server(*server, portal, base.dsn(), base.serving_dsn(), welcome);
        fmt::print("Arrêt.\n");
    });
}

}  // namespace command
