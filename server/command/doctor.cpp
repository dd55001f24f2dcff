#include <arpa/inet.h>
#include <fmt/format.h>
#include <gdal_version.h>
#include <proj.h>
#include <sys/socket.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <filesystem>
#include <functional>

#include "gis/crs/ign69.hpp"
#include "gis/error.hpp"
#include "server/command/commands.hpp"
#include "server/command/schema.hpp"
#include "server/db/connection.hpp"
#include "server/jobs/sandbox.hpp"

namespace command {

namespace fs = std::filesystem;

namespace {

constexpr int oldest_postgres = 150000;
constexpr std::uintmax_t least_free_bytes = 2'000'000'000;
// What deliveries in NTF Lambert need.
constexpr const char* grids[] = {"fr_ign_ntf_r93.tif"};

/// Prints each line of the diagnosis and remembers whether something is wrong.
class Diagnosis {
  public:
    void ok(std::string_view what, std::string_view detail) { fmt::print("OK      {:<22} {}\n", what, detail); }
    void advise(std::string_view what, std::string_view remedy) { fmt::print("CONSEIL {:<22} {}\n", what, remedy); }
    void wrong(std::string_view what, std::string_view remedy) {
        fmt::print("ERREUR  {:<22} {}\n", what, remedy);
        healthy_ = false;
    }
    bool healthy() const { return healthy_; }

  private:
    bool healthy_ = true;
};

void check_libraries(Diagnosis& diagnosis) {
    diagnosis.ok("carreau", version());
    diagnosis.ok("GDAL", GDAL_RELEASE_NAME);
    diagnosis.ok("PROJ", proj_info().release);
}

void check_grids(Diagnosis& diagnosis) {
    proj_log_level(PJ_DEFAULT_CTX, PJ_LOG_NONE);
    for (const char* grid : grids) {
        const PJ_GRID_INFO found = proj_grid_info(grid);
        if (found.filename[0] != '\0') {
            diagnosis.ok("grille PROJ", found.filename);
        } else {
            diagnosis.advise(
                "grille PROJ",
                fmt::format("{} absente : installez proj-data (les imports qui en ont besoin sont refusés sans elle)",
                            grid));
        }
    }
    const gis::Ign69 heights;
    if (!heights.grid().empty()) {
        diagnosis.ok("altitudes IGN69", "grille " + heights.grid());
    } else {
        diagnosis.advise("altitudes IGN69",
                         fmt::format("{} absente : les hauteurs ellipsoïdales des levés restent telles quelles ; {}",
                                     gis::Ign69::grids[0], gis::Ign69::remedy));
    }
}

void check_sandbox(Diagnosis& diagnosis) {
    if (jobs::has_landlock()) {
        diagnosis.ok("lecture des dépôts", "fichiers et appels système confinés (Landlock, seccomp)");
    } else {
        diagnosis.advise("lecture des dépôts",
                         "ce noyau ne confine pas les fichiers (Landlock, Linux 5.13) ; les appels système le sont");
    }
}

void check_disk(Diagnosis& diagnosis, const std::string& folder) {
    fs::path existing = folder;
    while (!fs::exists(existing) && existing.has_parent_path() && existing != existing.parent_path())
        existing = existing.parent_path();
    std::error_code error;
    const auto space = fs::space(existing, error);
    if (error) {
        diagnosis.wrong("disque", fmt::format("{} : {}", existing.string(), error.message()));
    } else if (space.available < least_free_bytes) {
        diagnosis.wrong("disque", fmt::format("{} : {:.1f} Go libres, il en faut 2 au moins", existing.string(),
                                              static_cast<double>(space.available) / 1e9));
    } else {
        diagnosis.ok("disque", fmt::format("{} : {:.1f} Go libres", existing.string(),
                                           static_cast<double>(space.available) / 1e9));
    }
    if (access(existing.c_str(), W_OK) != 0)
        diagnosis.wrong("dossier", fmt::format("{} : pas de droit d'écriture", existing.string()));
}

void check_port(Diagnosis& diagnosis, int port) {
    const int descriptor = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int reuse = 1;
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &reuse, sizeof reuse);
    const bool is_free = bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    close(descriptor);
    if (is_free) {
        diagnosis.ok("port", fmt::format("{} libre", port));
    } else {
        diagnosis.advise(
            "port",
            fmt::format("{} occupé (par Carreau lui-même, peut-être) : sinon, choisissez-en un autre avec --port",
                        port));
    }
}

void check_database(Diagnosis& diagnosis, const std::string& dsn) {
    db::Connection connection(dsn);
    const auto number = connection.query("select current_setting('server_version_num')::int").int64(0, 0);
    const std::string text = connection.query("select current_setting('server_version')").text(0, 0);
    if (number < oldest_postgres) {
        diagnosis.wrong("PostgreSQL", fmt::format("{} : la version 15 au moins est nécessaire", text));
    } else {
        diagnosis.ok("PostgreSQL", text);
    }
    for (const char* extension : {"postgis", "btree_gist"}) {
        const std::vector<db::Parameter> name{std::string(extension)};
        const db::Result installed = connection.query("select extversion from pg_extension where extname = $1", name);
        const db::Result available =
            connection.query("select default_version from pg_available_extensions where name = $1", name);
        if (installed.rows() > 0) {
            diagnosis.ok(extension, installed.text(0, 0));
        } else if (available.rows() > 0) {
            diagnosis.advise(extension, "disponible, pas encore créée : « carreau migrate » le fait");
        } else {
            diagnosis.wrong(extension, "absente du serveur : installez postgresql-NN-postgis-3 et postgresql-contrib");
        }
    }
    const std::string encoding = connection.query("show server_encoding").text(0, 0);
    if (encoding == "UTF8") {
        diagnosis.ok("encodage", encoding);
    } else {
        diagnosis.wrong("encodage",
                        fmt::format("{} : la base doit être en UTF8 (create database ... encoding 'UTF8')", encoding));
    }
    if (connection.query("select has_database_privilege(current_database(), 'create')").boolean(0, 0)) {
        diagnosis.ok("droits", "création de schémas permise");
    } else {
        diagnosis.wrong("droits", "demandez à l'administrateur : grant create on database ... to le rôle de Carreau");
    }
    const auto pending = db::pending_migrations(dsn, program_schema());
    if (pending.empty()) {
        diagnosis.ok("schéma", "à jour");
    } else {
        diagnosis.advise("schéma", fmt::format("{} étapes à appliquer : carreau migrate", pending.size()));
    }
}

/// What the access policy stands on.
void check_access(Diagnosis& diagnosis, const Database& base) {
    db::Connection connection(base.dsn());
    if (connection.query("select to_regclass('access.credential') is null").boolean(0, 0)) return;
    if (connection
            .query("select proleakproof from pg_proc where oid = 'geometry_overlaps(geometry, geometry)'::regprocedure")
            .boolean(0, 0)) {
        diagnosis.ok("index spatiaux", "utilisés sous les politiques d'accès");
    } else {
        diagnosis.wrong("index spatiaux",
                        "inutilisables sous les politiques d'accès : demandez à l'administrateur « alter function "
                        "geometry_overlaps(geometry, geometry) leakproof »");
    }
    const db::Result open = connection.query(
        "select string_agg(l.name, ', ') from catalogue.layer l join pg_class c on c.oid = "
        "to_regclass(format('%I.%I', l.table_schema, l.table_name)) where c.relkind in ('r', 'p') "
        "and not (c.relrowsecurity and c.relforcerowsecurity)");
    if (open.is_null(0, 0)) {
        diagnosis.ok("accès par ligne", "en place sur toutes les couches");
    } else {
        diagnosis.wrong("accès par ligne",
                        fmt::format("absent de {} : déclarez-les de nouveau (carreau layer add)", open.text(0, 0)));
    }
    db::Connection serving(base.serving_dsn());
    if (serving.query("select session_user = 'carreau_server'").boolean(0, 0)) {
        diagnosis.ok("utilisateur servant", "carreau_server, sans droits propres");
    } else {
        diagnosis.advise("utilisateur servant",
                         "le propriétaire de la base sert les requêtes : donnez --serving-database avec l'utilisateur "
                         "carreau_server");
    }
}

}  // namespace

void add_doctor(CLI::App& app, int& exit_code) {
    auto* command = app.add_subcommand("doctor", "Vérifie l'installation : une ligne par point, OK ou que faire");
    auto database = std::make_shared<DatabaseOptions>();
    auto port = std::make_shared<int>(8080);
    database->add_to(*command);
    command->add_option("--port", *port, "Port que le serveur prendra")
        ->capture_default_str()
        ->check(CLI::Range(1, 65535));
    command->callback([database, port, &exit_code] {
        Diagnosis diagnosis;
        check_libraries(diagnosis);
        check_grids(diagnosis);
        check_sandbox(diagnosis);
        const fs::path binaries = db::find_postgres_binaries();
        if (!binaries.empty()) {
            diagnosis.ok("PostgreSQL local", binaries.string());
        } else if (database->url.empty()) {
            diagnosis.wrong("PostgreSQL local",
                            "aucune version avec PostGIS sous /usr/lib/postgresql : scripts/install-deps");
        }
        check_disk(diagnosis, database->data.empty() ? default_data_folder() : database->data);
        check_port(diagnosis, *port);
        try {
            const Database base(*database);
            check_database(diagnosis, base.dsn());
            check_access(diagnosis, base);
        } catch (const std::exception& error) {
            diagnosis.wrong("base", error.what());
        }
        exit_code = diagnosis.healthy() ? exit_done : exit_failed;
    });
}

}  // namespace command
