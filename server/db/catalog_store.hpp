#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gis/layer/catalog.hpp"

namespace db {

enum class Listing { Published, All };

/// Reads the catalogue with what the database says of each table. A layer whose table is gone is left out.
gis::Catalog load_catalog(const std::string& dsn, Listing listing = Listing::Published);

/// Declares a layer from a JSON document (data-samples/layers/*.json shows every key). Only "table" is required:
/// name, title, id column, geometry, CRS and fields come from the table when absent. An existing layer of that name is
/// replaced, its versions stay. Installs the change triggers unless it is a view or "tracked" is false.
/// Throws gis::InvalidRequest naming the key, and gis::NotFound when there is no such table. Gives the layer's name.
std::string declare_layer(const std::string& dsn, std::string_view json);

/// Sets one key of a declaration ("title", "visible", "min_zoom", ...). Throws as declare_layer does.
void set_layer(const std::string& dsn, const std::string& name, const std::string& key, const std::string& value);

/// Takes a layer out of the catalogue with its triggers; the table and its rows stay.
void remove_layer(const std::string& dsn, const std::string& name);

/// Recomputes the layer's extent from its rows. Empty table: no extent.
void refresh_extent(const std::string& dsn, const std::string& name);

/// A value kept for the installation, made once by `make` when absent (the key that signs page tokens).
std::string stored_setting(const std::string& dsn, const std::string& name, const std::string& value_if_absent);

}  // namespace db
