#pragma once

#include <optional>
#include <string>
#include <vector>

#include "gis/edit/edit.hpp"
#include "gis/query/sql_statement.hpp"

namespace gis {

/// An edit that its layer's declaration allows: what is left to ask is what only the database knows.
struct CheckedEdit {
    struct Assignment {
        const Field* field = nullptr;
        std::optional<std::string> text;  ///< for the field's SQL type; nothing: NULL
        bool is_default = false;          ///< Replace that does not name a field with a default
    };
    Edit::Kind kind = Edit::Kind::Insert;
    const Layer* layer = nullptr;
    std::size_t index = 0;
    std::optional<std::string> id;  ///< nothing: an Insert whose id the database gives
    std::shared_ptr<const Filter> filter;
    std::vector<Assignment> values;
    /// Fields nobody may set that the client sent along: good when they say what is stored.
    std::vector<Assignment> claims;
    bool sets_geometry = false;
    std::string wkb;  ///< in the layer's CRS; empty: NULL
    Crs given_crs;    ///< of the geometry as it was given
    std::string given_wkb;
    std::vector<std::string> expected_versions;

    const Assignment* find(std::string_view field) const;
};

/// Checks everything that needs no database and appends what is wrong to `problems`. The result is meaningful when
/// nothing was appended.
CheckedEdit check_edit(const Edit& edit, std::size_t index, std::vector<EditProblem>& problems);

}  // namespace gis
