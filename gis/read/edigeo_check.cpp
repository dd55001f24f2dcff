#include "gis/read/edigeo_check.hpp"

#include <fmt/format.h>

#include <array>
#include <fstream>
#include <utility>
#include <vector>

#include "gis/error.hpp"
#include "gis/read/text.hpp"

namespace gis::read {

namespace fs = std::filesystem;

namespace {

/// "GONSA02:SE" -> tag GONSA, value "SE".
struct Line {
    std::string tag;
    std::string value;
};

std::vector<Line> read_lines(const fs::path& path, std::size_t most = 10'000) {
    std::ifstream in(path, std::ios::binary);
    std::vector<Line> lines;
    std::string text;
    while (lines.size() < most && std::getline(in, text)) {
        const auto colon = text.find(':');
        if (colon == std::string::npos || colon < 5) continue;
        lines.push_back({text.substr(0, 5), std::string(trimmed(text.substr(colon + 1)))});
    }
    return lines;
}

/// Exchanges come with lower and upper case names; both sides of the dot.
std::optional<fs::path> find_member(const fs::path& folder, const std::string& name) {
    if (fs::exists(folder / name)) return folder / name;
    for (const auto& entry : fs::directory_iterator(folder)) {
        if (same_name(entry.path().filename().string(), name)) return entry.path();
    }
    return std::nullopt;
}

/// Every EDIGEO file ends with its EOM line: without it the transfer was cut.
bool ends_properly(const fs::path& path) {
    std::ifstream in(path, std::ios::binary | std::ios::ate);
    const auto size = static_cast<std::int64_t>(in.tellg());
    constexpr std::int64_t tail = 64;
    in.seekg(size > tail ? size - tail : 0);
    std::string end(static_cast<std::size_t>(tail), '\0');
    in.read(end.data(), tail);
    end.resize(static_cast<std::size_t>(in.gcount()));
    return end.find("EOM") != std::string::npos;
}

std::optional<int> srid_of(std::string_view label) {
    constexpr std::array<std::pair<std::string_view, int>, 26> labels{{
        {"LAMB93", 2154},      {"RGF93LAMB93", 2154}, {"LAMB1", 27561},      {"LAMB2", 27562},
        {"LAMB3", 27563},      {"LAMB4", 27564},      {"LAMB1C", 27571},     {"LAMB2C", 27572},
        {"LAMB3C", 27573},     {"LAMB4C", 27574},     {"LAMBE", 27572},      {"RGF93CC42", 3942},
        {"RGF93CC43", 3943},   {"RGF93CC44", 3944},   {"RGF93CC45", 3945},   {"RGF93CC46", 3946},
        {"RGF93CC47", 3947},   {"RGF93CC48", 3948},   {"RGF93CC49", 3949},   {"RGF93CC50", 3950},
        {"RGM04UTM38S", 4471}, {"RGR92UTM40S", 2975}, {"RGFG95UTM22", 2972}, {"RGAF09UTM20", 5490},
        {"RGSPM06U21", 4467},  {"UTM22RGFG95", 2972},
    }};
    for (const auto& [name, code] : labels) {
        if (same_name(label, name)) return code;
    }
    // "CC50" alone is met too.
    if (label.size() == 4 && matches(label, "CC*")) return srid_of("RGF93" + std::string(label));
    return std::nullopt;
}

std::vector<std::string> members_named_in(const std::vector<Line>& thf, const std::string& lot) {
    std::vector<std::string> names;
    constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kinds{{{"GNNSA", ".GEN"},
                                                                                  {"GONSA", ".GEO"},
                                                                                  {"QANSA", ".QAL"},
                                                                                  {"DINSA", ".DIC"},
                                                                                  {"SCNSA", ".SCD"},
                                                                                  {"GDNSA", ".VEC"}}};
    for (const auto& line : thf) {
        for (const auto& [tag, suffix] : kinds) {
            if (line.tag == tag) names.push_back(lot + line.value + std::string(suffix));
        }
    }
    return names;
}

}  // namespace

EdigeoExchange check_edigeo(const fs::path& thf, const std::string& shown_name) {
    const auto lines = read_lines(thf);
    std::string lot;
    for (const auto& line : lines) {
        if (line.tag == "LONSA") lot = line.value;
    }
    if (lot.empty() || !ends_properly(thf)) {
        throw InvalidRequest(shown_name, "le descripteur .THF est incomplet ; envoyez l'échange de nouveau");
    }
    EdigeoExchange exchange;
    for (const auto& name : members_named_in(lines, lot)) {
        if (name.find('/') != std::string::npos || name.find('\\') != std::string::npos) {
            throw InvalidRequest(shown_name, "le .THF nomme un fichier d'un autre dossier ; refusé");
        }
        const auto member = find_member(thf.parent_path(), name);
        if (!member) {
            throw InvalidRequest(shown_name,
                                 fmt::format("le fichier {} de l'échange manque ; envoyez l'échange entier", name));
        }
        if (!ends_properly(*member)) {
            throw InvalidRequest(shown_name,
                                 fmt::format("le fichier {} est tronqué ; envoyez l'échange de nouveau", name));
        }
        if (!name.ends_with(".GEO")) continue;
        for (const auto& line : read_lines(*member)) {
            if (line.tag == "RELSA") exchange.crs_label = line.value;
        }
    }
    exchange.srid = srid_of(exchange.crs_label);
    return exchange;
}

}  // namespace gis::read
