#pragma once

#include "tiles/archive/tile_archive.hpp"

namespace tiles {

/// PMTiles 3: tiles first go to a file beside, for the directories that come before them are known at the end.
std::unique_ptr<TileArchive> create_pmtiles(const std::string& path);

/// MBTiles 1.3, an SQLite file.
std::unique_ptr<TileArchive> create_mbtiles(const std::string& path);

}  // namespace tiles
