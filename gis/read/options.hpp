#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "gis/crs/crs.hpp"
#include "gis/layer/layer.hpp"
#include "gis/read/picture.hpp"
#include "gis/read/survey_codes.hpp"

namespace gis::read {

struct TargetColumn {
    std::string name;
    FieldType type = FieldType::Text;
    bool required = false;
    std::string source;  ///< the field it is filled from; empty: the one of the same name, case and accents aside
};

/// A table that no built-in mapping knows: source fields are matched to its columns by name, case and accents aside.
struct Target {
    std::string table;                     ///< "public.bancs"
    std::vector<TargetColumn> columns;     ///< without the geometry
    std::string id_column;                 ///< no source field of that name: numbered from 1 in the order of the file
    std::optional<GeometryType> geometry;  ///< none: a table without geometry
    std::string coverage_column;           ///< empty: none
};

/// What fills a table's columns: column to source field; without a field it stays empty.
using ChosenColumns = std::map<std::string, std::optional<std::string>>;

/// Source fields that hold the coordinates.
struct PositionFields {
    std::string x, y;
};

/// How a table of text is written.
struct TextForm {
    std::optional<char> separator;  ///< ' ' stands for any run of blanks
    std::optional<bool> decimal_comma;
};

struct Progress {
    std::int64_t done = 0;
    std::int64_t total = 0;  ///< 0: not known
    std::string unit;        ///< "octets", "objets" or "fichiers"
};

/// Where rasters are written: files named "STAMP-1.tif" and on.
struct RasterPlace {
    std::filesystem::path folder;
    std::string stamp;
};

struct Options {
    /// "parcelle", "zone_urba" ...: the built-in mapping to use whatever the file looks like; none: recognised.
    std::optional<std::string> kind;
    /// Read into this table instead of a built-in mapping.
    std::optional<Target> target;
    /// Goes before what a mapping or the columns' names say. Of the one layer that is read.
    ChosenColumns columns;
    /// Of a table of text; none: found by their names.
    std::optional<PositionFields> position;
    /// The layer inside the file; none: all that are recognised, or the only one.
    std::optional<std::string> source_layer;
    int target_srid = 2154;
    /// What the person says the source's CRS is; goes before what the file says.
    std::optional<int> source_srid;
    /// The file says northing or latitude first: x and y change places before anything else.
    bool swap_axes = false;
    /// Where the objects are expected: lets a CRS that the file does not say be proposed from its coordinates.
    std::optional<GeographicBox> territory;
    /// What the person says the text encoding is ("LATIN1"), for Shapefile and DBF; goes before what the file says.
    std::optional<std::string> encoding;
    /// What the person says of a table of text; the rest is found by looking at its first lines.
    TextForm text_form;
    /// Heights above the ellipsoid must become IGN69: what cannot, for want of the grid, is refused.
    bool require_ign69 = false;
    /// What the codes of surveyed points draw; empty: points stay points.
    std::vector<SurveyCode> codes;
    /// "62" or "971": for EDIGEO exchanges whose name does not tell.
    std::optional<std::string> departement;
    /// Who keeps the pictures of photos, called from the reading threads; none: photos are not read.
    std::function<void(Picture)> pictures;
    /// None: a raster can be looked at, not read.
    std::optional<RasterPlace> rasters;
    /// Files read at the same time, each on its own thread.
    int threads = 1;
    /// Called from the reading threads, one at a time.
    std::function<void(const Progress&)> progress;
    std::stop_token stop;
};

}  // namespace gis::read
