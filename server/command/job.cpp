#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "gis/error.hpp"
#include "server/command/commands.hpp"
#include "server/command/progress.hpp"
#include "server/command/remote.hpp"

namespace fs = std::filesystem;

namespace command {

using Json = nlohmann::ordered_json;

namespace {

constexpr std::size_t upload_piece = 8U << 20U;
constexpr int most_tries = 20;  // of one piece, with pauses that grow to half a minute
constexpr std::size_t printed_problems = 20;
const std::map<std::string, std::string> tus{{"Tus-Resumable", "1.0.0"}};

std::string base64(std::string_view bytes) {
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        std::uint32_t bits = 0;
        for (std::size_t j = i; j < i + 3; ++j)
            bits = bits << 8U | (j < bytes.size() ? static_cast<unsigned char>(bytes[j]) : 0U);
        for (unsigned shift = 0; shift < 4; ++shift)
            text += i + shift > bytes.size() ? '=' : alphabet[bits >> (18U - 6U * shift) & 63U];
    }
    return text;
}

std::string refusal_of(const RemoteAnswer& answer) {
    const Json document = Json::parse(answer.body, nullptr, false);
    return fmt::format("{} {}", answer.status, document.is_object() ? document.value("detail", "") : "");
}

/// Sends one file, however often the network breaks; the id of its upload.
std::string send_file(const Remote& remote, const fs::path& path) {
    const std::uint64_t size = fs::file_size(path);
    auto headers = tus;
    headers["Upload-Length"] = std::to_string(size);
    headers["Upload-Metadata"] = "filename " + base64(path.filename().string());
    const RemoteAnswer made = remote.ask("POST", "/uploads", headers);
    if (made.status != 201) throw gis::InvalidRequest(path.filename().string(), refusal_of(made));
    const std::string address = made.header("location");
    std::string id = address.substr(address.rfind('/') + 1);
    std::ifstream in(path, std::ios::binary);
    std::string piece;
    Progress progress(path.filename().string());
    std::uint64_t offset = 0;
    for (int attempt = 0; offset < size;) {
        try {
            piece.resize(std::min<std::uint64_t>(upload_piece, size - offset));
            in.seekg(static_cast<std::streamoff>(offset));
            if (!in.read(piece.data(), static_cast<std::streamsize>(piece.size())))
                throw gis::InvalidRequest(path.string(), "le fichier ne peut être lu");
            auto patch = tus;
            patch["Content-Type"] = "application/offset+octet-stream";
            patch["Upload-Offset"] = std::to_string(offset);
            const RemoteAnswer answer = remote.ask("PATCH", "/uploads/" + id, patch, piece);
            if (answer.status != 204 && answer.status < 500 && answer.status != 408 && answer.status != 409 &&
                answer.status != 423)
                throw gis::InvalidRequest(path.filename().string(), refusal_of(answer));
            if (answer.status != 204) throw gis::Unavailable(refusal_of(answer));
            offset = std::stoull(answer.header("upload-offset"));
            attempt = 0;
            progress.tell(static_cast<double>(offset) / static_cast<double>(size), static_cast<std::int64_t>(offset),
                          "octets");
        } catch (const gis::Unavailable&) {
            if (++attempt > most_tries) throw;
            std::this_thread::sleep_for(std::chrono::seconds(std::min(attempt * 2, 30)));
            try {
                const RemoteAnswer state = remote.ask("HEAD", "/uploads/" + id, tus);
                if (state.status == 200) offset = std::stoull(state.header("upload-offset"));
            } catch (const gis::Unavailable&) {
                // Still away: the piece is tried again, and refused with the right offset.
            }
        }
    }
    const Json receipt = remote.json("GET", "/uploads/" + id);
    progress.finish(fmt::format("{} octets reçus, SHA-256 {}", count_text(receipt.at("size").get<std::int64_t>()),
                                receipt.at("sha256").get<std::string>()));
    for (const Json& same : receipt.at("same_files"))
        fmt::print("  déjà déposé sous le nom {} ({})\n", same.at("name").get<std::string>(),
                   same.at("completed_at").get<std::string>());
    return id;
}

bool is_settled(const Json& job) {
    const auto state = job.at("state").get<std::string>();
    return state == "draft" || state == "refused" || state == "failed" || state == "cancelled" || state == "published";
}

Json wait_for(const Remote& remote, std::int64_t id) {
    Progress progress("Lecture");
    while (true) {
        Json job = remote.json("GET", fmt::format("/jobs/{}", id));
        if (is_settled(job)) return job;
        const Json& told = job.at("progress");
        const double total = told.value("total", 0.0);
        progress.tell(total > 0 ? told.value("done", 0.0) / total : 0, told.value("rows", std::int64_t{0}), "objets");
        std::this_thread::sleep_for(std::chrono::milliseconds(300));
    }
}

void print_job(const Json& job) {
    std::string files;
    for (const Json& file : job.at("files")) files += (files.empty() ? "" : ", ") + file.at("name").get<std::string>();
    fmt::print("Dépôt {} : {} ({})\n", job.at("id").get<std::int64_t>(), job.at("state").get<std::string>(), files);
    if (const auto reason = job.at("reason").get<std::string>(); !reason.empty()) fmt::print("  {}\n", reason);
    const Json& author = job.at("author");
    if (!author.at("own").get<bool>())
        fmt::print("  de {} ({})\n", author.at("name").get<std::string>(),
                   author.at("organisation").get<std::string>());
    if (!job.at("proposed_at").is_null()) fmt::print("  proposé à la publication\n");
    if (const Json& returned = job.at("returned"); !returned.is_null())
        fmt::print("  renvoyé par {} ({}) : {}\n", returned.at("by").get<std::string>(),
                   returned.at("organisation").get<std::string>(), returned.at("message").get<std::string>());
    const Json& report = job.at("report");
    if (!report.is_object()) return;
    for (const Json& draft : report.value("drafts", Json::array())) {
        fmt::print("  {:<24} {:>10} objets", draft.at("table").get<std::string>(),
                   count_text(draft.at("rows").get<std::int64_t>()));
        if (const auto outside = draft.value("outside_territory", std::int64_t{0}); outside > 0)
            fmt::print(", {} hors du territoire", count_text(outside));
        if (const auto worse = draft.find("worse_than_asked"); worse != draft.end())
            fmt::print(", {} moins précis que la classe {}", count_text(worse->at("rows").get<std::int64_t>()),
                       worse->at("class").get<std::string>());
        fmt::print("\n");
    }
    for (const Json& crs : report.value("crs", Json::array())) fmt::print("  {}\n", crs.get<std::string>());
    std::size_t shown = 0;
    for (const Json& problem : report.value("problems", Json::array())) {
        if (shown++ == printed_problems) break;
        const auto kind = problem.at("kind").get<std::string>();
        const char* mark = kind == "refused" ? "refusé" : kind == "repaired" ? "réparé" : "note";
        fmt::print("  {:<7} {}{} : {}\n", mark, problem.at("file").get<std::string>(),
                   problem.contains("feature") ? fmt::format(" n° {}", problem["feature"].get<std::int64_t>()) : "",
                   problem.at("reason").get<std::string>());
    }
}

int exit_of(const Json& job) {
    const auto state = job.at("state").get<std::string>();
    if (state == "refused" || state == "cancelled") return exit_usage;
    if (state == "failed" || !job.at("reason").get<std::string>().empty()) return exit_failed;
    return job.at("report").is_object() && job["report"].value("refused", std::int64_t{0}) > 0 ? exit_partial
                                                                                               : exit_done;
}

}  // namespace

void add_upload(CLI::App& app, int& exit_code) {
    auto* command = app.add_subcommand(
        "upload", "Dépose des fichiers sur un serveur Carreau : envoi qui reprend, lecture, rapport");
    struct Wish {
        std::vector<std::string> files;
        std::string layer, crs, encoding, separator, decimal, heights, precision, mission, lines, publish;
    };
    auto remote = std::make_shared<RemoteOptions>();
    auto wish = std::make_shared<Wish>();
    remote->add_to(*command);
    command->add_option("fichiers", wish->files, "Fichiers ou archives d'un même dépôt")
        ->required()
        ->check(CLI::ExistingFile);
    command->add_option("--layer", wish->layer, "Couche visée ; sans elle, celle que le contenu fait reconnaître");
    command->add_option("--crs", wish->crs, "Système de coordonnées, par exemple EPSG:3950");
    command->add_option("--encoding", wish->encoding, "Encodage du texte, par exemple LATIN1");
    command->add_option("--separator", wish->separator, "Ce qui sépare les colonnes d'un texte ; sans lui, reconnu")
        ->check(CLI::IsMember({";", ",", "|", "tab", "space"}));
    command->add_option("--decimal", wish->decimal, "Virgule ou point décimal d'un texte ; sans lui, reconnu")
        ->check(CLI::IsMember({"comma", "point"}));
    command
        ->add_option(
            "--heights", wish->heights,
            "ign69 : les hauteurs ellipsoïdales doivent être ramenées à l'IGN69, sinon leurs points sont refusés")
        ->check(CLI::IsMember({"ign69", "keep"}));
    command
        ->add_option("--precision", wish->precision, "Classe du PCRS demandée ; les points moins précis sont signalés")
        ->check(CLI::IsMember({"002", "005", "010", "040", "150"}));
    command->add_option("--mission", wish->mission, "Nom du vol ou du relevé dont les fichiers font partie");
    command->add_option("--lines", wish->lines, "none : ne rien tracer d'après les codes des points")
        ->check(CLI::IsMember({"codes", "none"}));
    command
        ->add_option("--publish", wish->publish,
                     "Publie aussitôt ; ce qui est remplacé : coverage (le même lot), nothing, keys, area")
        ->check(CLI::IsMember({"coverage", "nothing", "keys", "area"}));
    command->callback([=, &exit_code] {
        const Remote server(*remote);
        Json body{{"uploads", Json::array()}, {"options", Json::object()}};
        for (const std::string& file : wish->files) body["uploads"].push_back(send_file(server, file));
        if (!wish->layer.empty()) body["layer"] = wish->layer;
        const std::pair<const char*, std::string> options[] = {
            {"crs", wish->crs},         {"encoding", wish->encoding}, {"separator", wish->separator},
            {"decimal", wish->decimal}, {"heights", wish->heights},   {"precision", wish->precision},
            {"mission", wish->mission}, {"lines", wish->lines}};
        for (const auto& [name, value] : options) {
            if (!value.empty()) body["options"][name] = value;
        }
        Json job = wait_for(server, server.json("POST", "/jobs", body).at("id").get<std::int64_t>());
        const auto id = job.at("id").get<std::int64_t>();
        if (!wish->publish.empty() && job.at("state") == "draft") {
            server.json("POST", fmt::format("/jobs/{}/publish", id), {{"replaces", wish->publish}});
            job = wait_for(server, id);
        }
        print_job(job);
        exit_code = exit_of(job);
    });
}

namespace {

/// Everything that waits in the inbox, newest first.
void print_inbox(const Remote& server) {
    std::string path = "/inbox?limit=100";
    while (!path.empty()) {
        const Json page = server.json("GET", path);
        for (const Json& job : page.at("items")) {
            print_job(job);
            for (const Json& draft : job.at("summary").at("drafts"))
                fmt::print("  {:<24} {:>10} objets\n", draft.at("table").get<std::string>(),
                           count_text(draft.at("rows").get<std::int64_t>()));
        }
        path.clear();
        for (const Json& link : page.at("links")) {
            const auto href = link.at("href").get<std::string>();
            if (link.at("rel") == "next") path = href.substr(href.rfind("/inbox"));
        }
    }
}

/// What was proposed when it was looked at: another's is published or sent back as it was then, or not at all.
Json proposal_of(const Remote& server, std::int64_t id) {
    const Json job = server.json("GET", fmt::format("/jobs/{}", id));
    return job.at("author").at("own").get<bool>() ? Json() : job.at("proposed_at");
}

}  // namespace

void add_job(CLI::App& app, int& exit_code) {
    auto* command = app.add_subcommand(
        "job", "Les dépôts sur un serveur Carreau : list, show, publish, rollback, propose, withdraw, refuse");
    command->require_subcommand(1);
    command->fallthrough();
    auto remote = std::make_shared<RemoteOptions>();
    remote->add_to(*command);
    auto of_others = std::make_shared<bool>(false);
    auto* list = command->add_subcommand("list", "Liste ses dépôts, ou ceux que l'on a à traiter");
    list->add_flag("--inbox", *of_others, "Les dépôts d'autrui proposés à la publication");
    list->callback([=] {
        const Remote server(*remote);
        if (*of_others) return print_inbox(server);
        const Json jobs = server.json("GET", "/jobs");
        for (const Json& job : jobs.at("items")) print_job(job);
    });
    const auto add = [&](const char* name, const char* words, auto act) {
        auto id = std::make_shared<std::int64_t>(0);
        auto* sub = command->add_subcommand(name, words);
        sub->add_option("numéro", *id)->required()->check(CLI::PositiveNumber);
        sub->callback([=, &exit_code] {
            const Remote server(*remote);
            act(server, *id);
            const Json job = wait_for(server, *id);
            print_job(job);
            exit_code = exit_of(job);
        });
        return sub;
    };
    add("show", "Montre un dépôt et son rapport", [](const Remote&, std::int64_t) {});
    auto replaces = std::make_shared<std::string>("coverage");
    add("publish", "Publie un brouillon",
        [replaces](const Remote& server, std::int64_t id) {
            server.json("POST", fmt::format("/jobs/{}/publish", id),
                        {{"replaces", *replaces}, {"proposal", proposal_of(server, id)}});
        })
        ->add_option("--replaces", *replaces, "coverage (le même lot), nothing, keys, area")
        ->capture_default_str()
        ->check(CLI::IsMember({"coverage", "nothing", "keys", "area"}));
    add("propose", "Propose un brouillon à qui peut le publier",
        [replaces](const Remote& server, std::int64_t id) {
            server.json("POST", fmt::format("/jobs/{}/propose", id), {{"replaces", *replaces}});
        })
        ->add_option("--replaces", *replaces, "coverage (le même lot), nothing, keys, area")
        ->capture_default_str()
        ->check(CLI::IsMember({"coverage", "nothing", "keys", "area"}));
    add("withdraw", "Retire la proposition de son brouillon", [](const Remote& server, std::int64_t id) {
        server.json("POST", fmt::format("/jobs/{}/withdraw", id), Json::object());
    });
    auto refused = std::make_shared<std::int64_t>(0);
    auto message = std::make_shared<std::string>();
    auto* refuse = command->add_subcommand("refuse", "Renvoie à son auteur un dépôt proposé");
    refuse->add_option("numéro", *refused)->required()->check(CLI::PositiveNumber);
    refuse->add_option("--message", *message, "Ce que lira l'auteur")->required();
    refuse->callback([=] {
        const Remote server(*remote);
        server.json("POST", fmt::format("/jobs/{}/refuse", *refused),
                    {{"message", *message}, {"proposal", proposal_of(server, *refused)}});
        fmt::print("Dépôt {} : renvoyé à son auteur\n", *refused);
    });
    add("rollback", "Annule une publication : ce qu'elle avait remplacé revient",
        [](const Remote& server, std::int64_t id) {
            server.json("POST", fmt::format("/jobs/{}/undo", id), Json::object());
        });
}

}  // namespace command
