// Point clouds: where they lie and what they hold; a lot is one file, known by its content, as photos are.
#include <cmath>

#include "gis/read/convert.hpp"

namespace gis::read {

namespace {

std::string finish_cloud(RowDraft& row) {
    row.set("id", row.text("empreinte").substr(0, 32));
    const auto* points = std::get_if<std::int64_t>(&row.value("points"));
    const double area = area_of(row.shape());
    if (points && area > 0) row.set("densite", std::round(100 * static_cast<double>(*points) / area) / 100);
    return "";
}

}  // namespace

std::vector<Mapping> cloud_mappings() {
    Mapping clouds;
    clouds.kind = "nuage";
    clouds.table = "terrain.nuage";
    clouds.geometry = GeometryType::Polygon;
    clouds.coverage_column = "empreinte";
    clouds.id_column = "id";
    clouds.format = Format::Las;
    clouds.finish = finish_cloud;
    clouds.columns = {{"id", "", nullptr},
                      {"nom", "nom", to_text, Need::Required},
                      {"points", "points", to_integer, Need::Required},
                      {"densite", "", nullptr},
                      {"altitude_min", "altitude_min", to_number},
                      {"altitude_max", "altitude_max", to_number},
                      {"date_fichier", "date_fichier", to_date},
                      {"version", "version", to_text},
                      {"format_point", "format_point", to_integer},
                      {"compresse", "compresse", to_boolean},
                      {"logiciel", "logiciel", to_text},
                      {"taille", "taille", to_integer},
                      {"empreinte", "empreinte", to_text}};
    return {clouds};
}

}  // namespace gis::read
