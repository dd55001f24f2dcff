#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>
#include <vector>

#include "server/http/static_files.hpp"

namespace command {

/// How the server listens and what it says of itself. Also readable from a configuration file (--config).
struct ServerOptions {
    std::string host = "127.0.0.1";
    int port = 8080;
    std::string portal;  ///< folder of the built portal; empty: beside the program
    std::string public_url;
    std::string base_path;
    std::vector<std::string> trusted_proxies{"127.0.0.0/8", "::1"};
    std::vector<std::string> cors_origins{"*"};
    std::string contact = "Service SIG";
    std::string inspire_namespace = "FR.CARREAU";
    std::string uploads;          ///< folder; empty: "depots" in the data folder
    std::string log;              ///< file; empty: standard error
    std::string identity_header;  ///< login written by a trusted proxy; empty: none is believed
    std::string oidc_issuer, oidc_client, oidc_secret_file, oidc_title = "Compte de l'agglomération", oidc_audience;
    int database_threads = 6;
    int bulk_threads = 12;
    int bulk_share = 4;
    int io_threads = 2;
    int import_workers = 2;
    std::string survey_codes;
    int tile_memory = 4096;  ///< MB, for the layers that tiles are made from
    int tile_cache = 256;    ///< MB, for the tiles made
    int page_cache = 256;    ///< MB, for pages of features answered
    int raster_threads = 2;
    int raster_cache = 128;  ///< MB, for the tiles drawn of rasters

    void add_to(CLI::App& app);
};

/// Blocks SIGINT and SIGTERM in this thread and those it starts, so that `run_server` can wait for them. Call before
/// any thread.
void block_signals();

/// The portal's files, read once: call before the process gives up its rights to the source folder. Empty when it is
/// not built.
http::StaticFiles load_portal(const ServerOptions& options);

/// Where deposited files go. Call before the process changes its working folder.
void choose_uploads_folder(ServerOptions& options, const std::string& data_folder);

/// Serves until SIGINT or SIGTERM, then drains. Requests are served by `serving_dsn`, whose user has no right of its
/// own; `dsn` is the owner's, for the catalogue. `ready` is called with the address once requests are answered.
void run_server(const ServerOptions& options, const http::StaticFiles& portal, const std::string& dsn,
                const std::string& serving_dsn, const std::function<void(const std::string&)>& ready);

}  // namespace command
