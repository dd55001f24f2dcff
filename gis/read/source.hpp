#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gis/layer/layer.hpp"
#include "gis/layer/row.hpp"
#include "gis/read/options.hpp"
#include "gis/read/picture.hpp"
#include "gis/read/shape.hpp"

namespace gis::read {

struct SourceField {
    std::string name;
    FieldType type = FieldType::Text;
};

struct SourceLayer {
    std::string name;
    std::vector<SourceField> fields;
    std::optional<GeometryType> geometry;  ///< none: no geometry column; Any: mixed or not known
    std::string crs;                       ///< what the file says, in its own words: WKT, "EPSG:2154"; empty: nothing
    std::optional<std::int64_t> count;     ///< when it costs nothing
    std::string encoding;                  ///< "UTF-8", "Windows-1252 (supposé)"
    TextForm text_form;                    ///< of tables of text
    std::vector<std::string> position_fields;  ///< read as the geometry already
    std::vector<std::string> notes;            ///< what a person should know of it, once it was read
    std::string refusal;                       ///< why this layer must not be read; empty: it may
};

/// One feature as the file holds it: coordinates in the file's CRS, x before y. `values` follow the wanted fields.
struct SourceFeature {
    std::int64_t number = 0;  ///< from 1
    std::vector<Value> values;
    Shape shape;
    std::string defect;  ///< why this feature cannot be used; empty: it can
    std::string defect_field;
};

/// An open file. Belongs to one thread. Its text is UTF-8.
class Source {
  public:
    virtual ~Source() = default;
    virtual const std::vector<SourceLayer>& layers() const = 0;
    /// Calls `take` for each feature of a layer with the values of the `wanted` fields (null where there is none).
    /// The feature is reused: `take` may move out of it. Throws InvalidRequest when the file breaks off.
    virtual void read(std::size_t layer, const std::vector<std::string>& wanted,
                      const std::function<void(SourceFeature&)>& take) = 0;
    /// What of the file is to be kept beside its rows; nothing for files that are no pictures.
    virtual std::optional<Picture> picture() { return std::nullopt; }
    /// How far `read` is, in bytes; 0 when not known.
    virtual std::int64_t bytes_done() const { return 0; }
};

}  // namespace gis::read
