#include "server/db/private_cluster.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstring>
#include <fstream>
#include <future>
#include <mutex>
#include <thread>
#include <vector>

#include "gis/error.hpp"
#include "server/db/connection.hpp"

namespace db {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

constexpr auto start_limit = 120s;             // crash recovery of a full territory included
constexpr std::size_t max_socket_folder = 90;  // sun_path holds 107 bytes with the file name

// Small enough for a shared machine, large enough for 300,000 parcels; data safety settings stay at their defaults.
constexpr std::string_view settings = R"(
listen_addresses = ''
unix_socket_permissions = 0700
max_connections = 60
shared_buffers = 256MB
work_mem = 16MB
maintenance_work_mem = 256MB
max_wal_size = 2GB
random_page_cost = 1.1
jit = off
log_min_messages = warning
timezone = 'UTC'
)";

std::string read_first_line(const fs::path& file) {
    std::ifstream stream(file);
    std::string line;
    std::getline(stream, line);
    return line;
}

std::string user_name(uid_t id) {
    const passwd* user = getpwuid(id);
    return user == nullptr ? std::to_string(id) : user->pw_name;
}

/// Of the lock file that could not be opened: mostly the folder was made under another user.
std::string why_not_written(const fs::path& folder, const std::string& reason) {
    struct stat facts = {};
    std::string text = fmt::format("the folder {} cannot be written: {}", folder.string(), reason);
    const bool known = stat((folder / "cluster.lock").c_str(), &facts) == 0 || stat(folder.c_str(), &facts) == 0;
    if (known && facts.st_uid != geteuid())
        text += fmt::format("; it is of the user {0} and this is {1}: run the program as {0}, or take another folder",
                            user_name(facts.st_uid), user_name(geteuid()));
    return text;
}

/// Runs a program to its end with its output in `log`; its exit status.
int run_program(const std::vector<std::string>& arguments, const fs::path& log) {
    const pid_t child = fork();
    if (child == 0) {
        const int file = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        dup2(file, STDOUT_FILENO);
        dup2(file, STDERR_FILENO);
        std::vector<char*> argv;
        for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
        argv.push_back(nullptr);
        execv(argv[0], argv.data());
        _exit(127);
    }
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

bool has_postgis(const fs::path& version_folder) {
    return fs::exists(fs::path("/usr/share/postgresql") / version_folder.filename() / "extension/postgis.control");
}

/// The process of a postmaster that still runs on `data`, or 0.
pid_t live_postmaster(const fs::path& data) {
    const pid_t pid = static_cast<pid_t>(std::strtol(read_first_line(data / "postmaster.pid").c_str(), nullptr, 10));
    if (pid <= 0) return 0;
    std::error_code error;
    const fs::path cwd = fs::read_symlink(fmt::format("/proc/{}/cwd", pid), error);
    return !error && fs::equivalent(cwd, data, error) && !error ? pid : 0;
}

fs::path socket_folder_of(const fs::path& folder) {
    fs::path socket = folder / "run";
    if (socket.native().size() <= max_socket_folder) return socket;
    return fs::path("/tmp") / fmt::format("carreau-{:x}", std::hash<std::string>{}(folder.native()));
}

}  // namespace

fs::path find_postgres_binaries(const std::string& wanted_version) {
    fs::path best;
    int best_version = 0;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator("/usr/lib/postgresql", error)) {
        const std::string version = entry.path().filename().string();
        if (!fs::exists(entry.path() / "bin/postgres") || !has_postgis(entry.path())) continue;
        if (!wanted_version.empty() && version != wanted_version) continue;
        const int number = std::atoi(version.c_str());
        if (number > best_version) {
            best_version = number;
            best = entry.path() / "bin";
        }
    }
    return best;
}

class PrivateCluster::Impl {
  public:
    explicit Impl(const fs::path& folder)
        : folder_(fs::absolute(folder)),
          data_(folder_ / "postgres"),
          socket_(socket_folder_of(folder_)),
          log_(folder_ / "postgres.log"),
          dsn_(fmt::format("host='{}' port=5432 user=carreau dbname=carreau", socket_.string())) {
        fs::create_directories(folder_);
        lock_ = open((folder_ / "cluster.lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        if (lock_ < 0) throw gis::Unavailable(why_not_written(folder_, std::strerror(errno)));
        owner_ = flock(lock_, LOCK_EX | LOCK_NB) == 0;
        if (!owner_) {
            wait_until_ready(start_limit);
            return;
        }
        prepare();
        stop_survivor();
        std::promise<void> started;
        std::future<void> ready = started.get_future();
        // PR_SET_PDEATHSIG follows the thread that forks, so the supervisor both forks and waits.
        supervisor_ = std::thread([this, &started] { supervise(started); });
        ready.wait();
        try {
            wait_until_ready(start_limit);
            create_database();
        } catch (...) {
            stop();
            throw;
        }
    }

    ~Impl() {
        stop();
        if (lock_ >= 0) close(lock_);
    }

    void stop() {
        if (!supervisor_.joinable()) return;
        stopping_ = true;
        {
            const std::lock_guard guard(mutex_);
            if (postmaster_ > 0) kill(postmaster_, SIGINT);
        }
        changed_.notify_all();
        supervisor_.join();
    }

    const std::string& dsn() const { return dsn_; }
    bool is_owner() const { return owner_; }

  private:
    /// Makes the cluster in a folder beside and renames it: an interrupted initdb leaves nothing half-made.
    void prepare() {
        fs::create_directories(socket_);
        fs::permissions(socket_, fs::perms::owner_all);
        const std::string version = read_first_line(data_ / "PG_VERSION");
        binaries_ = find_postgres_binaries(version);
        if (binaries_.empty()) {
            throw gis::Unavailable(
                version.empty()
                    ? "PostgreSQL with PostGIS is not installed: run scripts/install-deps"
                    : fmt::format("{} was made by PostgreSQL {}, which is not installed", data_.string(), version));
        }
        if (!version.empty()) return;
        const fs::path fresh = folder_ / "postgres.new";
        fs::remove_all(fresh);
        const int status =
            run_program({(binaries_ / "initdb").string(), "-D", fresh.string(), "--username=carreau", "--auth=trust",
                         "--encoding=UTF8", "--locale=C.UTF-8", "--lc-collate=C", "--no-instructions"},
                        log_);
        if (status != 0) throw gis::Unavailable(fmt::format("initdb failed, see {}", log_.string()));
        std::ofstream(fresh / "postgresql.conf", std::ios::app) << settings;
        fs::rename(fresh, data_);
    }

    /// A postmaster whose Carreau was killed shuts down by itself; this waits for it, and insists.
    void stop_survivor() {
        const pid_t survivor = live_postmaster(data_);
        if (survivor == 0) return;
        kill(survivor, SIGINT);
        for (int i = 0; i < 300 && live_postmaster(data_) == survivor; ++i) {
            if (i == 200) kill(survivor, SIGQUIT);
            std::this_thread::sleep_for(100ms);
        }
    }

    pid_t launch() {
        const pid_t child = fork();
        if (child != 0) return child;
        prctl(PR_SET_PDEATHSIG, SIGINT);
        setpgid(0, 0);  // Ctrl-C goes to Carreau, which stops the cluster in its turn
        sigset_t none;
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, nullptr);
        const int file = open(log_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        dup2(file, STDOUT_FILENO);
        dup2(file, STDERR_FILENO);
        const std::string program = (binaries_ / "postgres").string();
        execl(program.c_str(), program.c_str(), "-D", data_.c_str(), "-k", socket_.c_str(), nullptr);
        _exit(127);
    }

    void supervise(std::promise<void>& started) {
        bool first = true;
        while (!stopping_) {
            pid_t child = 0;
            {
                const std::lock_guard guard(mutex_);
                child = postmaster_ = launch();
            }
            if (first) started.set_value();
            first = false;
            int status = 0;
            while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
            }
            std::unique_lock guard(mutex_);
            postmaster_ = 0;
            // It died by itself: its last backends may hold the shared memory for a moment.
            if (!stopping_) changed_.wait_for(guard, 1s, [this] { return stopping_.load(); });
        }
    }

    void wait_until_ready(std::chrono::seconds limit) const {
        const std::string target =
            fmt::format("host='{}' port=5432 user=carreau dbname=postgres connect_timeout=2", socket_.string());
        const auto deadline = std::chrono::steady_clock::now() + limit;
        while (PQping(target.c_str()) != PQPING_OK) {
            if (std::chrono::steady_clock::now() > deadline) {
                throw gis::Unavailable(fmt::format("PostgreSQL did not start, see {}", log_.string()));
            }
            std::this_thread::sleep_for(50ms);
        }
    }

    void create_database() const {
        Connection connection(fmt::format("host='{}' port=5432 user=carreau dbname=postgres", socket_.string()));
        if (connection.query("select 1 from pg_database where datname = 'carreau'").rows() == 0) {
            // Both collations order by code point; C compares bytes, which makes the indexes of ids a quarter quicker.
            connection.execute(
                "create database carreau template template0 encoding 'UTF8' lc_collate 'C' lc_ctype 'C.UTF-8'");
        }
    }

    fs::path folder_, data_, socket_, log_, binaries_;
    std::string dsn_;
    int lock_ = -1;
    bool owner_ = false;
    std::atomic<bool> stopping_{false};
    std::mutex mutex_;
    std::condition_variable changed_;
    pid_t postmaster_ = 0;
    std::thread supervisor_;
};

PrivateCluster::PrivateCluster(const fs::path& folder) : impl_(std::make_unique<Impl>(folder)) {}
PrivateCluster::~PrivateCluster() = default;
const std::string& PrivateCluster::dsn() const {
    return impl_->dsn();
}
std::string PrivateCluster::serving_dsn() const {
    std::string dsn = impl_->dsn();
    const std::string_view owner = "user=carreau ";
    return dsn.replace(dsn.find(owner), owner.size(), "user=carreau_server ");
}
bool PrivateCluster::is_owner() const {
    return impl_->is_owner();
}
void PrivateCluster::stop() {
    impl_->stop();
}

}  // namespace db
