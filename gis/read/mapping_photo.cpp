// Photos: where they were taken, and what they show of the ground. A lot is one photo, known by its content: depositing
// it again replaces it and no other.
#include "gis/read/convert.hpp"

namespace gis::read {

namespace {

std::string finish_photo(RowDraft& row) {
    // As long as nobody can make two photos that agree in half a SHA-256.
    row.set("id", row.text("empreinte").substr(0, 32));
    return "";
}

Mapping photo_mapping(const std::string& kind, const std::string& layer, GeometryType geometry) {
    Mapping mapping;
    mapping.kind = kind;
    mapping.table = "terrain." + kind;
    mapping.geometry = geometry;
    mapping.coverage_column = "empreinte";
    mapping.id_column = "id";
    mapping.format = Format::Photo;
    mapping.names = {layer};
    mapping.same_id = Mapping::SameId::Refuse;
    mapping.finish = finish_photo;
    mapping.columns = {{"id", "", nullptr},
                       {"nom", "nom", to_text},
                       {"pris_le", "pris_le", to_datetime},
                       {"hauteur_sol", "hauteur_sol", to_number},
                       {"empreinte", "empreinte", to_text}};
    return mapping;
}

}  // namespace

std::vector<Mapping> photo_mappings() {
    Mapping points = photo_mapping("photo", "photo", GeometryType::Point);
    for (const char* number : {"altitude", "lacet_camera", "tangage_camera", "roulis_camera", "lacet_appareil",
                               "tangage_appareil", "roulis_appareil", "focale_mm", "focale_35mm"}) {
        points.columns.push_back({number, number, to_number});
    }
    for (const char* text : {"systeme_altitude", "marque", "modele"}) points.columns.push_back({text, text, to_text});
    for (const char* size : {"largeur_px", "hauteur_px"}) points.columns.push_back({size, size, to_integer});
    points.columns.push_back({"radiometrique", "radiometrique", to_boolean});
    Mapping footprints = photo_mapping("photo_emprise", "emprise", GeometryType::Polygon);
    footprints.columns.push_back({"resolution_cm", "resolution_cm", to_number});
    return {points, footprints};
}

}  // namespace gis::read
