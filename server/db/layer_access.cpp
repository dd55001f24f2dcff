#include "server/db/layer_access.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <regex>

#include "gis/error.hpp"

namespace db {

using nlohmann::json;

namespace {

bool flag(const std::string& key, const json& value) {
    if (!value.is_boolean()) throw gis::InvalidRequest(key, "true or false expected");
    return value.get<bool>();
}

std::vector<std::string> texts(const std::string& key, const json& value) {
    if (!value.is_array()) throw gis::InvalidRequest(key, "an array of texts expected");
    std::vector<std::string> list;
    for (const json& entry : value) {
        if (!entry.is_string()) throw gis::InvalidRequest(key, "an array of texts expected");
        list.push_back(entry.get<std::string>());
    }
    return list;
}

void set_services(pqxx::work& transaction, int layer_id, const std::vector<std::string>& services) {
    run(transaction, "delete from org.service_layer where layer_id = $1", layer_id);
    for (const std::string& service : services) {
        run(transaction, "insert into org.service (code, titre) values ($1, $1) on conflict do nothing", service);
        run(transaction, "insert into org.service_layer (service, layer_id) values ($1, $2) on conflict do nothing",
            service, layer_id);
    }
}

void set_resolution(pqxx::work& transaction, int layer_id, const std::string& key, const json& value) {
    static const std::regex known("exact|footprint|cell_1km|commune|hidden");
    if (!value.is_string() || !std::regex_match(value.get<std::string>(), known))
        throw gis::InvalidRequest(key, "exact, footprint, cell_1km, commune or hidden expected");
    run(transaction, fmt::format("update catalogue.layer set {} = $2 where layer_id = $1", key), layer_id,
        value.get<std::string>());
}

void set_link(pqxx::work& transaction, int layer_id, const std::string& link) {
    if (!link.empty()) {
        const auto parts = run(transaction,
                               "select m[1], m[2], m[3], to_regclass(m[1])::oid from regexp_match($1, "
                               "'^([a-z0-9_]+\\.[a-z0-9_]+)\\(([a-z0-9_]+), ([a-z0-9_]+)\\)$') m",
                               link);
        const bool good =
            !parts[0][0].is_null() && !parts[0][3].is_null() &&
            run(transaction, "select count(*) = 2 from pg_attribute where attrelid = $1::oid and attname in ($2, $3)",
                std::string(parts[0][3].c_str()), std::string(parts[0][1].c_str()),
                std::string(parts[0][2].c_str()))[0][0]
                .as<bool>();
        if (!good)
            throw gis::InvalidRequest("commune_link",
                                      "schema.table(feature column, commune column) of an existing table expected");
    }
    run(transaction, "update catalogue.layer set commune_link = nullif($2, '') where layer_id = $1", layer_id, link);
}

/// Coarse copies can be drawn of points and areas only, and must not lose what the policy looks at.
void require_sound_sensitivity(pqxx::work& transaction, int layer_id) {
    const auto row = run(
        transaction,
        "select access.is_sensitive(l), coalesce(geometry_type, ''), geometry_column is null, "
        "id_column = any (public_hidden_fields) or coalesce(commune_column = any (public_hidden_fields), false), "
        "array_position(finest, agent_resolution) > array_position(finest, public_resolution) "
        "from catalogue.layer l, (values (array['exact', 'footprint', 'cell_1km', 'commune', 'hidden'])) o (finest) "
        "where layer_id = $1",
        layer_id)[0];
    if (!row[0].as<bool>()) return;
    const std::string type = row[1].c_str();
    if (row[2].as<bool>() || type.find("LineString") != std::string::npos ||
        type.find("LINESTRING") != std::string::npos)
        throw gis::InvalidRequest("public_resolution", "coarse positions need a layer of points or polygons");
    if (row[3].as<bool>())
        throw gis::InvalidRequest("public_hidden_fields", "neither the id nor the commune column can be hidden");
    if (row[4].as<bool>()) throw gis::InvalidRequest("agent_resolution", "agents cannot see less than the public");
}

}  // namespace

bool set_access(pqxx::work& transaction, int layer_id, const std::string& key, const json& value) {
    if (key == "public") {
        run(transaction, "select access.set_public($1, $2)", layer_id, flag(key, value));
    } else if (key == "services") {
        set_services(transaction, layer_id, texts(key, value));
    } else if (key == "public_resolution" || key == "agent_resolution") {
        set_resolution(transaction, layer_id, key, value);
    } else if (key == "public_hidden_fields") {
        texts(key, value);
        run(transaction,
            "update catalogue.layer set public_hidden_fields = array(select jsonb_array_elements_text($2::jsonb)) "
            "where layer_id = $1",
            layer_id, value.dump());
    } else if (key == "commune_link") {
        if (!value.is_string()) throw gis::InvalidRequest(key, "a text is expected");
        set_link(transaction, layer_id, value.get<std::string>());
    } else {
        return false;
    }
    return true;
}

void install_access(pqxx::work& transaction, int layer_id) {
    require_sound_sensitivity(transaction, layer_id);
    run(transaction, "select access.install_layer($1)", layer_id);
}

void declare_access(pqxx::work& transaction, int layer_id, const json& document) {
    for (const char* key :
         {"public", "services", "commune_link", "public_resolution", "agent_resolution", "public_hidden_fields"}) {
        if (document.contains(key) && !document[key].is_null()) set_access(transaction, layer_id, key, document[key]);
    }
    install_access(transaction, layer_id);
}

void remove_access(pqxx::work& transaction, const std::string& layer_name) {
    run(transaction, "select access.remove_layer(l) from catalogue.layer l where name = $1", layer_name);
}

}  // namespace db
