#include "server/jobs/reading.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <set>

#include "gis/edit/wkb_shape.hpp"
#include "gis/error.hpp"
#include "gis/read/report.hpp"
#include "server/db/catalog_store.hpp"
#include "server/import/mission.hpp"
#include "server/import/version_loader.hpp"
#include "server/jobs/draft_facts.hpp"
#include "server/jobs/last_time.hpp"
#include "server/jobs/pictures.hpp"
#include "server/jobs/raster_files.hpp"
#include "server/jobs/wire.hpp"
#include "server/jobs/worker_process.hpp"

namespace jobs {

namespace fs = std::filesystem;

namespace {

constexpr auto look_interval = std::chrono::milliseconds(1000);
/// Of clock time, whatever little the worker computes: far above what the CPU limit lets a healthy one take.
constexpr auto longest_reading = std::chrono::minutes(30);
constexpr int clock_of_cpu = 4;  // seconds of clock time that one of computing may take on a busy machine

/// This reading's own folder: the files by their names, and a place for the worker to write. Gone afterwards.
class JobFolder {
  public:
    JobFolder(const fs::path& uploads, const Job& job) : path_(uploads / readings_folder / job.holder) {
        fs::create_directories(input());
        fs::create_directories(rasters());
        std::set<std::string> taken;
        for (const Job::File& file : job.files) {
            std::string name = file.name;
            for (int n = 2; !taken.insert(name).second; ++n) name = fmt::format("{}-{}", n, file.name);
            fs::create_hard_link(uploads / (file.upload + ".bin"), input() / name);
        }
    }
    JobFolder(const JobFolder&) = delete;
    JobFolder& operator=(const JobFolder&) = delete;
    ~JobFolder() {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }
    fs::path input() const { return path_ / "fichiers"; }
    fs::path scratch() const { return path_ / "brouillon"; }
    fs::path rasters() const { return scratch() / rasters_folder; }
    fs::path file(const char* name) const { return path_ / name; }

  private:
    fs::path path_;
};

/// Thrown through the loader so that nothing of the load is left.
struct GivenUp {
    std::string state;  ///< empty: the job is somebody else's by now
    std::string reason;
    std::optional<Json> report = std::nullopt;
};

/// Thrown as GivenUp is, when the files turn out to be read otherwise.
struct ReadAnew {};

/// A photo of 50 million pixels takes half a second; a thousand of them are no attack.
std::uint64_t seconds_of(std::size_t files) {
    return files / 2;
}

fs::path write_task(const JobFolder& folder, const gis::read::Options& wanted, const Runner::Options& options,
                    const ReadingLimits& limits, const std::string& stamp) {
    const Json task{{"server", ::getpid()},
                    {"input", folder.input().string()},
                    {"scratch", folder.scratch().string()},
                    {"stamp", stamp},
                    {"memory", options.memory},
                    {"cpu_seconds", limits.cpu_seconds},
                    {"file_size", limits.file_size},
                    {"options", to_json(wanted)}};
    std::ofstream(folder.file("tache.json")) << task.dump(-1, ' ', false, Json::error_handler_t::replace);
    return folder.file("tache.json");
}

gis::read::Options options_for(db::Connection& connection, const Manner& manner, const Runner::Options& runner) {
    gis::read::Options options;
    options.codes = runner.codes;
    read_wishes(manner.wishes, options);
    options.territory = territory_of(connection);
    if (manner.layer) {
        const gis::Catalog catalog = db::load_catalog(runner.dsn, db::Listing::All);
        const gis::Layer* layer = catalog.find(*manner.layer);
        if (layer == nullptr) throw GivenUp{"refused", fmt::format("la couche « {} » n'existe plus", *manner.layer)};
        aim_at(connection, *layer, options);
    }
    return options;
}

/// The tables that rows may come for: those of the layers that are open to the depositor, and their companions.
std::set<std::string> open_tables(db::Connection& connection, const Job& job) {
    std::set<std::string> tables(job.tables.begin(), job.tables.end());
    const db::Result companions = connection.query("select target, layer_table from catalogue.companion");
    for (int i = 0; i < companions.rows(); ++i) {
        if (std::ranges::find(job.tables, companions.text(i, 1)) != job.tables.end())
            tables.insert(companions.text(i, 0));
    }
    return tables;
}

/// What a hostile worker could send is stopped here: tables of others, and geometries that are none.
void check(const gis::RowBatch& batch, const std::set<std::string>& open) {
    if (!open.contains(batch.table)) {
        throw GivenUp{"refused",
                      fmt::format("ces fichiers vont dans une couche où vous ne pouvez déposer ({}) ; choisissez "
                                  "une couche, ou demandez le droit",
                                  batch.table)};
    }
    for (const gis::Row& row : batch.rows) {
        if (row.wkb.empty()) continue;
        const gis::ReadShape shape = gis::read_wkb(row.wkb);
        if (!shape.shape) throw GivenUp{"failed", "une géométrie lue n'en est pas une : " + shape.expected};
    }
}

void add_findings(const std::vector<importing::Finding>& findings, Json& report) {
    for (const importing::Finding& finding : findings) {
        report["problem_count"] = report.at("problem_count").get<std::int64_t>() + 1;
        if (report["problems"].size() >= gis::read::ReadReport::max_problems) continue;
        Json entry{{"kind", "note"},
                   {"file", report.at("files").empty() ? Json("") : report["files"].front()},
                   {"layer", ""},
                   {"field", finding.field},
                   {"reason", finding.reason}};
        if (finding.row) entry["feature"] = *finding.row;
        report["problems"].push_back(std::move(entry));
    }
}

class Reading {
  public:
    Reading(db::Connection& connection, const Job& job, const Runner::Options& options,
            const std::atomic<bool>& stopping)
        : connection_(connection),
          job_(job),
          options_(options),
          stopping_(stopping),
          open_(open_tables(connection, job)),
          said_{job.layer, job.wishes},
          manner_(said_),
          mission_(connection, mission_of(job.wishes), job.organisation) {}

    void run() {
        const JobFolder folder(options_.uploads, job_);
        while (true) {
            try {
                return read(folder);
            } catch (const ReadAnew&) {
                progress_ = Json::object();
            }
        }
    }

  private:
    void read(const JobFolder& folder) {
        const gis::read::Options wanted = options_for(connection_, manner_, options_);
        importing::VersionLoader loader(options_.dsn, source(), importing::VersionLoader::Pace::Background);
        const ReadingLimits limits = limits_for(folder.input(), options_.cpu_seconds + seconds_of(job_.files.size()));
        const auto end = std::chrono::steady_clock::now() + longest_reading +
                         clock_of_cpu * std::chrono::seconds(limits.cpu_seconds - options_.cpu_seconds);
        RasterFiles rasters(connection_, job_, folder.rasters());
        WorkerProcess worker(options_.program, write_task(folder, wanted, options_, limits, job_.holder),
                             folder.scratch(), folder.file("plaintes.txt"));
        const Json report = listen(worker, loader, rasters, end);
        keep(loader, rasters, report);
    }

    importing::Source source() const {
        const std::string names = job_.files.size() == 1
                                      ? job_.files.front().name
                                      : fmt::format("{} et {} autres", job_.files.front().name, job_.files.size() - 1);
        return {names, job_.files.size() == 1 ? job_.files.front().sha256 : "", ""};
    }

    /// Until the worker said everything.
    Json listen(WorkerProcess& worker, importing::VersionLoader& loader, RasterFiles& rasters,
                std::chrono::steady_clock::time_point end) {
        auto next_look = std::chrono::steady_clock::now();
        Frame frame;
        std::optional<Json> report;
        while (true) {
            const Got got = read_frame(worker.output(), look_interval, frame);
            if (got == Got::End) break;
            if (got == Got::Frame) hear(frame, loader, rasters, report);
            if (std::chrono::steady_clock::now() > end)
                throw GivenUp{"refused", "la lecture a duré plus longtemps qu'il n'est permis"};
            if (std::chrono::steady_clock::now() < next_look) continue;
            next_look = std::chrono::steady_clock::now() + look_interval;
            look(loader);
        }
        const std::string why = worker.end();
        if (!why.empty()) throw GivenUp{"refused", why};
        if (!report) throw GivenUp{"failed", "le programme qui lit le fichier n'a rien dit"};
        return *report;
    }

    void hear(const Frame& frame, importing::VersionLoader& loader, RasterFiles& rasters, std::optional<Json>& report) {
        switch (frame.type) {
            case FrameType::Rows: {
                gis::RowBatch batch = decode_rows(frame.payload);
                check(batch, open_);
                rasters.check(batch);
                mission_.mark(batch);
                loader.write(std::move(batch));
                return;
            }
            case FrameType::Progress:
                progress_.update(Json::parse(frame.payload));
                return;
            case FrameType::Recognised:
                recognise(Json::parse(frame.payload));
                return;
            case FrameType::Picture:
                note_picture(connection_, job_, decode_picture(frame.payload));
                return;
            case FrameType::Done:
                report = Json::parse(frame.payload);
                return;
            case FrameType::Refused: {
                const std::string reason = Json::parse(frame.payload).at("reason").get<std::string>();
                leave_last_time(reason);
                throw GivenUp{"refused", reason + why_not_last_time()};
            }
        }
        throw gis::Unavailable("the worker said something unknown");
    }

    /// Files that look like earlier ones are read as those were; where that does not fit, as if there had been none.
    void recognise(const Json& recognised) {
        note_recognised(connection_, job_, recognised);
        if (!alone_.is_null()) {
            if (!is_as_last_time_) return;
            const std::string why = misfit(said_, *last_, alone_, recognised);
            if (!why.empty()) leave_last_time(why);
            return;
        }
        alone_ = recognised;
        last_ = last_time(connection_, job_, recognised);
        if (!last_) return;
        manner_ = as_last_time(said_, *last_);
        is_as_last_time_ = true;
        throw ReadAnew{};
    }

    void leave_last_time(const std::string& why) {
        if (!is_as_last_time_) return;
        is_as_last_time_ = false;
        why_not_ = why;
        manner_ = said_;
        throw ReadAnew{};
    }

    std::string why_not_last_time() const {
        if (why_not_.empty()) return "";
        return fmt::format(" ; comme la dernière fois (le {}), non plus : {}", last_->date, why_not_);
    }

    void tell_manner(Json& report) const {
        report["read_as"] = {{"layer", manner_.layer ? Json(*manner_.layer) : Json(nullptr)},
                             {"options", manner_.wishes}};
        if (last_) report["last_time"] = {{"date", last_->date}, {"followed", is_as_last_time_}, {"why_not", why_not_}};
    }

    void look(const importing::VersionLoader& loader) {
        progress_["rows"] = loader.rows();
        if (stopping_) throw GivenUp{};
        switch (prolong(connection_, job_, progress_)) {
            case Held::Yes:
                return;
            case Held::Cancelled:
                throw GivenUp{"cancelled", "annulé à la demande"};
            case Held::Lost:
                throw GivenUp{};
        }
    }

    /// The organisation's quota has room for the rasters that were made of what it deposited.
    void require_room(std::uint64_t bytes, const Json& report) {
        if (bytes == 0) return;
        const std::vector<db::Parameter> organisation{std::to_string(job_.organisation)};
        const db::Result row = connection_.query(
            "select capture.kept_bytes(organisation_id), deposit_quota from org.organisation where organisation_id = "
            "$1::int",
            organisation);
        const auto kept = static_cast<double>(row.int64(0, 0)) / 1e9;
        const auto quota = static_cast<double>(row.int64(0, 1)) / 1e9;
        const double more = static_cast<double>(bytes) / 1e9;
        if (kept + more <= quota) return;
        throw GivenUp{
            "refused",
            fmt::format("l'image optimisée prend {:.2f} Go ; l'organisation en garde déjà {:.2f} sur {:.2f} : "
                        "effacez d'anciens dépôts, ou demandez plus de place au service SIG",
                        more, kept, quota),
            report};
    }

    void keep(importing::VersionLoader& loader, const RasterFiles& rasters, Json report) {
        look(loader);
        if (report.at("written").get<std::int64_t>() == 0) leave_last_time("aucun objet n'y est lisible");
        tell_manner(report);
        if (!report.at("refused_files").empty())
            throw GivenUp{"refused", "un des fichiers ne peut être lu : rien n'est gardé", std::move(report)};
        if (report.at("written").get<std::int64_t>() == 0)
            throw GivenUp{"refused", "aucun objet lisible dans ces fichiers" + why_not_last_time(), std::move(report)};
        add_findings(loader.complete(job_.person), report);
        if (loader.rows() == 0)
            throw GivenUp{"refused", "aucun de ces objets n'est du territoire : rien n'est gardé", std::move(report)};
        require_room(rasters.bytes(), report);
        const std::vector<importing::Draft> drafts = loader.keep();
        rasters.move_to(options_.uploads / rasters_folder);
        if (!rasters.facts().empty()) report["rasters"] = rasters.facts();
        report["drafts"] = Json::array();
        for (const importing::Draft& draft : drafts)
            report["drafts"].push_back(facts_of(connection_, draft, precision_of(job_.wishes)));
        connection_.execute("begin");
        for (const importing::Draft& draft : drafts) {
            const std::vector<db::Parameter> values{std::to_string(job_.id), std::to_string(draft.loaded.version_id),
                                                    draft.loaded.table,      std::to_string(draft.part_id),
                                                    draft.part_table,        std::to_string(draft.loaded.rows)};
            connection_.query(
                "insert into capture.job_version values ($1::bigint, $2::int, $3, $4::int, $5, $6::bigint)", values);
            keep_pictures(connection_, job_, draft, options_.uploads);
        }
        rasters.add_rows(connection_, drafts);
        const bool is_ours = settle(connection_, job_, "draft", "", report);
        connection_.execute(is_ours ? "commit" : "rollback");
        if (!is_ours) throw GivenUp{};
    }

    db::Connection& connection_;
    const Job& job_;
    const Runner::Options& options_;
    const std::atomic<bool>& stopping_;
    std::set<std::string> open_;
    const Manner said_;
    Manner manner_;
    const importing::Mission mission_;
    Json alone_;  ///< what was recognised by what the person says
    std::optional<LastTime> last_;
    bool is_as_last_time_ = false;
    std::string why_not_;
    Json progress_ = Json::object();
};

}  // namespace

void read_job(db::Connection& connection, const Job& job, const Runner::Options& options,
              const std::atomic<bool>& stopping) {
    discard_drafts(connection, job.id);
    const std::optional<Json> nothing;
    try {
        if (!job.is_complete)
            throw GivenUp{"refused", "des fichiers de ce dépôt ne sont plus là : déposez-les à nouveau"};
        Reading(connection, job, options, stopping).run();
    } catch (const GivenUp& given_up) {
        if (!given_up.state.empty()) settle(connection, job, given_up.state, given_up.reason, given_up.report);
    } catch (const gis::InvalidRequest& refusal) {
        settle(connection, job, "refused", refusal.what());
    } catch (const db::SqlError& error) {
        if (connection.is_open()) connection.run_script("rollback");
        settle(connection, job, "refused", "la base refuse ces objets : " + error.reason());
    }
}

}  // namespace jobs
