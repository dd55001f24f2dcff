#include <fmt/format.h>

#include <fstream>
#include <iostream>
#include <iterator>

#include "gis/error.hpp"
#include "gis/write/inspire/check.hpp"
#include "server/command/commands.hpp"
#include "server/command/progress.hpp"
#include "server/command/remote.hpp"

namespace command {

namespace {

std::string read_document(const std::string& source) {
    if (source.starts_with("http://") || source.starts_with("https://")) return fetch(source);
    std::ifstream file;
    if (source != "-") file.open(source, std::ios::binary);
    if (!file) throw gis::InvalidRequest("source", fmt::format("{} ne peut être lu", source));
    return {std::istreambuf_iterator<char>(source == "-" ? std::cin : file), {}};
}

int check(const std::string& source) {
    const gis::inspire::CheckReport report = gis::inspire::check_document(read_document(source));
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
    auto* check_command = command->add_subcommand(
        "check", "Cherche dans un document GML ce que le validateur INSPIRE refuse au-delà du schéma XML");
    auto source = std::make_shared<std::string>();
    check_command->add_option("source", *source, "Document GML : fichier, adresse http(s), ou - pour l'entrée standard")
        ->required();
    check_command->callback([source, &exit_code] { exit_code = check(*source); });
}

}  // namespace command
