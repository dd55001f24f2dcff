// OGC API – Features Part 5 and Part 3: what the properties of a collection are, and which may stand in filters and
// sort orders. All three are the layer's fields; the geometry may be filtered, not sorted by.

#include "gis/filter/property.hpp"
#include "server/api/documents.hpp"
#include "server/api/handlers.hpp"
#include "server/api/parameters.hpp"

namespace api {

namespace {

Json schema_of_field(const gis::Field& field, int position) {
    Json schema{{"title", field.title}};
    if (!field.description.empty()) schema["description"] = field.description;
    switch (field.type) {
        case gis::FieldType::Integer:
            schema["type"] = "integer";
            break;
        case gis::FieldType::Number:
            schema["type"] = "number";
            break;
        case gis::FieldType::Boolean:
            schema["type"] = "boolean";
            break;
        case gis::FieldType::Text:
            schema["type"] = "string";
            if (field.sql_type == "uuid") schema["format"] = "uuid";
            break;
        case gis::FieldType::Date:
            schema["type"] = "string";
            schema["format"] = "date";
            break;
        case gis::FieldType::DateTime:
            schema["type"] = "string";
            schema["format"] = "date-time";
            break;
    }
    schema["x-ogc-propertySeq"] = position;
    return schema;
}

/// What an edit must keep to, in JSON Schema's words.
void add_edit_rules(Json& schema, const gis::Field& field, bool is_read_only) {
    if (is_read_only) schema["readOnly"] = true;
    // `required` of the whole speaks of new features, which may leave out what has a default.
    if (field.required && !is_read_only) schema["x-carreau-notNull"] = true;
    if (field.max_length) schema["maxLength"] = *field.max_length;
    if (field.minimum) schema["minimum"] = *field.minimum;
    if (field.maximum) schema["maximum"] = *field.maximum;
    if (field.codes.empty()) return;
    Json codes = Json::array();
    for (const gis::Code& code : field.codes) {
        const bool is_number = field.type == gis::FieldType::Integer;
        codes.push_back({{"const", is_number ? Json::parse(code.value) : Json(code.value)}, {"title", code.label}});
    }
    schema["oneOf"] = std::move(codes);
}

/// The fields a new feature must come with.
Json required_of(const gis::Layer& layer) {
    Json names = Json::array();
    for (const gis::Field& field : layer.fields) {
        const bool is_given = field.name == layer.id_column ? layer.id_given : !field.editable || field.has_default;
        const bool is_placed = field.name == layer.commune_column && layer.has_geometry();
        if (field.required && !is_given && !is_placed) names.push_back(field.name);
    }
    return names;
}

/// Part 5, 7.3: the format says the geometry type; QGIS and GDAL read the $ref beside it.
Json schema_of_geometry(const gis::Layer& layer, int position) {
    const std::string type(gis::to_string(layer.geometry_type));
    std::string format = "geometry-any";
    if (layer.geometry_type != gis::GeometryType::Any) {
        format = "geometry-" + type;
        for (char& c : format) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
    const std::string document = layer.geometry_type == gis::GeometryType::Any ? "Geometry" : type;
    return {{"title", "Géométrie"},
            {"format", format},
            {"$ref", "https://geojson.org/schema/" + document + ".json"},
            {"x-ogc-role", "primary-geometry"},
            {"x-ogc-propertySeq", position}};
}

enum class With { Geometry, FieldsOnly };

/// The document at `/collections/{layer}/{name}`.
Response schema_document(const CallPtr& call, const std::string& name, With with) {
    const http::RequestPtr& request = call->request;
    require_known(*request, {"f"});
    const gis::Layer& layer = require_layer(*call->known.catalog, request->param("layer"));
    Json properties = Json::object();
    int position = 0;
    for (const gis::Field& field : layer.fields) {
        Json entry = schema_of_field(field, ++position);
        if (field.name == layer.id_column) {
            entry["x-ogc-role"] = "id";
        } else if (field.name == layer.datetime_column) {
            entry["x-ogc-role"] = "primary-instant";
        }
        const bool is_read_only = !field.editable || (field.name == layer.id_column && layer.id_given);
        add_edit_rules(entry, field, layer.editable && is_read_only);
        properties[field.name] = std::move(entry);
    }
    if (layer.has_geometry() && with == With::Geometry)
        properties[gis::geometry_property(layer)] = schema_of_geometry(layer, ++position);
    Json document{{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                  {"$id", request->base_url + "/collections/" + layer.name + "/" + name},
                  {"title", layer.title},
                  {"description", layer.description},
                  {"type", "object"},
                  {"properties", std::move(properties)},
                  {"additionalProperties", false}};
    if (name == "schema" && layer.editable) document["required"] = required_of(layer);
    return json_response(document, schema_type);
}

}  // namespace

Answer schema(const Services&, CallPtr call) {
    co_return schema_document(call, "schema", With::Geometry);
}

Answer queryables(const Services&, CallPtr call) {
    co_return schema_document(call, "queryables", With::Geometry);
}

Answer sortables(const Services&, CallPtr call) {
    co_return schema_document(call, "sortables", With::FieldsOnly);
}

}  // namespace api
