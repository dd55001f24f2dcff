#include "server/jobs/task.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "gis/error.hpp"
#include "gis/read/csv_source.hpp"
#include "gis/read/mapping.hpp"
#include "server/db/source_table.hpp"
#include "server/import/part_tables.hpp"

namespace jobs {

namespace {

int parse_epsg(const std::string& text) {
    const std::string_view digits = std::string_view(text).substr(text.starts_with("EPSG:") ? 5 : 0);
    int code = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), code);
    if (error != std::errc() || end != digits.data() + digits.size() || !gis::crs_from_epsg(code))
        throw gis::InvalidRequest("crs", "un code EPSG connu est attendu (EPSG:2154, EPSG:3950, EPSG:4326 ...)");
    return code;
}

std::string text_of(const Json& wishes, const char* name) {
    const auto found = wishes.find(name);
    if (found == wishes.end() || found->is_null()) return "";
    if (!found->is_string() || found->get_ref<const std::string&>().size() > 200)
        throw gis::InvalidRequest(name, "un texte court est attendu");
    return found->get<std::string>();
}

constexpr std::size_t most_chosen = 500;

gis::read::ChosenColumns columns_of(const Json& wishes) {
    gis::read::ChosenColumns columns;
    const auto found = wishes.find("columns");
    if (found == wishes.end() || found->is_null()) return columns;
    if (!found->is_object() || found->size() > most_chosen)
        throw gis::InvalidRequest("columns", "un objet est attendu : colonne de la couche, champ du fichier");
    for (const auto& [name, field] : found->items()) {
        const bool sound = field.is_null() || (field.is_string() && field.get_ref<const std::string&>().size() <= 200);
        if (!sound) throw gis::InvalidRequest("columns." + name, "le nom d'un champ du fichier, ou null, est attendu");
        columns[name] = field.is_null() ? std::nullopt : std::optional(field.get<std::string>());
    }
    return columns;
}

bool truth_of(const Json& wishes, const char* name, bool otherwise) {
    const auto found = wishes.find(name);
    if (found == wishes.end() || found->is_null()) return otherwise;
    if (!found->is_boolean()) throw gis::InvalidRequest(name, "true ou false est attendu");
    return found->get<bool>();
}

/// The wishes `separator` and `decimal`, as far as they are known.
Json text_form_json(const gis::read::TextForm& form) {
    Json json = Json::object();
    if (form.separator) json["separator"] = gis::read::separator_name(*form.separator);
    if (form.decimal_comma) json["decimal"] = *form.decimal_comma ? "comma" : "point";
    return json;
}

gis::read::TextForm text_form_of(const Json& wishes) {
    return gis::read::parse_text_form(text_of(wishes, "separator"), text_of(wishes, "decimal"));
}

std::optional<std::string> unless_empty(std::string text) {
    if (text.empty()) return std::nullopt;
    return text;
}

}  // namespace

const std::vector<std::string>& known_wishes() {
    static const std::vector<std::string> names{"crs",          "swap_axes",   "encoding",    "separator", "decimal",
                                                "source_layer", "departement", "heights",     "precision", "mission",
                                                "lines",        "columns",     "as_last_time"};
    return names;
}

std::string precision_of(const Json& wishes) {
    std::string precision = text_of(wishes, "precision");
    constexpr std::array<std::string_view, 5> classes{"002", "005", "010", "040", "150"};
    if (!precision.empty() && std::ranges::find(classes, precision) == classes.end())
        throw gis::InvalidRequest("precision", "une classe du PCRS est attendue : 002, 005, 010, 040 ou 150");
    return precision;
}

std::string mission_of(const Json& wishes) {
    const std::string said = text_of(wishes, "mission");
    std::string name;
    for (const char c : said) {
        const bool is_blank = c == ' ' || (c >= '\t' && c <= '\r');
        if (!is_blank) {
            name += c;
        } else if (!name.empty() && name.back() != ' ') {
            name += ' ';
        }
    }
    if (name.ends_with(' ')) name.pop_back();
    return name;
}

bool as_last_time(const Json& wishes) {
    return truth_of(wishes, "as_last_time", true);
}

void read_wishes(const Json& wishes, gis::read::Options& options) {
    if (const std::string crs = text_of(wishes, "crs"); !crs.empty()) options.source_srid = parse_epsg(crs);
    options.encoding = unless_empty(text_of(wishes, "encoding"));
    options.text_form = text_form_of(wishes);
    options.source_layer = unless_empty(text_of(wishes, "source_layer"));
    options.departement = unless_empty(text_of(wishes, "departement"));
    if (const std::string heights = text_of(wishes, "heights"); !heights.empty()) {
        if (heights != "ign69" && heights != "keep")
            throw gis::InvalidRequest("heights", "« ign69 » (exigé) ou « keep » est attendu");
        options.require_ign69 = heights == "ign69";
    }
    precision_of(wishes);
    mission_of(wishes);
    if (const std::string lines = text_of(wishes, "lines"); !lines.empty()) {
        if (lines != "codes" && lines != "none")
            throw gis::InvalidRequest("lines", "« codes » ou « none » est attendu");
        if (lines == "none") options.codes.clear();
    }
    options.swap_axes = truth_of(wishes, "swap_axes", false);
    as_last_time(wishes);
    options.columns = columns_of(wishes);
}

Json to_json(const gis::read::Options& options) {
    Json json{{"target_srid", options.target_srid},
              {"swap_axes", options.swap_axes},
              {"require_ign69", options.require_ign69},
              {"codes", gis::read::to_csv(options.codes)}};
    if (options.kind) json["kind"] = *options.kind;
    for (const auto& [name, field] : options.columns) json["columns"][name] = field ? Json(*field) : Json(nullptr);
    if (options.position) json["position"] = {options.position->x, options.position->y};
    if (options.source_layer) json["source_layer"] = *options.source_layer;
    if (options.source_srid) json["source_srid"] = *options.source_srid;
    if (options.encoding) json["encoding"] = *options.encoding;
    json.update(text_form_json(options.text_form));
    if (options.departement) json["departement"] = *options.departement;
    if (const auto& box = options.territory) json["territory"] = {box->west, box->south, box->east, box->north};
    if (!options.target) return json;
    const gis::read::Target& target = *options.target;
    Json columns = Json::array();
    for (const gis::read::TargetColumn& column : target.columns) {
        columns.push_back({{"name", column.name},
                           {"type", gis::to_string(column.type)},
                           {"required", column.required},
                           {"source", column.source}});
    }
    json["target"] = {{"table", target.table},
                      {"columns", std::move(columns)},
                      {"id_column", target.id_column},
                      {"geometry", target.geometry ? std::string(gis::to_string(*target.geometry)) : ""},
                      {"coverage_column", target.coverage_column}};
    return json;
}

gis::read::Options options_of(const Json& json) {
    gis::read::Options options;
    options.target_srid = json.at("target_srid").get<int>();
    options.swap_axes = json.at("swap_axes").get<bool>();
    options.require_ign69 = json.at("require_ign69").get<bool>();
    const auto text = [&](const char* name) { return unless_empty(json.value(name, std::string())); };
    options.kind = text("kind");
    options.source_layer = text("source_layer");
    options.encoding = text("encoding");
    options.text_form = text_form_of(json);
    options.departement = text("departement");
    options.codes = gis::read::parse_survey_codes(json.at("codes").get<std::string>());
    options.columns = columns_of(json);
    if (const auto position = json.find("position"); position != json.end())
        options.position = {position->at(0).get<std::string>(), position->at(1).get<std::string>()};
    if (json.contains("source_srid")) options.source_srid = json["source_srid"].get<int>();
    if (const auto box = json.find("territory"); box != json.end()) {
        options.territory = gis::GeographicBox{box->at(0).get<double>(), box->at(1).get<double>(),
                                               box->at(2).get<double>(), box->at(3).get<double>()};
    }
    const auto said = json.find("target");
    if (said == json.end()) return options;
    gis::read::Target target;
    target.table = said->at("table").get<std::string>();
    for (const Json& column : said->at("columns")) {
        target.columns.push_back({column.at("name").get<std::string>(),
                                  gis::parse_field_type(column.at("type").get<std::string>()),
                                  column.at("required").get<bool>(), column.at("source").get<std::string>()});
    }
    target.id_column = said->at("id_column").get<std::string>();
    if (const auto geometry = said->at("geometry").get<std::string>(); !geometry.empty())
        target.geometry = gis::parse_geometry_type(geometry);
    target.coverage_column = said->at("coverage_column").get<std::string>();
    options.target = std::move(target);
    return options;
}

Json to_json(const gis::read::Detection& detection) {
    Json layers = Json::array();
    for (const gis::read::DetectedLayer& layer : detection.layers) {
        Json fields = Json::array();
        for (const gis::read::SourceField& field : layer.fields)
            fields.push_back({{"name", field.name}, {"type", gis::to_string(field.type)}});
        Json entry{{"file", layer.file},         {"format", gis::read::to_string(layer.format)},
                   {"name", layer.name},         {"fields", std::move(fields)},
                   {"rows", layer.rows},         {"crs", layer.crs},
                   {"encoding", layer.encoding}, {"kind", layer.kind.value_or("")},
                   {"refusal", layer.refusal}};
        entry.update(text_form_json(layer.text_form));
        if (layer.geometry) entry["geometry"] = gis::to_string(*layer.geometry);
        if (layer.srid) entry["srid"] = *layer.srid;
        if (layer.count) entry["count"] = *layer.count;
        entry["proposals"] = Json::array();
        for (const gis::CrsProposal& proposal : layer.proposals) {
            entry["proposals"].push_back(
                {{"crs", fmt::format("EPSG:{}", proposal.srid)},
                 {"name", proposal.name},
                 {"swap_axes", proposal.swapped},
                 {"confidence", proposal.confidence},
                 {"reason", proposal.reason},
                 {"bbox", {proposal.box.west, proposal.box.south, proposal.box.east, proposal.box.north}}});
        }
        layers.push_back(std::move(entry));
    }
    Json refused = Json::array();
    for (const auto& [file, reason] : detection.refused) refused.push_back({{"file", file}, {"reason", reason}});
    return {{"layers", std::move(layers)}, {"ignored", detection.ignored}, {"refused", std::move(refused)}};
}

Json to_json(const gis::read::ReadReport& report) {
    Json json{{"tables", Json::object()}};
    for (const auto& [table, counts] : report.tables) {
        json["tables"][table] = {{"read", counts.read},
                                 {"written", counts.written},
                                 {"merged", counts.merged},
                                 {"repaired", counts.repaired},
                                 {"refused", counts.refused}};
    }
    json["written"] = report.written();
    json["refused"] = report.refused();
    json["problem_count"] = report.problem_count;
    json["problems"] = Json::array();
    for (const gis::read::Problem& problem : report.problems) {
        Json entry{{"kind", gis::read::to_string(problem.kind)},
                   {"file", problem.file},
                   {"layer", problem.layer},
                   {"field", problem.field},
                   {"reason", problem.reason}};
        if (problem.feature) entry["feature"] = *problem.feature;
        json["problems"].push_back(std::move(entry));
    }
    json["crs"] = report.crs;
    json["encodings"] = report.encodings;
    json["files"] = report.files;
    json["refused_files"] = report.refused_files;
    return json;
}

gis::read::Target target_of(db::Connection& connection, const gis::Layer& layer) {
    gis::read::Target target;
    target.table = layer.schema_name + "." + layer.table_name;
    const importing::TableShape shape = importing::describe_table(connection, target.table);
    for (const auto& [name, type] : shape.columns) {
        const gis::Field* field = layer.find_field(name);
        const bool required = name == layer.id_column || (field && field->required && !field->has_default);
        target.columns.push_back(
            {name, db::Column{name, type}.field_type().value_or(gis::FieldType::Text), required, ""});
    }
    target.id_column = layer.id_column;
    if (layer.has_geometry()) target.geometry = layer.geometry_type;
    target.coverage_column = layer.coverage_column;
    return target;
}

bool has_mapping(const std::string& table) {
    const auto& mappings = gis::read::all_mappings();
    return std::any_of(mappings.begin(), mappings.end(),
                       [&](const gis::read::Mapping& mapping) { return mapping.table == table; });
}

void aim_at(db::Connection& connection, const gis::Layer& layer, gis::read::Options& options) {
    if (has_mapping(layer.schema_name + "." + layer.table_name)) {
        options.kind = layer.table_name;
    } else {
        options.target = target_of(connection, layer);
        options.target_srid = layer.has_geometry() ? layer.crs.srid : 2154;
    }
    const auto x = options.columns.find("x");
    const auto y = options.columns.find("y");
    if (x == options.columns.end() || y == options.columns.end() || !x->second || !y->second) return;
    if (layer.find_field("x") || layer.find_field("y")) return;
    options.position = {*x->second, *y->second};
    options.columns.erase(x);
    options.columns.erase(y);
}

}  // namespace jobs
