#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "gis/error.hpp"
#include "server/command/commands.hpp"

namespace command {

namespace fs = std::filesystem;

void DatabaseOptions::add_to(CLI::App& app) {
    app.add_option("--database", url,
                   "Base PostgreSQL + PostGIS existante (URL ou chaîne libpq) ; sans elle, la base privée de --data")
        ->envname("CARREAU_DATABASE")
        ->type_name("URL");
    app.add_option("--serving-database", serving_url,
                   "La même base, par l'utilisateur sans droits carreau_server, pour servir les requêtes")
        ->envname("CARREAU_SERVING_DATABASE")
        ->type_name("URL");
    app.add_option("--data", data, "Dossier de la base privée [" + default_data_folder() + "]")
        ->envname("CARREAU_DATA_DIR")
        ->type_name("DOSSIER");
}

std::string default_data_folder() {
    if (geteuid() == 0) return "/var/lib/carreau";
    if (const char* xdg = std::getenv("XDG_DATA_HOME"); xdg != nullptr && *xdg == '/')
        return std::string(xdg) + "/carreau";
    const char* home = std::getenv("HOME");
    return std::string(home == nullptr ? "." : home) + "/.local/share/carreau";
}

void become_unprivileged(const std::string& folder) {
    if (geteuid() != 0) return;
    const passwd* user = getpwnam("carreau");
    if (user == nullptr) user = getpwnam("postgres");
    if (user == nullptr)
        throw gis::Unavailable(
            "no unprivileged user 'carreau' or 'postgres' to run PostgreSQL as: run scripts/demo, or useradd --system "
            "carreau");
    fs::create_directories(folder);
    // Only the folder itself: what is in it was made by that user.
    if (chown(folder.c_str(), user->pw_uid, user->pw_gid) != 0)
        throw gis::Unavailable(fmt::format("the folder {} cannot be given to {}", folder, user->pw_name));
    if (initgroups(user->pw_name, user->pw_gid) != 0 || setgid(user->pw_gid) != 0 || setuid(user->pw_uid) != 0) {
        throw gis::Unavailable(fmt::format("cannot become the user {}", user->pw_name));
    }
    setenv("HOME", folder.c_str(), 1);
    if (chdir("/") != 0) throw gis::Unavailable("cannot enter /");
}

Database::Database(const DatabaseOptions& options)
    : dsn_(options.url), serving_dsn_(options.serving_url.empty() ? options.url : options.serving_url) {
    if (!dsn_.empty()) return;
    const std::string folder = fs::absolute(options.data.empty() ? default_data_folder() : options.data).string();
    become_unprivileged(folder);
    cluster_ = std::make_unique<db::PrivateCluster>(folder);
    dsn_ = cluster_->dsn();
    serving_dsn_ = cluster_->serving_dsn();
}

std::string version() {
    return CARREAU_VERSION;
}

}  // namespace command
