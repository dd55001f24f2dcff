#include "tests/tiles/packed_rows.hpp"

#include "gis/query/tile_sql.hpp"
#include "tiles/grid/tile_coord.hpp"

namespace test {

tiles::PackedLayer pack_rows(db::Connection& connection, const gis::Layer& layer, const gis::SqlStatement& sql) {
    tiles::LayerPacker packer(tiles::rules_of(layer));
    const db::Result rows = connection.query(sql.sql(), sql.parameters());
    std::vector<tiles::Cell> cells(static_cast<std::size_t>(rows.columns()));
    for (int i = 0; i < rows.rows(); ++i) {
        for (int c = 0; c < rows.columns(); ++c)
            cells[static_cast<std::size_t>(c)] = rows.is_null(i, c) ? std::nullopt : std::optional(rows.bytes(i, c));
        packer.add(cells);
    }
    return packer.finish();
}

tiles::PackedLayer pack_layer(db::Connection& connection, const gis::Layer& layer) {
    return pack_rows(connection, layer, gis::tile_rows_sql(layer));
}

std::string oracle_tile(db::Connection& connection, const gis::Layer& layer, int z, unsigned x, unsigned y) {
    const gis::GeographicBox box = tiles::tile_box({z, x, y});
    std::string tile;
    for (const auto& sql : {gis::tile_sql(layer, z, static_cast<int>(x), static_cast<int>(y), box),
                            gis::label_tile_sql(layer, z, static_cast<int>(x), static_cast<int>(y), box)}) {
        if (sql) tile += connection.query(sql->sql(), sql->parameters()).bytes(0, 0);
    }
    return tile;
}

}  // namespace test
