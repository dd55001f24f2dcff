#include "server/live/layer_reader.hpp"

#include "server/live/copy_rows.hpp"

namespace live {

bool read_layer(db::Connection& connection, tiles::LayerPacker& packer, const std::function<bool()>& go_on) {
    constexpr std::size_t look = 4096;  // rows
    CopyRows rows;
    std::size_t count = 0;
    bool goes_on = true;
    const auto take = [&](std::string_view piece) {
        if (!goes_on) return;
        if (const auto* row = rows.read(piece)) packer.add(*row);
        if (++count % look == 0) goes_on = go_on();
    };
    connection.copy_out("copy (" + packer.rules().rows_sql + ") to stdout (format binary)", take);
    return goes_on;
}

}  // namespace live
