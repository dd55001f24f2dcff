#include "server/live/layer_reader.hpp"

#include "server/live/copy_rows.hpp"

namespace live {

namespace {

struct GivenUp {};

}  // namespace

bool read_rows(db::Connection& connection, const std::string& sql, tiles::LayerPacker& packer,
               const std::function<bool()>& go_on) {
    constexpr std::size_t look = 4096;  // rows
    CopyRows rows;
    std::size_t count = 0;
    const auto take = [&](std::string_view piece) {
        if (const auto* row = rows.read(piece)) packer.add(*row);
        if (++count % look == 0 && !go_on()) throw GivenUp();
    };
    try {
        connection.copy_out("copy (" + sql + ") to stdout (format binary)", take);
    } catch (const GivenUp&) {
        return false;
    }
    return true;
}

}  // namespace live
