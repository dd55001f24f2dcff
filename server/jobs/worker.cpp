#include "server/jobs/worker.hpp"

#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <iterator>
#include <new>

#include "gis/error.hpp"
#include "gis/read/read.hpp"
#include "server/jobs/raster_files.hpp"
#include "server/jobs/sandbox.hpp"
#include "server/jobs/task.hpp"
#include "server/jobs/wire.hpp"

namespace jobs {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t frame_size = 4U << 20U;

std::string json_text(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// Rows go to the server as they come: memory stays flat.
class PipeSink : public gis::RowSink {
  public:
    void write(gis::RowBatch batch) override {
        std::size_t first = 0;
        std::size_t bytes = 0;
        for (std::size_t i = 0; i < batch.rows.size(); ++i) {
            const std::size_t size = size_of(batch.rows[i]);
            if (size + 4096 > largest_frame)
                throw gis::InvalidRequest("", "un objet a plus de quatre millions de sommets ; découpez-le");
            if (bytes + size > frame_size && i > first) {
                write_frame(STDOUT_FILENO, FrameType::Rows, encode_rows(batch, first, i - first));
                first = i;
                bytes = 0;
            }
            bytes += size;
        }
        write_frame(STDOUT_FILENO, FrameType::Rows, encode_rows(batch, first, batch.rows.size() - first));
    }
};

void confine(const Json& task) {
    SandboxRules rules;
    rules.readable = {"/usr", "/lib", "/lib64", task.at("input").get<std::string>()};
    for (const char* name : {"PROJ_DATA", "PROJ_LIB", "GDAL_DATA"}) {
        if (const char* folder = std::getenv(name)) rules.readable.emplace_back(folder);
    }
    rules.scratch = task.at("scratch").get<std::string>();
    rules.memory = task.at("memory").get<std::uint64_t>();
    rules.cpu_seconds = task.at("cpu_seconds").get<std::uint64_t>();
    rules.file_size = task.at("file_size").get<std::uint64_t>();
    enter_sandbox(rules);
}

void refuse(const std::string& field, const std::string& reason) {
    write_frame(STDOUT_FILENO, FrameType::Refused, json_text({{"field", field}, {"reason", reason}}));
}

void work(const Json& task) {
    gis::read::Options options = options_of(task.at("options"));
    options.threads = 1;
    options.rasters = {fs::path(task.at("scratch").get<std::string>()) / rasters_folder,
                       task.at("stamp").get<std::string>()};
    options.progress = [](const gis::read::Progress& told) {
        write_frame(STDOUT_FILENO, FrameType::Progress,
                    json_text({{"done", told.done}, {"total", told.total}, {"unit", told.unit}}));
    };
    options.pictures = [](const gis::read::Picture& picture) {
        write_frame(STDOUT_FILENO, FrameType::Picture, encode_picture(picture));
    };
    std::vector<fs::path> paths;
    for (const auto& entry : fs::directory_iterator(task.at("input").get<std::string>())) paths.push_back(entry.path());
    const fs::path whole = paths.size() == 1 ? paths.front() : fs::path(task.at("input").get<std::string>());
    write_frame(STDOUT_FILENO, FrameType::Recognised, json_text(to_json(gis::read::detect(whole, options))));
    PipeSink sink;
    const gis::read::ReadReport report = gis::read::read(whole, options, sink);
    write_frame(STDOUT_FILENO, FrameType::Done, json_text(to_json(report)));
}

}  // namespace

int run_worker() {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::signal(SIGPIPE, SIG_IGN);
    try {
        const std::string text(std::istreambuf_iterator<char>(std::cin), {});
        const Json task = Json::parse(text);
        if (::getppid() != task.at("server").get<pid_t>()) return 1;  // it died before it could take us along
        confine(task);
        work(task);
        return 0;
    } catch (const gis::InvalidRequest& refusal) {
        refuse(refusal.field(), refusal.what());
        return 0;
    } catch (const std::bad_alloc&) {
        refuse("", "la lecture demande plus de mémoire qu'il n'est permis ; découpez le fichier");
        return 0;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "worker: %s\n", error.what());
        return 3;
    }
}

}  // namespace jobs
