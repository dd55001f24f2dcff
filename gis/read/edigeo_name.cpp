#include "gis/read/edigeo_name.hpp"

#include <cctype>
#include <vector>

#include "gis/error.hpp"
#include "gis/read/text.hpp"

namespace gis::read {

namespace {

/// The IDU of the sheet ("354000AK01"), else of the commune ("354").
std::string longest_idu(Source& source) {
    std::string longest;
    for (std::size_t i = 0; i < source.layers().size(); ++i) {
        const auto& name = source.layers()[i].name;
        if (!same_name(name, "SUBDSECT_id") && !same_name(name, "COMMUNE_id") && !same_name(name, "SECTION_id"))
            continue;
        source.read(i, {"IDU"}, [&](const SourceFeature& feature) {
            const auto* idu = std::get_if<std::string>(&feature.values[0]);
            if (idu && idu->size() > longest.size()) longest = *idu;
        });
    }
    return longest;
}

bool is_departement(std::string_view text) {
    return text.size() == 2 && std::isdigit(static_cast<unsigned char>(text[0])) &&
           (std::isdigit(static_cast<unsigned char>(text[1])) || text[1] == 'A' || text[1] == 'B');
}

/// "62" stays, "971" (with commune IDU "105") becomes "97".
std::optional<std::string> stated_prefix(const std::string& stated, const std::string& commune) {
    if (is_departement(stated)) return stated;
    if (stated.size() == 3 && is_departement(stated.substr(0, 2)) && commune[0] == stated[2])
        return stated.substr(0, 2);
    return std::nullopt;
}

}  // namespace

std::optional<std::string> departement_before(std::string_view name, std::string_view idu) {
    for (std::size_t at = name.find(idu); at != std::string_view::npos; at = name.find(idu, at + 1)) {
        if (at < 2 || !is_departement(name.substr(at - 2, 2))) continue;
        // A longer number is something else (a date, a SIREN).
        if (at > 2 && std::isdigit(static_cast<unsigned char>(name[at - 3]))) continue;
        const auto end = at + idu.size();
        if (idu.size() == 3 && end < name.size() && std::isdigit(static_cast<unsigned char>(name[end]))) continue;
        return std::string(name.substr(at - 2, 2));
    }
    return std::nullopt;
}

EdigeoPlace find_edigeo_place(Source& source, const Input& input, const std::optional<std::string>& stated) {
    const std::string idu = longest_idu(source);
    if (idu.size() < 3) throw InvalidRequest(input.shown_name, "aucun objet COMMUNE, SECTION ou SUBDSECT n'a d'IDU");
    const std::string commune = idu.substr(0, 3);
    if (stated) {
        const auto prefix = stated_prefix(*stated, commune);
        if (!prefix) {
            throw InvalidRequest("departement", "« " + stated->substr(0, 20) +
                                                    " » n'est pas le département de la commune " + commune +
                                                    " ; attendu : 62, 2A, 971 ...");
        }
        return {*prefix, *prefix + commune};
    }
    const std::string names = input.shown_name + "/" + input.path.parent_path().filename().string() + "/" +
                              input.path.parent_path().parent_path().filename().string();
    for (const std::string& wanted : {idu, commune}) {
        if (const auto found = departement_before(names, wanted)) return {*found, *found + commune};
    }
    throw InvalidRequest(input.shown_name, "le nom de l'échange ne dit pas le département de la commune " + commune +
                                               " ; précisez-le (--departement 62)");
}

}  // namespace gis::read
