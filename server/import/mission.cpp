#include "server/import/mission.hpp"

#include <algorithm>

namespace importing {

namespace {

/// The place of a column in a batch, which has it afterwards.
std::size_t place_of(gis::RowBatch& batch, const std::string& column) {
    const auto found = std::ranges::find(batch.columns, column);
    const auto place = static_cast<std::size_t>(found - batch.columns.begin());
    if (found != batch.columns.end()) return place;
    batch.columns.push_back(column);
    for (gis::Row& row : batch.rows) row.values.resize(batch.columns.size());
    return place;
}

}  // namespace

Mission::Mission(db::Connection& connection, const std::string& name, std::optional<std::int64_t> organisation) {
    const db::Result layers = connection.query(
        "select table_schema || '.' || table_name from catalogue.layer where mission_role in ('drone', 'levé')");
    for (int i = 0; i < layers.rows(); ++i) tables_.insert(layers.text(i, 0));
    if (name.empty()) return;
    const std::vector<db::Parameter> values{
        organisation ? db::Parameter(std::to_string(*organisation)) : db::Parameter(), name};
    id_ = connection.query("select capture.name_mission($1::int, $2)", values).text(0, 0);
    name_ = name;
}

void Mission::mark(gis::RowBatch& batch) const {
    if (!tables_.contains(batch.table)) return;
    const std::size_t name = place_of(batch, "mission");
    const std::size_t id = place_of(batch, "mission_id");
    for (gis::Row& row : batch.rows) {
        row.values[name] = name_;
        row.values[id] = id_;
    }
}

}  // namespace importing
