#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "server/db/pqxx_session.hpp"

namespace db {

/// The keys of a layer's declaration that say who may see it:
///   "public"            true: everybody reads it; else only those whose convention says so
///   "services"          ["ADS"]: the services whose conventions bring it
///   "commune_link"      "archeo.operation_commune(operation, code_insee)": features that belong to several communes
///   "public_resolution", "agent_resolution"   exact, footprint, cell_1km, commune, hidden
///   "public_hidden_fields"   attributes left out where the position is coarse
/// and the policy itself, put on the table. Throws gis::InvalidRequest.
void declare_access(pqxx::work& transaction, int layer_id, const nlohmann::json& document);

/// Sets one of them. False when `key` is none of them.
bool set_access(pqxx::work& transaction, int layer_id, const std::string& key, const nlohmann::json& value);

/// Puts the policy on the layer's table again, after its declaration changed.
void install_access(pqxx::work& transaction, int layer_id);

/// Takes the policy's parts away; the table stays closed.
void remove_access(pqxx::work& transaction, const std::string& layer_name);

}  // namespace db
