#include "tiles/archive/tile_archive.hpp"

#include <libdeflate.h>

#include <stdexcept>

#include "gis/error.hpp"
#include "tiles/archive/pmtiles.hpp"

namespace tiles {

namespace {

constexpr int archive_level = 9;  // written once, read for years

struct Free {
    void operator()(libdeflate_compressor* compressor) const { libdeflate_free_compressor(compressor); }
};

}  // namespace

std::string gzip_tile(std::string_view bytes) {
    static thread_local const std::unique_ptr<libdeflate_compressor, Free> compressor(
        libdeflate_alloc_compressor(archive_level));
    std::string out(libdeflate_gzip_compress_bound(compressor.get(), bytes.size()), '\0');
    out.resize(libdeflate_gzip_compress(compressor.get(), bytes.data(), bytes.size(), out.data(), out.size()));
    return out;
}

std::unique_ptr<TileArchive> create_archive(const std::string& path) {
    if (path.ends_with(".pmtiles")) return create_pmtiles(path);
    if (path.ends_with(".mbtiles")) return create_mbtiles(path);
    throw gis::InvalidRequest("output", "a name that ends with .pmtiles or .mbtiles is expected");
}

}  // namespace tiles
