#pragma once

#include <string>
#include <string_view>

namespace db {

/// Declares a layer from a JSON document (data-samples/layers/*.json shows every key). Only "table" is required:
/// name, title, id column, geometry, CRS and fields come from the table when absent. An existing layer of that name is
/// replaced, its versions stay. Installs the change triggers unless it is a view or "tracked" is false.
/// Throws gis::InvalidRequest naming the key, and gis::NotFound when there is no such table. Gives the layer's name.
std::string declare_layer(const std::string& dsn, std::string_view json);

/// Sets one key of a declaration ("title", "visible", "min_zoom", ...). Throws as declare_layer does.
void set_layer(const std::string& dsn, const std::string& name, const std::string& key, const std::string& value);

/// Takes a layer out of the catalogue with its triggers; the table and its rows stay.
void remove_layer(const std::string& dsn, const std::string& name);

}  // namespace db
