#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "gis/read/survey_codes.hpp"

#include "server/db/private_cluster.hpp"

// The commands of the program, one a file. Each adds its options to `app` and sets its callback.

namespace command {

/// Exit codes that scripts can trust.
enum ExitCode {
    exit_done = 0,
    exit_failed = 1,       ///< it was tried and did not work; nothing is half-done
    exit_usage = 2,        ///< wrong arguments or input
    exit_unavailable = 3,  ///< the database or another need is away
    exit_partial = 4,      ///< done, with problems listed
};

/// Where the data are, as every command is told it.
struct DatabaseOptions {
    std::string url;  ///< an existing PostgreSQL; empty: the private cluster
    std::string
        serving_url;   ///< the same database as the user carreau_server; empty: `url`, which then changes its role
    std::string data;  ///< folder of the private cluster

    void add_to(CLI::App& app);
};

/// A database to work on: the one of the URL, or the private cluster, which is started when nobody runs it.
class Database {
  public:
    explicit Database(const DatabaseOptions& options);
    const std::string& dsn() const { return dsn_; }
    /// How requests are served: a user without any right of its own.
    const std::string& serving_dsn() const { return serving_dsn_; }
    bool is_private() const { return cluster_ != nullptr; }

  private:
    std::unique_ptr<db::PrivateCluster> cluster_;
    std::string dsn_;
    std::string serving_dsn_;
};

/// The folder used when none is given: /var/lib/carreau for root, else ~/.local/share/carreau.
std::string default_data_folder();

/// When root: makes `folder` the unprivileged user's and becomes that user ("carreau", else "postgres"). PostgreSQL
/// refuses root.
void become_unprivileged(const std::string& folder);

/// The option that names the authority of INSPIRE data: the same for the server and for files, or their identifiers
/// differ.
void add_inspire_namespace(CLI::App& app, std::string& value);

/// The table of what the codes of surveyed points draw: --survey-codes, else the one that the program carries.
void add_survey_codes(CLI::App& app, std::string& file);
std::vector<gis::read::SurveyCode> load_survey_codes(const std::string& file);

/// The program's version: "0.1.0".
std::string version();

void add_serve(CLI::App& app, int& exit_code);
void add_demo(CLI::App& app, int& exit_code);
void add_migrate(CLI::App& app, int& exit_code);
void add_export(CLI::App& app, int& exit_code);
void add_inspire(CLI::App& app, int& exit_code);
void add_layer(CLI::App& app, int& exit_code);
void add_import(CLI::App& app, int& exit_code);
void add_person(CLI::App& app, int& exit_code);
void add_organisation(CLI::App& app, int& exit_code);
void add_convention(CLI::App& app, int& exit_code);
void add_engagement(CLI::App& app, int& exit_code);
void add_token(CLI::App& app, int& exit_code);
void add_audit(CLI::App& app, int& exit_code);
void add_doctor(CLI::App& app, int& exit_code);
void add_tiles(CLI::App& app, int& exit_code);
void add_bench(CLI::App& app, int& exit_code);
void add_worker(CLI::App& app, int& exit_code);
void add_upload(CLI::App& app, int& exit_code);
void add_job(CLI::App& app, int& exit_code);

}  // namespace command
