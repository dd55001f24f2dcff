#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "gis/crs/crs.hpp"
#include "tiles/grid/tile_coord.hpp"

namespace tiles {

/// What an archive says of itself.
struct ArchiveInfo {
    std::string name;
    std::string description;
    std::string attribution;
    std::string vector_layers;  ///< JSON array, as TileJSON 3.0 has it
    gis::GeographicBox bounds;
    int min_zoom = 0;
    int max_zoom = 0;
};

/// The order of PMTiles: zoom by zoom, along a Hilbert curve (PMTiles 3, "tile ids").
std::uint64_t pmtiles_id(TileCoord coord);

/// Tiles in one file, for telephones without network and servers of plain files. It is written beside its name, takes
/// the place of what was there in `finish`, and leaves everything as it was otherwise.
class TileArchive {
  public:
    virtual ~TileArchive() = default;
    /// Tiles come in the order of pmtiles_id, compressed by gzip.
    virtual void add(TileCoord coord, std::string_view gzip) = 0;
    virtual void finish(const ArchiveInfo& info) = 0;
};

/// By the ending of the name: ".pmtiles" (PMTiles 3) or ".mbtiles" (MBTiles 1.3). Throws gis::InvalidRequest for
/// another one, or a file that cannot be written.
std::unique_ptr<TileArchive> create_archive(const std::string& path);

/// One gzip member, the same bytes for the same input.
std::string gzip_tile(std::string_view bytes);

}  // namespace tiles
