#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gis/crs/crs.hpp"
#include "gis/write/inspire/flat.hpp"
#include "gis/write/inspire/template.hpp"

namespace gis::inspire {

/// A column of a lookup, or those characters of it that are asked for: rows need not agree on the others.
struct LookupColumn {
    std::string name;
    std::size_t from = 0;
    std::size_t size = std::string::npos;

    /// Empty where `text` is too short.
    std::string_view part_of(std::string_view text) const;

    friend bool operator==(const LookupColumn&, const LookupColumn&) = default;
};

/// Rows of another table by key: `{procedure.etatprocedure}`.
struct Lookup {
    std::string name;
    std::string table;   ///< "risque.perimetre"
    std::string key;     ///< its column that `column` names
    std::size_t column;  ///< of the mapping
    std::vector<LookupColumn> columns;
};

/// How the rows of one table become objects of one feature type.
struct Mapping {
    enum class Shape {
        Any,           ///< as it is stored
        Point,         ///< one gml:Point
        MultiSurface,  ///< always a gml:MultiSurface
        Surface,       ///< an object for each polygon, numbered {@part}: where the schema has no place for several
        Curve          ///< the same for each line
    };

    std::string name;          ///< "section"
    std::string table;         ///< "cadastre.section"
    std::string feature_type;  ///< "cp:CadastralZoning"
    std::string group;         ///< a column: one object for each of its values, with the union of the areas
    Shape shape = Shape::Any;
    bool referenced = false;     ///< other objects name these
    bool with_geometry = false;  ///< the body has a place for it
    Block id;                    ///< the gml:id
    Block body;
    std::vector<std::string> columns;
    std::vector<Lookup> lookups;
    std::vector<FlatColumn> flat;  ///< what objects may hold, the gml:id first

    /// Where rows can be counted without making objects of them: a row becomes one object if it has an area, where the
    /// body has a place for one, and if of each of these lists of columns one at least holds a text. Nothing where that
    /// takes more to know.
    std::optional<std::vector<std::vector<std::size_t>>> counted_by_texts() const;
    /// Whether a row becomes an object at all depends on what that lookup says.
    bool depends_on(std::size_t lookup) const;
};

/// A theme of INSPIRE in one version of its schema: what gis/write/inspire/themes/*.xml say.
struct Theme {
    std::string name;           ///< "cp"
    std::string title;          ///< as GEMET writes the INSPIRE theme in French
    std::string register_code;  ///< in the INSPIRE register of themes: "lu"
    std::string topic;          ///< ISO 19115 topic category
    std::string version;
    std::vector<std::string> versions;                            ///< all there are, oldest first
    std::vector<std::pair<std::string, std::string>> namespaces;  ///< prefix, URI
    std::string schema_location;
    std::vector<CodeList> lists;
    std::vector<Mapping> mappings;  ///< in the order they are written: what is named comes before what names it

    /// True when it makes objects of that table.
    bool takes(std::string_view table) const;
    /// The columns of objects of a type, of whatever table they are made.
    std::vector<FlatColumn> flat_columns(std::string_view feature_type) const;
};

/// Reads a theme file; an empty `version` is the newest. Throws InvalidRequest when the file does not have that
/// version, std::runtime_error saying where when it is no theme file.
Theme parse_theme(std::string_view file, std::string_view version = {});

/// The CRS that INSPIRE data may be in (Regulation 1089/2010, annex II, 1.3) and that suit metropolitan France:
/// ETRS89 as latitude and longitude first, then LAEA, LCC, and UTM in the zones 30 to 32.
const std::vector<Crs>& offered_crs();

}  // namespace gis::inspire
