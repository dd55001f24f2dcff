#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gis/crs/propose.hpp"
#include "gis/read/input.hpp"
#include "gis/read/options.hpp"
#include "gis/read/source.hpp"

namespace gis::read {

/// A layer inside what was given, as far as can be told without reading all of it.
struct DetectedLayer {
    std::string file;  ///< as the person knows it
    Format format = Format::GeoJson;
    std::string name;
    std::vector<SourceField> fields;
    std::vector<std::vector<std::string>> rows;  ///< the first ones as text, by field; of tables only
    std::optional<GeometryType> geometry;        ///< Any: mixed or not known; none: a table
    std::optional<int> srid;
    std::string crs;  ///< "EPSG:2154 (RGF93 v1 / Lambert-93, reconnu à ses paramètres)"; empty: not known
    std::string encoding;
    TextForm text_form;                  ///< of tables of text
    std::optional<std::int64_t> count;   ///< when it costs little
    std::optional<std::string> kind;     ///< the built-in mapping that recognises it: "parcelle"
    std::string table;                   ///< of that mapping: "cadastre.parcelle"
    std::vector<CrsProposal> proposals;  ///< when the CRS is not said, or puts the objects elsewhere
    std::string refusal;                 ///< why it cannot be read; empty: it can
};

struct Detection {
    /// A folder of a whole département holds thousands of exchanges that look alike: only the first ones are opened.
    static constexpr std::size_t max_opened = 40;

    std::size_t inputs = 0;  ///< files, exchanges and archives found
    std::size_t opened = 0;  ///< of which looked into
    std::vector<DetectedLayer> layers;
    std::vector<std::string> ignored;                          ///< files of other formats
    std::vector<std::pair<std::string, std::string>> refused;  ///< file and reason
};

/// What the path holds. Throws InvalidRequest when nothing in it is of a format that is read.
Detection detect(const std::filesystem::path& path, const Options& options);

/// A table for a layer that no mapping knows: names cleaned to snake_case ASCII and made unique, Multi geometries for
/// lines and surfaces, and an integer id column numbered in the order of the file. Ready for `Options::target`.
Target propose_table(const DetectedLayer& layer, const std::string& table);

}  // namespace gis::read
