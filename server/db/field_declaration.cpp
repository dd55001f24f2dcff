#include "server/db/field_declaration.hpp"

#include <fmt/format.h>

#include "server/db/declaration_value.hpp"

namespace db {

using nlohmann::json;

namespace {

/// [{"value": "banc", "label": "Banc"}, ...] or ["banc", ...]; values of numbers may be numbers.
std::string checked_codes(const json& codes, const std::string& field, gis::FieldType type) {
    const auto refuse = [&] {
        throw gis::InvalidRequest(
            "fields", fmt::format(R"('{}': codes must be a list of {{"value": "banc", "label": "Banc"}})", field));
    };
    if (!codes.is_array() || codes.empty()) refuse();
    if (type != gis::FieldType::Text && type != gis::FieldType::Integer)
        throw gis::InvalidRequest("fields", fmt::format("'{}': codes need a field of texts or whole numbers", field));
    json checked = json::array();
    std::set<std::string> seen;
    for (const json& code : codes) {
        const json value = code.is_object() ? code.value("value", json()) : code;
        if (!value.is_string() && !value.is_number_integer()) refuse();
        const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
        const std::string label = code.is_object() ? string_of(code, "label", text) : text;
        if (!seen.insert(text).second) refuse();
        checked.push_back({{"value", text}, {"label", label}});
    }
    return checked.dump();
}

void save(pqxx::work& transaction, int layer_id, int ordinal, const FieldDeclaration& field) {
    run(transaction,
        "insert into catalogue.field (layer_id, name, title, type, description, ordinal, tile_min_zoom, required, "
        "editable, codes, max_length, minimum, maximum) "
        "values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::jsonb, $11, $12, $13) "
        "on conflict (layer_id, name) do update set title = excluded.title, description = excluded.description, "
        "tile_min_zoom = excluded.tile_min_zoom, required = excluded.required, editable = excluded.editable, "
        "codes = excluded.codes, max_length = excluded.max_length, minimum = excluded.minimum, "
        "maximum = excluded.maximum",
        layer_id, field.name, field.title, std::string(gis::to_string(field.type)), field.description, ordinal,
        field.tile_min_zoom, field.required, field.editable, field.codes, field.max_length, field.minimum,
        field.maximum);
}

FieldDeclaration of_column(const Column& column, gis::FieldType type) {
    FieldDeclaration field;
    field.name = field.title = column.name;
    field.type = type;
    return field;
}

}  // namespace

FieldDeclaration FieldDeclaration::read(const json& entry, gis::FieldType natural) {
    FieldDeclaration field;
    field.name = string_of(entry, "name");
    field.title = string_of(entry, "title", field.name);
    try {
        field.type = gis::parse_field_type(string_of(entry, "type", std::string(gis::to_string(natural))));
    } catch (const gis::InvalidRequest& wrong) {
        throw gis::InvalidRequest("fields", fmt::format("'{}': {}", field.name, wrong.what()));
    }
    field.description = string_of(entry, "description");
    field.tile_min_zoom = value_of(entry, "tile_min_zoom", 0);
    field.required = optional_of<bool>(entry, "required");
    field.editable = value_of(entry, "editable", true);
    field.max_length = optional_of<int>(entry, "max_length");
    field.minimum = optional_of<double>(entry, "minimum");
    field.maximum = optional_of<double>(entry, "maximum");
    if (const auto codes = entry.find("codes"); codes != entry.end() && !codes->is_null())
        field.codes = checked_codes(*codes, field.name, field.type);
    if (field.max_length && *field.max_length < 1)
        throw gis::InvalidRequest("fields", fmt::format("'{}': max_length must be at least 1", field.name));
    return field;
}

std::vector<FieldDeclaration> declared_fields(const json& document, const SourceTable& table,
                                              const std::set<std::string>& hidden) {
    std::vector<FieldDeclaration> fields;
    if (!document.contains("fields")) {
        for (const Column& column : table.columns) {
            const auto type = column.field_type();
            if (type && !hidden.contains(column.name)) fields.push_back(of_column(column, *type));
        }
        return fields;
    }
    std::set<std::string> seen;
    for (const json& entry : document.at("fields")) {
        if (!entry.is_object()) throw gis::InvalidRequest("fields", "objects with at least a name are expected");
        const std::string name = string_of(entry, "name");
        if (!seen.insert(name).second) throw gis::InvalidRequest("fields", fmt::format("'{}' is there twice", name));
        const Column* column = table.column(name);
        if (column == nullptr) throw gis::InvalidRequest("fields", fmt::format("the table has no column '{}'", name));
        fields.push_back(FieldDeclaration::read(entry, column->field_type().value_or(gis::FieldType::Text)));
    }
    return fields;
}

void replace_fields(pqxx::work& transaction, int layer_id, const std::vector<FieldDeclaration>& fields) {
    run(transaction, "delete from catalogue.field where layer_id = $1", layer_id);
    int ordinal = 0;
    for (const FieldDeclaration& field : fields) save(transaction, layer_id, ++ordinal, field);
}

void patch_field(pqxx::work& transaction, const std::string& layer_name, const json& patch) {
    if (!patch.is_object()) throw gis::InvalidRequest("field", "a JSON object with the name of a field is expected");
    const std::string name = string_of(patch, "name");
    const auto rows = run(transaction,
                          "select to_jsonb(f) from catalogue.field f join catalogue.layer l using (layer_id) "
                          "where l.name = $1 and f.name = $2 for update of f",
                          layer_name, name);
    if (rows.empty()) throw gis::NotFound(fmt::format("there is no field '{}' in a layer '{}'", name, layer_name));
    json field = json::parse(rows[0][0].c_str());
    const int layer_id = field["layer_id"];
    const int ordinal = field["ordinal"];
    for (const auto& [key, unused] : patch.items()) {
        if (!field.contains(key) || key == "layer_id" || key == "type" || key == "ordinal")
            throw gis::InvalidRequest("field", fmt::format("'{}' is no key of a field's declaration", key));
    }
    field.merge_patch(patch);
    save(transaction, layer_id, ordinal, FieldDeclaration::read(field, gis::FieldType::Text));
}

}  // namespace db
