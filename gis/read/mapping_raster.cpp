// Rasters: aerial photos, heights, temperatures. Each is one row; its pixels are in a file of their own.
#include <fmt/format.h>

#include "gis/read/convert.hpp"
#include "gis/read/mapping.hpp"
#include "gis/read/text.hpp"

namespace gis::read {

namespace {

Mapping raster_mapping(const std::string& kind, const std::string& genre, const std::string& source_name) {
    Mapping mapping;
    mapping.kind = kind;
    mapping.table = "terrain." + kind;
    mapping.geometry = GeometryType::Polygon;
    mapping.coverage_column = "lot";
    mapping.id_column = "id";
    mapping.same_id = Mapping::SameId::Number;
    mapping.finish = [genre](RowDraft& row) {
        row.set("lot", row.context().file_stem);
        row.set("id", clean_name(row.context().file_stem));
        row.set("genre", genre);
        return std::string();
    };
    mapping.format = Format::GeoTiff;
    mapping.names = {source_name};
    mapping.columns = {{"id", "", nullptr},
                       {"lot", "", nullptr},
                       {"titre", "titre", to_text},
                       {"genre", "", nullptr},
                       {"unite", "unite", to_text},
                       {"resolution_m", "resolution_m", to_number},
                       {"largeur", "largeur", to_integer},
                       {"hauteur", "hauteur", to_integer},
                       {"bandes", "bandes", to_integer},
                       {"type", "type", to_text},
                       {"crs", "crs", to_text},
                       {"minimum", "minimum", to_number},
                       {"maximum", "maximum", to_number},
                       {"bas", "bas", to_number},
                       {"haut", "haut", to_number},
                       {"zoom_min", "zoom_min", to_integer},
                       {"zoom_max", "zoom_max", to_integer},
                       {"date_fichier", "date_fichier", to_date},
                       {"fichier", "fichier", to_text, Need::Required}};
    return mapping;
}

}  // namespace

std::vector<Mapping> raster_mappings() {
    return {raster_mapping("orthophoto", "photo", "image aérienne"),
            raster_mapping("thermographie", "temperature", "raster de températures"),
            raster_mapping("modele_hauteur", "hauteur", "raster de hauteurs")};
}

}  // namespace gis::read
