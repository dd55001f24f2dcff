#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "gis/layer/layer.hpp"
#include "server/db/source_table.hpp"

namespace db {

/// What is declared of one field of a layer: a row of catalogue.field.
struct FieldDeclaration {
    std::string name;
    std::string title;
    gis::FieldType type = gis::FieldType::Text;
    std::string description;
    int tile_min_zoom = 0;
    std::optional<bool> required;  ///< nothing: as the column says
    bool editable = true;
    std::optional<std::string> codes;  ///< JSON: [{"value": "banc", "label": "Banc"}, ...]
    std::optional<int> max_length;
    std::optional<double> minimum, maximum;

    /// Reads an entry of "fields", an object; its type is `natural` unless it says another. Throws gis::InvalidRequest
    /// naming "fields" or the entry's key.
    static FieldDeclaration read(const nlohmann::json& entry, gis::FieldType natural);
};

/// The fields that a layer's declaration lists, and without a list those that its columns make, the `hidden` ones left
/// out.
std::vector<FieldDeclaration> declared_fields(const nlohmann::json& document, const SourceTable& table,
                                              const std::set<std::string>& hidden);

/// Writes the fields of a layer in the place of those it had.
void replace_fields(pqxx::work& transaction, int layer_id, const std::vector<FieldDeclaration>& fields);

/// Changes one field by a merge patch: {"name": "etat", "required": true, "codes": [...]}. Throws gis::NotFound when
/// the layer has no such field.
void patch_field(pqxx::work& transaction, const std::string& layer_name, const nlohmann::json& patch);

}  // namespace db
