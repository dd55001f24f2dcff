#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <future>
#include <nlohmann/json.hpp>
#include <thread>

#include "gis/error.hpp"
#include "gis/read/archive.hpp"
#include "gis/read/csv_source.hpp"
#include "gis/read/detect.hpp"
#include "gis/read/mapping.hpp"
#include "gis/read/read.hpp"
#include "server/command/commands.hpp"
#include "server/command/progress.hpp"
#include "server/db/catalog_store.hpp"
#include "server/db/layer_declaration.hpp"
#include "server/embedded/embedded.hpp"
#include "server/import/mission.hpp"
#include "server/import/version_loader.hpp"
#include "server/import/versions.hpp"
#include "server/jobs/task.hpp"

namespace command {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t shown_problems = 20;

struct ImportOptions {
    std::vector<std::string> files;
    std::string layer, title, vintage, source_layer, encoding, separator, decimal, departement, report, crs,
        survey_codes, mission, organisation;
    bool create = false;
    bool is_public = false;
    bool force = false;
    bool dry_run = false;
    int jobs = 0;
};

int parse_epsg(const std::string& text) {
    const std::string digits = text.starts_with("EPSG:") ? text.substr(5) : text;
    const int code = std::atoi(digits.c_str());
    if (!gis::crs_from_epsg(code))
        throw gis::InvalidRequest(
            "--crs", fmt::format("un code EPSG connu est attendu (2154, 3950, 4326 ...), reçu « {} »", text));
    return code;
}

std::string sql_type_of(gis::FieldType type) {
    switch (type) {
        case gis::FieldType::Integer:
            return "bigint";
        case gis::FieldType::Number:
            return "double precision";
        case gis::FieldType::Boolean:
            return "boolean";
        case gis::FieldType::Date:
            return "date";
        case gis::FieldType::DateTime:
            return "timestamp with time zone";
        case gis::FieldType::Text:
            return "text";
    }
    return "text";
}

/// The table and layer made for an import, taken away again unless something was published in them.
class CreatedLayer {
  public:
    CreatedLayer() = default;
    CreatedLayer(std::string dsn, std::string name, std::string table)
        : dsn_(std::move(dsn)), name_(std::move(name)), table_(std::move(table)) {}
    CreatedLayer(CreatedLayer&& other) noexcept { swap(other); }
    CreatedLayer& operator=(CreatedLayer&& other) noexcept {
        swap(other);
        return *this;
    }
    ~CreatedLayer() {
        if (name_.empty()) return;
        try {
            db::remove_layer(dsn_, name_);
            db::Connection(dsn_).execute(fmt::format("drop table {} cascade", table_));
        } catch (const std::exception& error) {
            fmt::print(stderr, "carreau : la couche « {} » créée pour cet import n'a pu être retirée : {}\n", name_,
                       error.what());
        }
    }
    void keep() { name_.clear(); }

  private:
    void swap(CreatedLayer& other) noexcept {
        std::swap(dsn_, other.dsn_);
        std::swap(name_, other.name_);
        std::swap(table_, other.table_);
    }
    std::string dsn_, name_, table_;
};

/// Makes a table and a layer for files of a kind nobody knows yet.
CreatedLayer create_layer(const std::string& dsn, const ImportOptions& options, gis::read::Options& read_options) {
    const gis::read::Detection detection = gis::read::detect(options.files.front(), read_options);
    const auto readable =
        std::find_if(detection.layers.begin(), detection.layers.end(), [&](const gis::read::DetectedLayer& layer) {
            return layer.refusal.empty() && (options.source_layer.empty() || layer.name == options.source_layer);
        });
    if (readable == detection.layers.end()) {
        const std::string why = detection.layers.empty() ? "rien de lisible" : detection.layers.front().refusal;
        throw gis::InvalidRequest(options.files.front(), why.empty() ? "aucune couche de ce nom dans le fichier" : why);
    }
    read_options.source_layer = readable->name;
    read_options.target = gis::read::propose_table(*readable, "donnees." + options.layer);
    const gis::read::Target& target = *read_options.target;
    std::vector<importing::NewColumn> columns;
    for (const gis::read::TargetColumn& column : target.columns)
        columns.push_back({column.name, sql_type_of(column.type)});
    if (options.dry_run) return {};
    db::Connection connection(dsn);
    importing::create_versioned_table(connection, target.table, columns, target.id_column,
                                      target.geometry ? std::string(gis::to_string(*target.geometry)) : "",
                                      read_options.target_srid);
    const nlohmann::json declaration{{"table", target.table},
                                     {"name", options.layer},
                                     {"title", options.title.empty() ? options.layer : options.title},
                                     {"id_column", target.id_column},
                                     {"public", options.is_public}};
    CreatedLayer created(dsn, db::declare_layer(dsn, declaration.dump()), target.table);
    fmt::print("Couche « {} » créée (table {}).\n", options.layer, target.table);
    return created;
}

/// Tells the readers where the rows go. Gives the layer made for them, if one was.
CreatedLayer choose_target(const std::string& dsn, const ImportOptions& options, gis::read::Options& read_options) {
    if (options.layer.empty()) return {};
    const gis::Catalog catalog = db::load_catalog(dsn, db::Listing::All);
    const gis::Layer* layer = catalog.find(options.layer);
    if (layer == nullptr && jobs::has_mapping("cadastre." + options.layer)) {
        read_options.kind = options.layer;
        return {};
    }
    if (layer == nullptr && !options.create) {
        throw gis::InvalidRequest(
            "--layer",
            fmt::format(
                "il n'y a pas de couche « {} » : voyez « carreau layer list », ou ajoutez --create pour la créer",
                options.layer));
    }
    if (layer == nullptr) return create_layer(dsn, options, read_options);
    db::Connection connection(dsn);
    jobs::aim_at(connection, *layer, read_options);
    return {};
}

std::string hash_of(const std::vector<std::string>& files) {
    std::string all;
    for (const std::string& file : files) all += gis::read::sha256_of(file);
    return files.size() == 1
               ? all
               : all.substr(0, 64) + fmt::format("+{}:{:x}", files.size() - 1, std::hash<std::string>{}(all));
}

std::string names_of(const std::vector<std::string>& files) {
    const std::string first = fs::path(files.front()).filename().string();
    return files.size() == 1 ? first : fmt::format("{} et {} autres", first, files.size() - 1);
}

void print_problems(const gis::read::ReadReport& report) {
    std::size_t shown = 0;
    for (const gis::read::Problem& problem : report.problems) {
        if (shown++ == shown_problems) break;
        const char* mark = problem.kind == gis::read::Problem::Kind::Refused    ? "refusé"
                           : problem.kind == gis::read::Problem::Kind::Repaired ? "réparé"
                                                                                : "note";
        fmt::print("  {:<7} {}{}{}{} : {}\n", mark, problem.file, problem.layer.empty() ? "" : " / " + problem.layer,
                   problem.feature ? fmt::format(" n° {}", *problem.feature) : "",
                   problem.field.empty() ? "" : " [" + problem.field + "]", problem.reason);
    }
    if (report.problem_count > static_cast<std::int64_t>(shown_problems)) {
        fmt::print("  ... et {} autres (--report FICHIER les donne tous)\n",
                   report.problem_count - static_cast<std::int64_t>(shown_problems));
    }
}

void write_report(const std::string& path, const gis::read::ReadReport& report,
                  const std::vector<importing::LoadedTable>& loaded) {
    nlohmann::ordered_json document;
    for (const auto& [table, counts] : report.tables) {
        document["tables"][table] = {{"read", counts.read},
                                     {"written", counts.written},
                                     {"merged", counts.merged},
                                     {"repaired", counts.repaired},
                                     {"refused", counts.refused}};
    }
    for (const importing::LoadedTable& table : loaded) document["versions"][table.table] = table.version_id;
    document["problem_count"] = report.problem_count;
    document["problems"] = nlohmann::json::array();
    for (const gis::read::Problem& problem : report.problems) {
        nlohmann::ordered_json entry{{"kind", gis::read::to_string(problem.kind)},
                                     {"file", problem.file},
                                     {"layer", problem.layer},
                                     {"field", problem.field},
                                     {"reason", problem.reason}};
        if (problem.feature) entry["feature"] = *problem.feature;
        document["problems"].push_back(std::move(entry));
    }
    document["crs"] = report.crs;
    document["encodings"] = report.encodings;
    document["files"] = report.files;
    document["refused_files"] = report.refused_files;
    std::ofstream(path) << document.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
}

/// The number of the organisation of that name; nothing for no name.
std::optional<std::int64_t> organisation_of(db::Connection& connection, const std::string& name) {
    if (name.empty()) return std::nullopt;
    const std::vector<db::Parameter> values{name};
    const db::Result rows = connection.query(
        "select organisation_id from org.organisation where nom = $1 order by valid_to desc nulls first limit 1",
        values);
    if (rows.rows() == 0)
        throw gis::InvalidRequest("--organisation", fmt::format("il n'y a pas d'organisation « {} »", name));
    return rows.int64(0, 0);
}

/// A sink for --dry-run: everything is read and checked, nothing is written.
class NoSink : public gis::RowSink {
  public:
    void write(gis::RowBatch) override {}
};

int run_import(const std::string& dsn, const ImportOptions& options) {
    gis::read::Options read_options;
    if (!options.crs.empty()) read_options.source_srid = parse_epsg(options.crs);
    if (!options.encoding.empty()) read_options.encoding = options.encoding;
    read_options.text_form = gis::read::parse_text_form(options.separator, options.decimal);
    if (!options.departement.empty()) read_options.departement = options.departement;
    if (!options.source_layer.empty()) read_options.source_layer = options.source_layer;
    read_options.codes = load_survey_codes(options.survey_codes);
    read_options.threads =
        options.jobs > 0 ? options.jobs : static_cast<int>(std::clamp(std::thread::hardware_concurrency(), 1U, 8U));

    db::Connection connection(dsn);
    importing::discard_abandoned(connection);
    std::future<std::string> hashing = std::async(std::launch::async, [&options] { return hash_of(options.files); });
    CreatedLayer created = choose_target(dsn, options, read_options);
    const std::string hash = hashing.get();
    const std::string only_table = read_options.target ? read_options.target->table : "";
    if (const int known = importing::find_same_source(connection, hash, only_table); known != 0 && !options.force) {
        fmt::print(
            "Déjà importé : ces fichiers sont la version {} publiée. Rien n'est changé (--force les importe à "
            "nouveau).\n",
            known);
        return exit_done;
    }

    const std::vector<fs::path> paths(options.files.begin(), options.files.end());
    importing::VersionLoader loader(dsn, {names_of(options.files), hash, options.vintage});
    NoSink nothing;
    Progress progress("Lecture");
    read_options.progress = [&](const gis::read::Progress& told) {
        const double fraction = told.total > 0 ? static_cast<double>(told.done) / static_cast<double>(told.total) : 0;
        progress.tell(fraction, loader.rows(), "objets");
    };
    const importing::Mission mission(connection, options.dry_run ? "" : options.mission,
                                     organisation_of(connection, options.organisation));
    importing::MissionSink marked(mission, loader);
    gis::read::ReadReport report =
        gis::read::read(paths, read_options, options.dry_run ? static_cast<gis::RowSink&>(nothing) : marked);
    progress.finish(
        fmt::format("{} objets lus, {} refusés", count_text(report.written()), count_text(report.refused())));
    if (report.refused_files.empty()) {
        for (importing::Finding& finding : loader.complete(std::nullopt))
            report.add({names_of(options.files), "", finding.row, std::move(finding.field),
                        gis::read::Problem::Kind::Note, std::move(finding.reason)});
    }
    for (const std::string& crs : report.crs) fmt::print("Système de coordonnées : {}\n", crs);
    print_problems(report);

    std::vector<importing::LoadedTable> loaded;
    int code = report.problem_count > 0 && report.refused() > 0 ? exit_partial : exit_done;
    if (!report.refused_files.empty()) {
        fmt::print("Rien n'est importé : {} fichier(s) ne peuvent être lus, et une version est complète ou absente.\n",
                   report.refused_files.size());
        code = exit_usage;
    } else if (report.written() == 0 || (!options.dry_run && loader.rows() == 0)) {
        fmt::print("Rien n'est importé : aucun objet lisible et du territoire.\n");
        code = exit_usage;
    } else if (!options.dry_run) {
        fmt::print("Publication ...\n");
        std::fflush(stdout);
        loaded = loader.publish();
        created.keep();
        for (const importing::LoadedTable& table : loaded) {
            fmt::print("{:<28} {:>10} objets publiés{}\n", table.table, count_text(table.rows),
                       table.version_id == 0 ? "" : fmt::format(" (version {})", table.version_id));
            if (table.duplicates > 0) {
                fmt::print("  {} doublons écartés, dont {}\n", table.duplicates, fmt::join(table.duplicate_ids, ", "));
                code = exit_partial;
            }
        }
    }
    if (!options.report.empty()) write_report(options.report, report, loaded);
    return code;
}

}  // namespace

void add_survey_codes(CLI::App& app, std::string& file) {
    app.add_option(
           "--survey-codes", file,
           "Ce que tracent les codes des points levés (CSV : code;geometrie;titre) ; sans elle, la table livrée")
        ->type_name("FICHIER")
        ->check(CLI::ExistingFile);
}

std::vector<gis::read::SurveyCode> load_survey_codes(const std::string& file) {
    if (file.empty()) return gis::read::parse_survey_codes(embedded::text_of(embedded::survey_codes(), "codes_leve"));
    std::ifstream in(file, std::ios::binary);
    return gis::read::parse_survey_codes(std::string(std::istreambuf_iterator<char>(in), {}));
}

void add_import(CLI::App& app, int& exit_code) {
    auto* command = app.add_subcommand(
        "import",
        "Importe des fichiers : EDIGEO, cadastre Etalab, Shapefile, GeoPackage, GeoJSON, PLU, PPR, PCRS, Sitadel");
    auto database = std::make_shared<DatabaseOptions>();
    auto options = std::make_shared<ImportOptions>();
    database->add_to(*command);
    command->add_option("fichiers", options->files, "Fichiers, dossiers ou archives")
        ->required()
        ->check(CLI::ExistingPath);
    command->add_option("--layer", options->layer, "Couche visée, quand le fichier n'est pas d'un genre reconnu");
    command->add_flag("--create", options->create, "Crée la couche de --layer d'après le fichier");
    command->add_flag("--public", options->is_public, "Avec --create : ouvre la nouvelle couche à tous");
    command->add_option("--title", options->title, "Titre de la couche créée");
    command->add_option("--vintage", options->vintage, "Millésime, par exemple 2026-01-01");
    command->add_option("--crs", options->crs, "Système de coordonnées du fichier, quand il ne le dit pas : EPSG:3950");
    command->add_option("--encoding", options->encoding,
                        "Encodage des textes, quand le fichier ne le dit pas : LATIN1");
    command->add_option("--separator", options->separator,
                        "Ce qui sépare les colonnes d'un texte : « ; », « , », « | », « tab », « space » [reconnu]");
    command->add_option("--decimal", options->decimal, "Virgule ou point décimal d'un texte : comma, point [reconnu]");
    command->add_option("--departement", options->departement,
                        "Département des échanges EDIGEO dont le nom ne le dit pas : 62");
    command->add_option("--source-layer", options->source_layer, "Couche à lire dans le fichier");
    add_survey_codes(*command, options->survey_codes);
    command->add_option("--mission", options->mission, "Nom du vol ou du relevé dont les fichiers font partie");
    command->add_option("--organisation", options->organisation, "Avec --mission : organisation dont c'est la mission")
        ->type_name("NOM");
    command->add_option("--jobs", options->jobs, "Fichiers lus en même temps [nombre de cœurs]")
        ->check(CLI::Range(1, 64));
    command->add_option("--report", options->report, "Écrit le compte rendu complet en JSON")->type_name("FICHIER");
    command->add_flag("--force", options->force, "Importe même un fichier déjà importé");
    command->add_flag("--dry-run", options->dry_run, "Lit et vérifie tout, sans rien écrire");
    command->callback([database, options, &exit_code] {
        for (std::string& file : options->files) file = fs::absolute(file).string();
        const Database base(*database);
        exit_code = run_import(base.dsn(), *options);
    });
}

}  // namespace command
