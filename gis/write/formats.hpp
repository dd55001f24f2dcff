#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "gis/write/feature_writer.hpp"
#include "gis/write/file/file_writer.hpp"
#include "gis/write/provenance.hpp"

namespace gis {

/// One way to write features. A streamed format has a writer, any other makes a file first.
struct Format {
    enum class DefaultCrs {
        Crs84,    ///< as OGC API Features wants where nothing is asked
        Storage,  ///< an export is in the layer's own CRS unless another is asked for
        Always84  ///< the format has no other
    };

    std::string_view name;        ///< value of f= and outputFormat: "gpkg"
    std::string_view media_type;  ///< "application/geopackage+sqlite3"
    std::string_view extension;   ///< of a file saved: "gpkg"
    std::string_view title;       ///< for a person, in French
    DefaultCrs default_crs = DefaultCrs::Storage;
    std::unique_ptr<FeatureWriter> (*writer)(const FeatureOutput&, const Provenance&) = nullptr;
    FileWriterPtr (*file)(const FeatureOutput&, const Provenance&, const std::filesystem::path& folder) = nullptr;

    bool needs_geometry = false;  ///< a layer without one cannot be written, nor a feature

    bool is_streamed() const { return writer != nullptr; }
};

/// All of them, the most usual first.
std::span<const Format> formats();

/// By `name`, or "json" for GeoJSON; null when there is none.
const Format* find_format(std::string_view name);

/// The first media type of an Accept header (RFC 9110, 12.5.1; in the order of its weights) that a format has; null
/// when there is none. Parameters of a media type are compared only where the header has them too.
const Format* accepted_format(std::string_view accept);

}  // namespace gis
