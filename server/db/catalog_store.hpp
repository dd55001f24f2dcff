#pragma once

#include <string>

#include "gis/layer/catalog.hpp"

namespace db {

enum class Listing { Published, All };

/// Reads the catalogue with what the database says of each table. A layer whose table is gone is left out.
gis::Catalog load_catalog(const std::string& dsn, Listing listing = Listing::Published);

/// Recomputes the layer's extent from its rows. Empty table: no extent.
void refresh_extent(const std::string& dsn, const std::string& name);

/// A value kept for the installation, `value_if_absent` from the first call on (the key that signs page tokens).
std::string stored_setting(const std::string& dsn, const std::string& name, const std::string& value_if_absent);

}  // namespace db
