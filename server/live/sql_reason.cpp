#include "server/live/sql_reason.hpp"

#include "tiles/project/world.hpp"

namespace live {

namespace {

bool has_plain_ids(const gis::Layer& layer) {
    if (layer.id_type == gis::FieldType::Integer) return true;
    const std::string& type = layer.id_sql_type;
    return type == "text" || type == "uuid" || type.starts_with("character varying");
}

}  // namespace

std::string sql_reason(const gis::Layer& layer) {
    if (layer.tiles_by_sql) return "declared";
    const bool merges = layer.is_polygonal() && layer.merge_zoom > layer.min_zoom;
    if (layer.sensitive && merges) return "sensitive";
    const bool reads_table = layer.source_schema == layer.schema_name && layer.source_name == layer.table_name;
    if (!layer.sensitive && !reads_table) return "view";
    if (!layer.tracked) return "untracked";
    if (!has_plain_ids(layer)) return "id type";
    if (layer.min_zoom > tiles::deepest_world_zoom) return "zoom";
    return "";
}

}  // namespace live
