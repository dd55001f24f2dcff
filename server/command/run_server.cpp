#include "server/command/run_server.hpp"

#include <fmt/format.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <optional>

#include "gis/error.hpp"
#include "gis/write/json_text.hpp"
#include "server/api/bulk_shares.hpp"
#include "server/api/handlers.hpp"
#include "server/api/journal.hpp"
#include "server/api/page_cache.hpp"
#include "server/api/prepared_files.hpp"
#include "server/api/problem.hpp"
#include "server/api/quick_tiles.hpp"
#include "server/api/raster_tiles.hpp"
#include "server/api/tile_repacker.hpp"
#include "server/api/upload_files.hpp"
#include "server/command/commands.hpp"
#include "server/db/catalog_store.hpp"
#include "server/gate/gatekeeper.hpp"
#include "server/gate/sign_ins.hpp"
#include "server/gate/tile_use.hpp"
#include "server/gate/upkeep.hpp"
#include "server/gate/visible_catalog.hpp"
#include "server/http/server.hpp"
#include "server/jobs/raster_files.hpp"
#include "server/jobs/runner.hpp"
#include "server/live/tile_engine.hpp"

namespace command {

namespace fs = std::filesystem;

namespace {

constexpr auto drain_time = std::chrono::seconds(20);
constexpr auto longest_file = std::chrono::milliseconds(std::chrono::seconds(55));  // below the server's own limit
constexpr auto longest_stream = std::chrono::milliseconds(std::chrono::minutes(30));
constexpr int offered_epsg[] = {4326, 3857, 2154, 3949, 3950, 4258, 4171, 3035, 3034, 32631};

std::vector<gis::Crs> offered_crs() {
    std::vector<gis::Crs> offered{gis::crs84()};
    for (const int code : offered_epsg) {
        if (auto crs = gis::crs_from_epsg(code)) offered.push_back(std::move(*crs));
    }
    return offered;
}

std::size_t megabytes(int count) {
    return static_cast<std::size_t>(count) << 20U;
}

void open_log(const std::string& file) {
    auto logger = file.empty() ? spdlog::stderr_logger_mt("carreau") : spdlog::basic_logger_mt("carreau", file);
    // Requests are JSON already; other lines are made so by the pattern's frame in log_line.
    logger->set_pattern("%v");
    logger->flush_on(spdlog::level::info);
    spdlog::set_default_logger(std::move(logger));
}

std::string timestamp() {
    const auto now = std::chrono::system_clock::now();
    const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count();
    const std::time_t seconds = milliseconds / 1000;
    std::tm utc{};
    gmtime_r(&seconds, &utc);
    char text[32];
    std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &utc);
    return fmt::format("{}.{:03}Z", text, milliseconds % 1000);
}

void log_event(const std::string& message) {
    spdlog::info(nlohmann::ordered_json{{"time", timestamp()}, {"event", message}}.dump(
        -1, ' ', false, nlohmann::json::error_handler_t::replace));
}

/// Appends `,"name":"text"`.
void append_member(std::string& line, std::string_view name, std::string_view text) {
    fmt::format_to(std::back_inserter(line), R"(,"{}":)", name);
    const bool is_ascii =
        std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
    if (is_ascii) {
        gis::append_json_string(line, text);
    } else {  // it may not be UTF-8
        line += nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    }
}

/// Written by hand: there is one for each request.
void log_request(const http::RequestLog& request) {
    std::string line = fmt::format(R"({{"time":"{}")", timestamp());
    append_member(line, "id", request.id);
    append_member(line, "method", request.method);
    append_member(line, "route", request.route);
    append_member(line, "path", request.path);
    fmt::format_to(std::back_inserter(line), R"(,"status":{},"bytes":{},"ms":{:.2f})", request.status, request.bytes,
                   request.milliseconds);
    append_member(line, "peer", request.peer);
    append_member(line, "agent", request.user_agent);
    line += request.cancelled ? R"(,"cancelled":true})" : "}";
    spdlog::info(line);
}

/// The portal beside the program: built tree, or installed under ../share/carreau.
fs::path portal_folder(const std::string& wanted) {
    if (!wanted.empty()) return wanted;
    const fs::path program = fs::read_symlink("/proc/self/exe").parent_path();
    for (const fs::path& candidate : {program / "portal", program / "../share/carreau/portal"}) {
        if (fs::exists(candidate / "index.html")) return candidate;
    }
    return {};
}

std::shared_ptr<auth::OidcClient> open_provider(const ServerOptions& options) {
    if (options.oidc_issuer.empty()) return nullptr;
    auth::OidcOptions provider;
    provider.issuer = options.oidc_issuer;
    provider.client_id = options.oidc_client;
    provider.title = options.oidc_title;
    provider.audience = options.oidc_audience;
    std::ifstream secret(options.oidc_secret_file);
    if (!std::getline(secret, provider.client_secret))
        throw gis::InvalidRequest("oidc-secret-file", "a readable file with the client's secret is expected");
    return std::make_shared<auth::OidcClient>(provider);
}

int wait_for_signal() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    int number = 0;
    sigwait(&signals, &number);
    return number;
}

/// What was counted since the last minute.
void write_tile_use(const std::string& serving_dsn, gate::TileUse& tile_use) {
    try {
        db::Connection connection(serving_dsn);
        connection.run_script("begin; set local role carreau_gate");
        tile_use.flush(connection);
        connection.execute("commit");
    } catch (const std::exception& error) {
        log_event(std::string("the last tile counts were not written: ") + error.what());
    }
}

}  // namespace

void ServerOptions::add_to(CLI::App& app) {
    app.add_option("--host", host, "Adresse d'écoute")->capture_default_str()->envname("CARREAU_HOST");
    app.add_option("--port", port, "Port d'écoute ; 0 en prend un libre")
        ->capture_default_str()
        ->check(CLI::Range(0, 65535))
        ->envname("CARREAU_PORT");
    app.add_option("--portal", portal, "Dossier du portail construit")->type_name("DOSSIER");
    app.add_option("--public-url", public_url, "Adresse publique, quand le mandataire (proxy) ne la dit pas")
        ->envname("CARREAU_PUBLIC_URL")
        ->type_name("URL");
    app.add_option("--base-path", base_path, "Préfixe de chemin que le mandataire laisse, par exemple /carreau")
        ->envname("CARREAU_BASE_PATH");
    app.add_option("--trusted-proxy", trusted_proxies, "Adresses (CIDR) dont les en-têtes X-Forwarded-* sont crus")
        ->capture_default_str();
    app.add_option("--identity-header", identity_header,
                   "En-tête par lequel un mandataire de confiance nomme la personne ; sans elle, aucun n'est cru")
        ->type_name("NOM");
    app.add_option("--oidc-issuer", oidc_issuer, "Fournisseur OpenID Connect (issuer)")->type_name("URL");
    app.add_option("--oidc-client", oidc_client, "Identifiant de Carreau chez lui");
    app.add_option("--oidc-secret-file", oidc_secret_file, "Fichier qui contient le secret de Carreau chez lui")
        ->type_name("FICHIER");
    app.add_option("--oidc-title", oidc_title, "Ce que dit le bouton de connexion")->capture_default_str();
    app.add_option("--oidc-audience", oidc_audience,
                   "Audience des jetons d'accès ; sans elle, l'identifiant de Carreau");
    app.add_option("--cors-origin", cors_origins, "Origines autorisées (CORS)")->capture_default_str();
    app.add_option("--contact", contact, "Contact affiché dans la description de l'API")->capture_default_str();
    add_inspire_namespace(app, inspire_namespace);
    app.add_option("--uploads", uploads, "Dossier des fichiers déposés ; sans elle, depots dans celui de --data")
        ->envname("CARREAU_UPLOADS")
        ->type_name("DOSSIER");
    app.add_option("--log", log, "Journal (une ligne JSON par requête) ; sans elle, la sortie d'erreur")
        ->type_name("FICHIER");
    app.add_option("--database-threads", database_threads, "Connexions à la base")
        ->capture_default_str()
        ->check(CLI::Range(1, 64));
    app.add_option("--bulk-threads", bulk_threads, "Exports et téléchargements simultanés, chacun sur sa connexion")
        ->capture_default_str()
        ->check(CLI::Range(1, 64));
    app.add_option("--bulk-share", bulk_share, "Combien d'entre eux la même personne, ou adresse, peut tenir")
        ->capture_default_str()
        ->check(CLI::Range(1, 64));
    app.add_option("--io-threads", io_threads, "Fils d'exécution du réseau")
        ->capture_default_str()
        ->check(CLI::Range(1, 32));
    app.add_option("--import-workers", import_workers,
                   "Fichiers déposés lus en même temps, chacun par un programme sans droits")
        ->capture_default_str()
        ->check(CLI::Range(0, 32));
    add_survey_codes(app, survey_codes);
    app.add_option("--tile-memory", tile_memory,
                   "Mémoire pour les couches dont viennent les tuiles, en Mo ; ce qui n'y tient pas passe par SQL")
        ->capture_default_str()
        ->check(CLI::Range(0, 1'000'000));
    app.add_option("--tile-cache", tile_cache, "Mémoire pour les tuiles prêtes, en Mo ; 0 : aucune n'est gardée")
        ->capture_default_str()
        ->check(CLI::Range(0, 1'000'000));
    app.add_option("--page-cache", page_cache,
                   "Mémoire pour les pages d'objets déjà répondues, en Mo ; 0 : aucune n'est gardée")
        ->capture_default_str()
        ->envname("CARREAU_PAGE_CACHE")
        ->check(CLI::Range(0, 1'000'000));
    app.add_option("--raster-threads", raster_threads, "Fils d'exécution qui dessinent les tuiles des rasters")
        ->capture_default_str()
        ->check(CLI::Range(1, 64));
    app.add_option("--raster-cache", raster_cache, "Mémoire pour les tuiles de rasters prêtes, en Mo")
        ->capture_default_str()
        ->envname("CARREAU_RASTER_CACHE")
        ->check(CLI::Range(0, 1'000'000));
    app.set_config("--config", "", "Fichier de configuration (clés = noms des options)");
}

void choose_uploads_folder(ServerOptions& options, const std::string& data_folder) {
    const fs::path chosen = options.uploads.empty() ? fs::path(data_folder) / "depots" : fs::path(options.uploads);
    options.uploads = fs::absolute(chosen).string();
}

void block_signals() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
}

http::StaticFiles load_portal(const ServerOptions& options) {
    const fs::path folder = portal_folder(options.portal);
    return folder.empty() ? http::StaticFiles() : http::StaticFiles(folder);
}

void run_server(const ServerOptions& options, const http::StaticFiles& portal, const std::string& dsn,
                const std::string& serving_dsn, const std::function<void(const std::string&)>& ready) {
    open_log(options.log);
    db::ConnectionPool::Options pool_options;
    pool_options.dsn = serving_dsn;
    pool_options.threads = options.database_threads;
    pool_options.settings = {"statement_timeout=10s", "jit=off",
                             "timezone=UTC",          "datestyle=ISO",
                             "extra_float_digits=1",  "max_parallel_workers_per_gather=0"};
    db::ConnectionPool pool(pool_options);
    pool_options.threads = options.bulk_threads;
    pool_options.max_waiting = 0;
    pool_options.in_background = true;  // a download may take a moment longer, a map may not
    pool_options.deadline = longest_file;
    pool_options.settings[0] = fmt::format("statement_timeout={}", longest_stream.count());
    db::ConnectionPool bulk(pool_options);
    api::BulkShares bulk_shares(options.bulk_share);
    live::CatalogWatch catalog(dsn, log_event);
    live::TileEngine tile_engine(dsn, catalog, {megabytes(options.tile_memory), megabytes(options.tile_cache)},
                                 log_event);
    db::ConnectionPool::Options owner_options;
    owner_options.dsn = dsn;
    owner_options.threads = 1;
    owner_options.settings = {"statement_timeout=10s", "jit=off"};
    db::ConnectionPool owner(owner_options);
    api::PageCache pages(owner, megabytes(options.page_cache));
    const api::TileRepacker repacker(tile_engine.cache());
    const api::PageTokens tokens(db::stored_setting(dsn, "page_token_secret", api::PageTokens::make_secret()));
    api::CountCache counts;
    api::StartIndexKeys start_index_keys;
    api::UploadFiles uploads(options.uploads);
    api::RasterTiles rasters({std::filesystem::path(options.uploads) / jobs::rasters_folder, options.raster_threads,
                              megabytes(options.raster_cache)});
    gate::Gatekeeper gatekeeper(pool, catalog,
                                {options.identity_header, std::chrono::hours(12), open_provider(options)});
    gate::VisibleCatalogs visible;
    gate::TileUse tile_use;
    gate::SignIns sign_ins;
    api::PreparedFiles prepared(catalog, gatekeeper, pool_options, {options.inspire_namespace}, log_event);
    api::FreshFiles fresh_files(pool);
    api::Journal journal(pool);
    std::optional<gate::DailyUpkeep> upkeep(std::in_place, serving_dsn, log_event);
    jobs::Runner::Options job_options;
    job_options.dsn = dsn;
    job_options.uploads = options.uploads;
    job_options.workers = options.import_workers;
    job_options.codes = load_survey_codes(options.survey_codes);
    job_options.log = log_event;
    std::optional<jobs::Runner> runner(std::in_place, job_options);
    std::atomic<bool> draining{false};
    std::atomic<http::Server*> running{nullptr};

    const api::Services services{catalog,
                                 pool,
                                 bulk,
                                 bulk_shares,
                                 gatekeeper,
                                 visible,
                                 tile_use,
                                 sign_ins,
                                 counts,
                                 start_index_keys,
                                 tile_engine,
                                 pages,
                                 uploads,
                                 rasters,
                                 prepared,
                                 fresh_files,
                                 journal,
                                 tokens,
                                 portal,
                                 offered_crs(),
                                 options.contact,
                                 options.inspire_namespace,
                                 version(),
                                 [&running] { return http::prometheus_text(running.load()->metrics()); },
                                 [&draining] { return draining.load(); }};
    http::ServerConfig config;
    config.host = options.host;
    config.port = static_cast<std::uint16_t>(options.port);
    config.io_threads = static_cast<unsigned>(options.io_threads);
    config.public_url = options.public_url;
    config.base_path = options.base_path;
    config.trusted_proxies = options.trusted_proxies;
    config.cors_origins = options.cors_origins;
    if (options.identity_header.empty())
        config.quick = [&services, &options] { return api::QuickTiles::look_of_thread(services, options.base_path); };
    http::Server server(config, api::make_routes(services), api::to_response, log_request);
    running = &server;
    server.start();
    const std::string host = options.host == "0.0.0.0" || options.host == "::" ? "127.0.0.1" : options.host;
    const std::string address = fmt::format("http://{}:{}{}", host, server.port(), options.base_path);
    log_event(fmt::format("listening on {}", address));
    ready(address);
    prepared.start();

    const int signal = wait_for_signal();
    draining = true;
    log_event(fmt::format("signal {}: draining", signal));
    server.stop(drain_time);
    write_tile_use(serving_dsn, tile_use);
    upkeep.reset();
    runner.reset();
    log_event("stopped");
    spdlog::shutdown();
}

}  // namespace command
