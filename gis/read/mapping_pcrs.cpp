// The simplified street plan (PCRS, CNIG, version 2).
#include "gis/read/convert.hpp"
#include "gis/read/text.hpp"

namespace gis::read {

namespace {

/// Codes of the standard have a width; readers of GML make numbers of them: 5 -> "005".
template <std::size_t Width>
bool to_code(Value& value, const MappingContext& context) {
    to_text(value, context);
    auto* text = std::get_if<std::string>(&value);
    if (text && text->size() < Width) text->insert(0, Width - text->size(), '0');
    return true;
}

Mapping pcrs_mapping(const char* kind, const char* layer, GeometryType geometry, std::vector<Column> more) {
    Mapping mapping;
    mapping.kind = kind;
    mapping.table = std::string("terrain.") + kind;
    mapping.geometry = geometry;
    mapping.coverage_column = "lot";
    mapping.id_column = "id";
    mapping.same_id = Mapping::SameId::Number;
    mapping.format = Format::Pcrs;
    mapping.names = {layer};
    mapping.columns = {{"id", "id", to_text, Need::Required},
                       {"lot", "lot", to_text},
                       {"type", "type", to_text},
                       {"idobjet", "idObjet", to_text},
                       {"thematique", "thematique", to_code<2>},
                       {"nature", "nature", to_code<2>},
                       {"precisionplanimetrique", "precisionPlanimetrique", to_code<3>},
                       {"precisionaltimetrique", "precisionAltimetrique", to_code<3>},
                       {"qualitecategorisation", "qualiteCategorisation", to_code<2>},
                       {"dateleve", "dateLeve", to_date},
                       {"producteur", "producteur", to_text}};
    mapping.columns.insert(mapping.columns.end(), more.begin(), more.end());
    return mapping;
}

}  // namespace

std::vector<Mapping> pcrs_mappings() {
    const Column network{"reseau", "reseau", to_code<2>};
    const Column manager{"gestionnaire", "gestionnaire", to_text};
    return {pcrs_mapping("pcrs_point", "points", GeometryType::Point,
                         {network, manager, {"reference", "reference", to_text}}),
            pcrs_mapping("pcrs_ligne", "lignes", GeometryType::MultiLineString, {{"typemur", "typeMur", to_code<2>}}),
            pcrs_mapping("pcrs_surface", "surfaces", GeometryType::MultiPolygon, {network, manager})};
}

}  // namespace gis::read
