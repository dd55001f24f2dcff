#include "server/live/tile_feed.hpp"

#include <algorithm>

namespace live {

std::string snapshot_of(db::Connection& connection) {
    return connection.query("select pg_current_snapshot()::text").text(0, 0);
}

FeedNews news_since(db::Connection& connection, const std::string& snapshot, int layer) {
    const std::vector<db::Parameter> parameters{snapshot, std::to_string(layer)};
    const db::Result rows = connection.query(
        "select layer_id, feature_id, op not in ('I', 'U', 'D'), count(*) from catalogue.change "
        "where xid >= pg_snapshot_xmin($1::pg_snapshot) and not pg_visible_in_snapshot(xid, $1::pg_snapshot) "
        "and ($2::int = 0 or layer_id = $2::int) group by 1, 2, 3",
        parameters);
    FeedNews news;
    for (int i = 0; i < rows.rows(); ++i) {
        FeedNews::OfLayer& of_layer = news.layers[static_cast<int>(rows.int64(i, 0))];
        of_layer.changes += static_cast<std::size_t>(rows.int64(i, 3));
        if (rows.boolean(i, 2) || rows.is_null(i, 1)) {
            of_layer.whole = true;
        } else {
            of_layer.ids.push_back(rows.text(i, 1));
        }
    }
    return news;
}

}  // namespace live
