#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/api/documents.hpp"
#include "server/api/raster_tiles.hpp"
#include "server/db/connection.hpp"

namespace api {

/// A raster as its row says it.
struct RasterFacts {
    std::string layer;  ///< name
    std::string theme;
    std::string licence, attribution;
    std::string id;
    std::string title;
    std::string kind;  ///< "photo", "hauteur", "temperature"
    std::string vintage;
    std::string unit;
    double resolution = 0;  ///< metres
    int bands = 1;
    std::string sample_type;
    std::optional<double> minimum, maximum;  ///< of its values
    std::optional<double> low, high;         ///< of the usual stretch
    int min_zoom = 0;
    int max_zoom = 0;
    gis::GeographicBox extent;
    std::string file;

    /// "thermographie:vol_7": what URLs and WMTS call it.
    std::string name() const { return layer + ":" + id; }
    bool has_values() const { return kind != "photo"; }
};

/// The rasters of the layers that the connection's role and session may read.
std::vector<RasterFacts> list_rasters(db::Connection& connection, const gis::Catalog& visible);
/// The one of that name; nothing when it is not there for who asks.
std::optional<RasterFacts> find_raster(db::Connection& connection, const gis::Catalog& visible, std::string_view name);
/// The one of a draft of the asker's own.
std::optional<RasterFacts> find_draft_raster(db::Connection& connection, const std::string& job, const std::string& id);

/// What a request asks of a picture: `palette`, `min`, `max`, `size`. Throws gis::InvalidRequest.
RasterPicture picture_of(const RasterFacts& facts, raster::ImageFormat format, const std::string& palette,
                         const std::string& least, const std::string& greatest, const std::string& size);
/// The palette that is used when none is asked for; empty: the colours of a photo.
std::string usual_palette(const RasterFacts& facts);

}  // namespace api
