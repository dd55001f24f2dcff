#pragma once

#include <string>
#include <vector>

#include "gis/edit/edit_check.hpp"
#include "gis/query/sql_statement.hpp"

// The SQL of edits: pure. Tables are written by their own name; the row policies say what is there to be written.

namespace gis {

/// The version of a feature: a text that differs when anything published of it does. Column of the layer's table or
/// view.
SqlStatement version_sql(const Layer& layer);
/// The version of feature `id` as the caller sees it.
SqlStatement stored_version_sql(const Layer& layer, const std::string& id);

/// Adds a feature; gives its id and version.
SqlStatement insert_sql(const CheckedEdit& edit);
/// Changes the feature `edit.id`; gives its id and version, no row when it is not there to be edited.
SqlStatement update_sql(const CheckedEdit& edit);
/// Deletes the feature `edit.id`; gives its id.
SqlStatement delete_sql(const CheckedEdit& edit);

/// Locks those of the features that may be edited, in the order of their ids, so that two requests cannot lock each
/// other out: position in `ids` (from 1), id, version.
SqlStatement lock_sql(const Layer& layer, const std::vector<std::string>& ids);
/// Ids of the features that match (a filter of bind_filter), of those that may be seen, at most `limit`.
SqlStatement matching_sql(const Layer& layer, const Filter& filter, std::size_t limit);
/// Positions in `ids` (from 1) of the features that may be seen.
SqlStatement visible_sql(const Layer& layer, const std::vector<std::string>& ids);

/// The stored shape of feature `id` as WKB in `crs`: what a client was given who read it so.
SqlStatement stored_shape_sql(const Layer& layer, const std::string& id, const Crs& crs);
/// The commune where the feature will lie, NULL when none is known there, and whether `code` (nothing: the stored one)
/// is one that it lies in.
SqlStatement commune_sql(const CheckedEdit& edit, const std::optional<std::string>& code);
/// One boolean for each claim: whether it says what is stored.
SqlStatement claims_sql(const CheckedEdit& edit);

/// A PostgreSQL array literal: {"a","b"}.
std::string array_literal(const std::vector<std::string>& texts);

}  // namespace gis
