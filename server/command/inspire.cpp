#include <fmt/format.h>

#include <fstream>
#include <iostream>
#include <iterator>

#include "gis/error.hpp"
#include "gis/write/inspire/check.hpp"
#include "server/command/commands.hpp"
#include "server/command/progress.hpp"

namespace command {

namespace {

int check_file(const std::string& path) {
    std::ifstream file;
    if (path != "-") file.open(path, std::ios::binary);
    if (!file) throw gis::InvalidRequest("fichier", fmt::format("{} ne peut être lu", path));
    const std::string text{std::istreambuf_iterator<char>(path == "-" ? std::cin : file), {}};
    const gis::inspire::CheckReport report = gis::inspire::check_document(text);
    for (const gis::inspire::Finding& finding : report.findings) {
        fmt::print("{} ({} fois)\n  {}\n  {}\n", finding.rule, count_text(finding.count), finding.french,
                   finding.english);
        for (const std::string& place : finding.places) fmt::print("    {}\n", place);
    }
    fmt::print(
        "{} objets, {}\n", count_text(report.objects),
        report.findings.empty() ? "rien à redire" : fmt::format("{} règles non suivies", report.findings.size()));
    return report.findings.empty() ? exit_done : exit_partial;
}

}  // namespace

void add_inspire(CLI::App& app, int& exit_code) {
    auto* command = app.add_subcommand("inspire", "Documents INSPIRE : vérification");
    command->require_subcommand(1);
    auto* check = command->add_subcommand(
        "check", "Cherche dans un document GML ce que le validateur INSPIRE refuse au-delà du schéma XML");
    auto path = std::make_shared<std::string>();
    check->add_option("fichier", *path, "Document GML ; - pour l'entrée standard")->required();
    check->callback([path, &exit_code] { exit_code = check_file(*path); });
}

}  // namespace command
