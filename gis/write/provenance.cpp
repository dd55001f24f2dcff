#include "gis/write/provenance.hpp"

#include <utility>

namespace gis {

namespace {

constexpr std::string_view fictive_note = "Données fictives, générées pour la démonstration.";

}  // namespace

Provenance provenance_of(const Layer& layer, std::string source, std::string extracted) {
    Provenance provenance{layer.title,   layer.description, layer.licence,       layer.attribution,
                          layer.vintage, std::move(source), std::move(extracted)};
    if (layer.fictive && provenance.description.find("fictive") == std::string::npos) {
        if (!provenance.description.empty()) provenance.description += ' ';
        provenance.description += fictive_note;
    }
    return provenance;
}

std::string Provenance::text() const {
    std::string lines;
    const auto line = [&](std::string_view name, const std::string& value) {
        if (!value.empty()) lines.append(name).append(" : ").append(value).append("\n");
    };
    line("Couche", title);
    line("Description", description);
    line("Licence", licence.empty() ? "non précisée ; demandez-la au service qui diffuse la couche" : licence);
    line("Mention obligatoire", attribution);
    line("Millésime", vintage);
    line("Extrait le", extracted);
    line("Source", source);
    return lines;
}

}  // namespace gis
