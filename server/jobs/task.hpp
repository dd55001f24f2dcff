#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "gis/layer/catalog.hpp"
#include "gis/read/detect.hpp"
#include "gis/read/options.hpp"
#include "gis/read/report.hpp"
#include "server/db/connection.hpp"

// What the server tells a worker and hears from it, as JSON.

namespace jobs {

using Json = nlohmann::ordered_json;

/// What a person may say of his files: layer inside, kind, CRS, encoding ... Throws gis::InvalidRequest naming what is
/// not understood.
void read_wishes(const Json& wishes, gis::read::Options& options);
/// The class of precision (PCRS) that the survey was ordered in: "005"; empty: none.
std::string precision_of(const Json& wishes);
/// The flight or survey that the files are part of, without needless blanks; empty: none.
std::string mission_of(const Json& wishes);
/// Whether files like those of an earlier deposit may be read as they were.
bool as_last_time(const Json& wishes);
/// The members `read_wishes` knows.
const std::vector<std::string>& known_wishes();

Json to_json(const gis::read::Options& options);
gis::read::Options options_of(const Json& json);

Json to_json(const gis::read::Detection& detection);
Json to_json(const gis::read::ReadReport& report);

/// The table of a layer that no built-in mapping knows, for the readers.
gis::read::Target target_of(db::Connection& connection, const gis::Layer& layer);
/// True when a built-in mapping fills that table ("cadastre.parcelle").
bool has_mapping(const std::string& table);
/// Tells the readers that the rows go to this layer.
void aim_at(db::Connection& connection, const gis::Layer& layer, gis::read::Options& options);

}  // namespace jobs
